"""The OpenAPI page: valid, complete, and true to the declarations that it is drawn from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31

from api.app import create_app
from ledger.documents import KINDS
from ledger.documents.fields import declared
from tests.api_client import PretendLedger, order

CONTRACT = {
    "/health", "/documents", "/documents/{source}/{kind}/{number}", "/orders", "/orders/{reference}", "/orders/{reference}/profit",
    "/order", "/profit", "/statements/{name}", "/inventory", "/stages", "/customers", "/alerts", "/entries", "/entries/{voucher}",
    "/periods", "/periods/{period}/close", "/periods/{period}/reopen",
    "/export", "/audit/verify", "/metrics", "/payments", "/shipments", "/deliveries", "/events", "/purchases", "/freight-bills", "/returns",
    "/refunds",
}  # fmt: skip


@pytest.fixture(scope="module")
def app() -> Any:
    """Lend an application."""
    return create_app(PretendLedger())  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def spec(app: Any) -> dict[str, Any]:
    """Lend the description as a client gets it."""
    found: dict[str, Any] = app.test_client().get("/api/v1/openapi.json").json
    return found


def references(value: Any) -> Iterator[str]:
    """Yield every $ref below a value."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "$ref":
                yield inner
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_it_is_openapi(spec: dict[str, Any]) -> None:
    """It fits the specification's own schema (OpenAPI 3.1), and every schema in it is one (JSON Schema 2020-12)."""
    errors = [error.message for error in jsonschema_rs.validator_for(OPENAPI_31).iter_errors(spec)]
    assert not errors and spec["openapi"] == "3.1.0"
    for schema in spec["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


def test_every_reference_leads_somewhere(spec: dict[str, Any]) -> None:
    """No $ref dangles."""
    for reference in set(references(spec)):
        place: Any = spec
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


def test_the_contract_is_described(spec: dict[str, Any], app: Any) -> None:
    """Every route of the contract, and every route there is."""
    described = {path.removeprefix("/api/v1") for path in spec["paths"]}
    assert described >= CONTRACT
    served = {
        re.sub(r"<(?:[a-z]+:)?([a-z]+)>", r"{\1}", rule.rule).removeprefix("/api/v1")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith("openapi.json")
    }
    assert served == described


def test_operations_are_whole(spec: dict[str, Any]) -> None:
    """Each says what it is for, what it answers, and that it may refuse; all but health need a token."""
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            if method == "parameters":
                continue
            assert operation["summary"], (method, path)
            assert "default" in operation["responses"] and len(operation["responses"]) > 1, (method, path)
            assert (operation.get("security") == []) == (path == "/api/v1/health")
    assert spec["security"] == [{"token": []}]


def validator(spec: dict[str, Any], name: str) -> Any:
    """Return what checks a value against one of the described schemas."""
    return jsonschema_rs.validator_for({"$ref": f"#/components/schemas/{name}", "components": spec["components"]})


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_documents_are_described_as_declared(spec: dict[str, Any], kind: str) -> None:
    """Field for field: required ones, no others, the Spec's own schema."""
    cls = KINDS[kind]
    schema = spec["components"]["schemas"][cls.__name__]
    fields = declared(cls)
    assert set(schema["properties"]) == {item.name for item in fields} and schema["additionalProperties"] is False
    assert set(schema["required"]) == {item.name for item in fields if item.required}
    with_kind = spec["components"]["schemas"][f"{cls.__name__}Document"]
    assert set(with_kind["properties"]) == {"kind", *schema["properties"]}
    for item in fields:
        if not hasattr(item.spec, "of"):
            assert (
                schema["properties"][item.name].items()
                >= {name: value for name, value in item.spec.describe().items() if name in ("maxLength", "minLength", "format")}.items()
            )


def test_described_documents_are_the_ones_taken(spec: dict[str, Any]) -> None:
    """A good order fits the description; a number for money, a field too many or a wrong word does not."""
    check = validator(spec, "AnyDocument")
    assert check.is_valid(order()) and check.is_valid(order(discount=None, discount_funded_by="platform"))
    line = order()["lines"][0]
    for bad in (
        order(discount=1.5), order(extra=1), order(discount_funded_by="me"), order(lines=[]), order(date=None), order(currency="cny"),
        order(lines=[{**line, "quantity": 2}]), {**order(), "kind": "nothing"}, order(discount="-1"), order(customer=""),
        order(source="x" * 121),
    ):  # fmt: skip
        assert not check.is_valid(bad), json.dumps(bad)
