"""The Python door: what `import rulelang` offers, one module for each question."""
