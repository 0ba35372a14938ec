"""Reopened periods: the lock goes back, nothing is asserted for them any more, and who looks finds when and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.books.files import replace
from ledger.documents.closing import PeriodReopen
from ledger.errors import InvalidDocument, InvalidQuery, PeriodClosed
from ledger.integrity import check
from ledger.periods import close, reopen
from ledger.rebuild import rebuild
from ledger.service import Ledger
from tests.company import Company

CLOSINGS = "journal/closings.beancount"


def rent(company: Company, number: str, date: str) -> None:
    """Post rent by an `entry` document."""
    postings = [{"account": "Expenses:Operating", "amount": "5.00"}, {"account": "bank", "amount": "-5.00"}]
    company.post("entry", number, date, postings=postings)


def closings(company: Company) -> str:
    """Return the closings file, published."""
    company.ledger.publish()
    return (company.books / CLOSINGS).read_text(encoding="utf-8")


def test_the_lock_goes_back(company: Company) -> None:
    """March and what was closed after it are open again, February is not; late documents go where they belong."""
    rent(company, "E1", "2026-02-10")
    for period in ("2026-02", "2026-03", "2026-04"):
        close(company.ledger, period)
    done = reopen(company.ledger, "2026-03", "freight of March was missing")
    assert (done.document, done.closed_through) == ("orderledger/period_reopen/2026-03", "2026-02")
    rent(company, "E2", "2026-03-31")
    with pytest.raises(PeriodClosed):
        rent(company, "E3", "2026-02-28")
    assert company.charge("F", "2026-04-20", "10.00", ["unknown"]).entries[0]["date"] == "2026-04-20"


def test_the_trace_stays_and_asserts_nothing(company: Company) -> None:
    """The closings file keeps February's assertions; March's and April's are comments with both moments and the reason."""
    rent(company, "E1", "2026-02-10")
    for period in ("2026-02", "2026-03", "2026-04"):
        close(company.ledger, period)
    assert closings(company).count("balance Assets:Bank") == 3
    reopen(company.ledger, "2026-03", 'a "reason"; with a semicolon')
    text = closings(company)
    assert text.count(" balance ") == 2 and "2026-03-01 balance Assets:Bank  -5.00 ~ 0 CNY" in text
    for period in ("2026-03", "2026-04"):
        (line,) = [line for line in text.splitlines() if line.startswith(f"; {period} closed 20")]
        assert " reopened 20" in line and line.endswith(': a "reason"; with a semicolon')
    rent(company, "E2", "2026-03-31")
    assert check(company.ledger) == []


def test_closing_again(company: Company) -> None:
    """With the figures of now and a number of its own; and once more after that."""
    rent(company, "E1", "2026-03-10")
    close(company.ledger, "2026-03")
    for round_, amount in ((2, "-10.00"), (3, "-15.00")):
        reopen(company.ledger, "2026-03", "rent was missing")
        rent(company, f"E{round_}", "2026-03-11")
        assert close(company.ledger, "2026-03").document == f"orderledger/period_close/2026-03/{round_}"
        assert f"2026-04-01 balance Assets:Bank  {amount} ~ 0 CNY" in closings(company)
    assert closings(company).count("reopened") == 2
    assert company.ledger.document("orderledger", "period_reopen", "2026-03/2")["body"]["reason"] == "rent was missing"


def test_a_rebuild_makes_the_same_file(company: Company) -> None:
    """Byte for byte, with the lock where it was; also where somebody threw the file away."""
    rent(company, "E1", "2026-03-10")
    for period in ("2026-02", "2026-03"):
        close(company.ledger, period)
    reopen(company.ledger, "2026-03", "理由")
    before = closings(company)
    company.ledger.close()
    (company.books / CLOSINGS).unlink()
    rebuild(company.books, company.store_url)
    company.ledger = Ledger.open(company.books, company.store_url)
    assert closings(company) == before
    with pytest.raises(PeriodClosed):
        rent(company, "E2", "2026-02-28")
    rent(company, "E3", "2026-03-31")


@pytest.mark.parametrize("period", ["2026-13", "2026-04", "0000-01", "Q1"])
def test_what_cannot_be_reopened(company: Company, period: str) -> None:
    """No month, not closed."""
    close(company.ledger, "2026-03")
    with pytest.raises(InvalidQuery):
        reopen(company.ledger, period, "why")


@pytest.mark.parametrize("reason", ["", " ", "two\nlines", "x" * 501])
def test_a_reason_is_needed(company: Company, reason: str) -> None:
    """One line that says why; nothing is reopened without it."""
    close(company.ledger, "2026-03")
    with pytest.raises(InvalidDocument) as refused:
        reopen(company.ledger, "2026-03", reason)
    assert refused.value.errors[0].pointer == "/reason"
    with pytest.raises(PeriodClosed):
        rent(company, "E1", "2026-03-31")


def test_another_reopening_came_first(company: Company) -> None:
    """The rule itself refuses what is open by now, with what is closed."""
    close(company.ledger, "2026-03")
    identity = {"source": "orderledger", "number": "late", "date": "2026-04-30"}
    with pytest.raises(InvalidDocument, match="2026-03 is the last closed month"):
        company.ledger.post([PeriodReopen(**identity, period="2026-04", reason="why")])


@pytest.mark.parametrize("step", ["pathlib.Path.replace", "ledger.books.files.sync_folder", "ledger.publisher.Publisher._record"])
def test_killed_while_the_file_is_replaced(company: Company, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Before the rename, after it, before the store knows: the next publishing does it again, to the same end."""
    rent(company, "E1", "2026-03-10")
    close(company.ledger, "2026-03")
    closings(company)
    reopen(company.ledger, "2026-03", "why")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(step, killed)
        with pytest.raises(KeyboardInterrupt):
            company.ledger.publish()
    assert " balance " not in closings(company)
    assert not list(company.books.glob(".orderledger/set-aside/*"))


def test_foreign_text_is_set_aside(company: Company) -> None:
    """What somebody wrote into the closings file is named by file and line, and kept when the file is replaced."""
    rent(company, "E1", "2026-03-10")
    close(company.ledger, "2026-03")
    text = closings(company)
    (company.books / CLOSINGS).write_text(text.replace("-5.00", "-6.00") + "; mine\n", encoding="utf-8")
    problems = check(company.ledger)
    assert any(problem.startswith(f"{CLOSINGS}:3: is not what the closings come to") for problem in problems)
    reopen(company.ledger, "2026-03", "why")
    closings(company)
    (aside,) = company.books.glob(".orderledger/set-aside/*")
    assert aside.read_text(encoding="utf-8").endswith("; mine\n")


def test_replacing_is_repeatable(tmp_path: Path) -> None:
    """The same text again changes nothing and sets nothing aside, whatever length is known."""
    (tmp_path / "journal").mkdir()
    (tmp_path / ".orderledger").mkdir()
    assert replace(tmp_path, CLOSINGS, 0, b"abc") == 3
    assert replace(tmp_path, CLOSINGS, 0, b"abc") == 3
    assert replace(tmp_path, CLOSINGS, 3, b"other") == 5
    assert (tmp_path / CLOSINGS).read_bytes() == b"other"
    assert sorted(path.name for path in (tmp_path / ".orderledger").iterdir()) == []
