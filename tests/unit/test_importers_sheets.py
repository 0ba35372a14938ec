"""Typed cells of spreadsheets as text: what a person typed, in the notation that the mapping reads."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.number_format import SCALE, NumberFormat
from importers.scope import Notation
from importers.sheets import sheet_text

GERMAN = NumberFormat(decimal=",", thousands=".")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (59.97, "59.97"),
        (19.99 * 3, "59.97"),
        (0.1 + 0.2, "0.3"),
        (1001.0, "1001"),
        (1e-7, "0.0000001"),
        (-1234567.89, "-1234567.89"),
        (123456789012345.0, "123456789012345"),
        (2, "2"),
        (True, "TRUE"),
        ("  as it is ", "  as it is "),
        (datetime.date(2026, 3, 2), "2026-03-02"),
        (datetime.datetime(2026, 3, 2), "2026-03-02"),
        (datetime.datetime(2026, 3, 2, 9, 30), "2026-03-02 09:30:00"),
        (datetime.time(9, 30), "09:30:00"),
    ],
)
def test_text_of_a_cell(value: str | float | datetime.date | datetime.time, text: str) -> None:
    """Numbers have the digits that a spreadsheet keeps, dates are ISO 8601."""
    assert sheet_text(value) == text


def test_cells_take_the_notation_of_their_column() -> None:
    """A decimal point in a column of decimal commas would be a thousands mark."""
    assert sheet_text(1234.5, Notation(number=GERMAN)) == "1234,5"
    assert sheet_text(0.19, Notation(number=NumberFormat(percent=True))) == "19%"
    assert sheet_text(datetime.date(2026, 3, 2), Notation(date="%d.%m.%Y")) == "02.03.2026"


@pytest.mark.parametrize("value", [1e15, -12345678901234567890.0])
def test_numbers_that_lost_digits_are_refused(value: float) -> None:
    """An order number of 17 digits kept as a number is another one: two orders would become one."""
    with pytest.raises(ValueError, match="more than 15 digits"):
        sheet_text(value)


@pytest.mark.parametrize(
    "form", [NumberFormat(), GERMAN, NumberFormat(percent=True), NumberFormat(decimal=",", thousands=" ", percent=True)]
)
@given(number=st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_every_format_reads_what_it_writes(form: NumberFormat, number: Decimal) -> None:
    """What was typed comes back to the last decimal, though a spreadsheet keeps it in binary."""
    text = sheet_text(float(number), Notation(number=form))
    assert form.read(text) == number.scaleb(SCALE)
