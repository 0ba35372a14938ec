"""Tokens: who is let in, to what, and how soon a revoked one is out."""

from __future__ import annotations

import pytest

from api.access import OPEN_ENDPOINTS, OPEN_ON_LOOPBACK, SCOPE_OF_ENDPOINT, TokenCache, scope_needed
from api.app import create_app
from api.limits import TOKEN_CACHE_MAX, TOKEN_CACHE_SECONDS
from api.scopes import SCOPES
from tests.api_client import ApiClient, PretendLedger, order


def app(*, open_docs: bool = True) -> object:
    """Make an application over a ledger that only pretends."""
    return create_app(PretendLedger(), open_docs=open_docs)  # type: ignore[arg-type]


def client(token: str | None, *, open_docs: bool = True) -> ApiClient:
    """Make a client with a token that is called like its scopes."""
    return ApiClient(app(open_docs=open_docs), token)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 401), ("", 401), ("Bearer", 401), ("Bearer ", 401), ("Basic cmVhZDo=", 401), ("Bearer stranger", 401), ("read", 401),
        ("Bearer r\xe9ad", 401), ("Bearer read", 200), ("bearer read", 200), ("Bearer admin", 200), ("Bearer post", 403),
        ("Bearer export", 403),
    ],
)  # fmt: skip
def test_reading_needs_the_scope(header: str | None, status: int) -> None:
    """Only `Authorization: Bearer` with a token that reads; the scheme's case does not matter (RFC 9110)."""
    headers = {} if header is None else {"Authorization": header}
    answer = client(None).client.get("/api/v1/metrics", headers=headers)
    assert answer.status_code == status
    assert ("WWW-Authenticate" in answer.headers) == (status in (401, 403))


def test_posting_needs_the_scope() -> None:
    """A token that reads does not post."""
    assert client("post").post("/documents", order()).status_code == 201
    refused = client("read").post("/documents", order())
    assert refused.status_code == 403 and 'scope="post"' in refused.headers["WWW-Authenticate"]


def test_nobody_is_asked_twice_for_a_body_that_is_not_theirs() -> None:
    """Access comes before the body is looked at, so that strangers learn nothing and cost nothing."""
    assert client(None).post("/documents", b"{").status_code == 401
    assert client("read").post("/documents", b"{").status_code == 403


def test_a_token_in_the_address_is_none() -> None:
    """Addresses end up in logs."""
    assert client(None).get("/metrics", token="read", access_token="read").status_code == 401


def test_open_endpoints_exist() -> None:
    """A renamed endpoint must not leave its exception behind, and health is open to all."""
    known = set(app().view_functions)  # type: ignore[attr-defined]
    assert known >= OPEN_ENDPOINTS | OPEN_ON_LOOPBACK | SCOPE_OF_ENDPOINT.keys()
    assert client(None).get("/health").status_code == 200


@pytest.mark.parametrize("path", ["/docs", "/docs/docs.js", "/api/v1/openapi.json"])
def test_the_api_page_is_open_on_loopback_only(path: str) -> None:
    """Elsewhere it needs a token."""
    with client(None).client.get(path) as answer:
        assert answer.status_code == 200
    assert client(None, open_docs=False).client.get(path).status_code == 401
    with client("read", open_docs=False).client.get(path, headers={"Authorization": "Bearer read"}) as answer:
        assert answer.status_code == 200


def test_every_other_route_needs_a_token() -> None:
    """No route is open by accident."""
    application = app()
    for rule in application.url_map.iter_rules():  # type: ignore[attr-defined]
        if rule.endpoint in OPEN_ENDPOINTS | OPEN_ON_LOOPBACK:
            continue
        path = rule.rule
        for argument in rule.arguments:
            path = path.replace(f"<path:{argument}>", "x").replace(f"<{argument}>", "x")
        method = "POST" if "POST" in rule.methods else "GET"
        assert application.test_client().open(path, method=method).status_code == 401, rule  # type: ignore[attr-defined]
        assert scope_needed(rule.endpoint, method) in SCOPES


class Counting:
    """Tokens that count how often they are asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.valid = True

    def scopes_of(self, token: str) -> frozenset[str] | None:
        """Know every token until it is revoked."""
        self.asked += 1
        return frozenset(["read"]) if self.valid else None


def test_the_cache_spares_queries_and_forgets() -> None:
    """Within seconds one query is enough; after them a revoked token is out."""
    tokens, now = Counting(), [0.0]
    cache = TokenCache(tokens, lambda: now[0])
    assert [cache.scopes_of("t") for _ in range(5)] == [frozenset(["read"])] * 5 and tokens.asked == 1
    tokens.valid = False
    assert cache.scopes_of("t") is not None
    now[0] = TOKEN_CACHE_SECONDS + 0.1
    assert cache.scopes_of("t") is None and cache.scopes_of("t") is None and tokens.asked == 3


def test_the_cache_is_bounded() -> None:
    """However many tokens there are, it never holds more than its bound."""
    cache = TokenCache(Counting(), lambda: 0.0)
    for number in range(2 * TOKEN_CACHE_MAX + 1):
        cache.scopes_of(str(number))
    assert len(cache._known) <= TOKEN_CACHE_MAX
