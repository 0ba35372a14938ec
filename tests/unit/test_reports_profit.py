"""Profit figures: what follows from the sums, in Python and in SQL, and how they are written."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select

from ledger.profit import MARGIN_MAX, derive, margin_e4
from ledger.reports.context import Context
from ledger.reports.expressions import contribution_of
from ledger.reports.profit_view import ProfitSums, profit_json, total_of
from ledger.state.records import PROFIT_FIELDS
from tests.books_in_memory import chart

SUMS = st.lists(st.integers(-(10**12), 10**12), min_size=len(PROFIT_FIELDS), max_size=len(PROFIT_FIELDS)).map(
    lambda values: ProfitSums(dict(zip(PROFIT_FIELDS, values, strict=True)))
)

CONTRACT = (
    "goods_revenue", "shipping_revenue", "discounts", "refunds", "revenue", "product_cost", "landed_cost", "price_variance",
    "return_loss", "gross_profit", "freight", "packaging", "fees", "contribution", "margin", "bad_debt", "exchange",
)  # fmt: skip


def worked_example() -> ProfitSums:
    """SO-1 at its end: 760.00 revenue, 334.40 gross profit, 314.90 contribution."""
    sums = ProfitSums()
    sums.fields |= {"goods_revenue": 80_000, "refunds": 4_000, "product_cost": 38_000, "landed_cost": 3_800}
    sums.fields |= {"price_variance": 760, "freight": 1_950}
    return sums


def test_the_worked_example() -> None:
    derived = derive(worked_example().fields)
    assert derived == (76_000, 33_440, 31_490, 4_143, 31_490)


@given(SUMS)
def test_the_database_computes_the_same_contribution(sums: ProfitSums) -> None:
    engine = create_engine("sqlite://")
    table = Table("profit", MetaData(), *(Column(name, Integer) for name in PROFIT_FIELDS))
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(insert(table), [sums.fields])
        assert connection.execute(select(contribution_of(table))).scalar_one() == sums.derived.contribution
    engine.dispose()


@given(SUMS)
def test_net_is_income_less_all_costs(sums: ProfitSums) -> None:
    fields = dict(sums.fields)
    income = fields.pop("goods_revenue") + fields.pop("shipping_revenue")
    assert sums.derived.net == income - sum(fields.values())


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_margin_rounds_half_up_and_is_none_without_revenue(contribution: int, revenue: int) -> None:
    found = margin_e4(contribution, revenue)
    if revenue <= 0:
        assert found is None
    else:
        exact = Decimal(contribution * 10_000) / Decimal(revenue)
        assert found == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("contribution", "revenue", "margin"),
    [(1, 20_000, 1), (-1, 20_000, -1), (1, 20_001, 0), (5, 5, 10_000), (0, 7, 0), (-(10**17), 1, -MARGIN_MAX)],
)
def test_margins_at_the_edge(contribution: int, revenue: int, margin: int) -> None:
    assert margin_e4(contribution, revenue) == margin


@given(st.lists(SUMS, max_size=4), SUMS)
def test_sums_add_up(parts: list[ProfitSums], other: ProfitSums) -> None:
    total = total_of([*parts, other])
    assert total.less(other).fields == total_of(parts).fields
    for name in PROFIT_FIELDS:
        assert total.fields[name] == sum(part.fields[name] for part in [*parts, other])


@pytest.mark.parametrize(
    ("currency", "revenue", "margin"), [("CNY", "760.00", "0.4143"), ("JPY", "76000", "0.4143"), ("KWD", "76.000", "0.4143")]
)
def test_json_has_the_contracts_fields_in_order(currency: str, revenue: str, margin: str) -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        found = profit_json(Context(connection, chart(currency)), worked_example())
    engine.dispose()
    assert tuple(found)[: len(CONTRACT)] == CONTRACT
    assert (found["revenue"], found["margin"], found["discounts"]) == (revenue, margin, found["fees"])
    assert all(value is None or isinstance(value, str) for value in found.values())


def test_booking_follows_roles_and_signs() -> None:
    sums = ProfitSums()
    for account, amount in (
        ("Income:Sales", -100), ("Income:Discounts", 7), ("Expenses:COGS", 40), ("Expenses:StockLoss", 3),
        ("Expenses:Exchange", -2), ("Assets:Bank", 55), ("Income:NotInTheChart", -1),
    ):  # fmt: skip
        sums.book(chart(), account, amount)
    found = {name: value for name, value in sums.fields.items() if value}
    assert found == {"goods_revenue": 100, "discounts": 7, "product_cost": 40, "other": 2, "exchange": -2}
