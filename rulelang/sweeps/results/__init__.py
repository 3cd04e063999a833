"""The results of a sweep as a file."""
