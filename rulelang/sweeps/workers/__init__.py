"""A sweep divided among processes."""
