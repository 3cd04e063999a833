"""What the results of a sweep come to."""
