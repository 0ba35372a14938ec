"""The lots of an opening: units on hand with all that they carry, known by the purchase that brought them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ledger import limits
from ledger.costing.issue import Holder, cover, hold
from ledger.costing.lots import FROM_OUTSIDE, Cost, unit_price_of
from ledger.costing.months import note_stock
from ledger.documents.opening import Opening, OpeningLot
from ledger.journal.draft import Draft
from ledger.money import divide_half_up
from ledger.rules.kits import refuse_kit
from ledger.rules.opening_names import against_equity, bring
from ledger.state.records import Lot, Sku
from ledger.work import Work, fault


@dataclass(frozen=True, slots=True)
class _Labels:
    """The receipts that wait for their invoice, by label; and how many lots of each SKU a label has by now."""

    unbilled: frozenset[str]
    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def next_of(self, sku: str, label: str) -> str:
        """Return the label of one more lot: `PO-7`, then `PO-7/2`."""
        count = self.counts[sku, label] = self.counts.get((sku, label), 0) + 1
        return f"{label}/{count}" if count > 1 else label


def post_lots(work: Work, document: Opening) -> list[Lot]:
    """Debit lots with what they carry (IAS 2.10; CAS 1.5), then pay what the stock owes. Returns the lots, in the document's order.

    Example: 75 pieces at 10.00 carry 30.00 of freight.
        {"kind": "opening", "number": "OP-1", "date": "2026-06-30", "lots":
        | [{"sku": "TEA-01", "quantity": "75", "unit_price": "10.00", "landed": "30.00", "label": "PO-0107"}]}
        on 2026-06-30
        Dr inventory:TEA-01 780.00
        Cr opening_equity 780.00
    """
    labels = _Labels(frozenset(i.document for i in document.open_items if i.kind == "grir" and i.purchase_order is None))
    lots: list[Lot] = []
    if document.lots:
        bring(work, document, "purchase", document.number, "/number", source=None, date=None)
    for draft, part in _entries(work, document):
        for i, line in part:
            lots.append(_lot(work, draft, document, line, i, labels))
        against_equity(draft)
    _know_costs(work, document)
    for sku, warehouse in dict.fromkeys((line.sku, line.warehouse) for line in document.lots):
        cover(work, sku, warehouse)
    return lots


def _entries(work: Work, document: Opening) -> Iterator[tuple[Draft, list[tuple[int, OpeningLot]]]]:
    """Cut the lots into entries of not too many SKUs each: one, for most."""
    numbered = list(enumerate(document.lots))
    while numbered:
        skus: dict[str, None] = {}
        part: list[tuple[int, OpeningLot]] = []
        for i, line in numbered:
            skus[line.sku] = None
            if len(skus) > limits.ENTRY_SKUS_MAX:
                break
            part.append((i, line))
        yield work.draft("", f"Opening {document.number}: lots"), part
        numbered = numbered[len(part) :]


def _lot(work: Work, draft: Draft, document: Opening, line: OpeningLot, index: int, labels: _Labels) -> Lot:
    refuse_kit(work, line.sku, f"/lots/{index}/sku")
    goods, received = line.goods(work.digits), line.received or line.quantity
    cost = Cost(goods, line.landed, line.variance)
    if cost.total < 0:
        raise fault(f"/lots/{index}/variance", "leaves the lot worth less than nothing")
    if line.date is not None and line.date > document.date:
        raise fault(f"/lots/{index}/date", f"is after the opening of {document.date}")
    label = line.label or document.number
    kind = "receipt" if label in labels.unbilled else "purchase"
    lot = add_opening_lot(
        work,
        Lot(
            id=0,
            root_id=0,
            document_seq=bring(work, document, kind, label, f"/lots/{index}/label", source=None, date=line.date).id,
            line=index,
            sku=line.sku,
            warehouse=line.warehouse,
            date=line.date or document.date,
            label=labels.next_of(line.sku, label),
            supplier=line.supplier,
            unit_price=unit_price_of(goods, line.quantity, line.unit_price or None, work.digits) if line.quantity else 0,
            received=received,
            bought_for=divide_half_up(goods * received, line.quantity) if line.quantity else 0,
            tax=0,
            weight=line.weight_kg,
            volume=line.volume_m3,
            quantity=line.quantity,
            goods=goods,
            landed=line.landed,
            variance=line.variance,
            entered=document.date,
        ),
    )
    draft.follow_inbound(None, FROM_OUTSIDE, -line.landed, 0)
    draft.stock(work.stock_account(line.sku), lot, line.quantity, cost.total)
    note_stock(work, line.sku, draft.date, line.quantity, cost)
    return lot


def add_opening_lot(work: Work, lot: Lot) -> Lot:
    """Record a lot that is a receipt of its own; late cost of its units that left before goes to price variance of no order."""
    work.sku(lot.sku)
    lot.id = lot.root_id = work.state.next_id()
    work.state[Lot].add(lot)
    if lot.received > lot.quantity:
        hold(work, lot, Cost(0), Holder(None, None, lot.line, "price_variance"), lot.received - lot.quantity, None)
    return lot


def _know_costs(work: Work, document: Opening) -> None:
    """Let the newest lot of a SKU be its last known cost, where the books know none."""
    for line in sorted(document.lots, key=lambda line: line.date or document.date, reverse=True):
        sku = work.state[Sku].edit(work.sku(line.sku))
        if line.quantity and not sku.last_quantity:
            sku.last_total, sku.last_quantity = line.goods(work.digits), line.quantity
