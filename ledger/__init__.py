"""Turn business documents into a double-entry journal whose sums are the profit of every order."""
