"""What is asked of a rulebook or of two versions, and what may come out."""
