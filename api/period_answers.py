"""What the API takes and answers about accounting periods, described for the OpenAPI page."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields

from api.answers import Answer, day, many, text, whole
from api.document_fields import MESSAGES
from api.queries import Query, choice
from ledger.limits import TEXT_MAX


class WhyReopen(ma.Schema):
    """The body of a reopening."""

    error_messages = {"unknown": "is not a field of this object; known is reason", "type": "must be an object"}  # noqa: RUF012

    class Meta:
        unknown = ma.RAISE

    reason = fields.String(
        required=True,
        error_messages=MESSAGES,
        metadata={"description": "Why; it stays in the books.", "minLength": 1, "maxLength": TEXT_MAX},
    )


class HowClose(Query):
    """How to close."""

    adopt = choice("Adopt the hand-written entries of these months first: true or false.", "true", "false")


class PeriodEvent(Answer):
    """A month was closed, or opened again with every closed month after it."""

    event = text("closed or reopened.")
    period = text("The month: 2026-03.")
    document = text("source/kind/number")
    seq = whole()
    recorded_at = text()
    in_force = fields.Boolean(metadata={"description": "Whether a closing still holds; false where it was reopened."})
    reason = fields.String(metadata={"description": "Why it was reopened."})


class PeriodPage(Answer):
    """The last closed month, and a page of closings and reopenings, newest first."""

    closed_through = text("The last closed month; null where none is.", allow_none=True)
    items = many(PeriodEvent)
    next = text("Pass it on as `after`; null on the last page.", allow_none=True)


class LookAt(Answer):
    """Something that is still open and that an accountant should look at."""

    class Meta:
        unknown = ma.INCLUDE

    what = text()
    detail = fields.String()


class AdoptedEntry(Answer):
    """A hand-written entry that is a document now, and no longer stands in its file."""

    place = text("Where it stood: manual.beancount:12.")
    date = day()
    narration = text()
    document = text("source/kind/number")
    voucher = text("The voucher number (凭证号).")
    already = fields.Boolean(required=True, metadata={"description": "It was in the journal before; only its text was left."})
    beyond = fields.List(fields.String(), required=True, metadata={"description": "What only the document's memo keeps."})


class ClosedPeriod(Answer):
    """A month was closed."""

    document = text("source/kind/number")
    period = text()
    checklist = many(LookAt)
    adopted = many(AdoptedEntry)


class ReopenedPeriod(Answer):
    """A month was opened again."""

    document = text("source/kind/number")
    period = text()
    closed_through = text("The last month that is closed now.")
