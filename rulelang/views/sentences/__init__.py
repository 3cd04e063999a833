"""The sentences of an explanation: numbers and names in words, and what is told of a turn and of its payers."""
