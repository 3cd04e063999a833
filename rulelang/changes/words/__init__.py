"""A comparison told: sentences, sections, plain values."""
