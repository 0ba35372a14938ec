"""JSON as it is taken and given: strict on the way in, readable UTF-8 on the way out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from api.errors import MalformedJson, one_fault
from ledger.journal.json_text import write_json

__all__ = ["json_response", "read_json", "write_json"]

if TYPE_CHECKING:
    from flask import Response


def read_json(body: bytes) -> Any:
    """Return what `body` says; MalformedJson where it is not UTF-8, not JSON, repeats a name or holds NaN.

    A repeated name is refused because readers disagree on which value counts (RFC 8259, 4): a ledger must not guess.
    """
    try:
        text = body.decode("utf-8")
        if text.startswith("\ufeff"):
            raise _malformed("the body begins with a byte order mark; send it without (RFC 8259, 8.1)")
        return _DECODER.decode(text)
    except UnicodeDecodeError as error:
        raise _malformed(f"the body is not UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise _malformed(f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise _malformed("the body is nested too deeply") from None
    except ValueError as error:
        # Python refuses to convert whole numbers of more than 4,300 digits.
        raise _malformed(str(error)) from None


def json_response(body: Any, status: int = 200) -> Response:
    """Answer with JSON."""
    from flask import Response  # commands write JSON too, and do without it

    return Response(write_json(body), status, mimetype="application/json")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise _malformed(f"the name {twice[:40]!r} stands twice in one object")
    return made


def _no_constant(name: str) -> NoReturn:
    raise _malformed(f"{name} is not JSON")


def _malformed(detail: str) -> Exception:
    return one_fault(MalformedJson, "", detail)


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)
