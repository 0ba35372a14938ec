"""marshmallow fields that read what a document's `Spec` reads: one value, a list of objects, an object."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import marshmallow as ma

from ledger.documents.fields import Declared

digits: ContextVar[int] = ContextVar("digits", default=2)
"""Decimals of the document's currency, which the fields of its lines need too."""


MESSAGES: dict[str, str | list[Any] | dict[Any, Any]] = {"required": "is required", "null": "must be an object"}


class SpecField(ma.fields.Field[Any]):
    """One value, read by its `Spec`. An optional field may be null, which is the same as leaving it out."""

    def __init__(self, item: Declared) -> None:
        super().__init__(**_common(item), metadata=_documented(item))
        self.spec = item.spec

    def deserialize(self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
        if value is None:
            # Required: the Spec says what it wants instead. Optional: the document's own default holds.
            return self._deserialize(value, attr, data) if self.required else ma.missing
        return super().deserialize(value, attr, data, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        try:
            return self.spec.read(value, digits.get())
        except ValueError as error:
            raise ma.ValidationError(str(error)) from error


class MembersField(ma.fields.List[Any]):
    """A list of nested objects (lines, postings)."""

    def __init__(self, item: Declared, schema: ma.Schema) -> None:
        nested = ma.fields.Nested(schema, error_messages=MESSAGES)
        bounds = {name: bound for name, bound in item.spec.describe().items() if name in ("minItems", "maxItems")}
        super().__init__(nested, **_common(item), metadata=bounds)
        self.length_max = bounds["maxItems"]

    def deserialize(self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
        if value is None:
            return self._deserialize(value, attr, data) if self.required else ma.missing
        return super().deserialize(value, attr, data, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, list) or not value:
            raise ma.ValidationError("must be a list with at least one item")
        if len(value) > self.length_max:
            raise ma.ValidationError(f"must have at most {self.length_max} items")
        return tuple(super()._deserialize(value, attr, data, **kwargs))


class MemberField(ma.fields.Nested):
    """One nested object."""

    def __init__(self, item: Declared, schema: ma.Schema) -> None:
        super().__init__(schema, **_common(item))

    def deserialize(self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
        if value is None and not self.required:
            return ma.missing
        return super().deserialize(value, attr, data, **kwargs)


def _common(item: Declared) -> dict[str, Any]:
    """Return what every field is told: its name in JSON, and that an optional one may be null."""
    return {"data_key": item.name, "required": item.required, "allow_none": not item.required, "error_messages": MESSAGES}


def _documented(item: Declared) -> dict[str, Any]:
    """Return what OpenAPI says beside the Spec's own description: the default, written as it is sent."""
    if item.required or item.default in (None, ()):
        return {}
    return {"default": item.spec.write(item.default, 0)}


def describe_spec(_converter: Any, field: Any, **_kwargs: Any) -> dict[str, Any]:
    """Describe a `SpecField` for apispec as its Spec does, null allowed where it may be left out."""
    if not isinstance(field, SpecField):
        return {}
    schema = field.spec.describe()
    if "pattern" in schema:
        # A Spec's pattern is for the whole text; JSON Schema's is for any part of it.
        schema["pattern"] = f"^(?:{schema['pattern'].removeprefix('^').removesuffix('$')})$"
    if field.allow_none:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return schema
