"""marshmallow's nested error messages as a flat list of JSON pointers (RFC 6901), the form in which the ledger names faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow.exceptions import SCHEMA

from ledger.errors import FieldError

NAME_MAX = 40
"""Characters of an unknown name that are repeated, as in `ledger.documents.fields`."""


def faults_of(messages: Any, pointer: str = "") -> Iterator[FieldError]:
    """Yield one fault for each message below `messages`."""
    if isinstance(messages, Mapping):
        for key, below in messages.items():
            yield from faults_of(below, pointer if key == SCHEMA else f"{pointer}/{_escaped(str(key))}")
    else:
        for message in messages if isinstance(messages, list) else [messages]:
            if isinstance(message, str):
                yield FieldError(pointer, message)
            else:
                yield from faults_of(message, pointer)


def _escaped(name: str) -> str:
    return name[:NAME_MAX].replace("~", "~0").replace("/", "~1")
