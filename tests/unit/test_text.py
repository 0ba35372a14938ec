"""No text can inject a directive: whatever names and numbers hold, stock Beancount reads exactly our entries."""

from __future__ import annotations

import pytest
from beancount.core import data
from hypothesis import given
from hypothesis import strategies as st

from ledger.documents.fields import Text
from ledger.errors import InvalidDocument
from ledger.names import commodity, tag, untag
from tests.books_in_memory import MemoryLedger, bean_check

NASTY = (
    'quote " and \\ backslash\\',
    '2026-01-01 * "x" "y"\\n  Assets:Bank 1 CNY',
    "#tag ^link ; comment",
    "订单 龙井 🍵",
    "{10 CNY, 2026-01-01}",
    "option \"title\" 'x'",
    "=1+1",
    "TRUE",
    "False",
    "NULL",
    "USD",
    "X",
    "_4F %41",
    "a/b/../c",
    "shipment/",
)

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=40).filter(
    lambda text: bool(text.strip()) and not {"\ufffe", "\uffff"} & set(text)
)


def story(text: str, ledger: MemoryLedger) -> None:
    """Post a purchase, an order and its shipment with `text` wherever text can stand."""
    line = {"sku": text, "quantity": "2", "unit_price": "3.50"}
    base = {"source": text.replace("/", "-"), "date": "2026-01-02", "memo": text, "attributes": {"team": text}}
    ledger.post({**base, "kind": "purchase", "number": text, "supplier": text, "warehouse": text, "lines": [line]})
    ledger.post({**base, "kind": "order", "number": text, "customer": text, "channel": text, "lines": [line]})
    ledger.post({**base, "kind": "payment", "number": text, "order": text, "amount": "7.00", "account": f"clearing:{text}"[:120]})
    ledger.post({**base, "kind": "shipment", "number": text, "order": text, "warehouse": text, "carrier": text, "tracking": text})
    postings = [{"account": "bank", "amount": "1.00", "order": text}, {"account": "Expenses:Operating", "amount": "-1.00"}]
    ledger.post({**base, "kind": "entry", "number": text, "narration": text, "postings": postings})


def check_story(text: str) -> None:
    """Assert that Beancount reads our five entries and their words as they were given."""
    ledger = MemoryLedger()
    story(text, ledger)
    entries, errors = bean_check(ledger.text())
    assert not errors
    transactions = [entry for entry in entries if isinstance(entry, data.Transaction)]
    assert len(transactions) == len(ledger.engine.entries) == 4
    shipment = next(entry for entry in transactions if entry.meta["document"].split("/")[1] == "shipment")  # no source has a slash
    assert shipment.payee == text
    assert shipment.meta["order"] == text
    assert shipment.meta["channel"] == text
    assert untag(next(iter(shipment.tags)).removeprefix("order-")) == text
    declared = [entry for entry in entries if isinstance(entry, data.Commodity)]
    assert [entry.meta["sku"] for entry in declared] == [text]


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_stay_texts(text: str) -> None:
    """Quotes, backslashes, directives, Chinese and formulas."""
    check_story(text)


@given(texts)
def test_any_text_stays_text(text: str) -> None:
    """Any text that a document may hold."""
    check_story(text)


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "tab\there", "\x00", "\x7f", "\u2028", "\ufffe", "   "])
def test_control_characters_are_refused(text: str) -> None:
    """A line break never reaches the books: it is refused with the field's name."""
    with pytest.raises(ValueError, match="must not"):
        Text().read(text, 2)
    with pytest.raises(InvalidDocument, match="/customer"):
        body = {"kind": "order", "source": "s", "number": "1", "date": "2026-01-02", "customer": text}
        MemoryLedger().post({**body, "lines": [{"sku": "A", "quantity": "1", "amount": "1.00"}]})


@given(texts)
def test_tags_can_be_read_back(text: str) -> None:
    """One documented scheme, reversible."""
    assert untag(tag(text)) == text
    assert tag(text).isascii()


@given(texts, texts)
def test_commodities_are_codes(one: str, other: str) -> None:
    """At most 20 characters; two SKUs that share the plain code differ once the second is told so."""
    assert len(commodity(one)) <= 20
    if one != other:
        assert commodity(one) != commodity(other, taken=True) or commodity(one) != commodity(other)
