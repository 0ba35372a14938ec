"""Read a request's body, all of it or none of it, within the bound."""

from __future__ import annotations

from typing import Any

from flask import Request

from api import limits
from api.errors import BadRequest, TooLarge
from ledger.limits import BODY_BYTES_MAX


def read_body(request: Request) -> bytes:
    """Return the whole body; TooLarge above the limit, BadRequest where it ends before its announced length.

    Not `request.get_data()`: Werkzeug cuts a chunked body off at the limit without a word, and the head of a list of
    documents must never be posted for the whole.
    """
    stream = request.environ["wsgi.input"]
    length = request.content_length
    if length is None:
        if not request.environ.get("wsgi.input_terminated"):
            return b""
        body = _read(stream, BODY_BYTES_MAX + 1)
        if len(body) > BODY_BYTES_MAX:
            raise _too_large(stream, limits.DRAIN_BYTES_MAX, request)
        return body
    if length > BODY_BYTES_MAX:
        raise _too_large(stream, min(length, limits.DRAIN_BYTES_MAX), request)
    body = _read(stream, length)
    if len(body) != length:
        raise BadRequest("the body ends before its announced length")
    return body


def _read(stream: Any, size: int) -> bytes:
    pieces = []
    while size > 0:
        piece = stream.read(min(size, limits.READ_BYTES))
        if not piece:
            break
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _too_large(stream: Any, left: int, request: Request) -> TooLarge:
    """Throw away what still comes: a client that is cut off while it sends does not read why."""
    # A client that asked first (curl does) sends nothing once it is refused.
    if request.headers.get("Expect", "").lower() != "100-continue":
        while left > 0:
            piece = stream.read(min(left, limits.READ_BYTES))
            if not piece:
                break
            left -= len(piece)
    return TooLarge(f"the body is larger than {BODY_BYTES_MAX} bytes; send less at a time")
