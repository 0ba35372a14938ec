"""Strict JSON in, readable UTF-8 out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import MalformedJson
from api.json_text import read_json, write_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_what_is_written_is_read_back(value: Any) -> None:
    """Every value survives, Chinese unescaped."""
    assert read_json(write_json(value)) == value


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"{]", b"[1,]", b'{"a": 1} x', b"NaN", b'{"a": Infinity}', b"[-Infinity]", b"\xff\xfe", b'"\xc3"', b"\xef\xbb\xbf{}",
        b'{"a": 1, "a": 1}', b'{"x": {"b": 1, "c": 2, "b": 3}}', b"[" * 100_000, b"9" * 5_000, b"'a'", b"undefined", b'"a\nb"',
    ],
)  # fmt: skip
def test_what_is_not_json_is_refused(body: bytes) -> None:
    """Cut off, not UTF-8, named twice, not a number, too deep, too long: one error, which says where."""
    with pytest.raises(MalformedJson) as caught:
        read_json(body)
    assert caught.value.errors[0].detail == caught.value.detail != ""


def test_a_byte_order_mark_is_named() -> None:
    """Some editors put one in front: who sends it learns what to leave out."""
    with pytest.raises(MalformedJson, match="byte order mark"):
        read_json(b"\xef\xbb\xbf{}")


def test_half_a_surrogate_pair_is_written_as_its_escape() -> None:
    """UTF-8 cannot hold it, JSON's escape can: the answer stays valid for every reader."""
    assert write_json({"a": "\ud800订"}) == '{"a":"\\ud800订"}'.encode()
    assert json.loads(write_json("\ud800")) == "\ud800"
