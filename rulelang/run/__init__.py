"""The interpreter: the meaning of the language, with its audit trail."""
