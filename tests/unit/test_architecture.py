"""Imports run one way: importers, api and fava_ext know ledger; ledger knows none of them; the domain knows no SQL, HTTP or files."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SIBLINGS = ("importers", "api", "fava_ext")
COMPOSITION_ROOT = ("api/commands/", "api/cli.py", "api/demo.py")
"""The command line puts importers and ledger together; nothing else in `api` may."""

DOMAIN = (
    "documents", "state", "costing", "rules", "journal", "money.py", "names.py", "chart.py", "errors.py", "limits.py", "profit.py",
    "work.py", "engine.py", "prefetch.py", "policies.py",
)  # fmt: skip
EDGES = frozenset(["sqlalchemy", "alembic", "flask", "fava", "beancount", "beanquery", "marshmallow", "psycopg", "sqlite3", "pathlib"])
ONLY_IN = {"flask": ("api", "fava_ext"), "marshmallow": ("api",), "flask_smorest": ("api",), "fava": ("fava_ext",), "granian": ("api",)}


def imports(path: Path) -> set[str]:
    """Return the dotted names that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            assert node.level == 0, f"{path}: relative imports hide the direction"
            found.add(node.module)
    return found


def modules(folder: str) -> list[Path]:
    """Return the modules of a top-level folder."""
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("folder", ["ledger", *SIBLINGS])
def test_siblings_do_not_know_each_other(folder: str) -> None:
    """ledger imports none of the edges; the edges import ledger only, except for the composition root."""
    for path in modules(folder):
        relative = path.relative_to(ROOT).as_posix()
        wrong = {name for name in imports(path) if name.partition(".")[0] in SIBLINGS and name.partition(".")[0] != folder}
        if relative.startswith(COMPOSITION_ROOT):
            wrong = {name for name in wrong if not name.startswith("importers")}
        assert not wrong, f"{relative} imports {sorted(wrong)}"


def test_the_domain_knows_no_edges() -> None:
    """Documents, money, rules, costing and journal see no SQL, no HTTP, no files."""
    for path in modules("ledger"):
        if path.relative_to(ROOT / "ledger").parts[0] not in DOMAIN:
            continue
        wrong = {name for name in imports(path) if name.partition(".")[0] in EDGES}
        wrong |= {name for name in imports(path) if name.startswith(("ledger.store", "ledger.books", "ledger.reports", "ledger.service"))}
        assert not wrong, f"{path.relative_to(ROOT)} imports {sorted(wrong)}"


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_libraries_stay_in_their_room(library: str) -> None:
    """Flask serves the api (and Fava is an app of it), marshmallow stays in api, Fava in fava_ext."""
    for folder in ("ledger", *SIBLINGS):
        if folder in ONLY_IN[library]:
            continue
        users = [path for path in modules(folder) if any(name.partition(".")[0] == library for name in imports(path))]
        assert not users, f"{library} is imported by {users}"
