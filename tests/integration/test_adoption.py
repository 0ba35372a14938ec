"""Hand-written entries become documents: numbered, chained, once, and everything else in their file stays as it was."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.adoption import adopt_all, adopt_at
from ledger.adoption_plan import Adoption
from ledger.books import hand_text
from ledger.errors import InvalidDocument
from ledger.integrity import check
from ledger.periods import close, reopen
from ledger.rebuild import rebuild
from ledger.reports.entry_list import list_entries
from ledger.reports.period import EVERYTHING
from ledger.reports.statements import statement
from ledger.service import Ledger
from tests.company import Company

RENT = '2026-03-15 * "Landlord" "rent"\n  Expenses:Operating  7.00 CNY\n  Assets:Bank\n'
COFFEE = '2026-03-16 * "coffee"\n  Expenses:Operating  1.00 CNY\n  Assets:Bank\n'


ODD = """2026-03-17 ! "odd" ^inv-1 ^inv-2 #trip
  project: "P"
  Expenses:Operating  1.00 CNY ; why
    proof: "x.pdf"
  Assets:Bank
"""


def write(company: Company, text: str, name: str = "manual.beancount") -> str:
    """Append to a file of people; return all of it."""
    path = company.books / name
    path.write_text((path.read_text(encoding="utf-8") if path.exists() else "") + text, encoding="utf-8")
    return path.read_text(encoding="utf-8")


def manual(company: Company) -> str:
    """Return manual.beancount."""
    return (company.books / "manual.beancount").read_text(encoding="utf-8")


def write_over(company: Company, text: str) -> None:
    """Write manual.beancount anew."""
    (company.books / "manual.beancount").write_text(text, encoding="utf-8")


def line_of(company: Company, text: str) -> str:
    """Return the place of the line that begins with `text`."""
    lines = manual(company).splitlines()
    return f"manual.beancount:{1 + next(i for i, line in enumerate(lines) if line.startswith(text))}"


def bank(company: Company) -> str:
    """Return what the bank stands at, by the trial balance."""
    with company.ledger.read() as context:
        lines = statement(context, "trial-balance", EVERYTHING)["lines"]
    return next((line["amount"] for line in lines if line["id"] == "Assets:Bank"), "0.00")


def entries(company: Company) -> list[dict[str, Any]]:
    """Return all entries, hand-written ones last."""
    with company.ledger.read() as context:
        found: list[dict[str, Any]] = list_entries(context)["items"]
    return found


def told(adoption: Adoption) -> list[tuple[str, str]]:
    """Return (place, code) of what was refused."""
    return [(one.place, one.code) for one in adoption.refused]


def test_a_tag_that_nobody_wrote_for_an_order_names_none(company: Company) -> None:
    """`#order-_FF` is no UTF-8: the entry counts, of no order, and the books are read as ever."""
    write(company, '2026-03-15 * "Landlord" "rent" #order-_FF #order-SO_2D1\n  Expenses:Operating  7.00 CNY\n  Assets:Bank\n')
    [entry] = company.ledger.people().manual
    assert {posting.order for posting in entry.postings} == {"SO-1"}
    assert ("tags", "order-_FF") in entry.attributes


def test_an_entry_becomes_a_document(company: Company) -> None:
    """Day, payee, narration, order, SKU and amounts are the document's; the file is as it was before the entry was written."""
    company.sell("SO-1", "2026-03-03", 2)
    before = write(company, "\n; kept\n")
    text = '2026-03-15 * "Landlord" "rent" #order-SO-1\n  Expenses:Operating  7.00 CNY\n    sku: "X"\n  Assets:Bank\n    party: "L"\n'
    write(company, text)
    hand = entries(company)[-1]
    (one,) = adopt_all(company.ledger).adopted
    assert manual(company) == before
    found = entries(company)[-1]
    assert (found["voucher"], found["payee"], found["narration"], found["date"]) == (one.voucher, "Landlord", "rent", "2026-03-15")
    assert one.voucher and found["document"] == f"manual/entry/{one.number}"
    assert [(p["account"], p["amount"], p["order"]) for p in found["postings"]] == [
        (p["account"], p["amount"], p["order"]) for p in hand["postings"]
    ]
    assert (found["postings"][0]["sku"], found["postings"][1]["party"]) == ("X", "L")
    assert bank(company) == "-7.00"
    company.ledger.publish()
    assert '"Landlord" "rent"' in (company.books / "journal/2026/2026-03.beancount").read_text(encoding="utf-8")


def test_all_others_stay(company: Company) -> None:
    """One line of two is adopted; comments, the other entry and options stay byte for byte; again does nothing."""
    text = write(company, f"\n; about rent\n{RENT}; after rent\n\n{COFFEE}\t\n; end")
    adoption = adopt_at(company.ledger, [line_of(company, "2026-03-15")])
    assert [one.entry.narration for one in adoption.adopted] == ["rent"] and not adoption.refused
    assert manual(company) == text.replace(RENT, "")
    assert bank(company) == "-8.00"
    again = adopt_all(company.ledger)
    assert [one.entry.narration for one in again.adopted] == ["coffee"]
    assert adopt_all(company.ledger) == Adoption()
    assert bank(company) == "-8.00"


def test_a_dry_run_changes_nothing(company: Company) -> None:
    """It tells what would be adopted, what a document has no field for, and what would be refused."""
    nobody = '2026-03-18 * "n"\n  order: "nobody"\n  Expenses:Operating  1.00 CNY\n  Assets:Bank\n'
    text = write(company, f"\n{RENT}\n{ODD}\n{nobody}")
    adoption = adopt_all(company.ledger, dry_run=True)
    assert [(one.entry.narration, one.voucher, one.beyond) for one in adoption.adopted] == [
        ("rent", "", ()),
        ("odd", "", ("Expenses:Operating proof: x.pdf", "comments")),
    ]
    assert told(adoption) == [(line_of(company, "2026-03-18"), "unknown-reference")]
    assert manual(company) == text and company.ledger.health()["seq"] == 0
    write_over(company, text.replace(nobody, ""))


def test_nothing_is_lost(company: Company) -> None:
    """Metadata, flag, tags and links are attributes of the document; where that is not all, its memo has the text."""
    write(company, f"\n{ODD}")
    (one,) = adopt_all(company.ledger).adopted
    body = company.ledger.document("manual", "entry", one.number)["body"]
    assert body["attributes"] == {"flag": "!", "links": "inv-1 inv-2", "project": "P", "tags": "trip"}
    assert body["memo"].startswith('2026-03-17 ! "odd" ^inv-1 ^inv-2 #trip | project: "P" | Expenses:Operating 1.00 CNY ; why | proof:')
    assert "payee" not in body and body["narration"] == "odd"


def test_equal_entries_are_told_apart(company: Company) -> None:
    """Two coffees of one day are two documents, adopted one by one or together."""
    write(company, f"\n{COFFEE}\n{COFFEE}\n{COFFEE}")
    (one,) = adopt_at(company.ledger, [line_of(company, "2026-03-16")]).adopted
    assert one.number.endswith("/3") and bank(company) == "-3.00" and manual(company).count("coffee") == 2
    rest = adopt_all(company.ledger).adopted
    assert sorted(other.number.rpartition("/")[2] for other in rest)[0] == "2"
    assert bank(company) == "-3.00" and "coffee" not in manual(company)


def test_included_files(company: Company) -> None:
    """A file that people include is rewritten as manual.beancount is; its place is named with its folder."""
    (company.books / "by hand").mkdir()
    write(company, f"; mine\n\n{RENT}", "by hand/2026.beancount")
    write(company, 'include "by hand/2026.beancount"\n')
    assert [one.entry.place for one in adopt_at(company.ledger, ["by hand/2026.beancount:3"]).adopted] == ["by hand/2026.beancount:3"]
    assert (company.books / "by hand/2026.beancount").read_text(encoding="utf-8") == "; mine\n\n"


BAD = [
    ("  Assets:Inventory  1.00 CNY\n  Assets:Bank\n", "moved by documents of stock only"),
    ("  Assets:Bank  1.00 USD\n  Expenses:Operating\n", "only amounts in CNY count"),
    ("  Assets:Bank  1.001 CNY\n  Expenses:Operating\n", "finer than CNY"),
    ("  Assets:Bank  1.00 CNY\n  Expenses:Operating  -2.00 CNY\n", "does not balance"),
]


@pytest.mark.parametrize(("postings", "why"), BAD)
def test_what_does_not_count_is_not_adopted(company: Company, postings: str, why: str) -> None:
    """It is told with file and line, by --all and by its line, and stays where it is."""
    before = manual(company)
    text = write(company, f'\n2026-03-15 * "bad"\n{postings}\n{COFFEE}')
    place = line_of(company, "2026-03-15")
    (refused,) = adopt_at(company.ledger, [place]).refused
    assert (refused.place, refused.code) == (place, "not-found") and why in refused.detail
    adoption = adopt_all(company.ledger)
    assert len(adoption.adopted) == 1 and why in adoption.refused[0].detail
    assert adoption.refused[0].place in (place, f"manual.beancount:{int(place.rpartition(':')[2]) + 1}")
    assert manual(company) == text.replace(COFFEE, "")
    write_over(company, before)


@pytest.mark.parametrize("text", [f'2026-03-15 * "{"x" * 501}"', f'2026-03-15 * "{"p" * 121}" "n"', '2026-03-15 * "two\nlines"'])
def test_what_a_document_cannot_hold(company: Company, text: str) -> None:
    """Too long a narration or payee, or one of several lines: refused, and it goes on counting where it stands."""
    whole = write(company, f"\n{text}\n  Expenses:Operating  7.00 CNY\n  Assets:Bank\n")
    adoption = adopt_all(company.ledger)
    assert told(adoption) == [(line_of(company, "2026-03-15"), "invalid")] and manual(company) == whole
    assert bank(company) == "-7.00"


def test_entangled_text_is_refused(company: Company) -> None:
    """An entry whose lines cannot be cut out alone stays, others go."""
    text = write(company, '\n2026-03-15 * "rent"\n  note: "two\nlines"\n  Expenses:Operating  7.00 CNY\n  Assets:Bank\n' + COFFEE)
    adoption = adopt_all(company.ledger)
    assert told(adoption) == [(line_of(company, "2026-03-15"), "entangled")]
    assert [one.entry.narration for one in adoption.adopted] == ["coffee"] and manual(company) == text.replace(COFFEE, "")
    assert bank(company) == "-8.00"


def test_a_closed_month_is_refused(company: Company) -> None:
    """Whether the closing counted the entry or not; reopening first lets it in."""
    write(company, f"\n{RENT}")
    close(company.ledger, "2026-03")
    write(company, f"\n{COFFEE}")
    places = [line_of(company, "2026-03-15"), line_of(company, "2026-03-16")]
    assert told(adopt_all(company.ledger)) == [(place, "closed") for place in places]
    assert bank(company) == "-7.00"
    reopen(company.ledger, "2026-03", "to adopt")
    assert len(adopt_all(company.ledger).adopted) == 2 and bank(company) == "-8.00"


def test_killed_between_the_steps(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Posted, and the file not yet rewritten: it counts once, check names it, and doing it again only takes the text out."""
    text = write(company, f"\n{RENT}\n{COFFEE}\n{COFFEE}")
    place = line_of(company, "2026-03-15")

    def killed(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(hand_text, "rewrite", killed)
        for places in ([place], [line_of(company, "2026-03-16")]):
            with pytest.raises(KeyboardInterrupt):
                adopt_at(company.ledger, places)
    assert manual(company) == text and bank(company) == "-9.00"
    assert [one["narration"] for one in entries(company)] == ["rent", "coffee", "coffee"]
    problems = [problem for problem in check(company.ledger) if "still stands here" in problem]
    assert len(problems) == 2 and problems[0].startswith(f"{place}: ") and f"adopt --line {place}" in problems[0]
    seq = company.ledger.health()["seq"]
    adoption = adopt_at(company.ledger, [place, line_of(company, "2026-03-16")])
    assert [one.document for one in adoption.adopted] == [None, None] and company.ledger.health()["seq"] == seq == 2
    assert manual(company).count("coffee") == 1 and "rent" not in manual(company) and bank(company) == "-9.00"


def test_a_file_that_changed_meanwhile_is_left(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody writes while entries are adopted stays; the adopted text is taken out by the next try."""
    write(company, f"\n{RENT}")
    real = hand_text.rewrite

    def slow(*arguments: Any) -> bool:
        write(company, f"\n{COFFEE}")
        return real(*arguments)

    monkeypatch.setattr(hand_text, "rewrite", slow)
    adoption = adopt_all(company.ledger)
    assert adoption.left == ["manual.beancount"] and "rent" in manual(company)
    monkeypatch.undo()
    assert bank(company) == "-8.00"
    assert [one.entry.narration for one in adopt_all(company.ledger).adopted] == ["rent", "coffee"]
    assert bank(company) == "-8.00" and manual(company).count("2026-") == 0


def test_a_copy_put_back_does_not_count_twice(company: Company) -> None:
    """Text restored from a backup after it was adopted is named and counts once."""
    text = write(company, f"\n{RENT}")
    adopt_all(company.ledger)
    write_over(company, text)
    assert bank(company) == "-7.00"
    assert any("still stands here" in problem for problem in check(company.ledger))
    adopt_all(company.ledger)


def test_close_adopts_first(company: Company) -> None:
    """Those of the months being closed; later ones stay as they are. The checklist has nothing to say then."""
    write(company, f"\n{RENT}\n{COFFEE.replace('2026-03', '2026-04')}")
    closed = close(company.ledger, "2026-03", adopt=True)
    assert [one.entry.narration for one in closed.adopted] == ["rent"] and closed.checklist == []
    assert manual(company).count("coffee") == 1 and "rent" not in manual(company)
    company.ledger.publish()
    assert "2026-04-01 balance Assets:Bank  -7.00 ~ 0 CNY" in (company.books / "journal/closings.beancount").read_text(encoding="utf-8")


def test_close_adopts_all_or_nothing(company: Company) -> None:
    """Where one entry cannot be adopted, nothing is posted and nothing is closed."""
    before = manual(company)
    text = write(company, f'\n{RENT}\n2026-03-18 * "n"\n  order: "nobody"\n  Expenses:Operating  1.00 CNY\n  Assets:Bank\n')
    with pytest.raises(InvalidDocument) as refused:
        close(company.ledger, "2026-03", adopt=True)
    assert [fault.pointer for fault in refused.value.errors] == [f"/{line_of(company, '2026-03-18')}"]
    assert manual(company) == text and company.ledger.health()["seq"] == 0
    write_over(company, before)


ABROAD = """2026-03-10 * "Kiosk" "stamps in dollars"
  Assets:Bank  -33.33 USD @ 7.1234 CNY
  Expenses:Operating  237.42 CNY

2026-03-11 * "change"
  Assets:Bank  -20.00 USD @ 7.00 CNY
  Assets:Bank  -0.01 USD @ 7.10 CNY
  Assets:Bank  17.50 EUR @@ 140.05 CNY
  Expenses:Exchange  0.02 CNY
"""


def units(company: Company) -> dict[str, str]:
    """Return the foreign units of the bank by currency, and its balance in base, by the general ledger."""
    with company.ledger.read() as context:
        lines = statement(context, "general-ledger", EVERYTHING, account="Assets:Bank")["lines"]
    return {line["units"]["currency"] + line["units"]["amount"]: line["amount"] for line in lines if "units" in line}


def test_money_in_another_currency_counts_by_its_price(company: Company) -> None:
    """33.33 at 7.1234 are 237.42, `@@` is the total; adopted, each keeps its units, and nothing moves."""
    before = write(company, "\n")
    write(company, ABROAD)
    told_by_hand, worth = units(company), bank(company)
    assert told_by_hand == {"USD-33.33": "-237.42", "USD-20.00": "-140.00", "USD-0.01": "-0.07", "EUR17.50": "140.05"}
    assert worth == "-237.44" and company.problems() == []
    shown = [posting for entry in entries(company) for posting in entry["postings"] if posting["account"] == "Assets:Bank"]
    assert shown[0]["units"] == {"amount": "-33.33", "currency": "USD"} and shown[0]["amount"] == "-237.42"
    adoption = adopt_all(company.ledger)
    assert not adoption.refused and [one.beyond for one in adoption.adopted] == [(), ()]
    assert manual(company).strip() == before.strip() and bank(company) == worth
    assert sum(float(amount) for amount in units(company).values()) == -237.44
    company.ledger.publish()
    text = (company.books / "journal/2026/2026-03.beancount").read_text(encoding="utf-8")
    assert "-33.33 USD @@ 237.42 CNY" in text and "17.50 EUR @@ 140.05 CNY" in text
    assert company.problems() == []
    company.ledger.close()
    rebuild(company.books, company.store_url)
    company.ledger = Ledger.open(company.books, company.store_url)
    assert bank(company) == worth and company.problems() == []


@pytest.mark.parametrize("adopt", [True, False])
def test_a_month_closes_over_money_in_another_currency(company: Company, adopt: bool) -> None:
    """Adopted or not, it is re-priced at the month's end, and the books assert its units; stock Beancount agrees."""
    write(company, f"\n{ABROAD}")
    (company.books / "prices.beancount").write_text("2026-03-31 price USD 7.20 CNY\n2026-03-31 price EUR 8.00 CNY\n", encoding="utf-8")
    closed = close(company.ledger, "2026-03", adopt=adopt)
    assert len(closed.adopted) == 2 * adopt and [one["what"] for one in closed.checklist] == ([] if adopt else ["unadopted"])
    assert bank(company) == "-244.05", "53.34 USD at 7.20 are owed to the bank, 17.50 EUR at 8.00 are in it"
    company.ledger.publish()
    closings = (company.books / "journal/closings.beancount").read_text(encoding="utf-8")
    assert "2026-04-01 balance Assets:Bank  -53.34 ~ 0 USD" in closings and "2026-04-01 balance Assets:Bank  17.50 ~ 0 EUR" in closings
    assert company.problems() == []


NOT_COUNTING = [
    ("  Assets:Bank  1.00 USD\n  Assets:Bank  -1.00 USD\n", "write `1.00 USD @ 7.20 CNY`", "其他币种须注明折算价，如 `1.00 USD"),
    ("  Assets:Bank  1.00 USD @ 0.90 EUR\n  Assets:Bank  -0.90 EUR\n", "others with their price", "其他币种须注明折算价"),
    ("  Assets:Bank  1.001 USD @ 7.00 CNY\n  Assets:Bank  -7.007 CNY\n", "finer than USD", "小数位超出"),
    ("  Assets:Bank  1.00 USD {7.00 CNY}\n  Assets:Bank  -7.00 CNY\n", "no cost in braces", "不可用花括号成本"),
    ("  Assets:Bank  1.00 USD @ 7.00 CNY\n  Assets:Bank  -7.01 CNY\n", "does not balance", ""),
    ("  Assets:Bank  1.01 USD @ 7.1234 CNY\n  Assets:Bank\n", "-7.194634 CNY is left for", "请写明金额"),
]


@pytest.mark.parametrize(("postings", "why", "chinese"), NOT_COUNTING)
def test_close_does_not_pass_over_what_does_not_count(company: Company, postings: str, why: str, chinese: str) -> None:
    """`--adopt` closes nothing and names it with file, line and what to do; without it, the checklist does. Other months close."""
    before = manual(company)
    text = write(company, f'\n{RENT}\n2026-03-16 * "bad"\n{postings}')
    with pytest.raises(InvalidDocument) as refused:
        close(company.ledger, "2026-03", adopt=True)
    first = int(line_of(company, "2026-03-16").rpartition(":")[2])
    places = {f"/manual.beancount:{number}" for number in range(first, first + 3)}
    assert {fault.pointer for fault in refused.value.errors} <= places
    assert why in refused.value.errors[0].detail and chinese in refused.value.errors[0].detail
    assert manual(company) == text and company.ledger.health()["seq"] == 0
    assert close(company.ledger, "2026-02", adopt=True).checklist == []
    found = [one["detail"] for one in close(company.ledger, "2026-03").checklist if one["what"] == "not-counting"]
    assert found and found[0].startswith("manual.beancount:") and why in found[0]
    write_over(company, f"{before}\n{RENT}")


def test_a_rebuild_knows_what_is_adopted(company: Company) -> None:
    """The documents of adopted entries come back with their numbers."""
    text = write(company, f"\n{RENT}")
    adopt_all(company.ledger)
    before = entries(company)
    company.ledger.close()
    rebuild(company.books, company.store_url)
    company.ledger = Ledger.open(company.books, company.store_url)
    assert entries(company) == before
    write_over(company, text)
    assert bank(company) == "-7.00"
    adopt_all(company.ledger)
