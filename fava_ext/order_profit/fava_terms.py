"""Words of Fava's filters, written and read back: a name as a pattern that means just that name, and the filters of our links.

Fava's filters are regular expressions, found anywhere, in either case. Knows neither the store nor the page.
"""

from __future__ import annotations

from collections.abc import Iterable

from ledger.names import ORDER_TAG, tag

_SPECIAL = frozenset(r"\.*+?^${}[]()|")
_HEX_ESCAPE = 4
"""Characters of `\\x22`."""


def pattern(name: str) -> str:
    """Write a name as a quoted pattern that only it matches: `"^SO\\.1$"`. A quote, which cannot stand there, becomes `\\x22`."""
    body = "".join(f"\\{c}" if c in _SPECIAL else c for c in name).replace('"', r"\x22")
    return f'"^{body}$"'


def name_of(text: str) -> str | None:
    """Read a pattern that stands for one name, with or without anchors; None where it could match several."""
    body = text.removeprefix("^")
    name, place = "", 0
    while place < len(body) and body[place:] != "$":
        char = body[place]
        if body.startswith(r"\x22", place):
            name, place = name + '"', place + _HEX_ESCAPE
        elif char == "\\" and place + 1 < len(body) and not body[place + 1].isalnum():
            name, place = name + body[place + 1], place + 2
        elif char in _SPECIAL:
            return None
        else:
            name, place = name + char, place + 1
    return name or None


def of_orders(labels: Iterable[str]) -> str:
    """Write the filter for all entries that touch an order, as a whole or with some postings; `labels` are its names in the books."""
    terms: list[str] = []
    for label in labels:
        terms += [f"#{ORDER_TAG}{tag(label)}", f"order:{pattern(label)}", f"any(order:{pattern(label)})"]
    return ", ".join(terms)


def of_accounts(accounts: Iterable[str]) -> str:
    """Write the account filter for exactly these accounts, without those below them."""
    names = list(accounts)
    return f"^{names[0]}$" if len(names) == 1 else f"^({'|'.join(names)})$"
