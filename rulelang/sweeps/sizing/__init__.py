"""The smallest value of a given with which nothing is uncovered."""
