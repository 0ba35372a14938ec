"""What a browser sees under /books/ when Fava gives no answer: a page, or what Fava's own scripts take for an error."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from markupsafe import escape
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

RETRY_SECONDS = 3
"""When the page asks again: small books load in less, large ones in some of these."""

SCRIPT_PATH = re.compile(r"/[^/]+/[^/]+/api/")
"""Fava's scripts ask under <prefix>/<ledger>/api/ and expect JSON."""

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8">{refresh}<title>Books</title></head>
<body style="font-family: sans-serif; margin: 4em auto; max-width: 36em">
<p>{english}</p>
<p lang="zh">{chinese}</p>
</body>
</html>
"""


def books_loading(path: str) -> WSGIApplication:
    """Answer that Fava is not up yet."""
    english = "The books are being loaded. This page tries again in a few seconds."
    return _answer(path, HTTPStatus.SERVICE_UNAVAILABLE, english, "账簿正在加载，几秒后自动重试。", retry=True)


def books_busy(path: str) -> WSGIApplication:
    """Answer that too many requests wait for Fava already."""
    english = "The books are busy. This page tries again in a few seconds."
    return _answer(path, HTTPStatus.SERVICE_UNAVAILABLE, english, "账簿正忙，几秒后自动重试。", retry=True)


def books_lost(path: str) -> WSGIApplication:
    """Answer that Fava ended at work; a change may or may not have been made, so that nothing is sent again."""
    english = "The books stopped answering. If you were changing something, see whether it was done."
    chinese = "账簿服务中断。如果刚才正在修改，请确认修改是否已完成。"
    return _answer(path, HTTPStatus.BAD_GATEWAY, english, chinese, retry=False)


def books_slow(path: str) -> WSGIApplication:
    """Answer that Fava took too long."""
    english = "The books took too long to answer."
    return _answer(path, HTTPStatus.GATEWAY_TIMEOUT, english, "账簿响应超时。", retry=False)


def refused(path: str, refusal: HTTPException) -> WSGIApplication:
    """Answer a request that is not forwarded at all."""
    status = HTTPStatus(refusal.code or HTTPStatus.BAD_REQUEST)
    return _answer(path, status, f"{status.phrase}.", "请求未被接受。", retry=False)


def _answer(path: str, status: HTTPStatus, english: str, chinese: str, *, retry: bool) -> WSGIApplication:
    if SCRIPT_PATH.match(path):
        response = Response(json.dumps({"error": english}), status, mimetype="application/json")
    else:
        refresh = f'<meta http-equiv="refresh" content="{RETRY_SECONDS}">' if retry else ""
        page = PAGE.format(refresh=refresh, english=escape(english), chinese=escape(chinese))
        response = Response(page, status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    if retry:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
