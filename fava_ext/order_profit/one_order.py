"""One order as the page shows it, made from its profit report. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from fava_ext.order_profit.fava_terms import of_accounts, of_orders
from fava_ext.order_profit.figures import money, percent
from fava_ext.order_profit.movements import Movement, movements, scale_of_revisions
from fava_ext.order_profit.question import Link, Question
from fava_ext.order_profit.steps import FieldOf, Step, accounts_by_field, profit_steps, scale_of
from fava_ext.order_profit.words import Words
from ledger.reports.profit_view import Json

HEADLINES = ("revenue", "gross_profit", "contribution")


@dataclass(frozen=True, slots=True)
class OneOrder:
    """An order: who and when, four figures, its steps, what is still open, and what moved it.

    `detail_from` is the day from which on Fava has entries, where the order has earlier ones; `in_journal` tells whether Fava has any.
    """

    back: Link
    number: str
    reference: str
    date: str
    customer: str
    channel: str
    currency: str
    state: str
    headlines: tuple[tuple[str, str, bool], ...]
    margin: str
    loss: bool
    steps: tuple[Step, ...]
    zero: int
    pending: tuple[tuple[str, str], ...]
    movements: tuple[Movement, ...]
    movements_zero: int
    cut: bool
    detail_from: str
    in_journal: bool
    journal_filter: str
    journal_hash: str

    def account_filter(self, step: Step) -> str:
        """Return Fava's account filter for a step."""
        return of_accounts(step.accounts)


def one_order(profit: Json, field_of: FieldOf, question: Question, words: Words, detail_from: str = "") -> OneOrder:
    """Make the page of an order from its profit report, which holds its revisions; Fava has entries dated from `detail_from` on."""
    shown = [entry for entry in profit["entries"] if entry["voucher"] is None or entry["date"] >= detail_from]
    labels = _labels(profit)
    return OneOrder(
        back=question.to_page(*question.trail),
        number=profit["order"],
        reference=f"{profit['source']}/{profit['order']}",
        date=profit["date"],
        customer=profit["customer"] or "",
        channel=profit["channel"] or "",
        currency=profit["currency"],
        state=profit["state"],
        headlines=tuple((name, money(profit[name]), profit[name].startswith("-")) for name in HEADLINES),
        margin=percent(profit["margin"]),
        loss=profit["contribution"].startswith("-"),
        steps=profit_steps(profit, accounts_by_field(shown, field_of)),
        zero=scale_of(profit).zero,
        pending=tuple((fact["what"], words.pending(fact["what"], fact["detail"])) for fact in profit["pending"]),
        movements=movements(profit["revisions"], words, detail_from),
        movements_zero=scale_of_revisions(profit["revisions"]).zero,
        cut="revisions_next" in profit,
        detail_from=detail_from if len(shown) < len(profit["entries"]) else "",
        in_journal=bool(shown),
        journal_filter=of_orders(labels),
        journal_hash=urlencode([("postings-of", label) for label in labels]),
    )


def _labels(profit: Json) -> list[str]:
    """Return the names that the order goes by in its entries, the service's own first; hand-written ones may use another."""
    named = [posting["order"] for entry in profit["entries"] for posting in entry["postings"] if "order" in posting]
    return list(dict.fromkeys(named)) or [profit["order"]]
