"""Each code has a status, a meaning in two languages, and a page; each refusal has this form."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api import errors as api_errors  # noqa: F401  # its classes are part of the tree
from api.app import create_app
from api.problems import CODE_OF_STATUS, KINDS, MIMETYPE, body_of, status_of
from ledger import errors
from ledger.errors import FieldError, InvalidDocument, LedgerError, QueueFull, StoreUnavailable
from tests.api_client import ApiClient, PretendLedger, order

CLIENT_ERRORS = range(400, 500)


def tree(cls: type[LedgerError]) -> Iterator[type[LedgerError]]:
    """Yield a class and all below it that HTTP may answer; importers have refusals of their own."""
    yield cls
    for below in cls.__subclasses__():
        if below.__module__ in (errors.__name__, "api.errors"):
            yield from tree(below)


@pytest.fixture
def ledger() -> PretendLedger:
    """Lend a ledger that only pretends."""
    return PretendLedger()


@pytest.fixture
def client(ledger: PretendLedger) -> ApiClient:
    """Lend a client that may do everything."""
    return ApiClient(create_app(ledger), "admin")  # type: ignore[arg-type]


ERRORS: list[type[LedgerError]] = sorted(set(tree(LedgerError)), key=lambda cls: str(cls.code))


@pytest.mark.parametrize("cls", ERRORS)
def test_each_error_has_its_line(cls: type[LedgerError]) -> None:
    """A new error without a status would be an internal one."""
    assert cls.code in KINDS


@pytest.mark.parametrize("code", sorted(KINDS))
def test_each_code_has_a_page(client: ApiClient, code: str) -> None:
    """`type` leads to a page of this server, in English and Chinese, without a token."""
    answer = client.client.get(f"/problems/{code}")
    assert answer.status_code == 200 and KINDS[code].meaning in answer.text and KINDS[code].meaning_zh in answer.text


def test_codes_of_werkzeug_agree_with_the_table() -> None:
    """What routing refuses has the status that its code says."""
    assert all(KINDS[code].status == status for status, code in CODE_OF_STATUS.items())


def test_a_refusal_is_complete() -> None:
    """type, title, status, detail, code, errors, and the document where it is known."""
    error = InvalidDocument("no good", (FieldError("/a", "is wrong"),), document="s/order/1")
    assert body_of(error) == {
        "type": "/problems/invalid",
        "title": "Invalid document",
        "status": 422,
        "detail": "no good",
        "code": "invalid",
        "errors": [{"pointer": "/a", "detail": "is wrong"}],
        "document": "s/order/1",
    }
    assert status_of(StoreUnavailable("x")) == 503


@pytest.mark.parametrize(("error", "status"), [(QueueFull("full"), 429), (StoreUnavailable("gone"), 503)])
def test_what_passes_says_when_to_come_back(client: ApiClient, ledger: PretendLedger, error: LedgerError, status: int) -> None:
    """Busy and away come with Retry-After."""
    ledger.fails = error
    answer = client.post("/documents", order())
    assert (answer.status_code, answer.mimetype) == (status, MIMETYPE)
    assert int(answer.headers["Retry-After"]) > 0


def test_a_defect_tells_only_a_reference(client: ApiClient, ledger: PretendLedger, caplog: pytest.LogCaptureFixture) -> None:
    """The traceback goes to the log, under the reference that the client gets."""
    ledger.fails = RuntimeError("secret of the inside")
    answer = client.post("/documents", order())
    assert (answer.status_code, answer.mimetype, answer.json["code"]) == (500, MIMETYPE, "internal")
    assert "secret" not in answer.text and "Traceback" not in answer.text
    assert answer.json["reference"] in caplog.text and "secret of the inside" in caplog.text


@pytest.mark.parametrize("path", ["/nowhere", "/api/v1/nowhere", "/docs/nowhere", "/problems/nowhere"])
def test_what_is_not_there(client: ApiClient, path: str) -> None:
    """404 in the same form."""
    answer = client.client.get(path, headers=client.headers)
    assert (answer.status_code, answer.mimetype, answer.json["code"]) == (404, MIMETYPE, "not-found")


def test_a_wrong_method_names_the_right_ones(client: ApiClient) -> None:
    """405 keeps Allow."""
    answer = client.client.delete("/api/v1/documents")
    assert (answer.status_code, answer.mimetype, answer.json["code"]) == (405, MIMETYPE, "method-not-allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
