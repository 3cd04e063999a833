"""The one standard layout."""
