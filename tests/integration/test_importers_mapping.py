"""Mappings with faults: each is named with its place before anything is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from importers.errors import BadMapping
from importers.mapping import load_mapping

GOOD = """
[constants]
source = "shop"

[[document]]
kind = "order"
number = { column = "Order" }
date = { column = "Date" }
customer = { column = "Customer" }

[[document.lines]]
sku = { column = "SKU" }
quantity = { column = "Qty" }
amount = { column = "Amount" }

[[document]]
kind = "payment"
number = { column = "Order" }
date = { column = "Date" }
order = { document = "order" }
amount = { column = "Amount", sum = true }
account = { constant = "bank" }
"""


def load(folder: Path, text: str) -> str:
    """Load a mapping and return what is wrong with it."""
    path = folder / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    try:
        load_mapping(path, "USD")
    except BadMapping as error:
        return str(error)
    return ""


def test_good_mapping_loads(tmp_path: Path) -> None:
    """The mapping that the other tests break is whole."""
    assert load(tmp_path, GOOD) == ""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[constants]", "[constants", "is not TOML"),
        ("[constants]", "[file]\nencodng = 'gbk'\n[constants]", "encodng is not known here; do you mean encoding?"),
        ("[constants]", "[file]\nencoding = 'gbk99'\n[constants]", "encoding gbk99 is not known"),
        ("[constants]", "[file]\ndelimiter = '||'\n[constants]", "delimiter must be one character"),
        ("[constants]", "[file]\ndecimal = ','\nthousands = ','\n[constants]", "thousands another mark"),
        ("[constants]", "[file]\nthousands = 3\n[constants]", "thousands must be a text in quotes"),
        ("[constants]", "[file]\nsymbols = ['1']\n[constants]", "symbols must be currency signs"),
        ("[constants]", "[file]\nheader = false\n[constants]", "columns are named by their numbers"),
        ("[constants]", "[file]\ndate = 'dd.mm.yyyy'\n[constants]", "format must name year, month and day"),
        ("[constants]", "[file]\nwhen = { column = 'A' }\n[constants]", "file, when 1: must be {"),
        ("[constants]", "[group]\nby = [0]\n[constants]", "by must name a column"),
        ("[constants]", "[constants]\ncarrier = 'DHL'", "no document of this mapping takes carrier"),
        ("[constants]", "[[documents]]\n[constants]", "documents is not known here; do you mean document?"),
        ('source = "shop"', "", "document 1 (order): needs source"),
        ('source = "shop"', 'source = "a/b"', "constants, source: constant must not contain a slash"),
        ('kind = "order"', 'kind = "oder"', "document 1: kind must be one of order"),
        ('customer = { column = "Customer" }', "", "document 1 (order): needs customer"),
        ('customer = { column = "Customer" }', 'customer = "Customer"', "customer must be a table"),
        ('customer = { column = "Customer" }', "customer = {}", 'customer: needs { column = "..." }'),
        ('customer = { column = "Customer" }', 'customer = { colum = "C" }', "customer: needs { column"),
        ('Customer" }', 'Customer", sum = true }', "customer: sum is not known here"),
        ('customer = { column = "Customer" }', 'customer = { template = "plain" }', "must name columns in braces"),
        ('date = { column = "Date" }\ncus', 'date = { constant = "2026-02-30" }\ncus', "is not a day of the calendar"),
        ('date = { column = "Date" }\ncus', 'date = { column = "D", format = "%d" }\ncus', "must name year, month"),
        ('date = { column = "Date" }\ncus', 'date = { template = "{D}" }\ncus', "template can only make a text"),
        (
            'date = { column = "Date" }\ncus',
            'date = { column = "D" }\nat = { column = "T", format = "%Y-%m-%d %H:%M" }\ncus',
            "at: needs the offset, once",
        ),
        (
            'date = { column = "Date" }\ncus',
            'date = { column = "D" }\nat = { column = "T", format = "%Y-%m-%d %H", zone = "CST" }\ncus',
            "zone must be an offset",
        ),
        ('quantity = { column = "Qty" }', 'quantity = { column = "Qty", sum = true }', "sum is not known here"),
        ('quantity = { column = "Qty" }', 'quantity = { column = "Qty", round = "share" }', "round must be one of each"),
        ('quantity = { column = "Qty" }', "quantity = { constant = 1.5 }", "constant must be a text in quotes"),
        ('quantity = { column = "Qty" }', 'quantity = { constant = "-1" }', "constant must be greater than zero"),
        ('{ document = "order" }', '{ document = "shipment" }', "no shipment stands above in the mapping; above are order"),
        ("sum = true }", "sum = true, first = true }", "say sum or first, not both"),
        ('kind = "payment"', 'kind = "payment"\nlines = [{ sku = { column = "SKU" } }]', "lines is not known here"),
        (GOOD, "", "has no [[document]]"),
    ],
)
def test_faults_are_named_with_their_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    """A stranger who writes a mapping learns what is wrong, where, and what would be right."""
    assert old in GOOD
    told = load(tmp_path, GOOD.replace(old, new))
    assert message in told
    assert told.startswith(str(tmp_path / "mapping.toml"))


def test_unreadable_mappings(tmp_path: Path) -> None:
    """A mapping that is missing, not UTF-8 or far too long is refused as such."""
    with pytest.raises(BadMapping, match="cannot be read"):
        load_mapping(tmp_path / "none.toml", "USD")
    path = tmp_path / "mapping.toml"
    path.write_bytes(b"a = '\xff'")
    with pytest.raises(BadMapping, match="is not UTF-8"):
        load_mapping(path, "USD")
    path.write_bytes(b"#" * 2_000_000)
    with pytest.raises(BadMapping, match="larger than a mapping can be"):
        load_mapping(path, "USD")
