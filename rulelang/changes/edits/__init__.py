"""The kinds of edits, and how those of each part of a rulebook are found."""
