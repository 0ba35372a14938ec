"""The reversal in red: what stands in the journal, posted again with the other sign."""

from __future__ import annotations

from collections.abc import Collection

from ledger.chart import OPEN_ITEMS
from ledger.journal.draft import Draft, Posting
from ledger.rules.carrying import carried, follow, is_earned, move
from ledger.rules.payments import output_role
from ledger.state.reader import Moved
from ledger.state.records import DocumentRow, Order, Stage
from ledger.work import Work

COST_ROLES = frozenset(["inventory", "stock_owed", "cogs", "landed", "price_variance", "return_loss", "stock_loss", "goods_shipped"])
"""Where units leave their cost: it has moved on since, so it is taken back from where the units are now."""

TAKEN_BY_RECALL = COST_ROLES | {"goods_in_transit"}
"""Freight that had waited for a receipt came out of transit with it; the recall puts all late cost back there."""


def negate(work: Work, draft: Draft, row: DocumentRow, *, without: Collection[str] = (), advance: bool = False) -> None:
    """Post the document's postings with the other sign, except those on accounts of the roles in `without`.

    `advance` says that output tax in them is tax in an advance (due already, or a marketplace's).
    The balances that an order keeps follow; they may fall below zero until the new version is posted and `resettle` puts them right.
    """
    for moved in work.posted(row):
        role = work.chart.role_of(moved.account) or ""
        if role in without or moved.lot_id is not None:
            continue
        order = work.state[Order].require(moved.order_id) if moved.order_id is not None else None
        if order is not None:
            _keep(work, order, role, -moved.units)
            if advance and role == output_role(order) and (order.currency is None or moved.party == order.customer):
                order.vat_due += moved.units
        draft.collect(_negative(moved, order))
        currency = moved.currency or work.party_currency
        follow(work, order, role, moved.party, currency, units=-moved.units, base=-moved.amount)
        if order is not None:
            _earn_less(work, order, role, moved)


def _negative(moved: Moved, order: Order | None) -> Posting:
    foreign = -moved.foreign if moved.foreign is not None else None
    of = (order, moved.sku, moved.party, moved.reference, moved.carrier, moved.supplier)
    return Posting(moved.account, -moved.amount, *of, currency=moved.currency, foreign=foreign)


def _earn_less(work: Work, order: Order, role: str, moved: Moved) -> None:
    """Let what an order in a foreign currency has earned follow: only allowances are taken back like this, with their tax."""
    if order.currency is not None and work.document.kind == "refund" and is_earned(role, moved.party, moved.sku, order):
        move(carried(work, order), "returned", -moved.units, -moved.amount)


def _keep(work: Work, order: Order, role: str, amount: int) -> None:
    work.state[Order].edit(order)
    if role in OPEN_ITEMS:
        name, sign = OPEN_ITEMS[role]
        setattr(order, name, getattr(order, name) + sign * amount)


def forget_stages(work: Work, order: Order, row: DocumentRow) -> None:
    """Take away the steps that a document noted on an order."""
    for stage in work.state[Stage].where("order", order.id):
        if stage.document_seq == row.seq:
            work.state[Stage].remove(stage)
