"""Events: read from text, CSV or JSON, and held against a checked rulebook."""
