"""The plan: a checked rulebook flattened for one event, and one evaluator that runs it over several kinds of number."""
