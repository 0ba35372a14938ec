"""Fava's view of large books: sums of closed days, lots on hand at the boundary, the last days in full. Derived; never the record."""
