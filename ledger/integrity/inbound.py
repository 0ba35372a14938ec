"""Inbound cost: the kept sums are what units carry and orders hold, posted or memo; what is billed and not borne is unsold."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.reports.context import Context

_UNSOLD = (
    "SELECT landed + memo AS amount FROM lot UNION ALL SELECT landed + memo FROM pool "
    "UNION ALL SELECT landed + memo FROM consumption WHERE held = 'goods_shipped' "
    "UNION ALL SELECT amount FROM waiting WHERE waits = 1 AND direction = 'inbound'"
)
_ON_ORDERS = "SELECT landed + memo AS amount FROM consumption WHERE order_id IS NOT NULL AND held <> 'goods_shipped'"
_MEMO = (
    "SELECT o.label, o.memo_landed, COALESCE(c.memo, 0) FROM orders o LEFT JOIN "
    "(SELECT order_id, SUM(memo) AS memo FROM consumption WHERE held <> 'goods_shipped' GROUP BY order_id) c ON c.order_id = o.id "
    "WHERE o.memo_landed <> COALESCE(c.memo, 0) ORDER BY o.id"
)


def problems(context: Context) -> Iterator[str]:
    """Recompute the sums of all months from lots, orders and waiting bills, and each order's memo from what it holds."""
    ask = context.connection.exec_driver_sql
    kept = {row[0]: int(row[1]) for row in ask("SELECT name, SUM(amount) FROM freight_month GROUP BY name")}
    billed, orders, holders = (kept.get(name, 0) for name in ("billed", "orders", "holders"))
    for what, amount, query in (("on orders", orders, _ON_ORDERS), ("unsold", billed - orders - holders, _UNSOLD)):
        found = int(ask(f"SELECT COALESCE(SUM(amount), 0) FROM ({query}) AS parts").scalar_one())
        if found != amount:
            yield f"inbound cost {what} is kept as {context.money(amount)}, the units come to {context.money(found)}"
    for label, memo, held in ask(_MEMO):
        yield f"order {label}: its memo of inbound cost is kept as {context.money(memo)}, its units come to {context.money(int(held))}"
