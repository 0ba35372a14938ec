"""Which media types come in, and which of several representations an answer takes."""

from __future__ import annotations

from flask import Request

from api.errors import NotAcceptable, UnsupportedMediaType, one_fault
from ledger.errors import InvalidQuery

JSON = "application/json"
NDJSON = "application/x-ndjson"
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {"json": JSON, "csv": CSV, "xlsx": XLSX}


def require_body_type(request: Request, *allowed: str) -> str:
    """Return the media type of the body; UnsupportedMediaType where it is none of `allowed`."""
    given = request.mimetype
    if given not in allowed:
        raise UnsupportedMediaType(f"send {' or '.join(allowed)}" + (f", not {given[:80]}" if given else ""))
    return given


def wanted_format(request: Request, chosen: str | None) -> str:
    """Return the format of an answer, "json", "csv" or "xlsx": `?format=` where it is given, else by `Accept`."""
    if chosen is not None:
        if chosen not in FORMATS:
            raise one_fault(InvalidQuery, "/format", "must be one of " + ", ".join(FORMATS))
        return chosen
    accepted = request.accept_mimetypes
    best = accepted.best_match(list(FORMATS.values())) if accepted else JSON
    if best is None:
        raise NotAcceptable("this comes as " + ", ".join(FORMATS.values()))
    return next(name for name, mimetype in FORMATS.items() if mimetype == best)
