"""Symbolic events: who stands alone, who is taken as one, on which days; and a run over each of them."""
