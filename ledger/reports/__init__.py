"""Questions to the journal: each answers from kept sums, never by walking the entries."""
