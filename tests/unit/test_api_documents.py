"""`POST /documents` and the typed routes over a ledger that only pretends: shapes, statuses, pointers."""

from __future__ import annotations

import io
from typing import Any

import pytest

from api.app import create_app
from api.limits import NDJSON_BATCH
from api.routes.typed_documents import path_of
from ledger.documents import KINDS
from ledger.errors import StoreUnavailable
from ledger.limits import ARRAY_DOCUMENTS_MAX, BODY_BYTES_MAX
from tests.api_client import ApiClient, PretendLedger, order, without_kind


@pytest.fixture
def ledger() -> PretendLedger:
    """Lend a ledger that only pretends."""
    return PretendLedger()


@pytest.fixture
def client(ledger: PretendLedger) -> ApiClient:
    """Lend a client that may post."""
    return ApiClient(create_app(ledger), "post")  # type: ignore[arg-type]


def pointers(answer: Any) -> list[str]:
    """Return where an answer finds faults."""
    return [fault["pointer"] for fault in answer.json["errors"]]


def test_one_document(client: ApiClient, ledger: PretendLedger) -> None:
    """201 and where it is; 200 and a header when it was there."""
    new, old = client.post("/documents", order("新/1")), client.post("/documents", order("OLD"))
    assert (new.status_code, new.json) == (201, {"document": "shop/order/新/1", "seq": 1, "state": "posted", "entries": []})
    assert new.headers["Location"] == "/api/v1/documents/shop/order/%E6%96%B0/1" and "Idempotent-Replay" not in new.headers
    assert (old.status_code, old.headers["Idempotent-Replay"]) == (200, "true")
    assert len(ledger.posted) == 2


def test_an_array_answers_as_one(client: ApiClient) -> None:
    """201 if any is new, 200 if none is, a list in order."""
    mixed = client.post("/documents", [order("OLD-1"), order("N-1")])
    assert (mixed.status_code, [one["document"] for one in mixed.json]) == (201, ["shop/order/OLD-1", "shop/order/N-1"])
    assert "Idempotent-Replay" not in mixed.headers
    old = client.post("/documents", [order("OLD-1"), order("OLD-2")])
    assert (old.status_code, old.headers["Idempotent-Replay"]) == (200, "true")


@pytest.mark.parametrize("size", [1, 2])
def test_one_bad_one_refuses_the_array(client: ApiClient, ledger: PretendLedger, size: int) -> None:
    """Pointers start with the index, also in an array of one; the faults of all members are told at once."""
    bodies = [*[order("N-1")] * (size - 1), order(date="yesterday", customer=5)]
    answer = client.post("/documents", bodies)
    assert answer.status_code == 422 and pointers(answer) == [f"/{size - 1}/date", f"/{size - 1}/customer"]
    assert not ledger.posted
    both = client.post("/documents", [{"kind": "?"}, order(lines=[])])
    assert pointers(both) == ["/0/kind", "/1/lines"]


@pytest.mark.parametrize(("body", "status", "code"), [
    (b"[]", 422, "invalid"), (b"{}", 422, "invalid"), (b'"order"', 422, "invalid"), (b"null", 422, "invalid"), (b"7", 422, "invalid"),
    (b"[[]]", 422, "invalid"), (b"", 400, "malformed-json"), (b"{", 400, "malformed-json"), (b'{"kind": NaN}', 400, "malformed-json"),
    (b'{"kind": "order", "kind": "payment"}', 400, "malformed-json"), (b"\xff", 400, "malformed-json"),
])  # fmt: skip
def test_what_is_no_document(client: ApiClient, body: bytes, status: int, code: str) -> None:
    """400 where it is no JSON, 422 where it is no document."""
    answer = client.post("/documents", body)
    assert (answer.status_code, answer.json["code"], answer.mimetype) == (status, code, "application/problem+json")


def test_bounds(client: ApiClient, ledger: PretendLedger) -> None:
    """Too many bytes or too many documents are 413, whether the length is announced or not; nothing is posted."""
    assert client.post("/documents", b" " * 10_000_000).json["code"] == "too-large"
    assert client.post("/documents", b"[" + b"{}," * ARRAY_DOCUMENTS_MAX + b"{}]").json["code"] == "too-large"
    chunked = client.client.post(
        "/api/v1/documents",
        input_stream=io.BytesIO(b" " * (BODY_BYTES_MAX + 1)),
        headers={**client.headers, "Transfer-Encoding": "chunked"},
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert chunked.status_code == 413 and not ledger.posted


def test_a_body_that_breaks_off_is_not_posted(client: ApiClient, ledger: PretendLedger) -> None:
    """The first lines of a cut upload are not the upload."""
    answer = client.client.post(
        "/api/v1/documents",
        input_stream=io.BytesIO(b'{"kind": "order"}\n'),
        headers=client.headers,
        content_type="application/x-ndjson",
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": "1000"},
    )
    assert (answer.status_code, answer.json["code"]) == (400, "bad-request") and not ledger.posted


@pytest.mark.parametrize("media", ["text/plain", "", "application/x-www-form-urlencoded", "text/csv"])
@pytest.mark.parametrize("path", ["/documents", "/orders"])
def test_other_media_types(client: ApiClient, path: str, media: str) -> None:
    """415 names what to send; parameters of a good type are fine."""
    assert client.post(path, b"{}", content_type=media).json["code"] == "unsupported-media-type"
    assert client.post(path, b"{}", content_type="application/json; charset=utf-8").status_code == 422


def test_dry_run(client: ApiClient, ledger: PretendLedger) -> None:
    """Answers the same and keeps nothing."""
    assert client.post("/documents?dry_run=true", order()).status_code == 201
    assert client.post("/orders?dry_run=true", without_kind(order())).status_code == 201
    assert client.post("/documents?dry_run=true", [order(), order("B")]).status_code == 201
    assert "Location" not in client.post("/documents?dry_run=true", order()).headers
    assert not ledger.posted
    assert client.post("/documents?dry_run=false", order()).status_code == 201 and len(ledger.posted) == 1


@pytest.mark.parametrize("query", ["dry_run=yes", "dry_run=", "dry_run=true&dry_run=true", "dry=true", "dry_run=true&x=1"])
def test_other_query_arguments(client: ApiClient, ledger: PretendLedger, query: str) -> None:
    """A misspelt dry run must never post."""
    for path, body in (("/documents", order()), ("/orders", without_kind(order()))):
        answer = client.post(f"{path}?{query}", body)
        assert (answer.status_code, answer.json["code"]) == (422, "invalid-query")
    assert not ledger.posted


def test_paths_of_the_contract() -> None:
    """Each kind has its route, named as in the contract."""
    named = {"order": "/orders", "delivery": "/deliveries", "freight_bill": "/freight-bills", "entry": "/entries", "purchase": "/purchases"}
    assert {kind: path_of(kind) for kind in named} == named


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_typed_and_untyped_routes_find_the_same(client: ApiClient, kind: str) -> None:
    """The same pointers and sentences, with or without `kind`."""
    body: dict[str, Any] = {"number": 1, "date": "2026-13-01", "lines": [{"quantity": 2}, 5], "postings": [{}], "nonsense": True, "a/b": 1}
    typed, untyped = client.post(path_of(kind), body), client.post("/documents", {"kind": kind, **body})
    assert typed.status_code == untyped.status_code == 422

    def faults(answer: Any) -> set[tuple[str, str]]:
        return {(fault["pointer"], fault["detail"]) for fault in answer.json["errors"]}

    assert faults(typed) == faults(untyped) != set()


def test_a_typed_route_knows_its_kind(client: ApiClient, ledger: PretendLedger) -> None:
    """It takes the body without `kind` and posts the same document."""
    assert client.post("/orders", without_kind(order())).status_code == 201
    assert client.post("/documents", order()).status_code == 201
    assert ledger.posted[0] == ledger.posted[1]
    assert pointers(client.post("/orders", order())) == ["/kind"]


def test_lines_stand_alone(client: ApiClient) -> None:
    """NDJSON: each line has its number and status; blank lines count but are not answered."""
    answers = client.post_lines([order("N"), b"", order("BAD"), b"{", order("OLD"), order(date=1), b"\r"])
    assert [(answer["line"], answer["status"]) for answer in answers] == [(1, 201), (3, 409), (4, 400), (5, 200), (6, 422)]
    assert answers[0]["document"] == "shop/order/N" and answers[4]["errors"][0]["pointer"] == "/date"


def test_many_lines_come_back_in_order(client: ApiClient) -> None:
    """More than one batch: every line is answered once, in order."""
    count = 2 * NDJSON_BATCH + 3
    answers = client.post_lines([order("BAD" if number % 7 == 0 else f"N{number}") for number in range(1, count + 1)])
    assert [answer["line"] for answer in answers] == list(range(1, count + 1))
    assert [answer["status"] for answer in answers] == [409 if number % 7 == 0 else 201 for number in range(1, count + 1)]


@pytest.mark.parametrize(("error", "status"), [(StoreUnavailable("gone"), 503), (RuntimeError("inside"), 500)])
def test_lines_are_told_of_trouble(client: ApiClient, ledger: PretendLedger, error: Exception, status: int) -> None:
    """The status line is gone by then, so each line says it; what was wrong with a line itself still stands."""
    ledger.fails = error
    answers = client.post_lines([order(), b"{"])
    assert [answer["status"] for answer in answers] == [status, 400] and "inside" not in str(answers)


def test_lines_take_no_dry_run(client: ApiClient, ledger: PretendLedger) -> None:
    """Lines build on one another, which a dry run cannot show: refused rather than half true."""
    answer = client.post("/documents?dry_run=true", b"{}", content_type="application/x-ndjson")
    assert answer.status_code == 422 and not ledger.posted
