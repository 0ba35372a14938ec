"""What a token may be good for. Commands offer these words without loading what serves requests."""

from __future__ import annotations

SCOPES = ("post", "read", "export", "admin")
