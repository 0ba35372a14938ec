"""A cancellation: the unshipped part is no longer ordered, and what was paid for it is owed back (IFRS 15.105-106, B20)."""

from __future__ import annotations

from ledger.documents import sales
from ledger.journal.draft import Draft
from ledger.money import part_of
from ledger.rules.order_totals import Ordered, ordered
from ledger.rules.payments import move_tax, tax_in_advance
from ledger.rules.platform_discounts import gross_of
from ledger.rules.unshipped import unshipped_lines
from ledger.state.records import Cancelled, Order, OrderLine
from ledger.work import Work


def post_cancellation(work: Work, document: sales.Cancellation) -> None:
    """Shrink the order to what remains, and move the advance beyond that from contract liability and VAT pending to refund liability.

    Source: IFRS 15.55 and 105-106; CAS 14.14.

    Example: 904.00 paid for 40, 25 of them shipped, the last 15 cancelled: 339.00 go back.
        given a-first-shipment
        cancellation C-1 on 2026-01-12 order=SO-1
        Dr contract_liability 300.00 order=SO-1
        Dr vat_pending 39.00 order=SO-1
        Cr refund_liability 339.00 order=SO-1 party=Customer

    Example: an order that nobody has paid is cancelled.
        order SO-4 customer=Customer | TEA-01 5 @ 20.00 tax_rate=0.13
        cancellation C-4 order=SO-4
        nothing
    """
    order = work.order(document.order)
    given = ordered(work, order)
    for line, quantity in unshipped_lines(work, order, document.lines, "cancel"):
        call_off(work, order, line, quantity, given)
    follow_goods(work, order)
    draft = work.draft(order.customer, f"Cancellation {document.number} of order {order.label}")
    release_excess(work, draft, order)


def call_off(work: Work, order: Order, line: OrderLine, quantity: int, given: Ordered | None) -> None:
    """Take units off a line and remember it: its totals keep their ratio, and end at what is recognised where nothing is left to earn."""
    known = work.state[Cancelled].get((work.seq, line.line))
    if known is None:
        work.state[Cancelled].add(Cancelled(work.seq, line.line, order.id, quantity))
    else:
        work.state[Cancelled].edit(known).quantity += quantity
    work.state[OrderLine].edit(line)
    work.state[Order].edit(order)
    net, tax = line.net, line.tax
    before = gross_of(work.lines(order)) if order.platform else 0
    line.quantity -= quantity
    if line.quantity != line.earned:
        _keep_ratio(line, line.quantity + quantity, given)
    else:
        line.list_net, line.discount_net, line.tax = line.list_done, line.discount_done, line.tax_done
        line.gift_tax = line.gift_tax_done
        line.cost = line.cost_done if line.cost is not None else None
    order.goods_net += line.net - net
    if order.platform:
        order.platform = max(_platform_left(work, order, given, before), order.platform_done)
    order.net += line.net - net
    order.tax += line.tax - tax


def _platform_left(work: Work, order: Order, given: Ordered | None, before: int) -> int:
    """Return what the platform pays for what is left of the order: its part by gross price, `before` which an opened order had."""
    lines = work.lines(order)
    if given is not None:
        return given.platform_for(lines)
    return part_of(order.platform, gross_of(lines), before) if before else order.platform


def _keep_ratio(line: OrderLine, before: int, given: Ordered | None) -> None:
    """Give a line the totals of what is left of it; an opened order has no document, so its line keeps its own ratio."""
    if given is not None:
        given.restore(line)
        return
    for name, done in (("list_net", line.list_done), ("discount_net", line.discount_done), ("tax", line.tax_done)):
        setattr(line, name, max(done, part_of(getattr(line, name), line.quantity, before)))
    if line.cost is not None:
        line.cost = part_of(line.cost, line.quantity, before)


def follow_goods(work: Work, order: Order) -> None:
    """Where nothing is left to earn, the customer pays no more shipping, and the platform no more of its discount, than was charged."""
    lines = work.lines(order)
    if any(line.earned < line.quantity for line in lines):
        return
    work.state[Order].edit(order)
    order.net += order.shipping_net_done - order.shipping_net
    order.tax += order.shipping_tax_done - order.shipping_tax
    order.shipping_net, order.shipping_tax = order.shipping_net_done, order.shipping_tax_done
    order.platform = order.platform_done


def release_excess(work: Work, draft: Draft, order: Order) -> None:
    """Move what is paid beyond the order as it now is to the refund liability, its tax in proportion."""
    prepaid = order.prepaid
    excess = max(min(-order.open_gross, prepaid), 0)
    if not prepaid:
        return
    work.state[Order].edit(order)
    tax = order.prepaid_tax - tax_in_advance(order, prepaid - excess, order.open_gross + prepaid)
    order.contract_liability -= excess - tax
    order.refund_liability += excess
    draft.add_party("contract_liability", excess - tax, order)
    move_tax(work, draft, order, tax)
    draft.add_party("refund_liability", -excess, order)
