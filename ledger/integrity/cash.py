"""Kept cash flows = recomputed cash flows, and month by month their sum is what the cash accounts moved."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import select

from ledger.integrity.balances import compare
from ledger.journal.cash import cash_flows
from ledger.reports.context import Context
from ledger.reports.expressions import whole_sum
from ledger.store.tables import account_month, cash_month, document, entry, posting


def problems(context: Context) -> Iterator[str]:
    """Recompute the item of every entry that touches cash."""
    side = posting.alias("side")
    touching = select(side.c.entry_id).where(side.c.account.in_(context.chart.cash_accounts))
    joined = select(posting.c.entry_id, entry.c.date, document.c.kind, posting.c.account, posting.c.amount)
    joined = joined.join_from(entry, posting, posting.c.entry_id == entry.c.id).join(document, document.c.seq == entry.c.seq)
    query = joined.where(entry.c.id.in_(touching)).order_by(posting.c.entry_id, posting.c.line)
    months: dict[tuple[str, str], list[int]] = {}
    days: dict[tuple[str, str], list[int]] = {}
    rows = context.connection.execution_options(stream_results=True).execute(query)
    for (_, date, kind), postings in groupby(rows, key=lambda row: (row.entry_id, row.date, row.kind)):
        for item, amount in cash_flows(context.chart, kind, [(one.account, one.amount) for one in postings]):
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
