"""The questions that a solver is asked, ever harder ones, and the process in which it works."""
