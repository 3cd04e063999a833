"""What readers are shown, in every format: terminal, Markdown, HTML, CSV, spreadsheet, JSON."""
