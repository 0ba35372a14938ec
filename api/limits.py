"""Bounds that only the outside surface has, each with its reason; those of documents stand in `ledger.limits`."""

from __future__ import annotations

DRAIN_BYTES_MAX = 32 * 1024 * 1024
"""How much of a body that is too long is read and thrown away: most clients read the refusal only once they have sent all."""

READ_BYTES = 64 * 1024
"""One read of a request body."""

NDJSON_BATCH = 200
"""Lines posted and answered together: one commit, and a first answer within a blink."""

TOKEN_CACHE_SECONDS = 3.0
"""How long a verified token is believed without looking again: also how long a revoked one may live on."""

TOKEN_CACHE_MAX = 1_000
"""Tokens remembered at once; only valid ones are, so strangers cannot fill it."""

QUERY_TEXT_MAX = 300
"""Characters of one query argument: a source, a slash and a number fit."""

BLOCKING_THREADS = 48
"""Requests at work at once: 32 posting clients wait for one commit together and some readers go on."""

PORT_WAIT_SECONDS = 3.0
"""How long `serve` waits for its port: a server that was just killed may hold it for a moment."""

STORE_RETRY_SECONDS = 2.0
"""Pause between two attempts to open a store that is away."""

STOP_SECONDS_MAX = 20
"""How long requests under way may finish after SIGTERM."""

VERIFY_SECONDS_MAX = 3_600
"""How long one check may take: Beancount alone needs ten minutes for a million orders."""

EXPORT_MEMORY_BYTES = 8 * 1024 * 1024
"""An export is built in memory up to this size, then on disk."""
