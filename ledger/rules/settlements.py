"""Money that settles what is open: a customer's payment over several orders, and what will never be paid."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.documents.settling import Settlement, WriteOff
from ledger.journal.draft import Draft
from ledger.money import format_scaled
from ledger.rules.money_accounts import post_money
from ledger.rules.payments import output_role
from ledger.state.records import Order
from ledger.work import Work, fault


def post_settlement(work: Work, document: Settlement, before: Mapping[int, int] | None = None) -> None:
    """Debit the account, credit the receivables of the named orders, else the customer's, oldest first (IFRS 9.3.2.3; CAS 22.11).

    `before` is what a version that is corrected had settled, by order: the same orders come first, up to that much.

    Example: 150.00 for open 100.00 and 80.00: the first order is settled, the second still owes 30.00.
        order SO-4 customer=Customer | ENGRAVING 1 @ 100.00 type=service
        order SO-5 customer=Customer | ENGRAVING 1 @ 80.00 type=service
        shipment S-4 order=SO-4
        shipment S-5 order=SO-5
        settlement ST-1 on 2026-01-31 customer=Customer amount=150.00 account=bank
        Dr bank 100.00 order=SO-4
        Cr receivable 100.00 order=SO-4 party=Customer
        Dr bank 50.00 order=SO-5
        Cr receivable 50.00 order=SO-5 party=Customer
    """
    account = work.money_account(document.account)
    draft = work.draft(document.customer, f"Settlement {document.number} of {document.customer}")
    ahead = "a payment ahead is a payment of its order"
    for order, amount in _over_orders(work, _orders(work, document), document.amount, before or {}, ahead):
        post_money(work, draft, account, amount, order)
        _settle(work, draft, order, amount)


def post_write_off(work: Work, document: WriteOff) -> None:
    """Debit bad debt (less the tax that falls away), credit receivable (IFRS 9.5.4.4; CAS 22.43).

    Example: 113.00 never paid, 13.00 of it tax that the office gives back: bad debt 100.00.
        given an-unpaid-shipment
        write_off W-1 on 2026-06-30 order=SO-3 amount=113.00 tax=13.00
        Dr bad_debt 100.00 order=SO-3
        Dr vat_output 13.00 order=SO-3
        Cr receivable 113.00 order=SO-3 party=Customer
    """
    draft = work.draft(document.customer or "", f"Write-off {document.number}")
    tax_left = document.tax
    shares = _over_orders(work, _orders(work, document), document.amount, {}, "what is not owed cannot be written off")
    for i, (order, amount) in enumerate(shares):
        tax = tax_left if i == len(shares) - 1 else min(tax_left, document.tax * amount // document.amount)
        tax_left -= tax
        draft.payee = order.customer
        draft.add("bad_debt", amount - tax, order=order)
        draft.add(output_role(order), tax, order=order)
        _settle(work, draft, order, amount)


def _orders(work: Work, document: Settlement | WriteOff) -> list[Order]:
    named = document.documents if isinstance(document, Settlement) else ((document.order,) if document.order is not None else ())
    if named:
        pointer = "/documents/{}" if isinstance(document, Settlement) else "/order"
        orders = [work.order(name, pointer.format(i)) for i, name in enumerate(named)]
        work.order_id = orders[0].id if len(orders) == 1 else None
        for i, order in enumerate(orders):
            if document.customer is not None and order.customer != document.customer:
                raise fault(pointer.format(i), f"order {order.label} is of {order.customer!r}, not {document.customer!r}")
        return orders
    owing = work.state[Order].where("owing", document.customer)
    return [order for order in owing if order.receivable > 0 and order.currency == document.currency]


def _over_orders(work: Work, orders: list[Order], amount: int, first: Mapping[int, int], beyond: str) -> list[tuple[Order, int]]:
    """Share an amount over what orders owe, in their order (`first` what that says, by order); more is refused (`beyond` why)."""
    shares: dict[int, int] = {}
    by_id = {order.id: order for order in orders}
    left = amount
    wanted = [(order_id, most) for order_id, most in first.items() if order_id in by_id] + [(order.id, amount) for order in orders]
    for order_id, most in wanted:
        part = min(left, most, max(by_id[order_id].receivable, 0) - shares.get(order_id, 0))
        if part > 0:
            shares[order_id] = shares.get(order_id, 0) + part
            left -= part
    if left:
        text = format_scaled(amount - left, work.digits)
        raise fault("/amount", f"only {text} is open; {beyond}")
    return [(by_id[order_id], share) for order_id, share in shares.items()]


def _settle(work: Work, draft: Draft, order: Order, amount: int) -> None:
    work.state[Order].edit(order).receivable -= amount
    draft.add_party("receivable", -amount, order)
