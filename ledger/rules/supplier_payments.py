"""A payment to a supplier or carrier: the payable against the account."""

from __future__ import annotations

import json

from ledger.documents.receiving import SupplierPayment
from ledger.journal.draft import Draft, Posting
from ledger.money import part_of
from ledger.rules.carrying import party_balance, share
from ledger.rules.conversion import post_party
from ledger.rules.prepayments import PREPAYMENT, Ahead, use
from ledger.work import Work, fault


def post_supplier_payment(work: Work, document: SupplierPayment) -> None:
    """Debit the party's payable, credit the account (IFRS 9.3.3.1; CAS 22.12). Paid ahead of the invoice, the payable is a debit.

    Example: 1,130.00 invoiced and paid.
        purchase PO-1 supplier=Supplier | TEA-01 100 @ 10.00 tax_rate=0.13
        supplier_payment SP-1 on 2026-02-04 supplier=Supplier amount=1130.00 account=bank documents=PO-1
        Dr payable:supplier 1130.00 party=Supplier
        Cr bank 1130.00
    """
    _find_paid(work, document)
    account = work.money_account(document.account)
    party = document.supplier or document.carrier or ""
    draft = work.draft(party, f"Payment {document.number} to {party}")
    role = "payable:supplier" if document.supplier is not None else "payable:carrier"
    if document.currency is not None:
        _pay_foreign(work, draft, document, account, document.currency)
        return
    draft.add(role, document.amount, party=party)
    draft.post(Posting(account, -document.amount))


def _find_paid(work: Work, document: SupplierPayment) -> None:
    """Refuse a document that is not in the books, or is another party's; one that was opened says no party."""
    role, kinds = ("supplier", ("supplier_invoice", "purchase")) if document.supplier is not None else ("carrier", ("freight_bill",))
    paid = document.supplier or document.carrier
    for i, name in enumerate(document.documents):
        pointer = f"/documents/{i}"
        found = [row for kind in kinds for row in work.candidates(kind, name)] or [work.find(kinds[0], name, pointer)]
        parties = [json.loads(row.body)[role] if row.body else paid for row in found]
        if paid not in parties and not work.rebuilding:
            raise fault(
                pointer, f"{found[0].kind.replace('_', ' ')} {name!r} is of {parties[0]!r}, not {paid!r}; name documents of {paid!r}"
            )


def _pay_foreign(work: Work, draft: Draft, document: SupplierPayment, account: str, currency: str) -> None:
    """Settle the payable at its carrying value; what a supplier gets beyond it is paid ahead, at this payment's rate (IFRIC 22.8).

    Example: 100.00 USD bought at 7.00 are paid at 7.10: 10.00 lost; the other 50.00 are paid ahead.
        purchase PO-1 supplier=Supplier currency=USD rate=7.00 | TEA-01 10 @ 10.00
        Dr inventory:TEA-01 700.00 quantity=10 lot=PO-1
        Cr payable:supplier 700.00 units="-100.00 USD" party=Supplier
        supplier_payment SP-1 on 2026-02-04 supplier=Supplier amount=150.00 account=bank currency=USD rate=7.10
        Dr payable:supplier 700.00 units="100.00 USD"
        Dr supplier_prepayment 355.00 party=Supplier
        Dr exchange 10.00
        Cr bank 1065.00 units="-150.00 USD"

    Example: the next purchase uses what was paid ahead first, and that part of its cost keeps the payment's rate.
        supplier_payment SP-1 supplier=Supplier amount=50.00 account=bank currency=USD rate=7.10
        purchase PO-2 on 2026-03-01 supplier=Supplier currency=USD rate=7.30 | TEA-01 10 @ 10.00
        Dr inventory:TEA-01 720.00 quantity=10 lot=PO-2
        Cr supplier_prepayment 355.00 party=Supplier
        Cr payable:supplier 365.00 units="-50.00 USD"

    Example: it were 60.00: what the goods have used stays paid ahead, and only the rest goes against what is owed.
        supplier_payment SP-1 supplier=Supplier amount=50.00 account=bank currency=USD rate=7.10
        purchase PO-2 on 2026-03-01 supplier=Supplier currency=USD rate=7.30 | TEA-01 10 @ 10.00
        supplier_payment SP-1 supplier=Supplier amount=60.00 account=bank currency=USD rate=7.10 corrects=true reason="typing error"
        on 2026-03-01
        Cr supplier_prepayment 355.00 party=Supplier
        Dr bank 355.00 units="50.00 USD"
        on 2026-03-01
        Dr supplier_prepayment 355.00 party=Supplier
        Dr payable:supplier 73.00 units="10.00 USD"
        Cr exchange 2.00
        Cr bank 426.00 units="-60.00 USD"
    """
    amount, settled, ahead = document.amount, document.amount, 0
    if document.supplier is not None:
        settled, ahead = _pay_ahead(work, draft, document.supplier, amount, currency)
    paid = work.in_base(amount, currency)
    role, party = ("payable:supplier", document.supplier) if document.supplier is not None else ("payable:carrier", document.carrier or "")
    if settled:
        post_party(work, draft, role, party, currency, units=settled, base=paid - ahead)
    draft.collect(Posting(account, -paid, currency=currency, foreign=-amount))


def _pay_ahead(work: Work, draft: Draft, supplier: str, amount: int, currency: str) -> tuple[int, int]:
    """Pay ahead what settles no payable; return (units that do, what the others come to at this payment's rate).

    More was used than is paid ahead where a payment was corrected: this one makes up for it first, at what that is carried at.
    """
    prepaid = party_balance(work, PREPAYMENT, supplier, currency)
    used = min(amount, max(-prepaid.units, 0))
    settled = min(amount - used, max(-party_balance(work, "payable:supplier", supplier, currency).units, 0))
    made_up = share(prepaid.units, prepaid.base, used)
    rest = amount - settled - used
    ahead = work.in_base(amount - settled, currency) if amount > settled else 0
    fresh = part_of(ahead, rest, rest + used) if rest else 0
    use(work, draft, supplier, currency, Ahead(settled - amount, -made_up - fresh))
    draft.add("exchange", ahead - made_up - fresh)
    return settled, ahead
