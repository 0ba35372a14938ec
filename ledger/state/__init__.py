"""Records and the working set: what the rules read and change, without knowing where it is kept."""
