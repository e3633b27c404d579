"""The nouns: frozen structs that every stage shares, with no input or output of their own."""
