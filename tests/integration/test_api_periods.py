"""`/periods` over HTTP: who may close and reopen, what is answered, and that the answers are as described."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from api.app import create_app
from tests.api_client import ApiClient
from tests.company import Company


def client(company: Company, scope: str) -> ApiClient:
    """Return a client with one scope."""
    return ApiClient(create_app(company.ledger), company.ledger.tokens.create(scope, [scope]))


def as_described(admin: ApiClient, template: str, method: str, answer: Any) -> Any:
    """Compare an answer with its description, and return it."""
    spec = admin.get("/openapi.json").json
    responses = spec["paths"][f"/api/v1{template}"][method]["responses"]
    schema = responses[str(answer.status_code)]["content"]["application/json"]["schema"]
    jsonschema_rs.validate({**schema, "components": spec["components"]}, answer.json)
    return answer.json


def test_close_and_reopen(company: Company) -> None:
    """The list tells all that happened, newest first, in pages."""
    admin = client(company, "admin")
    assert as_described(admin, "/periods", "get", admin.get("/periods")) == {"closed_through": None, "items": [], "next": None}
    company.sell("S", "2026-03-03", 4)
    closed = as_described(admin, "/periods/{period}/close", "post", admin.post("/periods/2026-03/close", b""))
    assert closed["document"] == "orderledger/period_close/2026-03" and closed["checklist"][0]["what"] == "owed"
    body = {"reason": "运费漏记"}
    reopened = as_described(admin, "/periods/{period}/reopen", "post", admin.post("/periods/2026-03/reopen", body))
    assert reopened == {"document": "orderledger/period_reopen/2026-03", "period": "2026-03", "closed_through": "2026-02"}
    admin.post("/periods/2026-04/close", b"")
    found = as_described(admin, "/periods", "get", admin.get("/periods"))
    assert found["closed_through"] == "2026-04" and found["next"] is None
    told = [(item["event"], item["period"], item.get("in_force"), item.get("reason")) for item in found["items"]]
    assert told == [("closed", "2026-04", True, None), ("reopened", "2026-03", None, "运费漏记"), ("closed", "2026-03", False, None)]
    first = admin.get("/periods", limit="2").json
    rest = admin.get("/periods", limit="2", after=first["next"]).json
    assert first["items"] + rest["items"] == found["items"] and rest["next"] is None


def test_close_adopts_on_demand(company: Company) -> None:
    """`?adopt=true` adopts first; anything else than true or false is refused."""
    admin = client(company, "admin")
    path = company.books / "manual.beancount"
    before = path.read_text(encoding="utf-8")
    path.write_text(before + '2026-03-15 * "rent"\n  Expenses:Operating  7.00 CNY\n  Assets:Bank\n', encoding="utf-8")
    assert admin.post("/periods/2026-03/close?adopt=1", b"").status_code == 422
    answer = admin.post("/periods/2026-03/close?adopt=true", b"")
    found = as_described(admin, "/periods/{period}/close", "post", answer)
    assert [(one["narration"], one["voucher"]) for one in found["adopted"]] == [("rent", "记-2026-03-1")] and found["checklist"] == []
    assert path.read_text(encoding="utf-8") == before


def test_close_says_what_it_cannot_adopt(company: Company) -> None:
    """422 with file and line, in English and Chinese; priced in the books' currency, the same entry goes through."""
    admin = client(company, "admin")
    path = company.books / "manual.beancount"
    before = path.read_text(encoding="utf-8")
    text = '2026-03-15 * "fee"\n  Expenses:Operating  7.00 USD\n  Assets:Bank  -7.00 USD\n'
    path.write_text(before + text, encoding="utf-8")
    answer = admin.post("/periods/2026-03/close?adopt=true", b"")
    line = before.count("\n") + 1
    assert answer.status_code == 422 and "手工分录无法入账" in answer.json["detail"]
    assert [one["pointer"] for one in answer.json["errors"]] == [f"/manual.beancount:{line + 1}", f"/manual.beancount:{line + 2}"]
    assert "write `7.00 USD @ 7.20 CNY`" in answer.json["errors"][0]["detail"] and "其他币种" in answer.json["errors"][0]["detail"]
    path.write_text(before + text.replace(" USD\n", " USD @ 7.20 CNY\n"), encoding="utf-8")
    (company.books / "prices.beancount").write_text("2026-03-31 price USD 7.20 CNY\n", encoding="utf-8")
    found = as_described(admin, "/periods/{period}/close", "post", admin.post("/periods/2026-03/close?adopt=true", b""))
    assert [one["narration"] for one in found["adopted"]] == ["fee"] and found["checklist"] == []
    [entry] = admin.get("/entries").json["items"]
    assert [(one["amount"], one.get("units")) for one in entry["postings"]] == [
        ("50.40", None), ("-50.40", {"amount": "-7.00", "currency": "USD"}),
    ]  # fmt: skip


def test_who_may(company: Company) -> None:
    """Reading needs `read`; closing and reopening need `admin`, a token that posts documents is not enough."""
    for scope, get, post in (("read", 200, 403), ("post", 403, 403)):
        one = client(company, scope)
        assert one.get("/periods").status_code == get
        assert one.post("/periods/2026-03/close", b"").status_code == post
        assert one.post("/periods/2026-03/reopen", {"reason": "x"}).status_code == post


@pytest.mark.parametrize(
    ("path", "body", "code", "pointer"),
    [
        ("/periods/2026-13/close", b"", "invalid-query", None),
        ("/periods/2999-01/close", b"", "invalid-query", None),
        ("/periods/2026-04/reopen", {"reason": "x"}, "invalid-query", None),
        ("/periods/2026-03/reopen", {}, "invalid", "/reason"),
        ("/periods/2026-03/reopen", {"reason": ""}, "invalid", "/reason"),
        ("/periods/2026-03/reopen", {"reason": 5}, "invalid", "/reason"),
        ("/periods/2026-03/reopen", {"reason": "x", "why": "y"}, "invalid", "/why"),
    ],
)
def test_refusals(company: Company, path: str, body: Any, code: str, pointer: str | None) -> None:
    """422 with what would be right; the lock stays."""
    admin = client(company, "admin")
    admin.post("/periods/2026-03/close", b"")
    answer = admin.post(path, body)
    assert (answer.status_code, answer.json["code"]) == (422, code), answer.text
    assert pointer is None or [fault["pointer"] for fault in answer.json["errors"]] == [pointer]
    assert admin.get("/periods").json["closed_through"] == "2026-03"
