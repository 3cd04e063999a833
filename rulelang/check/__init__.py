"""From abstract syntax to a checked program, and from an event as written to one that fits it."""
