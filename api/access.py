"""Who may do what: bearer tokens with scopes, checked before anything of a request is read."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Protocol

from flask import Flask, request

from api import limits
from api.errors import Forbidden, Unauthorized

OPEN_ENDPOINTS = frozenset({"system.health", "front_page.page", "problem_pages.page"})
"""Answered to anyone."""

OPEN_ON_LOOPBACK = frozenset({"api-docs.openapi_json", "api_page.page", "api_page.asset"})
"""Answered to anyone where only this machine can ask; else they need the scope `read`."""

SCOPE_OF_ENDPOINT = {"export.books": "export", "periods.close_period": "admin", "periods.reopen_period": "admin"}
"""Endpoints whose scope does not follow from their method."""


class Tokens(Protocol):
    """What is needed of the store's tokens."""

    def scopes_of(self, token: str) -> frozenset[str] | None:
        """Return the scopes of a valid token, else None."""


class TokenCache:
    """Scopes of tokens seen in the last seconds: spares each post a query. Keeps digests, never tokens."""

    def __init__(self, tokens: Tokens, now: Callable[[], float] = time.monotonic) -> None:
        self._tokens = tokens
        self._now = now
        self._known: dict[bytes, tuple[float, frozenset[str]]] = {}

    def scopes_of(self, token: str) -> frozenset[str] | None:
        """Return the scopes of a valid token, else None; strangers' tokens are looked up each time."""
        digest = hashlib.sha256(token.encode()).digest()
        now = self._now()
        known = self._known.get(digest)
        if known is not None and known[0] > now:
            return known[1]
        scopes = self._tokens.scopes_of(token)
        if scopes is None:
            self._known.pop(digest, None)
            return None
        if len(self._known) >= limits.TOKEN_CACHE_MAX:
            self._known.clear()
        self._known[digest] = (now + limits.TOKEN_CACHE_SECONDS, scopes)
        return scopes


class Access:
    """Lets a request in, or says why not."""

    def __init__(self, tokens: Tokens) -> None:
        self._cache = TokenCache(tokens)

    def require(self, authorization: str, scope: str) -> None:
        """Return where the header `Authorization` has a token with the scope; Unauthorized or Forbidden."""
        scopes = self._cache.scopes_of(_token(authorization))
        if scopes is None:
            raise Unauthorized("the token is unknown, revoked or expired")
        if scope not in scopes and "admin" not in scopes:
            raise Forbidden(scope)


def register(app: Flask, access: Access, *, open_docs: bool) -> None:
    """Check every request of `app` that reaches an endpoint; what leads nowhere is a plain 404 or 405."""
    open_endpoints = OPEN_ENDPOINTS | (OPEN_ON_LOOPBACK if open_docs else frozenset())

    def check() -> None:
        endpoint = request.endpoint
        if endpoint is not None and endpoint not in open_endpoints:
            access.require(request.headers.get("Authorization", ""), scope_needed(endpoint, request.method))

    app.before_request(check)


def scope_needed(endpoint: str, method: str) -> str:
    """Return the scope that a request needs."""
    return SCOPE_OF_ENDPOINT.get(endpoint, "post" if method == "POST" else "read")


def _token(authorization: str) -> str:
    """Return the token of the request. Never from the address: addresses end up in logs."""
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized("send a token: Authorization: Bearer ...")
    if not token.isascii():
        raise Unauthorized("the token is unknown, revoked or expired")
    return token
