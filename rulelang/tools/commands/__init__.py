"""One module for each command; each holds a ``command``."""
