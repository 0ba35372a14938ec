"""Objects from JSON and back, as their class declares them: each class has a reader and a writer, put together once.

A reader only finds out that a body has no fault, as nearly all have none; `ledger.documents.faults` then names those of one that has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ledger import limits
from ledger.documents.fields import Member, Members, Spec, declared

Read = Callable[[Any, int], Any]
"""Makes a value of its JSON form and the currency's decimals; ValueError where it has a fault."""

Write = Callable[[Any, int], Any]
"""Makes the canonical JSON form of a value; `digits` are the currency's decimals."""


def read_object(cls: type[Any], body: object, digits: int) -> Any:
    """Build `cls` from a JSON object; ValueError where it has a fault, of which the error says little."""
    return _reader(cls)(body, digits)


def write_object(made: Any, digits: int) -> dict[str, Any]:
    """Return the canonical JSON object: fields that hold their default are left out."""
    body: dict[str, Any] = _writer(type(made))(made, digits)
    return body


def _reader(cls: type[Any]) -> Read:
    known = _READERS.get(cls)
    if known is None:
        known = _READERS[cls] = _made_reader(cls)
    return known


def _writer(cls: type[Any]) -> Write:
    known = _WRITERS.get(cls)
    if known is None:
        known = _WRITERS[cls] = _made_writer(cls)
    return known


_READERS: dict[type[Any], Read] = {}
_WRITERS: dict[type[Any], Write] = {}


def _made_reader(cls: type[Any]) -> Read:
    fields = {item.name: (item.attribute, _value_reader(item.spec), item.required) for item in declared(cls)}
    required = sum(item.required for item in declared(cls))
    check = getattr(cls, "faults", None)

    def read(body: Any, digits: int) -> Any:
        if not isinstance(body, (dict, Mapping)):
            raise ValueError("must be an object")
        values: dict[str, Any] = {}
        wanted = required
        for name, value in body.items():
            if name not in fields:
                raise ValueError("is not a field of this object")
            attribute, read_value, needed = fields[name]
            if needed:
                wanted -= 1
            elif value is None:
                continue
            values[attribute] = read_value(value, digits)
        if wanted:
            raise ValueError("a field is required")
        made = cls(**values)
        if check is not None:
            for _, detail in check(made):
                raise ValueError(detail)
        return made

    return read


def _value_reader(spec: Spec) -> Read:
    if isinstance(spec, Members):
        read_item = _reader(spec.of)

        def read_items(value: Any, digits: int) -> tuple[Any, ...]:
            if not isinstance(value, list) or not 0 < len(value) <= limits.LINES_MAX:
                raise ValueError("must be a list of items")
            return tuple([read_item(item, digits) for item in value])

        return read_items
    if isinstance(spec, Member):
        return _reader(spec.of)
    return spec.read


def _made_writer(cls: type[Any]) -> Write:
    fields = [(item.name, item.attribute, item.required, item.default, _value_writer(item.spec)) for item in declared(cls)]

    def write(made: Any, digits: int) -> dict[str, Any]:
        body: dict[str, Any] = {}
        for name, attribute, required, default, write_value in fields:
            value = getattr(made, attribute)
            if required or (value is not default and value != default):
                body[name] = write_value(value, digits)
        return body

    return write


def _value_writer(spec: Spec) -> Write:
    if isinstance(spec, Members):
        write_item = _writer(spec.of)
        return lambda value, digits: [write_item(member, digits) for member in value]
    return _writer(spec.of) if isinstance(spec, Member) else spec.write
