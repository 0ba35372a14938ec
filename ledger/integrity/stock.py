"""Stock value = lots - owed = ledger, for every SKU; every unit of a receipt is on hand or held by an order; months sum to the stock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ledger.costing.methods import MONTH_AVERAGE
from ledger.reports.context import Context
from ledger.reports.costing_methods import methods_now


def problems(context: Context) -> Iterator[str]:
    """Compare lots and debts with the postings on stock accounts."""
    ask = context.connection.exec_driver_sql
    lots = {row[0]: int(row[1]) for row in ask("SELECT sku, SUM(goods + landed + variance) FROM lot GROUP BY sku")}
    for sku, difference in ask("SELECT sku, goods + landed + variance FROM pool"):
        lots[sku] = lots.get(sku, 0) + int(difference)
    debts = {row[0]: int(row[1]) for row in ask("SELECT sku, SUM(estimate) FROM owed GROUP BY sku")}
    commodities = {row[0]: row[1] for row in ask("SELECT sku, commodity FROM sku")}
    ledger = {row[0]: int(row[1]) for row in ask("SELECT account, SUM(debit - credit) FROM account_month GROUP BY account")}
    for sku, commodity in commodities.items():
        booked = ledger.get(context.chart.stock_account(commodity), 0)
        if booked != lots.get(sku, 0):
            yield f"stock of {sku}: lots are worth {context.money(lots.get(sku, 0))}, the account has {context.money(booked)}"
    owed = -ledger.get(context.chart.account("stock_owed"), 0)
    if owed != sum(debts.values()):
        yield f"stock owed: debts come to {context.money(sum(debts.values()))}, the account has {context.money(owed)}"
    yield from _goods_shipped(context, ledger)
    for row in ask("SELECT sku, label FROM lot WHERE quantity < 0 OR (quantity = 0 AND goods + landed + variance <> 0)"):
        yield f"lot {row[1]} of {row[0]} has units below zero, or is empty and still carries money"
    units = (
        "SELECT l.root_id, SUM(l.quantity), MAX(CASE WHEN l.id = l.root_id THEN l.received ELSE 0 END), "
        "COALESCE((SELECT SUM(c.quantity) FROM consumption c WHERE c.root_id = l.root_id AND c.quantity > 0), 0) "
        "FROM lot l GROUP BY l.root_id"
    )
    for root, on_hand, received, held in ask(units):
        if int(on_hand) + int(held) != int(received):
            yield f"receipt lot {root}: {received} units came, {on_hand} are on hand and {held} held by orders (millionths)"
    yield from _months(context, lots)


def _months(context: Context, values: dict[str, int]) -> Iterator[str]:
    """Compare what the months under month-average came to with what is on hand; a SKU that left the method has none."""
    ask = context.connection.exec_driver_sql
    units = {row[0]: int(row[1]) for row in ask("SELECT sku, SUM(quantity) FROM lot WHERE quantity > 0 GROUP BY sku")}
    sums = "SELECT sku, SUM(quantity), SUM(goods + landed + variance) FROM month_stock GROUP BY sku"
    months = {row[0]: (int(row[1]), int(row[2])) for row in ask(sums)}
    method = methods_now(context)
    for sku in sorted(units.keys() | months.keys()):
        found = months.get(sku, (0, 0))
        priced = method(sku) == MONTH_AVERAGE
        wanted = (units.get(sku, 0), values.get(sku, 0)) if priced else (0, 0)
        if found != wanted:
            yield f"months of {sku} come to (millionths, minor units) {found}, what is on hand to {wanted}"


def _goods_shipped(context: Context, ledger: Mapping[str, int]) -> Iterator[str]:
    """Compare the account of goods shipped, where the books have one, with what undelivered orders hold and are owed."""
    if not context.chart.has_role("goods_shipped"):
        return
    held = (
        "SELECT COALESCE((SELECT SUM(goods + landed + variance) FROM consumption WHERE held = 'goods_shipped'), 0) "
        "+ COALESCE((SELECT SUM(estimate + beyond) FROM owed WHERE held = 'goods_shipped'), 0)"
    )
    worth = int(context.connection.exec_driver_sql(held).scalar_one())
    booked = ledger.get(context.chart.account("goods_shipped"), 0)
    if booked != worth:
        yield f"goods shipped: orders on their way hold {context.money(worth)}, the account has {context.money(booked)}"
