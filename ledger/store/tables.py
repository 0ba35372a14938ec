"""The tables of the store: one for each record class of `ledger.state`, and those of the journal, the kept sums and the books.

Types hold on SQLite (STRICT) and PostgreSQL alike: integers of 64 bits and text. Migrations create them; `tests` compare the two.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, PrimaryKeyConstraint, Table, Text, text

from ledger.state.records import PROFIT_FIELDS, RECORDS

metadata = MetaData()
_WHOLE = BigInteger().with_variant(Integer, "sqlite")


def _whole(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, _WHOLE, nullable=nullable, autoincrement=False)


def _text(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=nullable)


def _table(name: str, *columns: Column[Any], key: tuple[str, ...], long_rows: bool = False) -> Table:
    """Make a table. SQLite keeps its rows in the order of their key and finds them by it, with no index beside them.

    It does so by itself where the key is one number. `long_rows` are better apart from their key.
    """
    numbered = len(key) == 1 and any(column.name == key[0] and not isinstance(column.type, Text) for column in columns)
    return Table(name, metadata, *columns, PrimaryKeyConstraint(*key), sqlite_strict=True, sqlite_with_rowid=numbered or long_rows)


def _record_table(record: type[Any]) -> Table:
    columns = []
    for item in dataclasses.fields(record):
        kind = str(item.type)
        make = _whole if kind.startswith("int") else _text
        columns.append(make(item.name, nullable=kind.endswith("None")))
    table = _table(record.table, *columns, key=record.key)
    for name, (group, condition) in record.indexes.items():
        if (group == record.key[: len(group)] and not condition) or (record.table, name) == ("document", "number"):
            continue  # the key finds it, or `document_identity`, which begins with it
        where = text(condition) if condition else None
        Index(f"{record.table}_{name}", *(table.c[c] for c in group), sqlite_where=where, postgresql_where=where)
    return table


RECORD_TABLES: dict[type[Any], Table] = {record: _record_table(record) for record in RECORDS}

document = metadata.tables["document"]
Index("document_identity", document.c.kind, document.c.number, document.c.source, document.c.version, unique=True)
Index("document_order", document.c.order_id, postgresql_where=document.c.order_id.is_not(None))

orders = metadata.tables["orders"]
Index("orders_date", orders.c.date, orders.c.id)
Index("orders_customer", orders.c.customer, orders.c.date, orders.c.id)
Index("orders_channel", orders.c.channel, orders.c.date, orders.c.id)
Index("orders_estimated", orders.c.estimated, orders.c.id)
for _name in ("revenue", "gross_profit", "contribution", "margin"):
    Index(f"orders_by_{_name}", orders.c[_name], orders.c.id)

waiting = metadata.tables["waiting"]
Index("waiting_open", waiting.c.id, sqlite_where=waiting.c.waits == 1, postgresql_where=waiting.c.waits == 1)

_lots = metadata.tables["lot"]
_on_hand = text("quantity > 0")
Index("lot_warehouse", _lots.c.warehouse, _lots.c.sku, sqlite_where=_on_hand, postgresql_where=_on_hand)
_under_way = text("warehouse = '' AND quantity > 0")
Index("lot_in_transit", _lots.c.document_seq, sqlite_where=_under_way, postgresql_where=_under_way)

for _name in ("consumption", "owed"):
    _units = metadata.tables[_name]
    _waits = text("held = 'goods_shipped' AND quantity > 0")
    Index(f"{_name}_undelivered", _units.c.sku, sqlite_where=_waits, postgresql_where=_waits)

entry = _table(
    "entry",
    _whole("id"), _whole("seq"), _text("date"), _text("voucher"), _text("payee"), _text("narration"),
    _whole("order_id", nullable=True), _text("text_digest"), _text("hash"),
    _whole("reverses", nullable=True),
    key=("id",),
)  # fmt: skip
Index("entry_seq", entry.c.seq)
Index("entry_voucher", entry.c.voucher, unique=True)
Index("entry_date", entry.c.date, entry.c.id)

posting = _table(
    "posting",
    _whole("entry_id"), _whole("line"), _text("date"), _text("account"), _whole("amount"), _whole("order_id", nullable=True),
    _text("sku", nullable=True), _text("party", nullable=True), _text("reference", nullable=True),
    _text("carrier", nullable=True), _text("supplier", nullable=True),
    _whole("quantity", nullable=True), _whole("lot_id", nullable=True),
    _text("currency", nullable=True), _whole("foreign_amount", nullable=True),
    key=("entry_id", "line"),
)  # fmt: skip
Index("posting_order", posting.c.order_id, posting.c.entry_id)
Index("posting_account", posting.c.account, posting.c.date, posting.c.entry_id, posting.c.line)
Index(
    "posting_currency", posting.c.currency, posting.c.account,
    sqlite_where=posting.c.currency.is_not(None), postgresql_where=posting.c.currency.is_not(None),
)  # fmt: skip

closing_posting = _table(
    "closing_posting",
    _whole("entry_id"), _whole("line"), _text("account"), _whole("amount"),
    key=("entry_id", "line"),
)  # fmt: skip
"""Postings of closing vouchers, apart from all others, so that no report can count them by accident."""

account_month = _table("account_month", _text("account"), _text("month"), _whole("debit"), _whole("credit"), key=("account", "month"))
Index("account_month_month", account_month.c.month)

currency_month = _table(
    "currency_month",
    _text("account"), _text("currency"), _text("month"), _whole("units"), _whole("base"), _whole("adjusted"),
    key=("account", "currency", "month"),
)  # fmt: skip
"""Sums of postings in foreign units: the units, what they stand for in base, and what was written in base beside them."""

account_day = _table("account_day", _text("date"), _text("account"), _whole("debit"), _whole("credit"), key=("date", "account"))
"""What `account_month` keeps, by day: for the ends of a period that are no whole month."""

view_day = _table(
    "view_day",
    _text("date"), _text("account"), _text("currency"), _whole("units_in"), _whole("units_out"), _whole("debit"), _whole("credit"),
    key=("date", "account", "currency"),
)  # fmt: skip
"""What accounts moved by day and currency, all stock as one account: what Fava's view of closed days is made of."""

dimension_month = _table(
    "dimension_month",
    _text("dimension"), _text("value"), _text("month"), *(_whole(name) for name in PROFIT_FIELDS), _whole("contribution"),
    key=("dimension", "value", "month"),
)  # fmt: skip
Index(
    "dimension_month_best",
    dimension_month.c.dimension, dimension_month.c.month, dimension_month.c.contribution.desc(), dimension_month.c.value,
)  # fmt: skip

dimension_day = _table(
    "dimension_day",
    _text("dimension"), _text("date"), _text("value"), *(_whole(name) for name in PROFIT_FIELDS),
    key=("dimension", "date", "value"),
)  # fmt: skip
"""What `dimension_month` keeps, by day, of every dimension but customers: they hardly come twice a day."""

cohort_shift = _table(
    "cohort_shift",
    _text("dimension"), _text("value"), _text("month"), *(_whole(name) for name in PROFIT_FIELDS),
    key=("dimension", "value", "month"),
)  # fmt: skip
Index("cohort_shift_month", cohort_shift.c.dimension, cohort_shift.c.month)

order_month = _table(
    "order_month", _text("dimension"), _text("value"), _text("month"), _whole("orders"), key=("dimension", "value", "month")
)

cash_month = _table("cash_month", _text("item"), _text("month"), _whole("amount"), key=("item", "month"))
cash_day = _table("cash_day", _text("date"), _text("item"), _whole("amount"), key=("date", "item"))

customer_total = _table(
    "customer_total",
    _text("period"), _text("customer"), *(_whole(name) for name in PROFIT_FIELDS), _whole("contribution"),
    key=("period", "customer"),
)  # fmt: skip
"""The profit of each customer in a year, and ("") over all time: a list of customers walks its index instead of summing months."""
Index("customer_total_best", customer_total.c.period, customer_total.c.contribution.desc(), customer_total.c.customer)

order_profit = _table(
    "order_profit",
    _text("month"), _whole("order_id"), *(_whole(name) for name in PROFIT_FIELDS), _whole("contribution"),
    key=("month", "order_id"),
)  # fmt: skip
"""The profit of each order by the month that it was posted in."""
Index("order_profit_best", order_profit.c.month, order_profit.c.contribution.desc(), order_profit.c.order_id)

unmoved = _table("unmoved", _text("batch"), _whole("piece"), _text("written_at"), _text("body"), key=("batch", "piece"), long_rows=True)
"""Rows of long documents on their way to their tables; `ledger.store.unmoved` says how."""
outbox = _table("outbox", _whole("id"), _whole("seq"), _text("path"), _text("text"), key=("id",))
book_file = _table("book_file", _text("path"), _whole("size"), key=("path",))
publisher = _table(
    "publisher",
    _whole("id"),
    _text("owner"),
    _text("expires"),
    _whole("published_seq"),
    _whole("published_row"),
    key=("id",),
)
token = _table(
    "token",
    _text("name"),
    _text("digest"),
    _text("scopes"),
    _text("created_at"),
    _text("expires_at", nullable=True),
    key=("name",),
)
Index("token_digest", token.c.digest, unique=True)
meta = _table("meta", _text("key"), _text("value"), key=("key",))
