"""Tables of scenarios, from files of every kind to columns of a run."""
