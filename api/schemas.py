"""marshmallow schemas of the documents, derived from the declarations in `ledger.documents`: nothing is said twice.

A schema validates as `ledger.documents.read_kind` does, field by field with the same `Spec`, and finds the same faults; the
OpenAPI page is drawn from it. Its `load` gives the document itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, ClassVar

import marshmallow as ma

from ledger.documents.base import Document
from ledger.documents.fields import Choice, Declared, Member, Members, declared
from ledger.money import exponent

_digits: ContextVar[int] = ContextVar("digits", default=2)
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
            return self.spec.read(value, _digits.get())
        except ValueError as error:
            raise ma.ValidationError(str(error)) from error


class MembersField(ma.fields.List[Any]):
    """A list of nested objects (lines, postings)."""

    def __init__(self, item: Declared) -> None:
        assert isinstance(item.spec, Members)
        nested = ma.fields.Nested(_member_schema(item.spec.of)(), error_messages=MESSAGES)
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

    def __init__(self, item: Declared) -> None:
        assert isinstance(item.spec, Member)
        super().__init__(_member_schema(item.spec.of)(), **_common(item))

    def deserialize(self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
        if value is None and not self.required:
            return ma.missing
        return super().deserialize(value, attr, data, **kwargs)


class ObjectSchema(ma.Schema):
    """An object of one dataclass, built and checked between fields once each field by itself is right."""

    makes: ClassVar[type[Any]]

    class Meta:
        unknown = ma.RAISE
        register = False

    @ma.post_load
    def make(self, values: dict[str, Any], **kwargs: Any) -> Any:
        """Build the dataclass; what is wrong between its fields becomes errors at their places."""
        made = self.makes(**values)
        faults = getattr(made, "faults", None)
        errors: dict[str, list[str]] = {}
        for place, detail in faults() if faults is not None else ():
            errors.setdefault(place or ma.exceptions.SCHEMA, []).append(detail)
        if errors:
            raise ma.ValidationError(errors)
        return made


class DocumentSchema(ObjectSchema):
    """A document without its `kind`, which the route knows."""

    base_currency: ClassVar[str]

    def load(self, data: Any, **kwargs: Any) -> Any:
        """Return the document that `data` describes; money has the decimals of its currency."""
        currency = data.get("currency") if isinstance(data, Mapping) else None
        if currency == self.base_currency:
            data = {name: value for name, value in data.items() if name != "currency"}
        token = _digits.set(exponent(currency if isinstance(currency, str) else self.base_currency))
        try:
            return super().load(data, **kwargs)
        finally:
            _digits.reset(token)


def document_schema(cls: type[Document], base_currency: str) -> DocumentSchema:
    """Return the schema of a kind of document for books in `base_currency`."""
    made: DocumentSchema = _schema(cls, DocumentSchema, base_currency=base_currency)()
    return made


def kind_schema(cls: type[Document], base_currency: str) -> ma.Schema:
    """Return a schema that also has `kind`: it describes the untyped route, whose documents `ledger.documents.read` builds."""
    kind = SpecField(Declared("kind", "kind", Choice(options=(cls.kind,)), required=True, default=None))
    made: ma.Schema = _schema(cls, DocumentSchema, name=f"{cls.__name__}Document", kind=kind, base_currency=base_currency)()
    return made


_members: dict[type[Any], type[Any]] = {}


def _member_schema(cls: type[Any]) -> type[Any]:
    """Return the schema class of a nested dataclass, made once: OpenAPI names it once."""
    if cls not in _members:
        _members[cls] = _schema(cls, ObjectSchema)
    return _members[cls]


def _schema(cls: type[Any], base: type[Any], *, name: str | None = None, **attributes: Any) -> type[Any]:
    fields = declared(cls)
    known = ", ".join(sorted(item.name for item in fields))
    messages = {"unknown": f"is not a field of this object; known are {known}", "type": "must be an object"}
    body = {item.attribute: _field(item) for item in fields}
    own = {"makes": cls, "error_messages": messages, "__doc__": cls.__doc__}
    return type(name or f"{cls.__name__}Schema", (base,), {**attributes, **body, **own})


def _field(item: Declared) -> ma.fields.Field[Any]:
    if isinstance(item.spec, Members):
        return MembersField(item)
    return MemberField(item) if isinstance(item.spec, Member) else SpecField(item)


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
