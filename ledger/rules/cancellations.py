"""A cancellation: the unshipped part is no longer ordered, and what was paid for it is owed back (IFRS 15.105-106, B20)."""

from __future__ import annotations

from ledger.documents import sales
from ledger.journal.draft import Draft
from ledger.money import divide_half_up, part_of
from ledger.rules.payments import pending_role
from ledger.rules.unshipped import unshipped_lines
from ledger.state.records import Order, OrderLine
from ledger.work import Work


def post_cancellation(work: Work, document: sales.Cancellation) -> None:
    """Shrink the order to what remains, and move the advance beyond that from contract liability and VAT pending to refund liability.

    >>> # 904.00 paid for 40, 25 shipped, 15 cancelled: 300.00 and 39.00 of VAT pending become 339.00 of refund liability
    """
    order = work.order(document.order)
    for line, quantity in unshipped_lines(work, order, document.lines, "cancel"):
        _shrink(work, order, line, quantity)
    _follow_goods(work, order)
    draft = work.draft(order.customer, f"Cancellation {document.number} of order {order.label}")
    _release_excess(work, draft, order)


def _shrink(work: Work, order: Order, line: OrderLine, quantity: int) -> None:
    """Take units off a line: its totals keep their ratio, and end at what is recognised where nothing is left to ship."""
    work.state[OrderLine].edit(line)
    work.state[Order].edit(order)
    remains = line.quantity - quantity
    net, tax = line.net, line.tax
    for name, done in (("list_net", line.list_done), ("discount_net", line.discount_done), ("tax", line.tax_done)):
        kept = done if remains == line.shipped else max(done, part_of(getattr(line, name), remains, line.quantity))
        setattr(line, name, kept)
    if line.cost is not None:
        line.cost = line.cost_done if remains == line.shipped else part_of(line.cost, remains, line.quantity)
    line.quantity = remains
    order.goods_net += line.net - net
    order.net += line.net - net
    order.tax += line.tax - tax


def _follow_goods(work: Work, order: Order) -> None:
    """Where nothing is left to ship, the customer pays no more shipping, and the platform no more of its discount, than was charged."""
    lines = work.lines(order)
    if any(line.shipped < line.quantity for line in lines):
        return
    order.net += order.shipping_net_done - order.shipping_net
    order.tax += order.shipping_tax_done - order.shipping_tax
    order.shipping_net, order.shipping_tax = order.shipping_net_done, order.shipping_tax_done
    order.platform = order.platform_done


def _release_excess(work: Work, draft: Draft, order: Order) -> None:
    excess = -order.open_gross
    prepaid = order.contract_liability + order.vat_pending
    excess = min(excess, prepaid)
    if excess <= 0:
        return
    work.state[Order].edit(order)
    kept = prepaid - excess
    unshipped = order.open_gross + prepaid
    tax_kept = divide_half_up((order.tax - order.recognised_tax) * kept, unshipped) if unshipped > 0 else 0
    pending = max(order.vat_pending - max(tax_kept, 0), 0)
    pending = max(min(pending, excess), excess - order.contract_liability)
    order.vat_pending -= pending
    order.contract_liability -= excess - pending
    order.refund_liability += excess
    draft.add_party("contract_liability", excess - pending, order)
    draft.add_party(pending_role(order), pending, order)
    draft.add_party("refund_liability", -excess, order)
