"""Fava's free filter as a tree: what stands in it, term by term. Fava's own lexer cuts it into words.

Fava compiles the text into functions over entries; what restricts orders can only be told from the terms themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fava.core.filters import LEXER, FilterError, Token

from fava_ext.order_profit.fava_terms import name_of
from ledger.names import order_of_tag

CHARACTERS_MAX = 2_000
"""A longer filter is not looked into: 20 orders, each named in three ways, fit."""

DEPTH_MAX = 20
"""Parentheses inside each other, so that no filter exhausts Python's stack."""

FIELD_OF_KEY = {"order": "order", "channel": "channel", "payee": "customer"}
"""Keys that say something about an order; the payee of an order's own entries is its customer."""

PREFIX = {"LINK": "^", "STRING": "", "NUMBER": ""}
"""Words that stand for themselves, and what Fava's lexer takes off them."""


@dataclass(frozen=True, slots=True)
class Term:
    """One condition as it was written; `field` and `value` where it names an order, a channel or a customer."""

    text: str
    field: str | None = None
    value: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Several conditions: all of them must hold, or (`either`) one of them."""

    parts: tuple[Node, ...]
    either: bool

    @property
    def text(self) -> str:
        """Return the group as it could have been written."""
        inner = (", " if self.either else " ").join(part.text for part in self.parts)
        return f"({inner})" if self.either else inner


Node = Term | Group


class NotUnderstood(Exception):
    """The text is no filter that Fava could read."""


def read_filter(text: str) -> Node | None:
    """Read a filter; None where it is empty, NotUnderstood where it is no filter."""
    if len(text) > CHARACTERS_MAX:
        raise NotUnderstood
    try:
        tokens = list(LEXER.lex(text))
    except FilterError as error:
        raise NotUnderstood from error
    if not tokens:
        return None
    words = _Words(tokens)
    node = words.either(0)
    if words.next_type() is not None:
        raise NotUnderstood
    return node


class _Words:
    """Fava's grammar by descent: a comma is or, side by side is and, a minus is not."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._place = 0

    def next_type(self) -> str | None:
        """Return the type of the next word, None at the end."""
        return self._tokens[self._place].type if self._place < len(self._tokens) else None

    def either(self, depth: int) -> Node:
        """Read alternatives."""
        parts = [self._both(depth)]
        while self.next_type() == ",":
            self._take()
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else Group(tuple(parts), either=True)

    def _both(self, depth: int) -> Node:
        parts = [self._one(depth)]
        while self.next_type() not in (None, ",", ")"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else Group(tuple(parts), either=False)

    def _one(self, depth: int) -> Node:
        if depth > DEPTH_MAX:
            raise NotUnderstood
        token = self._take()
        if token.type == "-":
            return Term(f"-{self._one(depth + 1).text}")
        if token.type in ("(", "ANY", "ALL"):
            inner = self.either(depth + 1)
            if self._take().type != ")":
                raise NotUnderstood
            return inner if token.type == "(" else _of_postings(token.type.lower(), inner)
        return self._simple(token)

    def _simple(self, token: Token) -> Term:
        if token.type == "TAG":
            order = order_of_tag(str(token.value))
            return Term(f"#{token.value}", "order", order) if order else Term(f"#{token.value}")
        if token.type == "KEY":
            return self._keyed(str(token.value))
        if token.type == "CMP_OP":
            return Term(f"{token.value}{self._take().value}")
        if token.type not in PREFIX:
            raise NotUnderstood
        return Term(f"{PREFIX[token.type]}{token.value}")

    def _keyed(self, key: str) -> Term:
        operator, value = self._take(), self._take()
        if operator.type != "EQ_OP":
            return Term(f"{key}{operator.value}{value.value}")
        text = f'{key}:"{value.value}"'
        name = name_of(str(value.value))
        return Term(text, FIELD_OF_KEY[key], name) if key in FIELD_OF_KEY and name else Term(text)

    def _take(self) -> Token:
        if self._place >= len(self._tokens):
            raise NotUnderstood
        token = self._tokens[self._place]
        self._place += 1
        return token


def _of_postings(word: str, inner: Node) -> Term:
    """Write `any(...)` or `all(...)`: postings may have an order of their own, but neither tag, payee nor channel."""
    text = f"{word}({inner.text})"
    if word == "any" and isinstance(inner, Term) and inner.text.startswith("order:") and inner.field:
        return Term(text, "order", inner.value)
    return Term(text)
