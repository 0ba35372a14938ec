"""SQL dumps: each table of a file is a table, by the INSERT statements of its dialect."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from importers import statements
from importers.dumps import read_dump
from importers.errors import BadFile, BadMapping
from importers.report import ImportReport
from importers.run import import_paths
from importers.table import Row, TableFormat, Unreadable
from tests.integration.test_importers_ledger import FakeLedger

MAPPING = """
[match]
header = ["id", "customer", "sku"]

[file]
table = "orders"
dialect = "mysql"

[constants]
source = "shop"

[[document]]
kind = "order"
number = { column = "id" }
date = { column = "day" }
customer = { column = "customer" }

[[document.lines]]
sku = { column = "sku" }
quantity = { column = "qty" }
amount = { column = "amount" }
"""

DUMP = (
    "CREATE TABLE `orders` (`id` INT, `day` DATE, customer TEXT, sku TEXT, qty INT, amount DECIMAL(9,2), PRIMARY KEY (`id`));\n"
    "INSERT INTO `orders` VALUES (1,'2026-01-02','Lin','TEA',2,10.50),\n(2,'2026-01-03','O\\'Hara; Sons','CUP',1,4);\n"
)


def rows(folder: Path, text: str, table: str = "t", dialect: str = "mysql") -> list[Row]:
    """Read one table of a dump."""
    path = folder / "shop.sql"
    path.write_text(text, encoding="utf-8")
    return list(read_dump(path, TableFormat(table=table, dialect=dialect), "utf-8"))


def cells(folder: Path, text: str, table: str = "t", dialect: str = "mysql") -> list[list[str]]:
    """Read the cells of one table of a dump."""
    return [row.cells for row in rows(folder, text, table, dialect)]


def load(folder: Path, dump: str, **mappings: str) -> tuple[ImportReport, list[dict[str, Any]]]:
    """Import a dump with mappings beside it, by the middle of their names; return the report and the documents that went in."""
    (folder / "shop.sql").write_text(dump, encoding="utf-8")
    for name, text in mappings.items():
        (folder / f"shop.{name}.toml").write_text(text, encoding="utf-8")
    ledger = FakeLedger(folder / "books")
    report = import_paths(ledger, [folder / "shop.sql"])
    return report, [json.loads(text) for text in ledger.posted.values()]


def test_values_are_read_as_they_stand(tmp_path: Path) -> None:
    """Texts with quotes, escapes, semicolons and line breaks in them; numbers, NULL, truth; several rows of one statement."""
    text = (
        "-- it's a comment;\n/* and ' another; */\nINSERT INTO `s`.`t` (`a`, b) VALUES ('it''s \\'a\\';\n, (x)', -1.50), (NULL, +2);\n"
        "INSERT IGNORE INTO t (a, b) VALUES (\"dq\", TRUE); INSERT INTO other (a) VALUES (1);\nINSERT INTO t (a,b) VALUES (N'n', '');"
    )
    assert cells(tmp_path, text) == [["a", "b"], ["it's 'a';\n, (x)", "-1.50"], ["", "2"], ["dq", "TRUE"], ["n", ""]]
    assert [row.line for row in rows(tmp_path, text)] == [3, 3, 4, 5, 6]


def test_each_dialect_has_its_own_escapes(tmp_path: Path) -> None:
    """A backslash is a letter in PostgreSQL's plain texts; casts are left aside."""
    text = "INSERT INTO public.\"t\" (a, b) VALUES ('a\\b', '2026-01-02'::date), (E'c\\'d', 1);\n"
    assert cells(tmp_path, text, dialect="postgres") == [["a", "b"], ["a\\b", "2026-01-02"], ["c'd", "1"]]


def test_columns_come_from_create_table_where_the_insert_names_none(tmp_path: Path) -> None:
    """Keys and indexes are no columns; an empty table has its header."""
    text = (
        "CREATE TABLE IF NOT EXISTS t (`key` INT(11), date DATE, n DECIMAL(9,2) DEFAULT '0', PRIMARY KEY (`key`), UNIQUE INDEX i (date));\n"
    )
    assert cells(tmp_path, text) == [["key", "date", "n"]]
    assert cells(tmp_path, text + "INSERT INTO t VALUES (1, '2026-01-02', 3);") == [["key", "date", "n"], ["1", "2026-01-02", "3"]]
    with pytest.raises(BadFile, match="row 2: names no columns"):
        rows(tmp_path, "-- no table\nINSERT INTO t VALUES (1);")


def test_columns_in_another_order_are_put_in_the_first(tmp_path: Path) -> None:
    """Other columns than the first statement's are told at their row, and so is a query."""
    text = (
        "INSERT INTO t (a, b) VALUES (1, 2);\nINSERT INTO t (b, a) VALUES (4, 3);\n"
        "INSERT INTO t (a) VALUES (5);\nINSERT INTO t (a, b) SELECT 1, 2;"
    )
    found = rows(tmp_path, text)
    assert [row.cells for row in found] == [["a", "b"], ["1", "2"], ["3", "4"], [], []]
    assert [row.problem for row in found[3:]] == ["names other columns than the first INSERT of the table", "is an INSERT without VALUES"]


@pytest.mark.parametrize("value", ["NOW()", "0xFF", "1 + 1", "- 'a'", "(SELECT 1)"])
def test_a_value_that_is_computed_is_none(tmp_path: Path, value: str) -> None:
    """It is told only where the mapping uses its column."""
    found = rows(tmp_path, f"INSERT INTO t (a, b) VALUES ({value}, 'x');")
    assert isinstance((found[1].values or ())[0], Unreadable)
    assert found[1].cells[1] == "x"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("INSERT INTO u (a) VALUES (1); CREATE TABLE v (a INT);", r'has no table "t"; there are u, v'),
        ("SELECT 1;", r'has no table "t"; there are none'),
        ("INSERT INTO t (a) VALUES ('open);\nINSERT INTO t (a) VALUES (1);\n", "from row 1 on: a quote or a comment does not end"),
        ("SET x = 1;\n\nCOPY public.t (a) FROM stdin;\n1\n\\.\n", "row 3: holds its rows as COPY"),
        ("SET x = 1;\nREPLACE INTO t (a) VALUES ('a;b');\n", "row 2: holds its rows as REPLACE"),
    ],
)
def test_a_dump_that_cannot_be_read_stops_the_import(tmp_path: Path, text: str, told: str) -> None:
    """Before anything is posted."""
    with pytest.raises(BadFile, match=told):
        rows(tmp_path, text)


def test_a_statement_without_an_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory holds one statement, and no more of a file that has none."""
    monkeypatch.setattr(statements, "STATEMENT_CHARS_MAX", 50)
    with pytest.raises(BadFile, match="within 50 characters from row 2 on"):
        rows(tmp_path, "-- a\nINSERT INTO t (a) VALUES\n" + "('some text'),\n" * 10)


def test_a_text_full_of_semicolons_is_read_once_more_only_when_it_has_doubled(tmp_path: Path) -> None:
    """Each line of the text ends like a statement."""
    text = "a;\n" * 5000
    assert cells(tmp_path, f"INSERT INTO t (a) VALUES ('{text}');\nINSERT INTO t (a) VALUES (2);\n") == [["a"], [text], ["2"]]


def test_a_table_makes_documents(tmp_path: Path) -> None:
    """The mapping names the table; the report shows it."""
    report, documents = load(tmp_path, DUMP, orders=MAPPING)
    assert [(document["number"], document["customer"]) for document in documents] == [("1", "Lin"), ("2", "O'Hara; Sons")]
    assert (report.files[0].sheet, report.files[0].rows, report.refused) == ("orders", 2, [])


def test_a_computed_value_refuses_its_document(tmp_path: Path) -> None:
    """Row, column, and what would be right."""
    report, documents = load(tmp_path, DUMP.replace("10.50", "5 + 5.50"), orders=MAPPING)
    assert [document["number"] for document in documents] == ["2"]
    assert 'shop.sql:2: shop/order/1: column "amount"' in str(report.refused[0])
    assert "the dump computes it" in str(report.refused[0])


def test_a_row_with_too_many_values_is_told(tmp_path: Path) -> None:
    """As in any other table."""
    report, _ = load(tmp_path, DUMP.replace("10.50)", "10.50, 1)"), orders=MAPPING)
    assert "has 7 cells where the header has 6" in str(report.refused[0])


def test_several_mappings_read_one_dump(tmp_path: Path) -> None:
    """All that stand beside it; their documents are sorted together by date."""
    payments = MAPPING.partition("[[document]]")[0].replace('"orders"', '"paid"').replace('"id", "customer", "sku"', '"id"')
    payments += (
        '[[document]]\nkind = "payment"\nnumber = { column = "id" }\ndate = { column = "day" }\norder = { column = "id" }\n'
        'amount = { column = "amount" }\naccount = { constant = "bank" }\n'
    )
    dump = DUMP + "INSERT INTO paid (id, day, amount) VALUES (1, '2026-01-02', 10.50);\n"
    _, documents = load(tmp_path, dump, payments=payments, orders=MAPPING)
    assert [(document["kind"], document["number"]) for document in documents] == [("order", "1"), ("payment", "1"), ("order", "2")]


def test_mappings_of_the_books_fit_by_their_table(tmp_path: Path) -> None:
    """One whose table is not in the dump does not fit; where none does, the import stops."""
    (tmp_path / "shop.sql").write_text(DUMP, encoding="utf-8")
    folder = tmp_path / "books" / "mappings"
    folder.mkdir(parents=True)
    (folder / "orders.toml").write_text(MAPPING, encoding="utf-8")
    (folder / "other.toml").write_text(MAPPING.replace('"orders"', '"other"'), encoding="utf-8")
    assert import_paths(FakeLedger(tmp_path / "books"), [tmp_path / "shop.sql"]).new == 2
    (folder / "orders.toml").unlink()
    with pytest.raises(BadMapping, match="no mapping says how to read it"):
        import_paths(FakeLedger(tmp_path / "books"), [tmp_path / "shop.sql"])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('table = "orders"\n', "", "is an SQL dump; say table"),
        ('dialect = "mysql"\n', "", "is an SQL dump; say table"),
        ('"mysql"', '"nosql"', "the dialect nosql is not known; known are athena, "),
    ],
)
def test_a_mapping_that_does_not_say_how_to_read_a_dump(tmp_path: Path, old: str, new: str, told: str) -> None:
    """Quotes and escapes differ by dialect, so none is taken for granted."""
    with pytest.raises((BadFile, BadMapping), match=told):
        load(tmp_path, DUMP, orders=MAPPING.replace(old, new))


JOINED = (
    MAPPING.replace(
        "[constants]", '[[join]]\nname = "shipper"\ntable = "shippers"\non = ["by"]\nkeys = ["id"]\noptional = true\n\n[constants]'
    )
    .replace('dialect = "mysql"', 'dialect = "mysql"\nwhen = { column = "qty", is_not = ["0"] }')
    .replace("[[document.lines]]", 'attributes = { carrier = { column = "shipper.name" } }\n\n[[document.lines]]')
)


def test_a_join_can_be_optional(tmp_path: Path) -> None:
    """NULL joins nothing, not even a NULL of the other table; rows left out by their own columns need no joined row."""
    dump = (
        "INSERT INTO shippers (id, name) VALUES (1, 'Fast'), (NULL, 'Nobody');\n"
        "INSERT INTO orders (id, day, customer, sku, qty, amount, `by`) VALUES (1,'2026-01-02','Lin','TEA',2,10.50,1),"
        "(2,'2026-01-02','Ana','TEA',2,10.50,NULL),(3,'2026-01-02','Bo','TEA',0,0,7);\n"
    )
    report, documents = load(tmp_path, dump, orders=JOINED)
    assert [(document["number"], document.get("attributes")) for document in documents] == [("1", {"carrier": "Fast"}), ("2", None)]
    assert (report.refused, report.files[0].rows_left_out) == ([], 1)
    strict, _ = load(tmp_path, dump, orders=JOINED.replace("optional = true\n", ""))
    assert [refusal.document for refusal in strict.refused] == ["shop/order/2"]
    assert strict.files[0].rows_left_out == 1


SUMMED = (
    MAPPING.replace("[constants]", '[group]\nby = ["id"]\n\n[constants]').replace("[[document.lines]]", "[[document.lines]]", 1)
    + '\n[[document]]\nkind = "payment"\nnumber = { column = "id" }\ndate = { column = "day" }\norder = { document = "order" }\n'
    'account = { constant = "bank" }\namount = { multiply = ["qty", "amount"], sum = true, once = ["fee"] }\n'
)


def test_what_all_rows_say_alike_is_added_once(tmp_path: Path) -> None:
    """2 x 3 + 1 x 4 and the fee of the order; where the rows differ, the document is refused."""
    dump = (
        "INSERT INTO orders (id, day, customer, sku, qty, amount, fee) VALUES "
        "(1,'2026-01-02','Lin','TEA',2,3,5),(1,'2026-01-02','Lin','CUP',1,4,5);"
    )
    report, documents = load(tmp_path, dump, orders=SUMMED)
    assert [document["amount"] for document in documents if document["kind"] == "payment"] == ["15.00"]
    total = next(total for total in report.files[0].totals if total.field == "payment.amount")
    assert (total.columns, total.booked) == ("qty x amount + fee", "15.00")
    report, _ = load(tmp_path, dump.replace("4,5)", "4,6)"), orders=SUMMED)
    assert 'column "fee" holds "6": differs from row 1' in str(report.refused[0])
    with pytest.raises(BadMapping, match="say sum = true"):
        load(tmp_path, dump, orders=SUMMED.replace(", sum = true", ""))
