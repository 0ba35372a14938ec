"""Correction of an order: its totals are others, and what was recognised by shipments and returns follows, as a difference."""

from __future__ import annotations

from ledger.documents import sales
from ledger.money import format_quantity
from ledger.rules.corrections.posted import forget_stages
from ledger.rules.corrections.taken_back import post_taken_back, taken_back
from ledger.rules.given_back import follow_returns, given_back
from ledger.rules.kits import forget_parts, keep_parts
from ledger.rules.order_totals import Ordered, totals_of
from ledger.rules.recognition import recognise
from ledger.rules.restating import post_difference
from ledger.rules.shipped_parts import parts_of
from ledger.state.records import PROFIT_FIELDS, Cancelled, DocumentRow, Order, OrderLine, Stage
from ledger.work import Work, fault

KEPT = ("customer", "tax_collected_by", "currency")
"""What an order with postings keeps: its balances and sums stand under these names."""

COUNTED = ("channel", "date")
"""What every order keeps (of the date the month): orders are counted under these."""


def correct_order(work: Work, new: sales.Order, old: sales.Order, row: DocumentRow) -> None:
    """Give the order its new lines and totals; each shipment and return counts as if it had been so from the start (IFRS 15.21b).

    Example: 25 of 40 are shipped at 22.60 with tax inside; the price was 23.73: 25.00 more revenue and 3.25 more tax out of the advance.
        given a-first-shipment
        order SO-1 on 2026-01-10 customer=Customer prices_include_tax=true corrects=true reason="wrong price"
        | TEA-01 40 @ 23.73 tax_rate=0.13
        on 2026-01-10
        Dr contract_liability 25.00
        Dr vat_pending 3.25
        Cr sales 25.00
        Cr vat_output 3.25
    """
    order = work.state[Order].edit(work.state[Order].require(work.restate(row)))
    work.order_id = order.id
    _keep_names(work, order, new, old)
    now = totals_of(work, new)
    lines = _lines(work, order, new, old)
    returned = given_back(work, order)
    draft = work.draft(order.customer, f"Order {order.label} corrected: {new.reason}")
    _restate(work, order, now, lines)
    earned = recognise(work, order, work.lines(order), fall=True)
    back = taken_back(work, order, work.lines(order))
    post_difference(work, draft, order, earned, back.gross - follow_returns(work, draft, order, returned))
    post_taken_back(draft, order, back)
    forget_stages(work, order, row)
    work.state[Stage].add(Stage(work.seq, "placed", order.id, None, new.date, new.at))


def _keep_names(work: Work, order: Order, new: sales.Order, old: sales.Order) -> None:
    if any(getattr(order, name) for name in (*PROFIT_FIELDS, "recognised_net", "receivable", "contract_liability", "customer_deposit")):
        for name in KEPT:
            if getattr(new, name) != getattr(old, name):
                raise fault(f"/{name}", "stands on entries of this order; cancel or return it and send another order")
    for name in COUNTED:
        if (getattr(new, name) or "")[:7] != (getattr(old, name) or "")[:7]:
            raise fault(f"/{name}", "cannot be another one (of the date, another month): cancel the order and send another")
    work.state[Order].regroup(order, customer=new.customer)
    order.channel, order.date = new.channel, new.date
    order.currency = new.currency
    order.marketplace_tax = int(new.tax_collected_by == "marketplace")


def _lines(work: Work, order: Order, new: sales.Order, old: sales.Order) -> dict[int, OrderLine]:
    """Return the kept lines by place: those that something was shipped of must stay in their place with their SKU."""
    kept: dict[int, OrderLine] = {}
    for line in work.lines(order):
        given = new.lines[line.line] if line.line < len(new.lines) else None
        was = old.lines[line.line]
        if line.shipped and (given is None or (given.sku, given.type, given.cost is None) != (was.sku, was.type, was.cost is None)):
            raise fault(f"/lines/{line.line}", f"must stay {line.sku!r}: {format_quantity(line.shipped)} of it are shipped")
        if given is None or (given.sku, given.type) != (line.sku, line.type):
            _refuse_cancelled(work, order, line)
        if given is None:
            forget_parts(work, line)
            work.state[OrderLine].remove(line)
        else:
            kept[line.line] = line
    return kept


def _refuse_cancelled(work: Work, order: Order, line: OrderLine) -> None:
    if any(part.line == line.line for part in work.state[Cancelled].where("order", order.id)):
        raise fault(f"/lines/{line.line}", f"must stay {line.sku!r}: a cancellation names it; correct that first")


def _restate(work: Work, order: Order, now: Ordered, kept: dict[int, OrderLine]) -> None:
    cancelled = dict.fromkeys(range(len(now.lines)), 0)
    for part in work.state[Cancelled].where("order", order.id):
        cancelled[part.line] += part.quantity
    for i, given in enumerate(now.document.lines):
        quantity = given.quantity - cancelled[i]
        known = kept.get(i)
        line = known or work.state[OrderLine].add(_empty_line(order, i, given))
        if quantity < line.shipped:
            there = format_quantity(line.shipped)
            raise fault(f"/lines/{i}/quantity", f"is less than the {there} of {given.sku!r} that are shipped; the rest is a return")
        work.state[OrderLine].edit(line)
        fresh = known is None or (line.sku, line.type, line.cost is None) != (given.sku, given.type, given.cost is None)
        line.sku, line.type = given.sku, given.type
        line.quantity, line.tax_rate, line.cost = quantity, given.tax_rate, given.cost
        if fresh:
            forget_parts(work, line)
            keep_parts(work, line, order.date)
        parts_of(work, line, quantity, f"/lines/{i}/quantity")
        now.restore(line)
    lines = work.lines(order)
    order.goods_net = sum(line.net for line in lines)
    order.shipping_net, order.shipping_tax, order.platform = now.shipping.list_net, now.shipping.tax, now.platform_for(lines)
    if any(cancelled.values()) and all(line.earned == line.quantity for line in lines):
        order.shipping_net, order.shipping_tax = order.shipping_net_done, order.shipping_tax_done
    order.net = order.goods_net + order.shipping_net
    order.tax = sum(line.tax for line in work.lines(order)) + order.shipping_tax


def _empty_line(order: Order, line: int, given: sales.OrderLine) -> OrderLine:
    return OrderLine(order.id, line, given.sku, given.type, given.quantity, 0, 0, 0, given.tax_rate, given.cost)
