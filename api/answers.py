"""What the API answers, described for the OpenAPI page. Only described: answers are written as the ledger gives them.

A test compares real answers with these descriptions, so that they cannot drift apart.
"""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields


class Answer(Schema):
    """Base: an answer has the described fields and no others."""

    class Meta:
        unknown = RAISE


def text(description: str = "", **more: Any) -> fields.String:
    """Describe a string that is always there."""
    return fields.String(required=True, metadata=_about(description), **more)


def money(description: str = "") -> fields.String:
    """Describe an amount: a decimal string with exactly the currency's decimals."""
    return fields.String(required=True, metadata=_about(description) | {"pattern": r"^-?[0-9]+(\.[0-9]{2,3})?$"})


def decimal(description: str = "", **more: Any) -> fields.String:
    """Describe a quantity, price or share: a decimal string."""
    return fields.String(required=True, metadata=_about(description) | {"pattern": r"^-?[0-9]+(\.[0-9]+)?$"}, **more)


def day(description: str = "", **more: Any) -> fields.String:
    """Describe a date."""
    return fields.String(required=True, metadata=_about(description) | {"format": "date"}, **more)


def many(of: type[Schema], description: str = "") -> fields.List[Any]:
    """Describe a list of objects."""
    return fields.List(fields.Nested(of), required=True, metadata=_about(description))


def whole(description: str = "") -> fields.Integer:
    """Describe a whole number."""
    return fields.Integer(required=True, metadata=_about(description))


def _about(description: str) -> dict[str, Any]:
    return {"description": description} if description else {}


class Fault(Answer):
    """One fault."""

    pointer = text("Where: a JSON pointer (RFC 6901) into the body, or / and the name of a query argument.")
    detail = text("What would be right.")


class Problem(Answer):
    """Problem details (RFC 9457)."""

    type = text("A page of this server about the code.")
    title = text("What kind of problem, in words.")
    status = whole("The HTTP status again.")
    detail = text("What is wrong, in one sentence.")
    code = text("Stable: programs decide by it.")
    errors = many(Fault, "Every fault that was found.")
    document = fields.String(metadata=_about("The document that was refused: source/kind/number."))
    reference = fields.String(metadata=_about("Finds an internal error in the log."))


class Health(Answer):
    """The service answers."""

    status = text()
    seq = whole("The last document of the journal.")
    published_seq = whole("The last document in the plain-text books.")


class Verification(Answer):
    """Whether everything that can be recomputed agrees."""

    ok = fields.Boolean(required=True)
    seq = whole("The last document that was looked at.")
    problems = fields.List(fields.String(), required=True)


class Lot(Answer):
    """The lot that units went into or came from (批次)."""

    label = text()
    date = day()
    unit_price = decimal()


class Units(Answer):
    """An amount in a foreign currency."""

    amount = money("With exactly the decimals of its own currency.")
    currency = text()


class Posting(Answer):
    """One side of an entry: debit positive, credit negative."""

    account = text()
    amount = money()
    currency = text()
    order = fields.String(metadata=_about("The order that it belongs to."))
    sku = fields.String()
    party = fields.String()
    reference = fields.String(metadata=_about("The receipt or shipment that an accrual stands for."))
    carrier = fields.String()
    supplier = fields.String()
    units = fields.Nested(Units, metadata=_about("The foreign units that the posting stands in; `amount` is their weight in base."))
    quantity = fields.String()
    lot = fields.Nested(Lot)


class Entry(Answer):
    """An entry (凭证); `unadopted` and without voucher where an accountant wrote it into manual.beancount."""

    voucher = text("The voucher number (凭证号).", allow_none=True)
    date = day()
    recorded_at = text(allow_none=True)
    narration = text()
    payee = text()
    seq = fields.Integer(required=True, allow_none=True)
    document = text(allow_none=True)
    postings = many(Posting)
    hash = text("The end of the hash chain after this entry.", allow_none=True)
    reverses = fields.Integer(metadata=_about("The number (seq) of the document version that this entry takes back."))
    unadopted = fields.Boolean()
    closing = fields.Boolean(metadata=_about("True for a closing voucher (结转): only the trial balance counts it."))
    line = fields.Integer(metadata=_about("Where it stands in manual.beancount."))


class EntryPage(Answer):
    """A page of entries."""

    items = many(Entry)
    next = text("Pass it on as `after`; null on the last page.", allow_none=True)


class PostedDocument(Answer):
    """What posting a document gave; the same again for every replay."""

    document = text("source/kind/number")
    seq = whole("The document's number in the journal.")
    state = text()
    entries = many(Entry)


class CostingEffect(Answer):
    """What a change of the cost formula met in one SKU."""

    sku = text()
    method_before = fields.String(required=True, data_key="from")
    method = fields.String(required=True, data_key="to")
    quantity = decimal()
    value_before = money()
    value_after = money("As before: the change is prospective.")
    lots_alone = money("What the lots carried without the pool of an average.")


class RecordedDocument(Answer):
    """A document as it was received, and what it became."""

    document = text("source/kind/number")
    seq = whole()
    state = text()
    date = day()
    recorded_at = text()
    digest = text("SHA-256 of the canonical document.")
    version = whole("1 for a document that was never corrected; the last one is shown.")
    body = fields.Dict(required=True, metadata=_about("The document, in canonical JSON."))
    entries = many(Entry)
    effect = fields.List(fields.Nested(CostingEffect), metadata=_about("Of a costing_change: each SKU on hand."))
    effect_left = fields.Integer(metadata=_about("SKUs that are not listed, where there are too many."))
