"""The schemas find what the ledger finds: one declaration, two ways in."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.pointers import faults_of
from api.schemas import document_schema
from ledger.documents import KINDS, read_kind
from ledger.documents.base import Document
from ledger.documents.fields import declared
from ledger.errors import InvalidDocument
from tests.api_client import order, without_kind

WORDS = [
    "A",
    "1.00",
    "-1",
    "0",
    "2026-03-01",
    "2026-03-01T10:00:00Z",
    "inbound",
    "goods",
    "seller",
    "open",
    "JPY",
    "CNY",
    "",
    "\n",
    "x" * 300,
]
LEAVES = st.sampled_from([*WORDS, 1, 1.5, True, None, [], {}, ["A"], {"A": "1"}])


def bodies_of(cls: type[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Make bodies that are nearly right: the fields of a kind with values of all sorts, some missing, some too many."""
    fields: dict[str, st.SearchStrategy[Any]] = {}
    for item in declared(cls):
        inner = getattr(item.spec, "of", None)
        fields[item.name] = (
            LEAVES if inner is None else st.one_of(LEAVES, bodies_of(inner), st.lists(bodies_of(inner) | LEAVES, max_size=3))
        )
    return st.fixed_dictionaries({}, optional={**fields, "a/b~c": LEAVES, "unknown": LEAVES})


def by_schema(cls: type[Document], body: dict[str, Any]) -> Any:
    """Read a body as a typed route does."""
    try:
        return document_schema(cls, "CNY").load(body)
    except ma.ValidationError as error:
        return sorted((fault.pointer, fault.detail) for fault in faults_of(error.messages))


def by_ledger(cls: type[Document], body: dict[str, Any]) -> Any:
    """Read a body as the untyped route does."""
    try:
        return read_kind(cls, body, "CNY")
    except InvalidDocument as error:
        return sorted((fault.pointer, fault.detail) for fault in error.errors)


@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(max_examples=40)
@given(st.data())
def test_same_document_or_same_faults(kind: str, data: st.DataObject) -> None:
    """Whatever is sent, both routes make the same document of it or name the same faults at the same places."""
    cls = KINDS[kind]
    body = data.draw(bodies_of(cls))
    assert by_schema(cls, body) == by_ledger(cls, body)


def test_a_good_document_is_the_ledgers_own() -> None:
    """The schema builds the dataclass itself, money in the currency's minor unit."""
    cls = KINDS["order"]
    for currency, discount in (("CNY", "1.50"), ("JPY", "2"), ("KWD", "0.125")):
        body = without_kind(order(currency=currency, discount=discount))
        made = by_schema(cls, body)
        assert isinstance(made, cls) and made == by_ledger(cls, body)


def test_null_is_the_same_as_left_out() -> None:
    """An optional field may be null; a required one may not."""
    made = by_schema(KINDS["order"], without_kind(order(discount=None, shipping=None, memo=None)))
    assert made == by_schema(KINDS["order"], without_kind(order()))
    assert ("/customer", "must be a string") in by_schema(KINDS["order"], without_kind(order(customer=None)))
