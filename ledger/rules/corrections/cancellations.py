"""Correction of a cancellation: the units are ordered again at the order's own prices, and the advance is one again."""

from __future__ import annotations

from ledger.documents.sales import Cancellation
from ledger.rules.cancellations import post_cancellation
from ledger.rules.corrections.posted import negate
from ledger.rules.order_totals import Ordered, ordered
from ledger.state.records import Cancelled, DocumentRow, Order, OrderLine
from ledger.work import Work, fault


def correct_cancellation(work: Work, new: Cancellation, old: Cancellation, row: DocumentRow) -> None:
    """Put back what was called off, return the refund liability to the advance, and cancel what should have been.

    Source: IFRS 15.105-106; 财会〔2024〕12号.

    Example: 15 of 40 paid units were called off, it was 10: 113.00 less is owed back.
        given a-first-shipment
        cancellation C-1 on 2026-01-12 order=SO-1 | TEA-01 15
        cancellation C-1 order=SO-1 corrects=true reason="called again" | TEA-01 10
        on 2026-01-12
        Cr contract_liability 300.00
        Cr vat_pending 39.00
        Dr refund_liability 339.00
        on 2026-01-12
        Dr contract_liability 200.00
        Dr vat_pending 26.00
        Cr refund_liability 226.00
    """
    order = work.order(old.order)
    now = ordered(work, order)
    if now is None:
        raise fault("/corrects", f"order {order.label} came with an opening; order what was called off too much anew")
    for part in work.state[Cancelled].where("document", row.seq):
        line = work.state[OrderLine].edit(work.state[OrderLine].require((order.id, part.line)))
        line.quantity += part.quantity
        now.restore(line)
        work.state[Cancelled].remove(part)
    _restore_totals(work, order, now)
    negate(work, work.reversal(old, row, order.customer), row, advance=True)
    post_cancellation(work, new)


def _restore_totals(work: Work, order: Order, now: Ordered) -> None:
    lines = work.lines(order)
    work.state[Order].edit(order)
    order.goods_net = sum(line.net for line in lines)
    order.shipping_net, order.shipping_tax, order.platform = now.shipping.list_net, now.shipping.tax, now.platform_for(lines)
    order.net = order.goods_net + order.shipping_net
    order.tax = sum(line.tax for line in lines) + order.shipping_tax
