"""Pages of a list: how many items, and where the next page starts. A cursor is opaque to callers and never trusted.

A cursor is base64url of a JSON array: the sort value of the last item and what tells equals apart.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from ledger.errors import InvalidQuery
from ledger.limits import NAME_MAX, PAGE_DEFAULT, PAGE_MAX, SQL_VARIABLES_MAX

T = TypeVar("T")

CURSOR_CHARACTERS_MAX = 2_000
"""A cursor holds one name and a few numbers; anything longer was not made by us."""

QUERY_TEXT_MAX = 2 * NAME_MAX + 1
"""Characters of a filter or reference: source/number, both as long as a name may be."""

_WHOLE_MAX = 2**63 - 1
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
"""Characters that no name in the books has, and that a database may choke on."""


def page_limit(limit: int | None, default: int = PAGE_DEFAULT) -> int:
    """Return how many items a page has; InvalidQuery outside 1 to PAGE_MAX."""
    if limit is None:
        return default
    if not 1 <= limit <= PAGE_MAX:
        raise InvalidQuery(f"limit must lie between 1 and {PAGE_MAX}, not {limit}")
    return limit


def query_text(value: str, name: str) -> str:
    """Return a name given in a query; InvalidQuery where no name in the books can look like that."""
    if not value or len(value) > QUERY_TEXT_MAX or _FORBIDDEN.search(value):
        raise InvalidQuery(f"{name} must be 1 to {QUERY_TEXT_MAX} characters without control characters")
    return value


def encode_cursor(*values: int | str | None) -> str:
    """Write the place after which the next page starts."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(after: str | None, *kinds: type[Any] | tuple[type[Any], ...]) -> tuple[Any, ...] | None:
    """Read a cursor whose values are of `kinds`; None stays None, anything else is an InvalidQuery."""
    if after is None:
        return None
    try:
        if len(after) > CURSOR_CHARACTERS_MAX:
            raise ValueError("too long")
        raw = base64.b64decode(after + "=" * (-len(after) % 4), altchars=b"-_", validate=True)
        values = json.loads(raw)
    except (ValueError, binascii.Error, RecursionError):
        values = None
    if not isinstance(values, list) or len(values) != len(kinds) or not all(map(_fits, values, kinds)):
        raise InvalidQuery("after is no cursor of this list: pass on the `next` of the page before, unchanged")
    return tuple(values)


def _fits(value: object, kind: type[Any] | tuple[type[Any], ...]) -> bool:
    if isinstance(value, bool) or not isinstance(value, kind):
        return False
    if isinstance(value, int):
        return -_WHOLE_MAX <= value <= _WHOLE_MAX
    return not isinstance(value, str) or not _FORBIDDEN.search(value)


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut values into pieces that fit one SQL statement."""
    for start in range(0, len(values), SQL_VARIABLES_MAX):
        yield values[start : start + SQL_VARIABLES_MAX]
