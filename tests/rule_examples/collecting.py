"""Finds the examples: every docstring of the rules and of costing, read as text, so that methods and inner functions count too."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.rule_examples.notation import Example, UnreadableExample, parse, split

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("ledger/rules", "ledger/costing")
STANDARD = re.compile(
    r"(?:IFRS|IAS|IFRIC|CAS) \d+\.[A-Z]?\d|EN 16931|Conceptual Framework \d|小企业会计准则第|会计法第|财会〔\d{4}〕\d+号",
)
"""A source: a standard with its paragraph, or a Chinese rule by article or number."""

_BRACKETS = re.compile(r" ?\(([^()]*)\)")
_SOURCE_LINE = re.compile(r"(?:^|(?<= ))Source: (.*?)(?:\.(?= |$)|$)", re.MULTILINE)
_OURS = re.compile(r"^(?:design|scenario|worked example)")


@dataclass(frozen=True, slots=True)
class Documented:
    """A function with what its docstring says: prose, sources, and examples as they are written."""

    module: str
    name: str
    line: int
    docstring: str

    @property
    def place(self) -> str:
        """Return where it stands."""
        return f"{self.module}:{self.line} {self.name}"

    @property
    def examples(self) -> list[Example]:
        """Return its examples."""
        return [self.example(title) for title in self.titles]

    @property
    def titles(self) -> list[str]:
        """Return the headings of its examples."""
        return [title for title, _ in split(self.docstring)[1]]

    def example(self, title: str) -> Example:
        """Return one example; UnreadableExample says where it stands."""
        try:
            return parse(title, dict(split(self.docstring)[1])[title])
        except UnreadableExample as error:
            raise UnreadableExample(f"{self.place}, example {title!r}: {error}") from error

    @property
    def sources(self) -> list[str]:
        """Return the standards that it names, each with its paragraphs; our own design pages are left out."""
        prose = split(self.docstring)[0].replace("\n", " ")
        named = [found for found in _BRACKETS.findall(prose) if STANDARD.search(found)] + _SOURCE_LINE.findall(prose)
        return [part.strip() for found in named for part in found.split(";") if STANDARD.search(part)]

    @property
    def prose(self) -> str:
        """Return its sentences without sources and doctests."""
        text = split(self.docstring)[0].partition(">>>")[0]
        text = _BRACKETS.sub(lambda found: "" if STANDARD.search(found[1]) or _OURS.match(found[1]) else found[0], text)
        return _SOURCE_LINE.sub("", text).strip()


@cache
def documented(module: str) -> tuple[Documented, ...]:
    """Return the functions of a module (a path from the root) that have a docstring, as they stand in it."""
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    found = ((node, ast.get_docstring(node)) for node in sorted(functions, key=lambda node: node.lineno))
    return tuple(Documented(module, node.name, node.lineno, text) for node, text in found if text)


@cache
def heading(module: str) -> str:
    """Return the first sentence of a module's docstring."""
    text = ast.get_docstring(ast.parse((ROOT / module).read_text(encoding="utf-8"))) or ""
    return text.partition("\n\n")[0].replace("\n", " ")


def modules() -> list[str]:
    """Return the modules of rules and costing, as paths from the root."""
    return [path.relative_to(ROOT).as_posix() for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


def everything() -> list[Documented]:
    """Return every function that has an example, module by module."""
    return [function for module in modules() for function in documented(module) if function.titles]


def of(function: Callable[..., Any]) -> Documented | None:
    """Return what stands in a function's docstring, or None where it has none."""
    module = function.__module__.replace(".", "/") + ".py"
    return next((one for one in documented(module) if one.name == function.__name__), None)
