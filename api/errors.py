"""Refusals that only exist over HTTP, beside the ledger's own in one tree, so that one table and one handler serve both."""

from __future__ import annotations

from ledger.errors import FieldError, LedgerError


class MalformedJson(LedgerError):
    """The body is not JSON: cut off, not UTF-8, a name given twice, NaN."""

    code = "malformed-json"
    title = "Malformed JSON"


class BadRequest(LedgerError):
    """The request itself is broken: its body ends early, its headers contradict each other."""

    code = "bad-request"
    title = "Bad request"


class Unauthorized(LedgerError):
    """No token, or one that nobody issued, that was revoked or that has expired."""

    code = "unauthorized"
    title = "Unauthorized"


class Forbidden(LedgerError):
    """The token is good but lacks the scope."""

    code = "forbidden"
    title = "Forbidden"

    def __init__(self, scope: str) -> None:
        super().__init__(f"this needs a token with the scope {scope!r}")
        self.scope = scope


class TooLarge(LedgerError):
    """The body, or the list in it, is longer than the limit."""

    code = "too-large"
    title = "Too large"


class UnsupportedMediaType(LedgerError):
    """The body comes as something else than JSON or NDJSON."""

    code = "unsupported-media-type"
    title = "Unsupported media type"


class NotAcceptable(LedgerError):
    """The answer exists in none of the formats that the request accepts."""

    code = "not-acceptable"
    title = "Not acceptable"


def one_fault(kind: type[LedgerError], pointer: str, detail: str) -> LedgerError:
    """Return an error whose one fault repeats its sentence, with the place."""
    return kind(detail, (FieldError(pointer, detail),))
