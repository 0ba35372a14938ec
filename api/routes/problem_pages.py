"""`/problems/{code}`: what a problem's `type` leads to, in English and Chinese."""

from __future__ import annotations

from flask import Blueprint, Response

from api.problems import KINDS
from ledger.errors import NotFound

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{code}</title></head>
<body><h1>{code}</h1><p>HTTP {status}</p><p>{meaning}</p><p lang="zh">{meaning_zh}</p></body>
</html>
"""


def blueprint() -> Blueprint:
    """Return the routes."""
    routes = Blueprint("problem_pages", __name__)

    @routes.get("/problems/<code>")
    def page(code: str) -> Response:
        kind = KINDS.get(code)
        if kind is None:
            raise NotFound("there is no such problem code")
        return Response(PAGE.format(code=code, **kind._asdict()), mimetype="text/html")

    return routes
