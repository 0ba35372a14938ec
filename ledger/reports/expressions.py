"""The pieces of SQL that several reports share. Both engines give the same answer to each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, Label, and_, case, cast, collate, func, or_

from ledger.chart import PROFIT_FIELD_OF_ROLE
from ledger.profit import CONTRIBUTION
from ledger.reports.context import Context
from ledger.state.records import PROFIT_FIELDS
from ledger.store.tables import posting

PROFIT_ROOTS = ("Income:", "Expenses:")


def whole_sum(column: ColumnElement[Any]) -> ColumnElement[int]:
    """Sum integers into an integer: PostgreSQL sums bigint as numeric. Nothing sums to zero."""
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


def field_sums(source: FromClause) -> list[Label[int]]:
    """Sum each profit field of a source that has them as columns."""
    return [whole_sum(source.c[name]).label(name) for name in PROFIT_FIELDS]


def contribution_of(source: FromClause) -> ColumnElement[int]:
    """Compute the contribution from the profit fields of a row."""
    terms: list[ColumnElement[int]] = [source.c[name] * sign for name, sign in CONTRIBUTION.items()]
    result = terms[0]
    for term in terms[1:]:
        result = result + term
    return result


def is_profit_posting() -> ColumnElement[bool]:
    """Tell postings to income and expense accounts from those to the balance sheet."""
    return or_(*(func.substr(posting.c.account, 1, len(root)) == root for root in PROFIT_ROOTS))


def posted_fields(ctx: Context) -> list[Label[int]]:
    """Turn one posting to income or expenses into profit fields: its own gets the amount, all others zero."""
    account, amount = posting.c.account, posting.c.amount
    accounts, signs = _accounts_by_field(ctx)
    known = [one for of_field in accounts.values() for one in of_field]
    columns = []
    for name in PROFIT_FIELDS:
        condition = account.not_in(known) if name == "other" else account.in_(accounts.get(name, []))
        columns.append(case((condition, amount * signs.get(name, 1)), else_=0).label(name))
    return columns


def posted_contribution(ctx: Context) -> ColumnElement[int]:
    """Turn one posting to income or expenses into its part of the contribution: a credit raises it."""
    accounts, _ = _accounts_by_field(ctx)
    contributing = [one for name in CONTRIBUTION for one in accounts.get(name, ())]
    return case((posting.c.account.in_(contributing), -posting.c.amount), else_=0)


def _accounts_by_field(ctx: Context) -> tuple[dict[str, list[str]], dict[str, int]]:
    """Return the accounts of each profit field that roles name, and its sign."""
    accounts: dict[str, list[str]] = {}
    signs: dict[str, int] = {}
    for role, (name, sign) in PROFIT_FIELD_OF_ROLE.items():
        if ctx.chart.has_role(role):
            accounts.setdefault(name, []).append(ctx.chart.account(role))
            signs[name] = sign
    return accounts, signs


def met_on_the_way(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Hide a column from its own index: rows are found by the days that bound them, and the column is looked at on the way."""
    return func.coalesce(column, column)


def code_order(ctx: Context, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Order text by its characters' codes, as SQLite and Python do, whatever the database's language."""
    return collate(column, "C") if ctx.connection.dialect.name == "postgresql" else column


def after_pair(first: ColumnElement[Any], second: ColumnElement[Any], place: Sequence[Any], *, descending: bool) -> ColumnElement[bool]:
    """Tell rows behind `place` in an order by `first`, then `second`, both one way."""
    if descending:
        return and_(first <= place[0], or_(first < place[0], second < place[1]))
    return and_(first >= place[0], or_(first > place[0], second > place[1]))
