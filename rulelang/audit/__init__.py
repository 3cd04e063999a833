"""Audit records: a run with all that is needed to run it again, and the proof that it stands."""
