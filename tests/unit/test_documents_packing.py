"""Documents packed for the disk come back as they were."""

from __future__ import annotations

import dataclasses
import io
import pickle
from typing import Any

import pytest

from ledger.documents import read
from ledger.documents.fields import declared
from ledger.documents.packing import reducers
from tests.api_client import order

REDUCERS = reducers()


@pytest.mark.parametrize("cls", REDUCERS, ids=lambda cls: cls.__name__)
def test_nothing_of_a_class_is_left_behind(cls: type[Any]) -> None:
    """Only declared fields are packed, so a class has no others."""
    assert [item.attribute for item in declared(cls)] == [item.name for item in dataclasses.fields(cls)]


@pytest.mark.parametrize("changed", [{}, {"shipping": {"amount": "6.00"}, "attributes": {"shop": "a"}, "rate": "7.1", "currency": "USD"}])
def test_documents_come_back(changed: dict[str, Any]) -> None:
    """A document with its lines is equal to what it was, and still frozen."""
    document = read(order(**changed), "CNY")
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer)
    pickler.dispatch_table = REDUCERS
    pickler.dump(document)
    back = pickle.loads(buffer.getvalue())
    assert back == document and back is not document
    assert b"ledger.documents.packing" in buffer.getvalue()
    with pytest.raises(dataclasses.FrozenInstanceError):
        back.number = "other"
