"""One rulebook, many scenarios: from files to files."""
