"""The third real input: freight bills of a supply chain, shared over the lines of their deliveries, against shares made here."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

import pytest

from importers.report import ImportReport
from importers.run import import_paths
from ledger.creation import create_books
from ledger.integrity import check
from ledger.service import Ledger
from tests.integration.test_importers_purchase_orders import balances, stock

ROOT = Path(__file__).parents[2]
TABLE = ROOT.parent / "shared" / "data" / "scms_freight" / "shipment_pricing.csv"
MAPPING = ROOT / "importers" / "examples" / "scms_shipments.toml"
FREIGHT, WEIGHT, VALUE = "freight cost (usd)", "weight (kilograms)", "line item value"

pytestmark = pytest.mark.skipif(not TABLE.exists(), reason="shared/data is not beside this checkout")

Deliveries = dict[str, list[dict[str, str]]]


def number(text: str) -> Decimal | None:
    """Return a cell's number, None where it holds words."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def shared(cents: int, base: list[Decimal]) -> list[int]:
    """Share cents by largest remainder, ties to the earlier line: written anew, in fractions."""
    parts = [Fraction(cents) * Fraction(weight) / Fraction(sum(base)) for weight in base]
    shares = [int(part) for part in parts]
    for i in sorted(range(len(base)), key=lambda i: shares[i] - parts[i])[: cents - sum(shares)]:
        shares[i] += 1
    return shares


@pytest.fixture(scope="module")
def deliveries() -> Deliveries:
    """Read the file with nothing of ours: its lines by ASN/DN."""
    found: Deliveries = defaultdict(list)
    with TABLE.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            found[row["asn/dn #"]].append(row)
    return dict(found)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ledger, ImportReport]]:
    """Import the file into books of its own."""
    books = tmp_path_factory.mktemp("scms") / "books"
    create_books(books, currency="USD")
    ledger = Ledger.open(books)
    yield ledger, import_paths(ledger, [TABLE], mapping=MAPPING)
    ledger.close()


def test_bills_and_pointers(imported: tuple[Ledger, ImportReport], deliveries: Deliveries) -> None:
    """3,144 bills of 34,245,310.78; the 51 pointers that lead to no amount are told, each at its row."""
    _, report = imported
    file = report.files[0]
    assert (report.refused, file.rows, file.documents) == ([], 5176, {"purchase": 3552, "freight_bill": 3144})
    totals = {total.field: (total.exact, total.booked) for total in file.totals}
    assert totals["freight_bill.lines.amount"] == ("34245310.78", "34245310.78")
    assert totals["purchase.lines.amount"] == ("814644924.81", "814644924.81")
    pointing = [row for lines in deliveries.values() for row in lines if row[FREIGHT].startswith("See ")]
    billed = {row["id"] for lines in deliveries.values() for row in lines if number(row[FREIGHT]) is not None}
    lost = [row for row in pointing if row[FREIGHT].rpartition("#:")[2].rstrip(")") not in billed]
    assert (len(pointing), len(lost), file.remarks_total) == (1267, 51, 51)
    assert sorted(remark.value or "" for remark in file.remarks) == sorted(row[FREIGHT] for row in lost)


def test_every_line_bears_its_share(imported: tuple[Ledger, ImportReport], deliveries: Deliveries) -> None:
    """By weight where each line states one, else by value; nothing on lines whose freight is included or invoiced separately."""
    ledger, _ = imported
    found: dict[str, list[int]] = defaultdict(list)
    for lot in stock(ledger):
        found[lot.purchase].append(int(lot.landed.scaleb(2)))
    assert len(found) == len(deliveries)
    for name, lines in deliveries.items():
        amounts = [amount for row in lines if (amount := number(row[FREIGHT])) is not None]
        weights = [number(row[WEIGHT]) for row in lines]
        base = [weight for weight in weights if weight] if all(weights) else [Decimal(row[VALUE]) for row in lines]
        wanted = shared(int(amounts[0].scaleb(2)), base) if amounts else [0] * len(lines)
        assert found[name] == wanted, name
    assert sum(sum(shares) for shares in found.values()) == 3424531078


def test_the_books_hold(imported: tuple[Ledger, ImportReport]) -> None:
    """Suppliers and carriers are owed what the file says, and every promise holds, bean-check included."""
    ledger, _ = imported
    sums = balances(ledger)
    assert sums["Liabilities:Payable:Supplier"] == Decimal("-814644924.81")
    assert sums["Liabilities:Payable:Carrier"] == Decimal("-34245310.78")
    assert sums["stock"] == Decimal("848890235.59")
    ledger.publish()
    assert check(ledger) == []
