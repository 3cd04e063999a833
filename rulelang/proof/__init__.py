"""Claims about a rulebook, proved for all events, refuted by an event that runs, or said to be unknown."""
