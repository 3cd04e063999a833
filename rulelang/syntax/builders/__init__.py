"""From the parser's reductions to the abstract syntax: one builder for each rule of the grammar.

A builder takes the span of its rule and what its parts were built to, in the order of the grammar, with ``None`` where
an optional part is missing.  Nothing is judged here: the checker does that, with the spans kept on every node.
"""
