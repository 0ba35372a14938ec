"""`/`: where to go, for whoever opens the server's address in a browser."""

from __future__ import annotations

from flask import Blueprint, Response

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>orderledger</title></head>
<body>
<h1>orderledger</h1>
<p>The profit of every order, from books anyone can check.<br><span lang="zh">每张订单的利润，出自人人可核对的账簿。</span></p>
<ul>
<li><a href="/books/">/books/</a> the books in Fava <span lang="zh">账簿</span></li>
<li><a href="/docs">/docs</a> the API, described <span lang="zh">接口文档</span></li>
<li><a href="/api/v1/health">/api/v1/health</a> <span lang="zh">运行状态</span></li>
</ul>
</body>
</html>
"""


def blueprint() -> Blueprint:
    """Return the route."""
    routes = Blueprint("front_page", __name__)

    @routes.get("/")
    def page() -> Response:
        return Response(PAGE, mimetype="text/html")

    return routes
