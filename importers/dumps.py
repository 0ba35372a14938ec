"""Tables of an SQL dump: the rows of its INSERT statements, with the columns that these, or CREATE TABLE, name.

Only what stands there is read: a value that is computed, or binary, refuses its document where the mapping uses its column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlglot.tokenizer_core import Token, TokenType

from importers.errors import BadFile
from importers.statements import read_statements
from importers.table import Row, TableFormat, Typed, Unreadable

_TEXTS = frozenset(
    [
        TokenType.STRING,
        TokenType.NATIONAL_STRING,
        TokenType.RAW_STRING,
        TokenType.HEREDOC_STRING,
        TokenType.UNICODE_STRING,
        TokenType.BYTE_STRING,
    ]
)
_WORDS = {TokenType.NULL: "", TokenType.TRUE: "TRUE", TokenType.FALSE: "FALSE"}
_NO_COLUMNS = frozenset(["PRIMARY", "KEY", "CONSTRAINT", "UNIQUE", "INDEX", "FOREIGN", "CHECK", "FULLTEXT", "SPATIAL", "EXCLUDE", "LIKE"])
"""How parts of a CREATE TABLE start that are no columns; a column of such a name is quoted."""


@dataclass(slots=True)
class _Cursor:
    """A place in a statement."""

    tokens: Sequence[Token]
    at: int = 0

    def type(self) -> TokenType | None:
        return self.tokens[self.at].token_type if self.at < len(self.tokens) else None

    def take(self, wanted: TokenType) -> bool:
        """Step over a token of one type; say whether it was there."""
        found = self.type() == wanted
        self.at += found
        return found

    def name(self) -> str:
        """Take a name of several parts (`shop`.`orders`); return the last."""
        name = self.tokens[self.at].text if self.at < len(self.tokens) else ""
        self.at += 1
        return self.name() if self.take(TokenType.DOT) else name

    def members(self) -> list[list[Token]]:
        """Take what stands in parentheses; return its parts, which commas divide."""
        parts: list[list[Token]] = [[]]
        depth = 0
        for token in self.tokens[self.at :]:
            self.at += 1
            depth += (token.token_type == TokenType.L_PAREN) - (token.token_type == TokenType.R_PAREN)
            if depth == 0:
                break
            if depth == 1 and token.token_type == TokenType.COMMA:
                parts.append([])
            elif depth > 1 or token.token_type != TokenType.L_PAREN:
                parts[-1].append(token)
        return parts


def read_dump(path: Path, form: TableFormat, encoding: str) -> Iterator[Row]:
    """Yield a header of the columns of the table `form.table`, and its rows, each with the line it starts at."""
    if form.table is None or form.dialect is None:
        raise BadFile(f'{path}: is an SQL dump; say table = "...", and dialect = "mysql" (or "postgres" ...), in [file] of the mapping')
    created: list[str] | None = None
    header: list[str] | None = None
    seen: set[str] = set()
    for before, tokens in read_statements(path, encoding, form.dialect):
        line = before + tokens[0].line
        if tokens[0].token_type == TokenType.REPLACE:
            # The tokenizer takes it for a command and does not look inside.
            raise BadFile(f"{path}: row {line}: holds its rows as REPLACE; make the dump with INSERT (mysqldump without --replace)")
        cursor = _Cursor(tokens)
        name = _into(cursor, TokenType.TABLE if tokens[0].token_type == TokenType.CREATE else TokenType.INTO)
        if name is None:
            continue
        seen.add(name)
        if name != form.table:
            continue
        if tokens[0].token_type == TokenType.CREATE:
            created = _created(cursor)
            continue
        columns = [part[0].text for part in cursor.members() if part] if cursor.type() == TokenType.L_PAREN else created
        if columns is None:
            raise BadFile(f"{path}: row {line}: names no columns, and no CREATE TABLE above does")
        if header is None:
            header = columns
            yield Row(line, list(header))
        yield from _rows(before, cursor, columns, header)
    if header is None:
        if created is None:
            raise BadFile(f'{path}: has no table "{form.table}"; there are {", ".join(sorted(seen)) or "none"}')
        yield Row(1, created)


def _into(cursor: _Cursor, word: TokenType) -> str | None:
    """Return the name of the table that a statement makes or fills, None where it does neither."""
    if cursor.type() not in (TokenType.CREATE, TokenType.INSERT):
        return None
    types = [token.token_type for token in cursor.tokens[:4]]
    if word not in types:
        return None
    cursor.at = types.index(word) + 1
    while cursor.type() is not None and cursor.tokens[cursor.at].text.upper() in ("IF", "NOT", "EXISTS"):
        cursor.at += 1
    return cursor.name()


def _created(cursor: _Cursor) -> list[str] | None:
    """Return the columns that a CREATE TABLE names, None where it is made of a query."""
    if cursor.type() != TokenType.L_PAREN:
        return None
    starts = [part[0] for part in cursor.members() if part]
    return [t.text for t in starts if t.token_type == TokenType.IDENTIFIER or t.text.upper().split()[0] not in _NO_COLUMNS]


def _rows(before: int, cursor: _Cursor, columns: Sequence[str], header: Sequence[str]) -> Iterator[Row]:
    line = before + cursor.tokens[0].line
    if not cursor.take(TokenType.VALUES):
        yield Row(line, [], "is an INSERT without VALUES")
        return
    if sorted(columns) != sorted(header):
        yield Row(line, [], "names other columns than the first INSERT of the table")
        return
    order = None if list(columns) == list(header) else [columns.index(name) for name in header]
    while cursor.type() == TokenType.L_PAREN:
        line = before + cursor.tokens[cursor.at].line
        values = [_value(part) for part in cursor.members()]
        if order and len(values) == len(order):
            values = [values[i] for i in order]
        yield Row(line, [str(value) for value in values], None, values)
        cursor.take(TokenType.COMMA)


def _value(tokens: Sequence[Token]) -> Typed:
    """Return a value as text; NULL is an empty one."""
    if tokens and tokens[0].token_type == TokenType.INTRODUCER:
        tokens = tokens[1:]
    sign = ""
    if len(tokens) > 1 and tokens[0].token_type in (TokenType.DASH, TokenType.PLUS) and tokens[1].token_type == TokenType.NUMBER:
        sign, tokens = tokens[0].text.strip("+"), tokens[1:]
    if tokens and (len(tokens) == 1 or tokens[1].token_type == TokenType.DCOLON):
        kind, text = tokens[0].token_type, tokens[0].text
        if kind in _WORDS and not sign:
            return _WORDS[kind]
        if kind == TokenType.NUMBER or (kind in _TEXTS and not sign):
            return sign + text
    return Unreadable("a value that is computed or binary", "must be a text or a number; the dump computes it, or it is binary")
