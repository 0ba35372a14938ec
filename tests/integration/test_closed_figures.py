"""Whatever people write into a closed month: the closed figures stand, and `check` names the change by file and line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger.errors import InvalidQuery
from ledger.integrity import check
from ledger.periods import close, reopen
from ledger.reports.period import parse_period
from ledger.reports.statements import statement
from tests.company import Company

RENT = '2026-03-15 * "rent"\n  Expenses:Operating  7.00 CNY\n  Assets:Bank\n'
POSTED = [{"account": "Expenses:Operating", "amount": "5.00"}, {"account": "bank", "amount": "-5.00"}]


class Closed:
    """Books whose March is closed, with one posted entry and one hand-written one (rent, line 4 of manual.beancount)."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.path = company.books / "manual.beancount"
        self.empty = self.path.read_text(encoding="utf-8")
        company.post("entry", "E", "2026-03-10", postings=POSTED)
        self.text = f"{self.empty}\n{RENT}"
        self.write(self.text)
        close(company.ledger, "2026-03")
        self.figures = self.statements()

    def write(self, text: str) -> None:
        """Write manual.beancount."""
        self.path.write_text(text, encoding="utf-8")

    def statements(self) -> list[dict[str, object]]:
        """Return what the statements of the closed month say."""
        with self.company.ledger.read() as context:
            return [statement(context, name, parse_period("2026-03")) for name in ("income", "balance-sheet", "trial-balance")]

    def problems(self) -> list[str]:
        """Return what our check says, without stock Beancount."""
        return [problem for problem in check(self.company.ledger) if not problem.startswith("bean-check")]


@pytest.fixture
def closed(company: Company) -> Iterator[Closed]:
    """Lend them; at the end the file is as the closing saw it."""
    made = Closed(company)
    yield made
    made.write(made.text)


def test_what_the_closing_saw_counts(closed: Closed) -> None:
    """Also after lines moved, after what does not count was added to the entry, and after the next month is closed too."""
    closed.write(f"{closed.empty}\n; a line more\n\n" + RENT.replace('"rent"', '"rent" ^invoice-7'))
    assert closed.problems() == [] and closed.statements() == closed.figures
    close(closed.company.ledger, "2026-04")
    assert closed.problems() == [] and closed.statements() == closed.figures


def test_an_added_entry(closed: Closed) -> None:
    """It does not count, is named by its line, and stock Beancount's balance fails."""
    closed.write(f'{closed.text}\n2026-03-20 * "forgotten"\n  Expenses:Operating  0.01 CNY\n  Assets:Bank\n')
    assert closed.statements() == closed.figures
    (problem,) = closed.problems()
    assert problem.startswith("manual.beancount:8: 2026-03 was closed without this entry")
    assert any("Balance failed" in problem for problem in check(closed.company.ledger) if problem.startswith("bean-check"))


def test_the_same_entry_once_more(closed: Closed) -> None:
    """A copy of an entry that the closing counted is one more entry."""
    closed.write(f"{closed.text}\n{RENT}")
    assert closed.statements() == closed.figures
    (problem,) = closed.problems()
    assert problem.startswith("manual.beancount:8: 2026-03 was closed without this entry")


def test_a_changed_amount(closed: Closed) -> None:
    """The changed entry does not count; the one that counted is missed, with its day, its place and the accounts it moved."""
    closed.write(closed.text.replace("7.00", "7.01"))
    problems = closed.problems()
    assert any(problem.startswith("manual.beancount:4: 2026-03 was closed without this entry") for problem in problems)
    assert any("of 2026-03-15 that counted when it was closed, then at manual.beancount:4, is gone or another" in p for p in problems)
    assert any("Assets:Bank stood at -12.00, the books now come to -5.00" in problem for problem in problems)


def test_a_removed_entry(closed: Closed) -> None:
    """Named, also after the next month is closed without it."""
    closed.write(closed.empty)
    for period in ("2026-04", "2026-05"):
        problems = closed.problems()
        assert any("then at manual.beancount:4, is gone" in problem for problem in problems)
        assert any("closed period 2026-03 was changed: Assets:Bank stood at -12.00" in problem for problem in problems)
        close(closed.company.ledger, period)
    reopen(closed.company.ledger, "2026-03", "to close it with what there is")
    closed.text = closed.empty


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("2026-03-20 pad Assets:Bank Equity:Opening\n", 8, "may not use pad"),
        ('2026-03-20 * "shrinkage"\n  Assets:Inventory  -1.00 CNY\n  Expenses:Operating\n', 9, "moved by documents of stock only"),
        ('2026-03-20 * "dollars"\n  Assets:Bank  1.00 USD\n  Equity:Opening\n', 9, "only amounts in CNY count"),
    ],
)
def test_what_never_counts(closed: Closed, text: str, line: int, why: str) -> None:
    """Padding, a stock account, another currency: named by line, figures as closed."""
    closed.write(f"{closed.text}\n{text}")
    assert closed.statements() == closed.figures
    assert any(problem.startswith(f"manual.beancount:{line}: ") and why in problem for problem in closed.problems())


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("2026/2026-03.beancount", "5.00 CNY", "5.01 CNY", "journal/2026/2026-03.beancount:1: the text of entry"),
        ("2026/2026-03.documents.ndjson", '"amount":"5.00"', '"amount":"6.00"', "journal/2026/2026-03.documents.ndjson:"),
        ("closings.beancount", "-12.00", "-12.01", "journal/closings.beancount:3: is not what the closings come to"),
    ],
)
def test_an_edit_of_the_services_files(closed: Closed, name: str, old: str, new: str, told: str) -> None:
    """Named by file and line; the figures come from the store and stand."""
    closed.company.ledger.publish()
    path = closed.company.books / "journal" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert any(problem.startswith(told) for problem in closed.problems()), closed.problems()
    assert closed.statements() == closed.figures
    path.write_text(text, encoding="utf-8")


def test_reopening_lets_everything_count(closed: Closed) -> None:
    """What came into the closed month counts while it is open, and from then on with the next closing."""
    closed.text = f'{closed.text}\n2026-03-20 * "forgotten"\n  Expenses:Operating  0.01 CNY\n  Assets:Bank\n'
    closed.write(closed.text)
    assert closed.problems()
    reopen(closed.company.ledger, "2026-03", "forgotten entry")
    assert closed.problems() == [] and closed.statements() != closed.figures
    close(closed.company.ledger, "2026-03")
    assert closed.problems() == []


def test_months_that_stay_closed_keep_their_entries(closed: Closed) -> None:
    """Reopening April leaves March locked by a closing of its own, or by the reopened one: its entry goes on counting."""
    reopen(closed.company.ledger, "2026-03", "close both at once")
    close(closed.company.ledger, "2026-04")
    reopen(closed.company.ledger, "2026-04", "April again")
    assert closed.statements() == closed.figures and closed.problems() == []
    closed.write(closed.empty)
    assert any("is gone" in problem for problem in closed.problems())


def test_a_closing_counts_boundedly_many(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound it asks to adopt them first."""
    path = company.books / "manual.beancount"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{RENT}\n{RENT}", encoding="utf-8")
    monkeypatch.setattr("ledger.periods.LINES_MAX", 1)
    with pytest.raises(InvalidQuery, match="adopt them first"):
        close(company.ledger, "2026-03")
    close(company.ledger, "2026-03", adopt=True)
