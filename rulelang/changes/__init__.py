"""What differs between two versions of a rulebook: the edits, what they make everybody pay, and a verdict."""
