"""The paragraphs of an explanation, in the order in which it is read."""
