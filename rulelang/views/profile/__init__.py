"""A profile as tables, CSV and charts, and the answer to an inverse question in words."""
