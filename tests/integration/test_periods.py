"""Closed periods: locked for documents, asserted for stock Beancount, and a hand edit in them is named."""

from __future__ import annotations

import pytest

from ledger.errors import InvalidQuery, PeriodClosed
from ledger.periods import close
from ledger.rebuild import rebuild
from ledger.service import Ledger
from tests.company import Company


def entry(company: Company, number: str, date: str) -> None:
    """Post rent by hand."""
    postings = [{"account": "Expenses:Operating", "amount": "5.00"}, {"account": "bank", "amount": "-5.00"}]
    company.post("entry", number, date, postings=postings)


def test_late_documents_go_to_the_first_open_day(company: Company) -> None:
    """Freight of March that comes after its closing is posted on 1 April and keeps its document's date."""
    company.buy("P", "2026-03-02", 10, "10.00")
    company.sell("S", "2026-03-03", 4)
    closed = close(company.ledger, "2026-03")
    assert closed.document == "orderledger/period_close/2026-03"
    late = company.charge("F", "2026-03-20", "10.00", ["P"])
    assert late.entries[0]["date"] == "2026-04-01"
    company.sell("S2", "2026-03-25", 2)
    company.ledger.publish()
    text = (company.books / "journal/2026/2026-04.beancount").read_text(encoding="utf-8")
    assert 'document-date: "2026-03-20"' in text
    closings = (company.books / "journal/closings.beancount").read_text(encoding="utf-8")
    assert "2026-04-01 balance Income:Sales  -400.00 ~ 0 CNY" in closings


def test_an_account_with_others_below_it(company: Company) -> None:
    """Beancount's balance of cost of sales contains landed cost: the assertion says the sum."""
    company.buy("P", "2026-03-02", 10, "10.00")
    company.sell("S", "2026-03-03", 4)
    company.charge("F", "2026-03-20", "10.00", ["P"])
    close(company.ledger, "2026-03")
    company.ledger.publish()
    closings = (company.books / "journal/closings.beancount").read_text(encoding="utf-8")
    assert "2026-04-01 balance Expenses:COGS  44.00 ~ 0 CNY" in closings
    assert "2026-04-01 balance Expenses:COGS:Landed  4.00 ~ 0 CNY" in closings


def test_entries_by_hand_are_refused(company: Company) -> None:
    """One clear error that says the first open day."""
    entry(company, "E1", "2026-03-31")
    close(company.ledger, "2026-03")
    with pytest.raises(PeriodClosed) as refused:
        entry(company, "E2", "2026-03-31")
    assert refused.value.errors[0].pointer == "/date"
    entry(company, "E3", "2026-04-01")


@pytest.mark.parametrize("period", ["2026-13", "26-03", "2999-01", "2026-02", "2026-03"])
def test_what_cannot_be_closed(company: Company, period: str) -> None:
    """No month, not over, closed already."""
    close(company.ledger, "2026-03")
    with pytest.raises(InvalidQuery):
        close(company.ledger, period)


def test_a_rebuild_closes_again(company: Company) -> None:
    """The closing is a document of the books: the rebuilt store has the lock and the same text."""
    entry(company, "E1", "2026-03-31")
    close(company.ledger, "2026-03")
    company.charge("F", "2026-03-20", "10.00", ["unknown"])
    company.ledger.close()
    rebuild(company.books, company.store_url)
    company.ledger = Ledger.open(company.books, company.store_url)
    with pytest.raises(PeriodClosed):
        entry(company, "E2", "2026-03-30")


def test_hand_written_entries_are_in_the_assertions(company: Company) -> None:
    """An entry in manual.beancount counts for the closing like any other, and the checklist names it."""
    manual = company.books / "manual.beancount"
    text = '\n2026-03-15 * "rent"\n  Expenses:Operating  7.00 CNY\n  Assets:Bank\n'
    manual.write_text(manual.read_text(encoding="utf-8") + text, encoding="utf-8")
    closed = close(company.ledger, "2026-03")
    assert [item["what"] for item in closed.checklist] == ["unadopted"]
