"""The scenarios of a sweep run: pieces, samples, covers, comparisons."""
