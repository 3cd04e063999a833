"""Facts about a text as it stands, even a broken one, for everything that shows a text while somebody writes it."""
