"""The statements of an SQL dump as tokens, one after the other: sqlglot's tokenizer knows the quotes, escapes and comments of a dialect."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlglot.dialects.dialect import Dialect, Dialects
from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import Token, TokenType

from importers.bounds import STATEMENT_CHARS_MAX
from importers.errors import BadFile, BadMapping

Statement = tuple[int, list[Token]]
"""The line before its text (a token's own line counts from there), and its tokens without the semicolon."""

_COPY = re.compile(r"COPY\s.+\sFROM\s+STDIN\b", re.IGNORECASE)


def read_statements(path: Path, encoding: str, dialect_name: str) -> Iterator[Statement]:
    """Yield the statements of a dump; BadFile where it cannot be read as SQL of that dialect. Memory holds one block of them.

    A block ends at a line that ends with a semicolon, unless that stands in a text or a comment. Then it is tried again with twice as
    much, so that long texts full of semicolons cost little more than others.
    """
    dialect = _dialect(path, dialect_name)
    block: list[str] = []
    first, size, tried = 1, 0, 0
    with path.open(encoding=encoding) as file:
        for line, text in enumerate(file, start=1):
            if not block:
                if not text.strip() or text.startswith("--"):
                    continue
                _refuse_copy(path, line, text)
                first, size, tried = line, 0, 0
            block.append(text)
            size += len(text)
            if size > STATEMENT_CHARS_MAX:
                raise BadFile(f"{path}: no statement ends within {STATEMENT_CHARS_MAX} characters from row {first} on")
            if not text.rstrip().endswith(";") or size < 2 * tried:
                continue
            tokens = _tokens("".join(block), dialect)
            if not tokens or tokens[-1].token_type != TokenType.SEMICOLON:
                tried = size
                continue
            yield from _split(first - 1, tokens)
            block = []
    if block:
        rest = _tokens("".join(block), dialect)
        if rest is None:
            raise BadFile(f"{path}: cannot be read as SQL of {dialect_name} from row {first} on: a quote or a comment does not end")
        yield from _split(first - 1, rest)


def _dialect(path: Path, name: str) -> Dialect:
    known = sorted(dialect.value for dialect in Dialects if dialect.value)
    if name not in known:
        raise BadMapping(f"{path}: the dialect {name} is not known; known are {', '.join(known)}")
    return Dialect.get_or_raise(name)


def _tokens(text: str, dialect: Dialect) -> list[Token] | None:
    try:
        return dialect.tokenize(text)
    except TokenError:
        return None


def _split(before: int, tokens: Sequence[Token]) -> Iterator[Statement]:
    statement: list[Token] = []
    for token in tokens:
        if token.token_type != TokenType.SEMICOLON:
            statement.append(token)
        elif statement:
            yield before, statement
            statement = []
    if statement:
        yield before, statement


def _refuse_copy(path: Path, line: int, text: str) -> None:
    if _COPY.match(text):
        raise BadFile(f"{path}: row {line}: holds its rows as COPY; make the dump with pg_dump --inserts")
