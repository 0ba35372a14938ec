"""An allowance: money off the price of goods that the customer keeps."""

from __future__ import annotations

from ledger.journal.draft import Draft
from ledger.money import allocate, format_scaled, part_of
from ledger.rules.kept_goods import Before, Kept, kept_goods, leave_out_later
from ledger.rules.payments import output_role
from ledger.state.records import Allowance, Order
from ledger.work import Work, fault


def allow(work: Work, draft: Draft, order: Order, amount: int, before: Before | None = None) -> None:
    """Reduce sales and tax by `amount` gross: of the goods that are kept, each tax rate by its part, then of shipping.

    Refused above what the customer was charged for them: what the platform pays, what came back and what was allowed before is not
    there to be reduced (IFRS 15.51; CAS 14.16). `before` is the allowance that is corrected: the new one stands on the goods as it did.

    Example: 21.30 off goods of 113.00 with 13 % and 100.00 without tax: 11.30 and 10.00; when the first come back, 101.70 are left of them.
        order SO-9 on 2026-02-15 customer=Buyer | ENGRAVING 1 @ 100.00 tax_rate=0.13 type=service | WRAPPING 1 @ 100.00 type=service
        payment P-9 order=SO-9 amount=213.00 account=bank
        shipment S-9 order=SO-9
        refund REF-9 on 2026-02-18 order=SO-9 amount=21.30 account=bank against=allowance
        Dr returns 20.00 order=SO-9
        Dr vat_output 1.30 order=SO-9
        Cr bank 21.30 order=SO-9
        return RET-9 on 2026-02-20 order=SO-9 | ENGRAVING 1
        Dr returns 100.00 order=SO-9 sku=ENGRAVING
        Cr returns 10.00 order=SO-9
        Dr vat_output 11.70 order=SO-9
        Cr refund_liability 101.70 order=SO-9
    """
    *goods, beside = kept_goods(work, order, before)
    most = sum(kept.free for kept in goods) + beside.free
    if amount > most:
        text = format_scaled(most, work.digits)
        raise fault("/amount", f"an allowance cannot exceed the {text} that order {order.label} has been charged")
    if before:
        leave_out_later(work, order, [*goods, beside], before)
    free = [kept.free for kept in goods]
    on_goods = min(amount, sum(free))
    shares = list(zip(goods, allocate(on_goods, free) if on_goods else [0] * len(goods), strict=True))
    if amount > on_goods:
        shares.append((beside, amount - on_goods))
    nets = [_note(work, order, kept, share) for kept, share in shares]
    draft.add("returns", sum(nets), order=order)
    draft.add(output_role(order), amount - sum(nets), order=order)


def _note(work: Work, order: Order, kept: Kept, gross: int) -> int:
    """Note an allowance of `gross` on a part of the order; return it net.

    The tax of all allowances on the part is in proportion to what is kept, so that all of it is taken off with the last, in any order.
    """
    net_left, tax_left = max(0, kept.net - kept.granted_net), max(0, kept.tax - kept.granted_tax)
    granted, whole = kept.granted_net + kept.granted_tax + gross, kept.net + kept.tax
    tax = part_of(kept.tax, granted, whole) - kept.granted_tax if gross else 0
    tax = min(max(tax, gross - net_left, 0), tax_left, gross)
    work.state[Order].edit(order)
    order.allowed_net += gross - tax
    order.allowed_tax += tax
    then = kept.back_net, kept.back_tax, kept.granted_net, kept.granted_tax
    work.state[Allowance].add(Allowance(work.seq, kept.line, order.id, gross - tax, tax, *then))
    return gross - tax


def withdraw(work: Work, order: Order, document_seq: int, net: int, tax: int) -> Before:
    """Forget the allowance of a document, `net` and `tax` in all; return it."""
    work.state[Order].edit(order)
    order.allowed_net -= net
    order.allowed_tax -= tax
    before = {}
    for granted in work.state[Allowance].where("document", document_seq):
        before[granted.line] = granted
        work.state[Allowance].remove(granted)
    return before
