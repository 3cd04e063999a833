"""What a person meant where the text is not of the language: repairs, slips, and what to say of them."""
