"""JSON posted to `/documents` is taken in front of Flask: nobody can tell the difference."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from api.access import Access
from api.app import create_app
from api.metrics import Metrics
from api.posting_door import posting_door
from ledger.errors import QueueFull, StoreUnavailable
from ledger.limits import BODY_BYTES_MAX
from tests.api_client import ApiClient, PretendLedger, order

AT_THE_DOOR, BEHIND_IT = "application/json", "application/json; charset=utf-8"


def answers(content_type: str, body: Any, token: str | None, fails: Exception | None) -> list[tuple[int, dict[str, str], bytes, str]]:
    """Post twice; return what is seen of it, and what the metrics say."""
    ledger = PretendLedger()
    ledger.fails = fails
    client = ApiClient(create_app(ledger), token)  # type: ignore[arg-type]
    found = []
    for _ in range(2):
        answer = client.post("/documents", body, content_type=content_type)
        counted = ApiClient(client.client.application, "read").get("/metrics").text
        lines = [line for line in counted.splitlines() if line.startswith("orderledger_requests_total") and "documents.post" in line]
        found.append((answer.status_code, dict(answer.headers), answer.data, "\n".join(lines)))
    return found


@pytest.mark.parametrize(
    ("body", "token", "fails"),
    [
        (order(), "post", None),
        (order(), "admin", None),
        ([order(), order(number="OLD-1")], "post", None),
        (order(number="OLD-1"), "post", None),
        (order(number="BAD-1"), "post", None),
        ([order(number="BAD-1")], "post", None),
        ([], "post", None),
        (order(), None, None),
        (order(), "stranger", None),
        (order(), "read", None),
        (b"{", "post", None),
        (b"{", "read", None),
        (b"", "post", None),
        (b'{"kind": "order", "kind": "order"}', "post", None),
        (b" " * (BODY_BYTES_MAX + 1), "post", None),
        ({**order(), "surprise": 1}, "post", None),
        (order(), "post", QueueFull("full")),
        (order(), "post", StoreUnavailable("away")),
    ],
)
def test_both_ways_answer_the_same(body: Any, token: str | None, fails: Exception | None) -> None:
    """Status, headers, body and metrics, of what is taken and of every refusal."""
    at_the_door, behind_it = (answers(content_type, body, token, fails) for content_type in (AT_THE_DOOR, BEHIND_IT))
    assert at_the_door == behind_it
    assert 'status="' in at_the_door[1][3] and at_the_door[1][3].endswith(" 2.0")


def test_a_defect_is_answered_with_its_reference_alone(caplog: pytest.LogCaptureFixture) -> None:
    """What nobody foresaw is logged; the client learns where."""
    for content_type in (AT_THE_DOOR, BEHIND_IT):
        status, _, data, _ = answers(content_type, order(), "post", ZeroDivisionError("secret"))[0]
        assert status == 500 and b"secret" not in data and b"internal error" in data
    assert sum(record.levelno == logging.ERROR for record in caplog.records) == 4


@pytest.mark.parametrize(
    ("change", "taken"),
    [
        ({}, True),
        ({"REQUEST_METHOD": "GET"}, False),
        ({"PATH_INFO": "/api/v1/documents/"}, False),
        ({"QUERY_STRING": "dry_run=true"}, False),
        ({"CONTENT_TYPE": "application/x-ndjson"}, False),
    ],
)
def test_what_is_unusual_is_left_to_flask(change: dict[str, str], taken: bool) -> None:  # a column of the table
    """Only a plain post of JSON is taken."""
    inner: list[Any] = []
    door = posting_door(lambda environ, _: inner.append(environ) or [], "/api/v1/documents", *_nobody())  # type: ignore[func-returns-value]
    environ = {"PATH_INFO": "/api/v1/documents", "REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/json", "QUERY_STRING": "", **change}
    statuses: list[str] = []
    door(environ, lambda status, *_: statuses.append(status))  # type: ignore[arg-type, return-value]
    assert (not inner, statuses) == (taken, ["401 UNAUTHORIZED"] if taken else [])


def _nobody() -> tuple[Any, ...]:
    ledger = PretendLedger()
    return ledger, Access(ledger.tokens), Metrics()
