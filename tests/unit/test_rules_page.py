"""The page of the rules is what the docstrings say, and leaves nothing out."""

from __future__ import annotations

from ledger.documents import INTERNAL, KINDS
from ledger.documents.payouts import LINE_TYPES
from tests.rule_examples.beginnings import BEGINNINGS
from tests.rule_examples.collecting import documented, everything, modules
from tests.rule_examples.page import PAGE, page, title

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_is_current() -> None:
    """`make docs` was run after the last change of a rule's docstring."""
    assert page() == TEXT, "run `make docs`"


def test_every_example_is_on_it() -> None:
    """Under its heading; every kind and every type of payout line has one, every beginning too."""
    headings = [line.removeprefix("### ") for line in TEXT.splitlines() if line.startswith("### ")]
    assert sorted(headings) == sorted([title(function) for function in everything()] + [name.replace("-", " ") for name in BEGINNINGS])
    named = "\n".join(headings)
    assert all(f"`{name}`" in named for name in (*KINDS, *INTERNAL, *LINE_TYPES))
    assert all(f"**Example: {name}**" in TEXT for function in everything() for name in function.titles)


def test_every_beginning_is_used() -> None:
    """By an example, or by another beginning."""
    given = {name for module in modules() for function in documented(module) for example in function.examples for name in example.given}
    nested = {word for text in BEGINNINGS.values() for line in text.splitlines() if "given" in line for word in line.split()}
    assert set(BEGINNINGS) == given | (nested - {"given"})


def test_entries_balance_on_the_page() -> None:
    """Debit and credit of each table are the same, as an accountant adds them up."""
    sums = [0, 0]
    tables = 0
    for line in TEXT.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if line.startswith("|--") or not line.startswith("|"):
            tables += bool(sums[0])
            assert sums[0] == sums[1], line
            sums = [0, 0]
        elif len(cells) == 8 and cells[3] != "debit":
            debit, credit = (int(cell.replace(".", "") or "0") for cell in cells[3:5])
            sums = [sums[0] + debit, sums[1] + credit]
    assert tables >= 80
