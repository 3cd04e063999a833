"""Each kind of expression, for several members at once."""
