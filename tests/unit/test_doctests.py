"""The doctests of the code run, and none of them is a comment that runs nothing."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("ledger", "importers", "api", "fava_ext")
_COMMENT = re.compile(r"^ *>>> #.*", re.MULTILINE)


def with_doctests() -> list[str]:
    """Return the modules that hold a doctest, as dotted names."""
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    found = [path for path in paths if ">>> " in path.read_text(encoding="utf-8")]
    return [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in found]


@pytest.mark.parametrize("name", with_doctests())
def test_doctests_hold(name: str) -> None:
    """Each one runs a statement, and prints what it says."""
    module = importlib.import_module(name)
    comments = _COMMENT.findall(inspect.getsource(module))
    assert not comments, f"{name}: a comment runs nothing; write an Example (tests/rule_examples/notation.py): {comments}"
    assert any(test.examples for test in doctest.DocTestFinder().find(module)), f"{name} shows >>> where doctest does not find it"
    assert doctest.testmod(module).failed == 0
