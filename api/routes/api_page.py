"""`/docs`: the API page. Swagger UI's own files, served from here: the page asks no other host for anything."""

from __future__ import annotations

from pathlib import Path

import flask_swagger_ui
from flask import Blueprint, Response, send_from_directory

from ledger.errors import NotFound

DIST = Path(flask_swagger_ui.__file__).parent / "dist"
STATIC = Path(__file__).parent.parent / "static"
ASSETS = {"swagger-ui.css": DIST, "swagger-ui-bundle.js": DIST, "favicon-32x32.png": DIST, "index.css": DIST, "docs.js": STATIC}

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI writes style attributes; nothing else of it is inline."""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>orderledger API · 接口文档</title>
<link rel="stylesheet" href="/docs/index.css">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/docs.js"></script>
</body>
</html>
"""


def blueprint() -> Blueprint:
    """Return the routes."""
    routes = Blueprint("api_page", __name__)

    @routes.get("/docs", strict_slashes=False)
    def page() -> Response:
        return _with_policy(Response(PAGE, mimetype="text/html"))

    @routes.get("/docs/<name>")
    def asset(name: str) -> Response:
        folder = ASSETS.get(name)
        if folder is None:
            raise NotFound("the API page has no such file")
        return _with_policy(send_from_directory(folder, name, max_age=3600))

    return routes


def _with_policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response
