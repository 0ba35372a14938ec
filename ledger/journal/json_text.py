"""JSON as it is given."""

from __future__ import annotations

import json
from typing import Any

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def write_json(value: Any) -> bytes:
    """Write compact UTF-8; half a surrogate pair, which UTF-8 cannot hold, becomes its JSON escape."""
    return _ENCODER.encode(value).encode("utf-8", "backslashreplace")
