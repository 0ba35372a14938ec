"""The property that decides the design: whatever happens in whatever order, every promise holds after each document."""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from ledger.chart import OPEN_ITEMS
from ledger.costing.methods import MONTH_AVERAGE, method_of
from ledger.documents.closing import MonthAverage, PeriodClose
from ledger.errors import LedgerError
from ledger.journal.entry import chain, digest_text
from ledger.money import format_quantity
from ledger.state.records import (
    PROFIT_FIELDS,
    RECORDS,
    Consumption,
    Invoiced,
    Lot,
    MonthStock,
    Order,
    OrderLine,
    OrderLinePart,
    Owed,
    Pool,
    Provisional,
    Received,
    Shipment,
)  # fmt: skip
from ledger.state.working import State
from ledger.work import Work
from tests.books_in_memory import MemoryLedger, bean_check, bean_values
from tests.histories import FIRST_DAY, KIT, METHODS, SOURCE, Action, Shop, actions


def rows(state: State, record: type[Any]) -> list[Any]:
    """Return all rows of a table that lives in memory."""
    return state[record].changes()[0]


def dump(state: State) -> dict[str, list[Any]]:
    """Return everything that the state holds."""
    return {record.table: [dataclasses.astuple(row) for row in rows(state, record)] for record in RECORDS}


def check_promises(ledger: MemoryLedger) -> None:
    """Assert what must hold after each document."""
    state, chart = ledger.engine.state, ledger.engine.chart
    by_order: dict[tuple[int, str], int] = defaultdict(int)
    income = allocated = 0
    for entry in ledger.engine.entries:
        assert sum(posting.amount for posting in entry.postings) == 0
        for posting in entry.postings:
            if chart.profit_field(posting.account) is not None:
                income -= posting.amount
                allocated -= posting.amount if posting.order is not None else 0
            if posting.order is not None:
                by_order[posting.order.id, chart.role_of(posting.account) or ""] += posting.amount
    orders = rows(state, Order)
    of_orders = sum(o.contribution - o.bad_debt - o.exchange - o.other for o in orders)
    assert of_orders == allocated, "the profit of an order is the sum of its postings"
    unallocated = income - allocated
    assert of_orders + unallocated == income
    for order in orders:
        for role, (name, sign) in OPEN_ITEMS.items():
            assert getattr(order, name) == sign * by_order[order.id, role], (order.label, name)
        assert not (order.receivable and order.contract_liability + order.vat_pending), "an advance and a receivable at once"
        assert all(getattr(order, name) >= 0 for name, _ in OPEN_ITEMS.values() if name not in ("accrued", "clearing"))
    _check_stock(ledger)
    _check_consumption(ledger)
    _check_months(ledger)


def _check_months(ledger: MemoryLedger) -> None:
    """The months of a SKU under month-average sum to its stock, and each month's money is what the stock account moved in it."""
    state = ledger.engine.state
    months = [row for row in rows(state, MonthStock) if method(ledger, row.sku) == MONTH_AVERAGE]
    for sku in {lot.sku for lot in rows(state, Lot)}:
        mine = [row for row in months if row.sku == sku]
        priced = method(ledger, sku) == MONTH_AVERAGE
        units = sum(lot.quantity for lot in rows(state, Lot) if lot.sku == sku) if priced else 0
        account = ledger.engine.chart.stock_account(ledger.engine._commodity(sku))
        assert sum(row.quantity for row in mine) == units
        assert sum(row.goods + row.landed + row.variance for row in mine) == (ledger.balances()[account] if priced else 0)
        assert all(row.quantity >= 0 for row in _running(mine)), "no month ends below zero units"


def _running(months: list[MonthStock]) -> list[MonthStock]:
    total, result = 0, []
    for row in sorted(months, key=lambda row: row.month):
        total += row.quantity
        result.append(dataclasses.replace(row, quantity=total))
    return result


def method(ledger: MemoryLedger, sku: str) -> str:
    """Return the method that prices a SKU now."""
    engine = ledger.engine
    document: Any = None
    return method_of(Work(engine.state, engine.chart, document, 0), sku)


def _check_stock(ledger: MemoryLedger) -> None:
    state = ledger.engine.state
    balances = ledger.balances()
    lots, debts = rows(state, Lot), rows(state, Owed)
    value: dict[str, int] = defaultdict(int)
    for lot in lots:
        assert lot.quantity >= 0
        assert lot.quantity or not lot.value, "an empty lot carries nothing"
        value[lot.sku] += lot.value
    grir = sum(row.grir for row in rows(state, Received)) - sum(row.grir for row in rows(state, Invoiced))
    assert balances.get("Liabilities:GRIR", 0) == -grir, "GR/IR is what was received and not invoiced, or the other way round"
    owed: dict[str, int] = defaultdict(int)
    for entry in ledger.engine.entries:
        for posting in entry.postings:
            if posting.account == "Liabilities:StockOwed":
                owed[posting.sku or ""] -= posting.amount
    for pool in rows(state, Pool):
        value[pool.sku] += pool.goods + pool.landed + pool.variance
        assert any(lot.quantity for lot in lots if lot.sku == pool.sku) or not (pool.goods or pool.landed or pool.variance)
    for sku in {lot.sku for lot in lots} | {debt.sku for debt in debts}:
        account = ledger.engine.chart.stock_account(ledger.engine._commodity(sku))
        assert value[sku] == balances[account], f"stock value of {sku} = lots = ledger"
        assert sum(debt.estimate for debt in debts if debt.sku == sku) == owed[sku]
        pairs = {(lot.warehouse) for lot in lots if lot.sku == sku and lot.quantity}
        for warehouse in pairs:
            assert not any(d.quantity for d in debts if (d.sku, d.warehouse) == (sku, warehouse)), "stock on hand and owed at once"


def _check_consumption(ledger: MemoryLedger) -> None:
    state = ledger.engine.state
    lots = {lot.id: lot for lot in rows(state, Lot)}
    held: dict[int, int] = defaultdict(int)
    cost: dict[int, int] = defaultdict(int)
    for consumption in rows(state, Consumption):
        held[consumption.root_id] += consumption.quantity
        if consumption.order_id is not None:
            cost[consumption.order_id] += consumption.goods + consumption.landed + consumption.variance
        assert consumption.quantity or not (consumption.goods or consumption.landed or consumption.variance)
    for lot in lots.values():
        if lot.root_id == lot.id:
            on_hand = sum(child.quantity for child in lots.values() if child.root_id == lot.id)
            assert on_hand + held[lot.id] == lot.received, "every unit of a receipt is on hand or held by an order"
    for debt in rows(state, Owed):
        cost[debt.order_id] += debt.estimate
    for line in rows(state, OrderLine):
        cost[line.order_id] += line.cost_done - line.returned_cost
    for order in rows(state, Order):
        booked = order.product_cost + order.landed_cost + order.price_variance + order.return_loss
        assert booked == cost[order.id], "an order bears what it holds"
        assert bool(order.owed) == any(d.quantity for d in rows(state, Owed) if d.order_id == order.id)
        assert order.accrued == sum(s.accrued for s in rows(state, Shipment) if s.order_id == order.id)


def check_books(ledger: MemoryLedger) -> None:
    """Assert that stock Beancount accepts the text and has the same balances, and that the chain holds."""
    entries, errors = bean_check(ledger.text())
    assert not errors
    ours = {account: amount for account, amount in ledger.balances().items() if amount}
    theirs = {account: number * 100 for account, number in bean_values(entries).items() if number}
    assert theirs == {account: Decimal(amount) for account, amount in ours.items()}
    previous = "0" * 64
    for entry in ledger.engine.entries:
        assert entry.previous_hash == previous
        assert entry.hash == chain(previous, entry.document_digest, digest_text(entry.text))
        previous = entry.hash


def close_month(ledger: MemoryLedger, day: datetime.date) -> None:
    """Close the month before the one of `day`, if that moves the lock forward."""
    end = day.replace(day=1) - datetime.timedelta(days=1)
    head = ledger.engine.state.head
    if f"{end:%Y-%m}" > head.closed_through:
        period = f"{end:%Y-%m}"
        for month in sorted({row.month for row in rows(ledger.engine.state, MonthStock) if not row.closed and row.month <= period}):
            average_month(ledger, month)
        ledger.engine.post(PeriodClose(source="orderledger", number=period, date=end.isoformat(), period=period, as_of_seq=str(head.seq)))


def average_month(ledger: MemoryLedger, month: str) -> None:
    """True a month up as `close` does: afterwards all its issues of a SKU cost the same a unit, but for cents."""
    last = datetime.date(int(month[:4]), int(month[5:]), 28) + datetime.timedelta(days=4)
    date = (last - datetime.timedelta(days=last.day)).isoformat()
    seq = ledger.engine.state.head.seq
    ledger.engine.post(MonthAverage(source="orderledger", number=month, date=date, period=month, as_of_seq=str(seq)))
    check_promises(ledger)
    held = {c.id: c for c in rows(ledger.engine.state, Consumption) if c.month == month and c.quantity}
    first: dict[str, tuple[int, int]] = {}
    for row in rows(ledger.engine.state, Provisional):
        if row.consumption_id in held:
            cost, quantity = row.goods + row.landed + row.variance, held[row.consumption_id].quantity
            other_cost, other_quantity = first.setdefault(row.sku, (cost, quantity))
            assert abs(cost * other_quantity - other_cost * quantity) <= 3 * (quantity + other_quantity), "one price for the month"


def month_sums(ledger: MemoryLedger, through: str) -> dict[str, int]:
    """Return each account's movement in months up to `through`."""
    sums: dict[str, int] = defaultdict(int)
    for entry in ledger.engine.entries:
        for posting in entry.postings if entry.month <= through else ():
            sums[posting.account] += posting.amount
    return sums


def shop_of(ledger: MemoryLedger) -> Shop:
    """Return a shop that knows what is on hand, so that its documents can name lots."""
    state = ledger.engine.state

    def lots(sku: str, warehouse: str, date: str) -> list[tuple[str, int]]:
        there = [lot for lot in rows(state, Lot) if (lot.sku, lot.warehouse) == (sku, warehouse) and lot.quantity and lot.date <= date]
        return [(lot.label, lot.quantity) for lot in sorted(there, key=lambda lot: (lot.date, lot.id))]

    def parts(order: str, sku: str) -> dict[str, int]:
        ids = {(one.id, line.line) for one in rows(state, Order) for line in rows(state, OrderLine)
               if (one.source, one.number, line.order_id, line.sku) == (SOURCE, order, one.id, sku)}  # fmt: skip
        return {part.part: part.quantity for part in rows(state, OrderLinePart) if (part.order_id, part.line) in ids}

    return Shop(lots=lots, specific=lambda sku: method(ledger, sku) == "specific", parts=parts)


def run_history(history: list[Action], costing: str, close_every: int | None = None) -> MemoryLedger:
    """Post a history, checking every promise after each document; a month is closed now and then, and never moves again."""
    ledger = MemoryLedger(costing=costing)
    shop = shop_of(ledger)
    closed: dict[str, dict[str, int]] = {}
    for number, body in enumerate(shop.documents(history), 1):
        if close_every and number % close_every == 0:
            close_month(ledger, FIRST_DAY + datetime.timedelta(days=shop.day))
            through = ledger.engine.state.head.closed_through
            closed[through] = month_sums(ledger, through)
        for through, sums in closed.items():
            assert month_sums(ledger, through) == sums, "a closed month never moves"
        before = dump(ledger.engine.state)
        try:
            posted = ledger.post(body)
        except LedgerError:
            assert dump(ledger.engine.state) == before, "a refused document leaves no trace"
            continue
        if posted.replay:
            assert dump(ledger.engine.state) == before, "nothing is posted twice"
        shop.bodies.append(body)
        check_promises(ledger)
    return ledger


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@pytest.mark.parametrize("costing", METHODS)
@given(history=actions)
def test_every_promise_holds_after_each_document(history: list[Action], costing: str) -> None:
    """Random documents out of date order: balanced, allocated, stock = lots = ledger, bean-check clean."""
    check_books(run_history(history, costing))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@pytest.mark.parametrize("costing", METHODS)
@given(history=actions)
def test_closed_months_never_move(history: list[Action], costing: str) -> None:
    """The same with months closed in between: late documents are posted on the first open day."""
    check_books(run_history(history, costing, close_every=7))


def identified(ledger: MemoryLedger, base: dict[str, str], lines: list[OrderLine]) -> dict[str, Any]:
    """Buy what specific identification needs of these order lines, and return shipment lines that name it."""
    state = ledger.engine.state
    kept = {(part.order_id, part.line, part.part): part.quantity for part in rows(state, OrderLinePart)}
    wanted: dict[str, int] = defaultdict(int)
    shipped = []
    for line in lines:
        left = line.quantity - line.shipped
        mine = {sku: per_kit for (order_id, number, sku), per_kit in kept.items() if (order_id, number) == (line.order_id, line.line)}
        parts = {sku: left * per_kit // 10**6 for sku, per_kit in mine.items()}
        needs = {sku: units for sku, units in (parts or {line.sku: left}).items() if line.stocked and method(ledger, sku) == "specific"}
        for sku, units in needs.items():
            wanted[sku] += units
        named = [{"sku": sku, "quantity": format_quantity(units), "lot": f"end/{base['number']}"} for sku, units in needs.items()]
        of_line: dict[str, Any] = {"sku": line.sku, "quantity": format_quantity(left)}
        shipped.append(of_line | ({"parts": named} if parts else {"lot": named[0]["lot"]} if named else {}))
    for sku in wanted:
        wanted[sku] += sum(debt.quantity for debt in rows(state, Owed) if debt.sku == sku)
    bought = [{"sku": sku, "quantity": format_quantity(units), "unit_price": "3.33"} for sku, units in wanted.items()]
    if bought:
        purchase = {name: value for name, value in base.items() if name != "order"}
        ledger.post({**purchase, "kind": "purchase", "supplier": "Supplier 0", "lines": bought})
    return {"lines": shipped} if wanted else {}


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@pytest.mark.parametrize("costing", METHODS)
@given(history=actions)
def test_finished_orders_leave_nothing_open(history: list[Action], costing: str) -> None:
    """Ship and pay whatever is left: contract liability and pending VAT end at zero."""
    ledger = run_history(history, costing)
    for i, order in enumerate(rows(ledger.engine.state, Order)):
        base = {"source": "end", "number": f"E-{i}", "date": "2026-12-31", "order": order.label}
        lines = [line for line in ledger.engine.state[OrderLine].where("order", order.id) if line.shipped < line.quantity]
        if any(line.sku == KIT and not line.kit and method(ledger, KIT) == "specific" for line in lines):
            continue  # ordered before it was a kit, which cannot be bought any more: such a line has to be cancelled
        if lines:
            ledger.post({"kind": "shipment", **base, **identified(ledger, base, lines)})
        current = ledger.engine.state[Order].require(order.id)
        if current.receivable:
            cents = current.receivable
            ledger.post({"kind": "payment", "amount": f"{cents // 100}.{cents % 100:02d}", "account": "bank", **base})
        current = ledger.engine.state[Order].require(order.id)
        assert (current.contract_liability, current.vat_pending, current.receivable) == (0, 0, 0)
        assert current.recognised_net == current.net
        assert current.recognised_tax == current.tax
    check_promises(ledger)
    check_books(ledger)


def test_a_shipment_worth_nothing_keeps_its_freight() -> None:
    """No revenue and no cost: the accrual is posted all the same (once lost, because two empty drafts were taken for one)."""
    ledger = MemoryLedger()
    base = {"source": "shop", "date": "2026-01-01"}
    lines = [{"sku": "GIFT", "quantity": "1", "unit_price": "0", "type": "gift"}]
    ledger.post({**base, "kind": "order", "number": "O", "customer": "C", "lines": lines})
    ledger.post({**base, "kind": "shipment", "number": "S", "order": "O", "estimated_freight": "0.01"})
    check_promises(ledger)
    assert ledger.balances()["Liabilities:AccruedFreight"] == -1


def test_profit_fields_are_all_known() -> None:
    """Every summed field is a column of the order."""
    names = {field.name for field in dataclasses.fields(Order)}
    assert set(PROFIT_FIELDS) <= names
