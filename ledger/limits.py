"""Every bound in one place, each with its reason. All amounts stay inside a signed 64-bit integer."""

from __future__ import annotations

BODY_BYTES_MAX = 4 * 1024 * 1024
"""One request: 10,000 freight targets of 60 bytes fit six times over."""

ARRAY_DOCUMENTS_MAX = 5_000
"""Documents in one all-or-nothing array: one commit stays well under a second."""

NDJSON_LINES_MAX = 50_000
"""Lines of one NDJSON request; more belong in `orderledger import`."""

LINES_MAX = 10_000
"""Lines of one document, and targets of one freight bill."""

ENTRY_SKUS_MAX = 100
"""SKUs of one entry of opening lots: an entry with thousands of commodities hangs Fava's start."""

TEXT_MAX = 500
"""Characters of a memo, narration or reason."""

NAME_MAX = 120
"""Characters of a customer, supplier, carrier, number, SKU or account."""

ATTRIBUTES_MAX = 20
"""Free dimensions of a document."""

MINOR_MAX = 10**15
"""Largest amount in minor units (ten trillion with two decimals): sums of nine thousand of them still fit 64 bits."""

QUANTITY_MAX = 10**15
"""Largest quantity in millionths (a billion units)."""

QUEUE_MAX = 10_000
"""Documents waiting for the writer before the API answers 429."""

BATCH_DOCUMENTS_MAX = 500
"""Documents of one group commit: bounds the time a waiting post can lose to others."""

GATHER_SECONDS = 0.002
"""How long the writer waits for one more post where the last group had more than this one has so far."""

GATHER_SECONDS_MAX = 0.01
"""How long it gathers at most: a group of 32 costs three quarters of what two of 16 do, and Python's lock is free meanwhile."""

PAGE_DEFAULT = 50
PAGE_MAX = 500
"""Items of one page of a list."""

PREPARED_TARGETS_MIN = 200
"""Targets of a freight bill that is prepared beside the queue: below, the writer needs less than 50 ms for it."""

PREPARE_ROUNDS_MAX = 3
"""How often it is prepared when others change what it touches; then it is posted in the queue, and they wait."""

PREPARING_SECONDS_MAX = 60.0
"""How long the process that prepares may take for one step; then it is given up, and the queue takes the document."""

PIECE_ROWS_MAX = 500
"""Rows of a long document that are moved into their tables by one statement."""

MOVE_SECONDS = 0.02
"""How long rows are moved in one turn of the writer, a piece more or less: others' posts wait for it, and readers for all turns."""

AT_ONCE_ROWS_MAX = 1_000
"""Rows up to which a prepared document is posted with all of them in one turn: some 10 ms."""

AHEAD_BYTES_MAX = 1_000_000
"""Characters of rows that are written ahead in one turn of the writer, a piece more or less: some 3 ms."""

MOVING_PATIENCE_SECONDS = 2.0
"""How long a reader waits for a long document to be moved before it moves the rest itself: ten times what 10,000 orders take."""

LEFT_OVER_SECONDS = 600
"""After how long rows written ahead are taken for left over where nobody can tell whether their process lives: ten times a step."""

WHOLE_CHECK_ENTRIES_MAX = 100_000
"""Entries up to which `check` lets stock Beancount read the whole text; beyond, it reads Fava's view.

By the figures of design 8 the whole text is some 600 MB and half a minute then.
"""

IMPORT_BATCH = 2_500
"""Documents of one commit of an import, long ones counted by what they touch."""

TOUCHED_A_DOCUMENT = 3
"""Lines, or targets of a freight bill, that count as one more document of a batch: at a year's end 4,000 carriers' bills in a row are of
200,000 orders."""

ALONE_BATCHES = 10
"""Batches of an import that are posted under the store's lock after somebody else has posted too: working one out twice costs a tenth."""

OUTBOX_TEXT = 16 * 1024
"""Characters of entries and documents that share a row of the outbox, as far as one commit has so many; the last one may go beyond."""

PUBLISH_BATCH = 600
"""Outbox rows that the publisher writes between two fsyncs: some 10 MB after an import, a batch of which it writes at once."""

FULL_ENTRIES_MAX = 20_000
"""Entries of books that Fava opens in full (some 10,000 orders): beyond it a page after a change takes more than ten seconds."""

DETAIL_DAYS = 31
"""Last days that Fava's view of larger books has in full where the books do not say."""

DETAIL_ENTRIES_MAX = 2_000
"""Entries that those days may have, unless it is one day alone: Fava needs a second for some 4,000."""

DETAIL_DAYS_MAX = 3_660
"""Days in full that books can ask for: ten years of them are the full books."""

DAY_SUMS_MAX = 400
"""Closed days with a sum of their own; months before them have one each, so that the view does not grow with the years."""

DAYS_KNOWN = 4096
"""Dates of documents remembered as days of the calendar: eleven years of them."""

NUMBERS_KNOWN = 4096
"""Quantities, rates and prices remembered by how they are written: the same few come again and again."""

YEAR_MIN, YEAR_MAX = 1970, 2999
"""Accounting dates: the books' accounts open on 1970-01-01."""

SQL_VARIABLES_MAX = 900
"""Bound parameters of one generated statement (SQLite's oldest default is 999)."""

COPY_ROWS_MIN = 200
"""Rows of one table from which on PostgreSQL takes them by COPY: batches of an import have so many. No other number was tried."""

LOG_PAGES_MAX = 10_000
"""Pages of SQLite's log (40 MB) from which on a commit of a serving process brings them into the file itself, which others wait for."""

SQLITE_CACHE_KB = 64 * 1024
"""Memory for pages of the store, for each SQLite connection: an import needs them again and again."""

SQLITE_WALK_CACHE_KB = 16 * 1024
"""The same for `check`, which walks through everything once (with a quarter it takes as long), and for the look-ups of a load."""

STATEMENTS_KEPT = 1_000
"""Prepared statements that an SQLite connection keeps (the driver's own bound is 128): posting has 300."""

PREPARED_MAX = 300
"""Statements that one connection has prepared on PostgreSQL (psycopg's own bound is 100): as many take some 20 MB of the server."""

STREAMED_ROWS = 2_000
"""Rows that PostgreSQL sends at once of an answer that is read as a stream: half a megabyte of documents."""

CHECK_ALONE_DOCUMENTS_MAX = 20_000
"""Documents up to which `check` is one process: it needs some two seconds for them, and a second process a half to start."""

SEEING_SECONDS_MAX = 10.0
"""How long the second process of a check may take to open its snapshot, some milliseconds: nobody can post meanwhile on SQLite."""

SETTLING_SECONDS_MAX = 5.0
"""How long `check` waits for a moment in which the text has all that the store has: a publisher brings it up in a quarter of a second."""
