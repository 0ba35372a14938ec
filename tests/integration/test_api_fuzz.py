"""Schemathesis reads the OpenAPI description and sends what fits it and what does not: nothing breaks, answers are as described."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from api.app import create_app
from ledger.documents import read
from tests.api_client import PretendLedger, order
from tests.company import Company

EXAMPLES = 6
"""Requests an operation and mode: enough to send each argument in and out of its bounds."""

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

OPERATIONS = sorted(
    (path, method)
    for path, methods in create_app(PretendLedger()).test_client().get("/api/v1/openapi.json").json["paths"].items()  # type: ignore[arg-type, index]
    for method in methods
    if method != "parameters" and not path.endswith(("/audit/verify", "/export"))
)
"""All but two that do the same much work whatever is asked."""


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, dict[str, str]]]:
    """Lend the description of an application over books with an order, and a token."""
    folder = tmp_path_factory.mktemp("fuzz")
    company = Company(folder / "books", f"sqlite:///{folder / 'store.db'}")
    company.ledger.post([read(order(), "CNY")])
    headers = {"Authorization": f"Bearer {company.ledger.tokens.create('fuzz', ['admin'])}"}
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", create_app(company.ledger)), headers
    company.ledger.close()


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_nothing_breaks(described: tuple[Any, dict[str, str]], path: str, method: str, mode: GenerationMode) -> None:
    """Whatever is sent, the answer is one that the description knows."""
    schema, headers = described

    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate], database=None)
    def send(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    try:
        send()
    except Unsatisfiable:
        pytest.skip("it takes nothing that could be wrong")
