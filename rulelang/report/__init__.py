"""The page for a risk committee."""
