"""What closing vouchers (结转) moved: for the trial balance alone. No other report may count them."""

from __future__ import annotations

from sqlalchemy import case, select

from ledger.reports.balances import Turnover
from ledger.reports.context import Context
from ledger.reports.expressions import met_on_the_way, whole_sum
from ledger.reports.period import Period
from ledger.store.tables import closing_posting, entry


def closing_turnovers(ctx: Context, period: Period) -> dict[str, Turnover]:
    """Return what the closing vouchers dated in a period moved, by account."""
    amount = closing_posting.c.amount
    debit, credit = case((amount > 0, amount), else_=0), case((amount < 0, -amount), else_=0)
    query = (
        select(closing_posting.c.account, whole_sum(debit).label("debit"), whole_sum(credit).label("credit"))
        .join_from(closing_posting, entry, entry.c.id == closing_posting.c.entry_id)
        # Closing vouchers are few: each looks up its day, where the days would lead past every other entry.
        .where(met_on_the_way(entry.c.date).between(period.first, period.last))
        .group_by(closing_posting.c.account)
    )
    return {row.account: Turnover(row.debit, row.credit) for row in ctx.connection.execute(query)}
