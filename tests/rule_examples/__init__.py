"""Examples that stand in the docstrings of rules: how they are written, found, run through the engine, and shown in docs/RULES.md."""
