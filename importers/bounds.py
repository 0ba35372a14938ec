"""Every bound of reading files, each with its reason. What bounds a document itself is in `ledger.limits`."""

from __future__ import annotations

HEADER_SEARCH_ROWS = 100
"""Rows in which the header is looked for: the longest preamble known (Alipay's) has some 25."""

DIGITS_MAX = 18
"""Digits before the decimal mark, and decimals too: floats written out have 17."""

DATES_KEPT = 20_000
"""Dates remembered by their text, so that each is parsed once: 50 years of days."""

NUMBERS_KEPT = 20_000
"""Numbers of one format remembered by their text: some 3 MB."""

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

MISPLACED_MAX = 10_000
"""Rows with too many or too few cells in one file: each is kept until all documents are made, and so many are no accident."""

ROWS_KEPT = 40_000
"""Rows gathered in memory before they go to a temporary file: some 45 MB with ten columns; each process has its part of them."""

DOCUMENTS_KEPT = 40_000
"""Documents sorted in memory before they go to a temporary file, long ones counted by what they touch: some 60 MB, in all processes
together."""

SPILL_BLOCK = 100
"""Records read back at a time from each sorted run: 100 runs of them are some 15 MB. Several processes share it, as their runs are more."""

READERS_MAX = 2
"""Processes that read one import. Each reads every row, so that a third would save a sixth of the time, and takes some 20 MB."""

READERS_BYTES_MIN = 4 * 1024 * 1024
"""Bytes of an import's files from which on several processes read them: some three seconds for one, and starting them takes 0.3."""

PART_ROWS = 64
"""Rows that go to one process before the next one has its turn: a file may have an order in every other row."""

RUNS_MAX = 100
"""Sorted runs merged at a time; more are merged into one first."""

REFUSALS_KEPT = 10_000
"""Refusals that a report names; it counts all of them. A mapping with a fault refuses every row of the largest file."""

REMARKS_KEPT = 1_000
"""Remarks that a report names for one file; it counts all of them."""

RESUME_REFUSALS_MAX = 10_000
"""Refused documents that a stopped import remembers; beyond them it goes on from the last place it knows."""

SHEET_BYTES_MAX = 1024 * 1024 * 1024
"""A spreadsheet, unpacked: calamine holds the sheet in memory, and a packed file may claim a thousand times its size."""

SHEET_DIGITS = 15
"""Digits that a spreadsheet keeps of a number; what is longer was cut when the file was made."""

PREVIEW_DOCUMENTS_MAX = 5_000
"""Documents of one preview: its dry run holds the writer, and an import page shows entries one by one."""

PREVIEW_REFUSALS_MAX = 20
"""Refused documents that a preview leaves out one after the other; each costs a dry run of all that remain."""

KEYS_TRIED_MAX = 64
"""Documents that one row with misplaced cells may be suspected to belong to."""

STATEMENT_CHARS_MAX = 4 * 1024 * 1024
"""One statement of an SQL dump: mysqldump ends them at 1 MB. Its tokens take some 40 times the space."""
