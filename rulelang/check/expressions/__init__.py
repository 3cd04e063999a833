"""Expressions: the type and shape of each, found once, from the leaves up."""
