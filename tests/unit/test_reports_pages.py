"""Cursors and limits: what we wrote comes back, whatever anyone else wrote is refused."""

from __future__ import annotations

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.errors import InvalidQuery
from ledger.limits import PAGE_MAX
from ledger.reports.pages import chunks, decode_cursor, encode_cursor, page_limit, query_text

NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufffe\uffff"))


@given(NAMES, st.integers(-(2**62), 2**62), st.none() | st.integers(0, 9))
@example("全角　空格 🧑‍🍳", 0, None)
def test_a_cursor_comes_back_as_it_was(name: str, number: int, other: int | None) -> None:
    cursor = encode_cursor(name, number, other)
    assert decode_cursor(cursor, str, int, (int, type(None))) == (name, number, other)
    assert cursor.isascii() and "=" not in cursor


@given(st.text(max_size=60))
@example(base64.urlsafe_b64encode(b"[" * 1400).decode())
@example(base64.urlsafe_b64encode(b'["a","b"]').decode())
@example(base64.urlsafe_b64encode(b"[1,true]").decode())
@example(base64.urlsafe_b64encode(b"[1,1.5]").decode())
@example(base64.urlsafe_b64encode(b"[1,NaN]").decode())
@example(base64.urlsafe_b64encode(b"[1,99999999999999999999]").decode())
@example(base64.urlsafe_b64encode(b'["\\u0000",1]').decode())
@example(base64.urlsafe_b64encode(b'["\\ud800",1]').decode())
@example("A" * 5_000)
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidQuery):
        decode_cursor(text, (int, str), int)


def test_no_cursor_is_the_beginning() -> None:
    assert decode_cursor(None, int) is None


def test_limits() -> None:
    assert page_limit(None) == 50 and page_limit(None, 7) == 7 and page_limit(PAGE_MAX) == PAGE_MAX
    for nonsense in (0, -1, PAGE_MAX + 1):
        with pytest.raises(InvalidQuery):
            page_limit(nonsense)


@pytest.mark.parametrize("text", ["", "a\nb", "a\x00", "\ud800", "x" * 242])
def test_texts_that_no_name_can_be_are_refused(text: str) -> None:
    with pytest.raises(InvalidQuery):
        query_text(text, "customer")


def test_texts_that_names_can_be_pass() -> None:
    for text in ("a/b", "全角　空格", "🧑‍🍳", "x" * 241):
        assert query_text(text, "customer") == text


@given(st.lists(st.integers(), max_size=2_500))
def test_chunks_lose_nothing(values: list[int]) -> None:
    parts = list(chunks(values))
    assert [one for part in parts for one in part] == values and all(len(part) <= 900 for part in parts)
