"""The list of orders as the page shows it, made from the report's items. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from fava_ext.order_profit.fava_terms import pattern
from fava_ext.order_profit.figures import Bar, Scale, money, percent
from fava_ext.order_profit.question import Link, Question
from ledger.reports.profit_view import Json

COLUMNS = (
    ("date", True), ("order", False), ("customer", False), ("channel", False), ("state", False), ("revenue", True),
    ("gross_profit", True), ("contribution", True), ("margin", True),
)  # fmt: skip
"""Columns from left to right, and whether the report sorts by them."""

NUMBERS = ("revenue", "gross_profit", "contribution", "margin")

STATES = (None, "estimated", "final")


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head: where a click leads, and what the list is sorted by now (`ascending`, `descending` or nothing)."""

    name: str
    link: Link | None
    sorted: str | None

    @property
    def number(self) -> bool:
        """Tell whether the column holds figures."""
        return self.name in NUMBERS


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the states to choose from."""

    state: str | None
    link: Link
    chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One order. The filters are Fava's, for all orders of its customer or channel."""

    link: Link
    date: str
    number: str
    reference: str
    customer: str
    customer_filter: str
    channel: str
    channel_filter: str
    state: str
    revenue: str
    gross_profit: str
    contribution: str
    margin: str
    loss: bool
    bar: Bar


@dataclass(frozen=True, slots=True)
class OrderList:
    """A page of the list and where it leads. `zero` is where the bars begin."""

    rows: tuple[Row, ...]
    zero: int
    columns: tuple[Column, ...]
    choices: tuple[Choice, ...]
    first: Link | None
    previous: Link | None
    next: Link | None
    page: int | None


def order_list(items: Sequence[Json], cursor: str | None, question: Question) -> OrderList:
    """Make the page for items of the report; `cursor` is where it goes on."""
    scale = Scale.over(Decimal(item["contribution"]) for item in items)
    trail = question.trail
    return OrderList(
        rows=tuple(_row(item, scale, question) for item in items),
        zero=scale.zero,
        columns=tuple(Column(name, question.sorted_by(name) if sorts else None, _sorted(name, question)) for name, sorts in COLUMNS),
        choices=tuple(Choice(state, question.in_state(state), state == question.state) for state in STATES),
        first=question.to_page() if trail else None,
        previous=question.to_page(*trail[:-1]) if trail else None,
        next=question.to_page(*trail, cursor) if cursor else None,
        page=question.page,
    )


def _sorted(name: str, question: Question) -> str | None:
    return {name: "ascending", f"-{name}": "descending"}.get(question.sort)


def _row(item: Json, scale: Scale, question: Question) -> Row:
    reference = f"{item['source']}/{item['order']}"
    contribution = Decimal(item["contribution"])
    customer, channel = item["customer"] or "", item["channel"] or ""
    return Row(
        link=question.to_order(reference),
        date=item["date"],
        number=item["order"],
        reference=reference,
        customer=customer,
        customer_filter=f"payee:{pattern(customer)}",
        channel=channel,
        channel_filter=f"channel:{pattern(channel)}",
        state=item["state"],
        revenue=money(item["revenue"]),
        gross_profit=money(item["gross_profit"]),
        contribution=money(contribution),
        margin=percent(item["margin"]),
        loss=contribution < 0,
        bar=scale.bar(Decimal(0), contribution),
    )
