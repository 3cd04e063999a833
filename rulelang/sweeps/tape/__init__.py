"""A run over columns: what to compute, written once as a tape, and NumPy that plays it."""
