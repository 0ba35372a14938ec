"""Numbers as files write them: every format reads what it says, and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.number_format import SCALE, NumberFormat

PLAIN = NumberFormat()
GERMAN = NumberFormat(decimal=",", thousands=".", symbols=("€", "EUR"))
AMERICAN = NumberFormat(thousands=",", symbols=("$",), parentheses=True)
FRENCH = NumberFormat(decimal=",", thousands=" ")
PERCENT = NumberFormat(percent=True)


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        (PLAIN, "3578.2700", "3578.27"),
        (PLAIN, "-0.5", "-0.5"),
        (PLAIN, "+7", "7"),
        (PLAIN, ".5", "0.5"),
        (PLAIN, "5.", "5"),
        (PLAIN, "\u22121.25", "-1.25"),
        (PLAIN, "0.30000000000000004", "0.30000000000000004"),
        (GERMAN, "1.234.567,891", "1234567.891"),
        (GERMAN, "1234,5", "1234.5"),
        (GERMAN, "1.142,40 €", "1142.40"),
        (GERMAN, "EUR -3,00", "-3"),
        (GERMAN, "-EUR 3,00", "-3"),
        (AMERICAN, "$1,234.50", "1234.50"),
        (AMERICAN, "($1,234.50)", "-1234.50"),
        (AMERICAN, "(0.5)", "-0.5"),
        (FRENCH, "1\u202f234,5", "1234.5"),
        (FRENCH, "1\u00a0234 567", "1234567"),
        (PERCENT, "19%", "0.19"),
        (PERCENT, "7.5 %", "0.075"),
        (PERCENT, "13", "0.13"),
    ],
)
def test_reads_exactly(form: NumberFormat, text: str, value: str) -> None:
    """A number comes out as it was written, to the last decimal."""
    assert form.read(text) == Decimal(value).scaleb(SCALE)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        *[(PLAIN, text) for text in ("", ".", "-", "12,50", "1,234.50", "1e5", "NaN", "1 2", "--1", "12 €", "13%", "(5)")],
        *[(PLAIN, text) for text in ("1_000", "\uff11\uff12", "1.2.3", "0x1F", "1" * 19, "0." + "1" * 19)],
        *[(GERMAN, text) for text in ("1.23", "12.34,5", "1,234.50", "1.2345,0", ".234,5", "3 USD", "- EUR -3")],
        *[(AMERICAN, text) for text in ("1,23", "(5", "5)", "(-5)", "12,34,567")],
    ],
)
def test_refuses_what_the_format_does_not_say(form: NumberFormat, text: str) -> None:
    """A decimal comma is never taken for a thousands mark, nor the other way round."""
    with pytest.raises(ValueError, match="must"):
        form.read(text)


def test_says_what_would_be_right() -> None:
    """The message shows an example in the format itself."""
    with pytest.raises(ValueError, match=r'such as 1\.234,50 \(decimal mark ",", thousands mark "\.", signs € EUR\)'):
        GERMAN.read("12.50")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**17), max_value=10**17))
def test_round_trip(number: Decimal) -> None:
    """Each format reads back what it would print."""
    printed = f"{number:,.4f}"
    assert PLAIN.read(f"{number:.4f}") == number.scaleb(SCALE)
    assert AMERICAN.read(printed) == number.scaleb(SCALE)
    assert GERMAN.read(printed.translate(str.maketrans(",.", ".,"))) == number.scaleb(SCALE)
