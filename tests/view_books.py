"""Books with a view of their last days, and what stock Beancount reads in the full books and in the view."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core import data

from ledger.books.layout import MAIN, VIEW_MAIN
from ledger.view.state import ViewState
from tests.company import Company

STOCK = "Assets:Inventory"

Values = dict[tuple[str, str], Decimal]
"""(account, currency) -> amount."""


def detail_days(books: Path, days: str) -> None:
    """State the option, or another value of it."""
    main = books / MAIN
    kept = [line for line in main.read_text(encoding="utf-8").splitlines() if "fava-detail-days" not in line]
    main.write_text("\n".join([*kept, f'1970-01-01 custom "orderledger" "fava-detail-days" "{days}"', ""]), encoding="utf-8")


@dataclass
class Text:
    """What Beancount makes of a file."""

    entries: list[Any]
    errors: list[Any]

    @classmethod
    def load(cls, path: Path) -> Text:
        """Load it as anyone would."""
        entries, errors, _ = loader.load_file(str(path))
        return cls([entry for entry in entries if isinstance(entry, data.Transaction)], errors)

    @property
    def days(self) -> list[datetime.date]:
        """Return the days with entries."""
        return sorted({entry.date for entry in self.entries})

    def values(self, day: datetime.date) -> Values:
        """Return what each account has of each currency at the end of a day, lots at cost."""
        held = ((p, p.cost or p.units) for p in self._postings(day))
        return _sums(((p.account, of.currency), p.units.number * (of.number if p.cost else 1)) for p, of in held)

    def lots(self, day: datetime.date) -> dict[Any, Decimal]:
        """Return the units of each lot at the end of a day."""
        return _sums(((p.units.currency, *p.cost), p.units.number) for p in self._postings(day) if p.cost)

    def _postings(self, day: datetime.date) -> Iterable[Any]:
        return (posting for entry in self.entries if entry.date <= day for posting in entry.postings)


def _sums(pairs: Iterable[tuple[Any, Decimal]]) -> dict[Any, Decimal]:
    found: dict[Any, Decimal] = defaultdict(Decimal)
    for key, number in pairs:
        found[key] += number
    return {key: number for key, number in found.items() if number}


def one_stock(values: Values) -> Values:
    """Return the values with all stock as one account."""
    return _sums(((STOCK if account.startswith(f"{STOCK}:") else account, of), number) for (account, of), number in values.items())


def boundary_of(books: Path) -> datetime.date:
    """Return the first day that the view has in full."""
    state = ViewState.load(books)
    assert state is not None, "there is no view"
    return datetime.date.fromisoformat(state.boundary)


def view_files(books: Path) -> dict[str, bytes]:
    """Return every file of the view."""
    folder = books / "view"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def assert_same(company: Company) -> tuple[Text, Text]:
    """Assert that the view's balances are those of the full books: every account on every day, every lot from the boundary on."""
    company.ledger.publish()
    full, view = Text.load(company.books / MAIN), Text.load(company.books / VIEW_MAIN)
    assert full.errors == view.errors == []
    boundary = boundary_of(company.books)
    last_closed = boundary - datetime.timedelta(days=1)
    for day in full.days:
        assert one_stock(view.values(day)) == one_stock(full.values(day)), day
    for day in [last_closed, *(day for day in full.days if day >= boundary)]:
        assert (view.values(day), view.lots(day)) == (full.values(day), full.lots(day)), day
    assert _bare(view, boundary) == _bare(full, boundary)
    return full, view


def _bare(text: Text, boundary: datetime.date) -> list[Any]:
    """Return entries from a day on without where they stand."""
    shown = [(e.date, e.narration, [(p.account, p.units, p.cost, p.price) for p in e.postings]) for e in text.entries if e.date >= boundary]
    return sorted(shown, key=repr)
