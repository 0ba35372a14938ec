"""flask-smorest bent to this API's contract: strict JSON and query arguments, problem details, a true OpenAPI page."""

from __future__ import annotations

from typing import Any, NoReturn

import flask_smorest
import marshmallow as ma
from flask import Request, Response
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException

from api import problems
from api.answers import Problem
from api.document_fields import describe_spec
from api.errors import one_fault
from api.json_text import read_json
from api.media_types import JSON, require_body_type
from api.pointers import faults_of
from api.request_body import read_body
from ledger.errors import InvalidDocument, InvalidQuery


class Parser(FlaskParser):
    """Reads arguments as the untyped routes do. Without this, smorest ignores unknown and repeated query arguments."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": None, "query": ma.RAISE}  # noqa: RUF012  # as webargs declares it

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        """Return the body's JSON."""
        require_body_type(req, JSON)
        return read_json(read_body(req))

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        """Return the query arguments, each of which may be given once."""
        return query_of(req)

    def handle_error(self, error: ma.ValidationError, req: Request, schema: ma.Schema, **kwargs: Any) -> NoReturn:
        """Refuse with the ledger's own errors, which the table of problems knows."""
        messages = error.messages_dict
        if "query" in messages:
            raise InvalidQuery("the query is not valid", tuple(faults_of(messages["query"]))) from None
        raise InvalidDocument("the document is not valid", tuple(faults_of(messages["json"]))) from None


def query_of(req: Request) -> dict[str, str]:
    """Return the query arguments; InvalidQuery where one is repeated."""
    for name, values in req.args.lists():
        if len(values) > 1:
            raise one_fault(InvalidQuery, f"/{name[:40]}", "is given more than once")
    return req.args.to_dict()


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # the package has no types
    """A blueprint whose arguments are read by `Parser`."""

    ARGUMENTS_PARSER = Parser()


class Api(flask_smorest.Api):  # type: ignore[misc]  # the package has no types
    """The API's registry: errors are problem details, in the answers and in their description."""

    ERROR_SCHEMA = Problem

    def _init_spec(self, **options: Any) -> None:
        super()._init_spec(**options)
        self.ma_plugin.converter.add_attribute_function(describe_spec)

    def _register_responses(self) -> None:
        """Describe the one default answer that every operation has: a problem."""
        content = {problems.MIMETYPE: {"schema": self.ERROR_SCHEMA}}
        response = {"description": "Refused; `code` says why.", "content": content}
        for name in (self.DEFAULT_ERROR_RESPONSE_NAME, "UNPROCESSABLE_ENTITY"):
            self.spec.components.response(name, response, lazy=True)

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer what Werkzeug refuses by itself."""
        return problems.of_werkzeug(error)
