"""Files of the outside world become documents: tables by a mapping, NDJSON and JSON as they are.

Knows `ledger`, never `api` or `fava_ext`.
"""
