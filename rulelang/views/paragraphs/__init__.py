"""The paragraphs of an explanation: the default, the waterfall step by step, one payer, the outcome."""
