"""How amounts, weights and times of the sample are read and written. Money is an integer of a cent until it is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

Body = dict[str, Any]
"""A document, or a line of one, as JSON has it."""


def rows(table: str) -> list[list[list[str]]]:
    """Read a table: cells of words."""
    return [[cell.split() for cell in row.split("|")] for row in table.strip().splitlines()]


def yuan(amount: int) -> str:
    """Write cents."""
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def cents(text: str) -> int:
    """Read an amount, or a rate as per cent."""
    whole, _, fraction = text.partition(".")
    amount = int(whole.lstrip("-") + fraction.ljust(2, "0"))
    return -amount if whole.startswith("-") else amount


def half_up(amount: int, divisor: int) -> int:
    """Divide and round halves up; amounts here are not negative."""
    return (2 * amount + divisor) // (2 * divisor)


def gross(lines: Iterable[Body]) -> int:
    """Return what bought lines come to with their tax, which is worked out once a rate."""
    total, nets = 0, Counter[str]()
    for line in lines:
        net = cents(line["amount"]) if "amount" in line else cents(line["unit_price"]) * int(line["quantity"])
        nets[line.get("tax_rate", "0")] += net
        total += net + cents(line.get("tax", "0"))
    return total + sum(half_up(net * cents(rate), 100) for rate, net in nets.items())


def kilograms(grams: int) -> str:
    """Write grams as kilograms."""
    return f"{grams // 1000}.{grams % 1000:03d}"


def written(moment: datetime) -> str:
    """Write a time in China."""
    return f"{moment.isoformat()}+08:00"
