"""A payment to a supplier or carrier: the payable against the account."""

from __future__ import annotations

from ledger.documents.receiving import SupplierPayment
from ledger.journal.draft import Posting
from ledger.work import Work


def post_supplier_payment(work: Work, document: SupplierPayment) -> None:
    """Debit the party's payable, credit the account (IFRS 9.3.3.1; CAS 22.12). Paid ahead of the invoice, the payable is a debit.

    Example: 1,130.00 invoiced and paid.
        purchase PO-1 supplier=Supplier | TEA-01 100 @ 10.00 tax_rate=0.13
        supplier_payment SP-1 on 2026-02-04 supplier=Supplier amount=1130.00 account=bank documents=PO-1
        Dr payable:supplier 1130.00 party=Supplier
        Cr bank 1130.00
    """
    for i, name in enumerate(document.documents):
        kinds = ("supplier_invoice", "purchase") if document.supplier is not None else ("freight_bill",)
        if not any(work.candidates(kind, name) for kind in kinds):
            work.find(kinds[0], name, f"/documents/{i}")
    account = work.money_account(document.account)
    party = document.supplier or document.carrier or ""
    draft = work.draft(party, f"Payment {document.number} to {party}")
    role = "payable:supplier" if document.supplier is not None else "payable:carrier"
    draft.add(role, document.amount, party=party)
    draft.post(Posting(account, -document.amount))
