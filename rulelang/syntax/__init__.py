"""From text to abstract syntax, and back in the standard layout."""
