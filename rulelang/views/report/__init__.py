"""The report: one self-contained page for a risk committee, with the loss on a slider."""
