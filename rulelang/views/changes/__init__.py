"""What differs between two rulebooks, as values."""
