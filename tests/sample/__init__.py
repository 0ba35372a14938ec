"""The sample company in parts: what it trades, with whom, and what happens to it. tests/sample_company.py puts them together."""
