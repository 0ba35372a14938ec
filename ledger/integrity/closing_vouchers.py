"""Closing vouchers balance, and after the last of them no income or expense is left up to its month (结转损益)."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.closing_vouchers import PROFIT, movements
from ledger.reports.context import Context


def problems(context: Context) -> Iterator[str]:
    """Recompute what is left on each account that the vouchers closed; a month opened again is judged when it is closed again."""
    ask = context.connection.exec_driver_sql
    unbalanced = "SELECT entry_id, SUM(amount) FROM closing_posting GROUP BY entry_id HAVING SUM(amount) <> 0 ORDER BY entry_id"
    for entry_id, amount in ask(unbalanced):
        yield f"closing voucher {entry_id} does not balance: {context.money(int(amount))} too much"
    last = ask("SELECT MAX(substr(date, 1, 7)) FROM entry WHERE id IN (SELECT entry_id FROM closing_posting)").scalar_one()
    closed = ask("SELECT closed_through FROM head WHERE id = 1").scalar_one()
    if last is None or last > closed or not context.chart.has_role(PROFIT):
        return
    left: dict[str, int] = {}
    for month, accounts in movements(context, last).items():
        for account, amount in accounts.items() if month <= last else ():
            left[account] = left.get(account, 0) + amount
    for account, amount in sorted(left.items()):
        if amount and context.chart.profit_field(account) is not None:
            yield f"closing vouchers up to {last} leave {context.money(amount)} on {account}"
