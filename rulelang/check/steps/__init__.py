"""Steps: payers, keys, limits, guards and groups."""
