"""From Python: what `import rulelang` offers, one module for each question."""
