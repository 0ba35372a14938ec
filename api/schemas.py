"""marshmallow schemas of the documents, derived from the declarations in `ledger.documents`: nothing is said twice.

A schema validates as `ledger.documents.read_kind` does, field by field with the same `Spec`, and finds the same faults; the
OpenAPI page is drawn from it. Its `load` gives the document itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import marshmallow as ma

from api.document_fields import MemberField, MembersField, SpecField, digits
from ledger.documents.base import Document
from ledger.documents.fields import Choice, Declared, Member, Members, declared
from ledger.money import exponent


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
        token = digits.set(exponent(currency if isinstance(currency, str) else self.base_currency))
        try:
            return super().load(data, **kwargs)
        finally:
            digits.reset(token)


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
        return MembersField(item, _member_schema(item.spec.of)())
    return MemberField(item, _member_schema(item.spec.of)()) if isinstance(item.spec, Member) else SpecField(item)
