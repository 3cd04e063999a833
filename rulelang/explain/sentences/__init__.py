"""The sentences of an explanation, and the words they are made of."""
