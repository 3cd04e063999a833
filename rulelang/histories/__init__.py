"""How days follow each other: a history is a fold of days, each of which makes an event that is run."""
