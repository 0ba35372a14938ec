"""An opening in a foreign currency: its open items and orders stay in it, at its rate; what is carried in base is converted first."""

from __future__ import annotations

from dataclasses import replace

from ledger.documents.open_orders import OpenOrder
from ledger.documents.opening import Opening, OpeningLot
from ledger.money import divide_half_up, exponent
from ledger.rules.carrying import carried, gift_tax, move
from ledger.state.records import Lot, Order
from ledger.work import Work, fault


def goods_in_base(work: Work, document: Opening) -> Opening:
    """Return the opening with lots, cost of what was shipped, accruals and waiting freight in the books' currency (IAS 21.23b; IAS 2).

    Income and expense so far are refused: they were earned at many rates.
    """
    if document.currency is None:
        return document
    if document.year_to_date:
        raise fault("/year_to_date", f"income and expense are in {work.chart.currency}: give them in an opening without currency")
    waiting = [replace(item, amount=_base(work, item.amount)) if item.kind == "inbound_freight" else item for item in document.open_items]
    return replace(
        document,
        lots=tuple(_lot(work, line) for line in document.lots),
        open_items=tuple(waiting),
        open_orders=tuple(_order(work, order) for order in document.open_orders),
    )


def _base(work: Work, amount: int) -> int:
    return work.in_base(amount, work.document.currency or work.chart.currency) if amount else 0


def _lot(work: Work, line: OpeningLot) -> OpeningLot:
    goods = _base(work, line.goods(work.digits))
    return replace(line, amount=goods, unit_price=None, landed=_base(work, line.landed), variance=_base(work, line.variance))


def _order(work: Work, order: OpenOrder) -> OpenOrder:
    lines = [line if line.shipped_cost is None else replace(line, shipped_cost=_base(work, line.shipped_cost)) for line in order.lines]
    cost = order.cost if order.cost is None else _base(work, order.cost)
    shipment = order.shipment
    if shipment is not None:
        shipment = replace(shipment, accrued_freight=_base(work, shipment.accrued_freight))
    return replace(order, lines=tuple(lines), cost=cost, shipment=shipment)


def keep_price(work: Work, line: OpeningLot, lot: Lot, currency: str) -> None:
    """Remember what the supplier was promised for a lot in his currency: goods that go back lower what he is owed in it."""
    if line.quantity:
        units = line.goods(exponent(currency))
        lot = work.state[Lot].edit(lot)
        lot.currency, lot.foreign_amount = currency, divide_half_up(units * lot.received, line.quantity)


def keep_earned(work: Work, order: Order, earned: int, returned: int, gifts: int) -> None:
    """Let what an order had earned and given back before (gross), and tax on gifts, be carried at the opening's rate (IAS 21.22)."""
    if order.currency is None:
        return
    row = carried(work, order)
    move(row, "recognised", earned, _base(work, earned))
    move(row, "returned", returned, _base(work, returned))
    gift_tax(work, order, gifts)
