"""Answers that also come as a table: CSV or XLSX, by `?format=` or `Accept`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, request
from marshmallow import Schema

from api.json_text import json_response
from api.media_types import CSV, XLSX, wanted_format
from api.smorest import Blueprint
from ledger.reports.tabular import table_of, to_csv, to_xlsx

F = TypeVar("F", bound=Callable[..., Any])


def table_response(answer: dict[str, Any], chosen: str, title: str) -> Response:
    """Return `answer` in the format that `chosen_format` gave; `title` names the table and its file."""
    if chosen == "json":
        response = json_response(answer)
    else:
        table = table_of(answer, title)
        body = to_csv(table) if chosen == "csv" else to_xlsx(table)
        response = Response(body, mimetype=CSV if chosen == "csv" else XLSX)
        name = "-".join(part for part in (title, answer.get("period")) if part)
        response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{chosen}")
    response.vary.add("Accept")
    return response


def answers_table(routes: Blueprint, schema: type[Schema] | dict[str, Any], description: str = "") -> Callable[[F], F]:
    """Describe the three forms of an answer."""
    about = f"{description}JSON, CSV or XLSX: by `format`, or by `Accept`."
    text = {"type": "string"}

    def describe(view: F) -> F:
        view = routes.alt_response(200, schema={**text, "format": "binary"}, content_type=XLSX, description=about, success=True)(view)
        view = routes.alt_response(200, schema=text, content_type=CSV, description=about, success=True)(view)
        described: F = routes.response(200, schema, description=about)(view)
        return described

    return describe


def chosen_format(query: dict[str, Any]) -> str:
    """Take the format out of the arguments, before any work is done for an answer that nobody could read."""
    return wanted_format(request, query.pop("format", None))
