"""The stock at the end of the last closed day, one entry a SKU: its lots and its amount of money come out of the one account that the
sums of closed days keep all stock on. What the open days take, they take from these lots, as in the full books.

A lot has on hand then what it has now and what the open days took from it: no query walks the closed days.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection

from ledger.chart import Chart
from ledger.journal.text import entry_head, lot_line, meta
from ledger.money import MICRO_DIGITS, exponent, format_scaled
from ledger.store.sql import mark

TAG = "#closed-stock"

LotKey = tuple[str, str, int]
"""(date, label, unit price in millionths): what a lot is told by in the text."""

_WIDTH = 38
_EXACT_DIGITS = 2 * MICRO_DIGITS


@dataclass(slots=True)
class Stock:
    """A SKU at the boundary: value in minor units, units of each lot in millionths."""

    sku: str
    commodity: str
    account: str
    value: int = 0
    lots: dict[LotKey, int] = field(default_factory=dict)


def stock_before(connection: Connection, chart: Chart, day: str) -> list[Stock]:
    """Return what was on hand of each SKU before `day`, those without units and value left out."""
    found = {
        sku: Stock(sku, commodity, chart.stock_account(commodity))
        for sku, commodity in connection.exec_driver_sql("SELECT sku, commodity FROM sku ORDER BY sku")
    }
    by_account = {stock.account: stock for stock in found.values()}
    _add_present(connection, found, by_account)
    _take_back(connection, found, by_account, day)
    return [stock for stock in found.values() if stock.value or any(stock.lots.values())]


def _add_present(connection: Connection, found: dict[str, Stock], by_account: dict[str, Stock]) -> None:
    values = (
        "SELECT m.account, SUM(m.debit - m.credit) FROM account_month m "
        "JOIN account a ON a.name = m.account AND a.role = 'inventory' GROUP BY m.account"
    )
    for account, value in connection.exec_driver_sql(values):
        by_account[account].value = int(value)
    # Returned units and other warehouses have rows of their own under the same name in the text.
    lots = "SELECT sku, date, label, unit_price, SUM(quantity) FROM lot WHERE quantity > 0 GROUP BY sku, date, label, unit_price"
    for sku, date, label, price, quantity in connection.exec_driver_sql(lots):
        found[sku].lots[date, label, price] = int(quantity)


def _take_back(connection: Connection, found: dict[str, Stock], by_account: dict[str, Stock], day: str) -> None:
    """Undo what entries from `day` on did. The account is taken as a text without an index, which would lead through all of the journal."""
    since = (
        "SELECT p.account || '', l.sku, l.date, l.label, l.unit_price, SUM(COALESCE(p.quantity, 0)), SUM(p.amount) FROM entry e "
        f"JOIN posting p ON p.entry_id = e.id LEFT JOIN lot l ON l.id = p.lot_id WHERE e.date >= {mark(connection)} "
        "GROUP BY p.account || '', l.sku, l.date, l.label, l.unit_price"
    )
    for account, sku, date, label, price, quantity, amount in connection.exec_driver_sql(since, (day,)):
        if account not in by_account:
            continue
        by_account[account].value -= int(amount)
        if sku is not None:
            lots = found[sku].lots
            lots[date, label, price] = lots.get((date, label, price), 0) - int(quantity)


def stock_text(stock: Stock, chart: Chart, boundary: str) -> str:
    """Write the entry of a SKU, dated on the day before the boundary."""
    digits = exponent(chart.currency)
    scale = 10 ** (_EXACT_DIGITS - digits)
    day = (datetime.date.fromisoformat(boundary) - datetime.timedelta(days=1)).isoformat()
    head = entry_head(day, "", f"Stock of {stock.sku} on hand 结存", None, ()).rstrip("\n")
    lots = [(key, quantity) for key, quantity in sorted(stock.lots.items()) if quantity]
    money = stock.value * scale - sum(quantity * price for (_, _, price), quantity in lots)
    lines = [lot_line(stock.account, quantity, stock.commodity, lot, chart.currency) for lot, quantity in lots]
    lines += [_money_line(stock.account, money, _EXACT_DIGITS, chart.currency)] if money else []
    lines += [_money_line(chart.account("inventory"), -stock.value, digits, chart.currency)] if stock.value else []
    return f"{head} {TAG}\n{meta(2, [('sku', stock.sku)])}{''.join(lines)}\n"


def _money_line(account: str, amount: int, digits: int, currency: str) -> str:
    return f"  {account.ljust(_WIDTH)} {format_scaled(amount, digits, least=exponent(currency)):>14} {currency}\n"


def stock_texts(connection: Connection, chart: Chart, boundary: str) -> Iterator[str]:
    """Write all stock at the boundary."""
    for stock in stock_before(connection, chart, boundary):
        yield stock_text(stock, chart, boundary)
