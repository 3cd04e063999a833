"""A run told in sentences."""
