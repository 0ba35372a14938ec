"""Kept cash flows = recomputed cash flows, and month by month their sum is what the cash accounts moved."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from sqlalchemy import select

from ledger.integrity.balances import compare
from ledger.journal.cash import cash_flows
from ledger.reports.context import Context
from ledger.reports.expressions import whole_sum
from ledger.store.driver import stream
from ledger.store.sql import mark
from ledger.store.tables import account_month, cash_month


def problems(context: Context) -> Iterator[str]:
    """Recompute the item of every entry that touches cash."""
    accounts = sorted(context.chart.cash_accounts)
    touching = f"SELECT entry_id FROM posting WHERE account IN ({', '.join([mark(context.connection)] * len(accounts))})"
    query = (
        "SELECT p.entry_id, e.date, d.kind, p.account, p.amount FROM entry e JOIN posting p ON p.entry_id = e.id "
        f"JOIN document d ON d.seq = e.seq WHERE e.id IN ({touching}) ORDER BY p.entry_id, p.line"
    )
    months: dict[tuple[str, str], list[int]] = {}
    days: dict[tuple[str, str], list[int]] = {}
    for _, grouped in groupby(stream(context.connection, query, accounts), key=itemgetter(0)):
        postings = list(grouped)
        _, date, kind, _, _ = postings[0]
        for item, amount in cash_flows(context.chart, kind, [one[3:] for one in postings]):
            months.setdefault((item, date[:7]), [0])[0] += amount
            days.setdefault((date, item), [0])[0] += amount
    yield from compare(context, "cash_month", "item, month", ("amount",), months)
    yield from compare(context, "cash_day", "date, item", ("amount",), days)
    yield from _months(context)


def _months(context: Context) -> Iterator[str]:
    moved = select(account_month.c.month, whole_sum(account_month.c.debit - account_month.c.credit))
    moved = moved.where(account_month.c.account.in_(context.chart.cash_accounts)).group_by(account_month.c.month)
    flows = select(cash_month.c.month, whole_sum(cash_month.c.amount)).group_by(cash_month.c.month)
    by_account, by_item = ({row[0]: row[1] for row in context.connection.execute(query)} for query in (moved, flows))
    for month in sorted(by_account.keys() | by_item.keys()):
        ours, theirs = by_item.get(month, 0), by_account.get(month, 0)
        if ours != theirs:
            yield f"cash of {month}: its flows come to {context.money(ours)}, its accounts to {context.money(theirs)}"
