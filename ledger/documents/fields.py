"""The kinds of value a document field can hold: how each is read from JSON, written back, and described.

One declaration serves every way in: importers and `rebuild` read dictionaries through it, the API derives its marshmallow schema and
its OpenAPI page from it. Values of money are integers of the document currency's minor unit; quantities, prices, rates, weights and
volumes are integers of a millionth. `digits` is the currency's number of decimals.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

from ledger import limits
from ledger.money import MICRO_DIGITS, format_quantity, format_scaled, parse_scaled

_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_DATE_WANTED = "must be a date such as 2026-03-01"
_MONEY_MAX_TEXT = "is larger than the ledger holds"


@dataclass(frozen=True, slots=True)
class Spec:
    """What one field may hold. `read` gives the value or raises ValueError with what would be right."""

    schema: ClassVar[dict[str, Any]] = {"type": "string"}

    def read(self, value: object, digits: int) -> Any:
        """Return the value in the ledger's own form; ValueError says why not."""
        raise ValueError("is not of a known type")

    def write(self, value: Any, digits: int) -> Any:
        """Return the canonical JSON form of `value`."""
        del digits
        return value

    def describe(self) -> dict[str, Any]:
        """Return the JSON Schema of the field."""
        return dict(self.schema)


@dataclass(frozen=True, slots=True)
class Text(Spec):
    """Unicode text without control characters, at least one visible character, at most `max` characters."""

    max: int = limits.NAME_MAX
    no_slash: bool = False
    pattern: str | None = None

    def read(self, value: object, digits: int) -> str:
        del digits
        if not isinstance(value, str):
            raise ValueError("must be a string")
        if len(value) > self.max:
            raise ValueError(f"must have at most {self.max} characters")
        if not value or value.isspace():
            raise ValueError("must not be empty")
        # What is printable holds nothing of that; the search costs five times as much.
        if not value.isprintable() and _FORBIDDEN.search(value):
            raise ValueError("must not contain control characters or line breaks")
        if self.no_slash and "/" in value:
            raise ValueError("must not contain a slash")
        if self.pattern and not re.fullmatch(self.pattern, value, re.ASCII):
            raise ValueError(f"must match {self.pattern}")
        return value

    def describe(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": self.max} | ({"pattern": self.pattern} if self.pattern else {})


@dataclass(frozen=True, slots=True)
class Choice(Spec):
    """One of a few words."""

    options: tuple[str, ...] = ()

    def read(self, value: object, digits: int) -> str:
        del digits
        if not isinstance(value, str) or value not in self.options:
            raise ValueError("must be one of " + ", ".join(self.options))
        return value

    def describe(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.options)}


@dataclass(frozen=True, slots=True)
class Flag(Spec):
    """true or false."""

    def read(self, value: object, digits: int) -> bool:
        del digits
        if not isinstance(value, bool):
            raise ValueError("must be true or false")
        return value

    def describe(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Day(Spec):
    """A date as ISO 8601 `YYYY-MM-DD`; kept as text, which sorts as dates do."""

    def read(self, value: object, digits: int) -> str:
        del digits
        if not isinstance(value, str):
            raise ValueError(_DATE_WANTED)
        return _read_day(value)

    def describe(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


@lru_cache(maxsize=limits.DAYS_KNOWN)
def _read_day(text: str) -> str:
    if not _DATE.fullmatch(text):
        raise ValueError(_DATE_WANTED)
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise ValueError("is not a day of the calendar") from None
    if not limits.YEAR_MIN <= day.year <= limits.YEAR_MAX:
        raise ValueError(f"must lie between {limits.YEAR_MIN} and {limits.YEAR_MAX}")
    return text


@dataclass(frozen=True, slots=True)
class Instant(Spec):
    """A moment as RFC 3339 with an offset; kept as given."""

    def read(self, value: object, digits: int) -> str:
        del digits
        wanted = "must be a moment such as 2026-03-01T09:30:00+08:00"
        if not isinstance(value, str) or len(value) > 40 or "T" not in value.upper():
            raise ValueError(wanted)
        try:
            moment = datetime.datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(wanted) from None
        if moment.tzinfo is None:
            raise ValueError(wanted + " (with its offset)")
        return value

    def describe(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}


@dataclass(frozen=True, slots=True)
class Amount(Spec):
    """Money as a decimal string, kept in minor units. `sign`: "any", "not-negative" or "positive"."""

    sign: str = "not-negative"

    def read(self, value: object, digits: int) -> int:
        return _read_number(value, digits, self.sign, limits.MINOR_MAX)

    def write(self, value: Any, digits: int) -> str:
        return format_scaled(value, digits)

    def describe(self) -> dict[str, Any]:
        return _describe_number(self.sign, "money, with at most the currency's decimals")


@dataclass(frozen=True, slots=True)
class Decimals(Spec):
    """A quantity, price, rate, weight or volume as a decimal string, kept in millionths."""

    sign: str = "not-negative"
    at_most_one: bool = False

    def read(self, value: object, digits: int) -> int:
        del digits
        number = _read_number(value, MICRO_DIGITS, self.sign, limits.QUANTITY_MAX)
        if self.at_most_one and number > 10**MICRO_DIGITS:
            raise ValueError('must be a share such as "0.13", not a percentage')
        return number

    def write(self, value: Any, digits: int) -> str:
        del digits
        return _write_micro(value)

    def describe(self) -> dict[str, Any]:
        return _describe_number(self.sign, "decimal, at most 6 decimals")


def _read_number(value: object, digits: int, sign: str, largest: int) -> int:
    if not isinstance(value, str):
        raise ValueError('must be a decimal string such as "12.50", not a JSON number')
    number = parse_scaled(value, digits)
    if sign == "positive" and number <= 0:
        raise ValueError("must be greater than zero")
    if sign == "not-negative" and number < 0:
        raise ValueError("must not be negative")
    if abs(number) > largest:
        raise ValueError(_MONEY_MAX_TEXT)
    return number


@lru_cache(maxsize=limits.NUMBERS_KNOWN)
def _write_micro(value: int) -> str:
    return format_quantity(value)


def _describe_number(sign: str, description: str) -> dict[str, Any]:
    minus = "-?" if sign == "any" else ""
    return {"type": "string", "pattern": rf"^{minus}[0-9]{{1,15}}(\.[0-9]{{1,12}})?$", "description": description}


@dataclass(frozen=True, slots=True)
class References(Spec):
    """A list of names of other documents, each at most once."""

    def read(self, value: object, digits: int) -> tuple[str, ...]:
        if not isinstance(value, list) or not value:
            raise ValueError("must be a list with at least one reference")
        if len(value) > limits.LINES_MAX:
            raise ValueError(f"must have at most {limits.LINES_MAX} references")
        names = tuple(_REFERENCE.read(item, digits) for item in value)
        if len(set(names)) != len(names):
            raise ValueError("must name each document once")
        return names

    def write(self, value: Any, digits: int) -> list[str]:
        del digits
        return list(value)

    def describe(self) -> dict[str, Any]:
        return {"type": "array", "items": _REFERENCE.describe(), "minItems": 1}


@dataclass(frozen=True, slots=True)
class Shares(Spec):
    """An object from reference to amount; kept as sorted pairs: the order of an object says nothing, and its canonical text is sorted."""

    def read(self, value: object, digits: int) -> tuple[tuple[str, int], ...]:
        if not isinstance(value, Mapping) or not value:
            raise ValueError("must be an object from reference to amount")
        if len(value) > limits.LINES_MAX:
            raise ValueError(f"must have at most {limits.LINES_MAX} references")
        return tuple(sorted((_REFERENCE.read(ref, digits), _ANY_AMOUNT.read(share, digits)) for ref, share in value.items()))

    def write(self, value: Any, digits: int) -> dict[str, str]:
        return {ref: format_scaled(share, digits) for ref, share in value}

    def describe(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": _ANY_AMOUNT.describe(), "minProperties": 1}


@dataclass(frozen=True, slots=True)
class Attributes(Spec):
    """Free dimensions: an object from name to text; kept as sorted pairs."""

    def read(self, value: object, digits: int) -> tuple[tuple[str, str], ...]:
        if not isinstance(value, Mapping):
            raise ValueError("must be an object from name to text")
        if len(value) > limits.ATTRIBUTES_MAX:
            raise ValueError(f"must have at most {limits.ATTRIBUTES_MAX} names")
        return tuple(sorted((_ATTRIBUTE.read(key, digits), _REFERENCE.read(text, digits)) for key, text in value.items()))

    def write(self, value: Any, digits: int) -> dict[str, str]:
        del digits
        return dict(value)

    def describe(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": _REFERENCE.describe()}


_REFERENCE = Text(max=2 * limits.NAME_MAX + 1)
_ATTRIBUTE = Text(max=40, pattern=r"[a-z][a-z0-9_-]*")
_ANY_AMOUNT = Amount(sign="any")


@dataclass(frozen=True, slots=True)
class Members(Spec):
    """A list of nested objects of one class (lines, postings)."""

    of: type[Any] = object

    def describe(self) -> dict[str, Any]:
        return {"type": "array", "minItems": 1, "maxItems": limits.LINES_MAX}


@dataclass(frozen=True, slots=True)
class Member(Spec):
    """One nested object."""

    of: type[Any] = object


def required(spec: Spec, *, name: str | None = None) -> Any:
    """Declare a field that must be given; `name` is its name in JSON where Python cannot have it."""
    return field(metadata={"spec": spec, "name": name})


def optional(spec: Spec, default: Any = None) -> Any:
    """Declare a field with the value it has when it is left out."""
    return field(default=default, metadata={"spec": spec})


@dataclass(frozen=True, slots=True)
class Declared:
    """One field of a document class, as declared: its name in JSON and its attribute in Python."""

    name: str
    attribute: str
    spec: Spec
    required: bool
    default: Any


def declared(cls: type[Any]) -> tuple[Declared, ...]:
    """Return the fields of `cls` that came with a `Spec`, in order."""
    found = _DECLARED.get(cls)
    if found is None:
        found = tuple(
            Declared(f.metadata.get("name") or f.name, f.name, f.metadata["spec"], f.default is dataclasses.MISSING, f.default)
            for f in dataclasses.fields(cls)
            if "spec" in f.metadata
        )
        _DECLARED[cls] = found
    return found


_DECLARED: dict[type[Any], tuple[Declared, ...]] = {}
