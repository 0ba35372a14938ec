"""Errors as `application/problem+json` (RFC 9457), and the one table from stable code to status and meaning."""

from __future__ import annotations

import logging
import secrets
from http import HTTPStatus
from typing import Any, NamedTuple

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from api.errors import Forbidden, Unauthorized
from api.json_text import write_json
from ledger.errors import LedgerError

MIMETYPE = "application/problem+json"
RETRY_SECONDS = 2
"""What `Retry-After` says where waiting helps (429, 503)."""

log = logging.getLogger(__name__)


class Kind(NamedTuple):
    """One code: its HTTP status and what it means, for the page that `type` leads to."""

    status: int
    meaning: str
    meaning_zh: str


KINDS: dict[str, Kind] = {
    "malformed-json": Kind(400, "The body is not JSON.", "请求体不是合法的 JSON。"),
    "bad-request": Kind(400, "The request itself is broken.", "请求本身有误。"),
    "unauthorized": Kind(401, "Send a valid token as Authorization: Bearer.", "请用 Authorization: Bearer 提供有效令牌。"),
    "forbidden": Kind(403, "The token lacks the scope that this needs.", "令牌缺少所需的权限。"),
    "not-found": Kind(404, "The books hold nothing under this name, or no such page exists.", "账簿中没有该对象，或页面不存在。"),
    "method-not-allowed": Kind(405, "Allow names the methods that exist here.", "请使用 Allow 中列出的方法。"),
    "not-acceptable": Kind(406, "The answer exists in none of the accepted formats.", "没有可接受的响应格式。"),
    "conflict": Kind(409, "The same identity or carrier's bill was posted before with other content.", "同一单据或账单已按不同内容过账。"),
    "ambiguous-reference": Kind(409, "The number fits several documents; write source/number.", "编号对应多张单据，请写 source/number。"),
    "closed": Kind(409, "The period is closed.", "会计期间已结账。"),
    "too-large": Kind(413, "The body or the list in it is too long; send less at a time.", "请求体或列表过长，请分批提交。"),
    "unsupported-media-type": Kind(415, "Send application/json or application/x-ndjson.", "请发送 JSON 或 NDJSON。"),
    "invalid": Kind(422, "The document breaks a rule of its kind; nothing was posted.", "单据不符合规则，未过账。"),
    "unknown-reference": Kind(422, "The document names another one that the books do not hold.", "引用的单据不存在。"),
    "unknown-account": Kind(422, "The chart has no such account or role.", "科目表中没有该科目或角色。"),
    "invalid-query": Kind(422, "A query argument is unknown or cannot be understood.", "查询参数未知或无法理解。"),
    "busy": Kind(429, "Too many documents wait to be posted; try again in a moment.", "排队过账的单据过多，请稍后再试。"),
    "error": Kind(500, "Something went wrong that has no code of its own.", "未归类的错误。"),
    "internal": Kind(500, "A defect of the service; the reference finds it in the log.", "服务内部错误，请凭编号查日志。"),
    "books": Kind(503, "The books directory is missing or damaged; nothing was posted.", "账簿目录缺失或损坏，未过账。"),
    "store-unavailable": Kind(503, "The database does not answer; nothing was acknowledged.", "数据库无响应，未确认任何过账。"),
}  # fmt: skip

CODE_OF_STATUS = {
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    415: "unsupported-media-type",
}
"""Codes of what Werkzeug raises by itself; any other 4xx of its own is a `bad-request`."""


def status_of(error: LedgerError) -> int:
    """Return the HTTP status of an error."""
    return KINDS.get(error.code, KINDS["error"]).status


def body_of(error: LedgerError) -> dict[str, Any]:
    """Return the problem details of an error, ready for JSON."""
    body = _body(error.code, error.title, status_of(error), error.detail)
    body["errors"] = [{"pointer": fault.pointer, "detail": fault.detail} for fault in error.errors]
    if error.document is not None:
        body["document"] = error.document
    return body


def response_of(error: LedgerError) -> Response:
    """Return the answer that says what was refused and why."""
    response = _response(body_of(error))
    if isinstance(error, Unauthorized):
        response.headers["WWW-Authenticate"] = 'Bearer realm="orderledger"'
    elif isinstance(error, Forbidden):
        response.headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{error.scope}"'
    if response.status_code in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def register(app: Flask) -> None:
    """Answer every error of `app` in this form."""
    app.register_error_handler(Exception, of_any)


def of_any(error: Exception) -> Response:
    """Return the answer to any error."""
    if isinstance(error, LedgerError):
        return response_of(error)
    if isinstance(error, HTTPException):
        return of_werkzeug(error)
    return _response(unexpected_body(error))


def of_werkzeug(error: HTTPException) -> Response:
    """Return the problem for what routing and Werkzeug refuse by themselves, their headers kept (405: Allow)."""
    status = error.code or 500
    if status < 400:
        return Response(error.get_body(), status, error.get_headers())
    code = CODE_OF_STATUS.get(status, "bad-request" if status < 500 else "internal")
    title = HTTPStatus(status).phrase.capitalize()
    body = _body(code, title, status, error.description or title) | {"errors": []}
    response = _response(body)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def unexpected_body(error: Exception) -> dict[str, Any]:
    """Log a defect with its traceback under a new reference, and return a problem that tells only the reference."""
    reference = secrets.token_hex(8)
    log.error("internal error %s", reference, exc_info=error)
    detail = f"an internal error; nothing was acknowledged; the log has it under {reference}"
    return _body("internal", "Internal error", 500, detail) | {"errors": [], "reference": reference}


def _body(code: str, title: str, status: int, detail: str) -> dict[str, Any]:
    return {"type": f"/problems/{code}", "title": title, "status": status, "detail": detail, "code": code}


def _response(body: dict[str, Any]) -> Response:
    return Response(write_json(body), int(body["status"]), mimetype=MIMETYPE)
