"""Every bound of reading files, each with its reason. What bounds a document itself is in `ledger.limits`."""

from __future__ import annotations

HEADER_SEARCH_ROWS = 100
"""Rows in which the header is looked for: the longest preamble known (Alipay's) has some 25."""

DIGITS_MAX = 18
"""Digits before the decimal mark, and decimals too: floats written out have 17."""

DATES_KEPT = 20_000
"""Dates remembered by their text, so that each is parsed once: 50 years of days."""

FAULTS_SHOWN = 5
"""Faults told for one refused document; the first ones explain the rest."""

VALUE_SHOWN = 60
"""Characters of a cell quoted in a message."""

JSON_BYTES_MAX = 64 * 1024 * 1024
"""A .json file is read in one piece; larger ones belong in .ndjson, which is read line by line."""

MAPPING_BYTES_MAX = 1024 * 1024
"""A mapping is written by a person."""

PROGRESS_EVERY = 1_000
"""Documents between two calls of the progress callback while files are read."""

KEYS_TRIED_MAX = 64
"""Documents that one row with misplaced cells may be suspected to belong to."""
