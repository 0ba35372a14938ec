"""Objects from JSON and back, as their class declares them: each class has a reader and a writer, put together once.

A reader only finds out that a body has no fault, as nearly all have none; `ledger.documents.faults` then names those of one that has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from json import JSONEncoder
from json.encoder import encode_basestring
from operator import attrgetter, itemgetter
from typing import Any

from ledger import limits
from ledger.documents.fields import Amount, Choice, Day, Decimals, Instant, Member, Members, Spec, Text, declared

Read = Callable[[Any, int], Any]
"""Makes a value of its JSON form and the currency's decimals; ValueError where it has a fault."""

Write = Callable[[Any, int], str]
"""Makes the canonical JSON text of a value; `digits` are the currency's decimals."""

_ENCODER = JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


def read_object(cls: type[Any], body: object, digits: int) -> Any:
    """Build `cls` from a JSON object; ValueError where it has a fault, of which the error says little."""
    return _reader(cls)(body, digits)


def write_object(made: Any, digits: int) -> str:
    """Return the canonical JSON text: sorted keys, no spaces; fields that hold their default are left out, a document has its `kind`."""
    return _writer(type(made))(made, digits)


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
    named = [(item.name, item.attribute, item.default, _value_writer(item.spec)) for item in declared(cls)]
    if isinstance(getattr(cls, "kind", None), str):
        named.append(("kind", "kind", MISSING, _write_text))
    named.sort(key=itemgetter(0))
    values_of = attrgetter(*(attribute for _, attribute, _, _ in named))
    fields = [(f"{encode_basestring(name)}:", default, write_value) for name, _, default, write_value in named]

    def write(made: Any, digits: int) -> str:
        parts = []
        for (key, default, write_value), value in zip(fields, values_of(made), strict=True):
            if value is not default and value != default:
                parts.append(key + write_value(value, digits))
        return f"{{{','.join(parts)}}}"

    return write


def _value_writer(spec: Spec) -> Write:
    """Return what writes a field's value as JSON text; texts and numbers, which nearly all are, without an encoder of general use."""
    if isinstance(spec, Members):
        write_item = _writer(spec.of)
        return lambda value, digits: f"[{','.join([write_item(member, digits) for member in value])}]"
    if isinstance(spec, Member):
        return _writer(spec.of)
    if isinstance(spec, (Text, Choice, Day, Instant)):
        return _write_text
    if isinstance(spec, (Amount, Decimals)):
        write_number = spec.write
        return lambda value, digits: f'"{write_number(value, digits)}"'
    return lambda value, digits: _ENCODER.encode(spec.write(value, digits))


def _write_text(value: str, digits: int) -> str:
    del digits
    return encode_basestring(value)
