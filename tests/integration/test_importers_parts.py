"""Parts of files: whoever has which, together they are the whole, down to the order of what is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.discovery import Mappings, Source, list_sources
from importers.division import divide
from importers.errors import BadFile
from importers.part_reading import PartReading, Record, document_sorter
from importers.parts import WHOLE, Part
from importers.report import ImportReport
from importers.source_part import put_together
from tests.integration.test_importers_joins import HEADS, LINES
from tests.integration.test_importers_joins import MAPPING as JOINED
from tests.integration.test_importers_ledger import DOCUMENTS
from tests.integration.test_importers_pointers import HEADER as POINTED_HEADER
from tests.integration.test_importers_pointers import MAPPING as POINTED
from tests.integration.test_importers_streaming import shuffled
from tests.integration.test_importers_tables import MAPPING
from tests.integration.test_importers_traces import MAPPING as TRACED

TRACED_ROWS = "No,Date,Customer,SKU,Qty,Price\n" + "".join(
    f"S{i},2026-01-{1 + i % 28:02d},C{i % 3},TEA,{2 + i % 4},{i % 5}\nC{i},2026-02-{1 + i % 28:02d},C{i % 4},TEA,-{1 + i % 3},{i % 5}\n"
    for i in range(40)
)
HEADS_TWICE = HEADS + "SO-4;2026-01-04;Cy;0;0;paid\nSO-5;2026-01-05;Di;0;0;paid\nSO-5;2026-01-05;Di;0;0;paid\n"
UNGROUPED = MAPPING.replace('[group]\nby = ["Order"]', "").replace(
    'number = { column = "Order" }', 'number = { template = "{Order}-{SKU}" }'
)


def files(folder: Path) -> list[Source]:
    """Write files with faults of every sort and list them: groups, joins, traces, pointers, misplaced rows, refusals, plain documents."""
    texts = {
        "a.csv": shuffled(60),
        "a.toml": MAPPING,
        "b.csv": shuffled(50, seed=5),
        "b.toml": UNGROUPED,
        "c.csv": POINTED_HEADER + "".join(f"{i},D-{i % 9},10,{i % 4 or ''},{'see 0' if i % 3 else 'later'}\n" for i in range(1, 60)),
        "c.toml": POINTED,
        "lines-03.csv": LINES + "SO-9,TEA,1,9\nSO-5,TEA,1,9\n",
        "lines-03.toml": JOINED,
        "heads-03.csv": HEADS_TWICE,
        "plain.ndjson": DOCUMENTS * 3,
        "t.csv": TRACED_ROWS,
        "t.toml": TRACED,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return list_sources([folder], Mappings("USD"))


def untold(source: int, documents: int) -> None:
    """Tell nobody how far it is."""
    del source, documents


def in_parts(sources: list[Source], folder: Path, of: int) -> tuple[list[Record], str]:
    """Read in so many parts, one after the other; return all documents in the order of posting, and the report."""
    report, records, told = ImportReport(), list[Record](), []
    for number in range(of):
        sorter = document_sorter(7, folder, sharers=of)
        reading = PartReading("USD", sorter, folder, 10, untold, None)
        told.append(reading.read(sources, [Part(number, of)] * len(sources)))
        records += sorter.sorted()
    for parts in zip(*told, strict=True):
        put_together([part for part in parts if part], report)
    return sorted(records, key=lambda record: record[0]), str(report.to_json())


@pytest.mark.parametrize("rows_kept", [40_000, 7])
@pytest.mark.parametrize("of", [2, 3])
def test_parts_are_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of: int, rows_kept: int) -> None:
    """The same documents with the same rows, the same report in the same words and order, whether groups fit into memory or not."""
    monkeypatch.setattr("importers.groups.ROWS_KEPT", rows_kept)
    monkeypatch.setattr("importers.parts.PART_ROWS", 2)
    sources = files(tmp_path)
    whole = in_parts(sources, tmp_path, 1)
    assert in_parts(sources, tmp_path, of) == whole
    assert len(whole[0]) > 150
    for told in ("differs from row", "cells where the header has", "points to", "no row of the table has", "takes this row"):
        assert told in whole[1]


def test_parts_name_the_first_refusals_and_remarks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are too many to name, the same ones are named; all are counted."""
    sources = files(tmp_path)
    everything = in_parts(sources, tmp_path, 1)[1]
    monkeypatch.setattr("importers.parts.PART_ROWS", 2)
    for module in ("report", "part_reading"):
        monkeypatch.setattr(f"importers.{module}.REFUSALS_KEPT", 9)
    monkeypatch.setattr("importers.report.REMARKS_KEPT", 4)
    whole = in_parts(sources, tmp_path, 1)[1]
    assert in_parts(sources, tmp_path, 3)[1] == whole
    assert len(whole) < len(everything)


def test_rows_of_one_document_meet_in_one_part(tmp_path: Path) -> None:
    """However far apart its rows stand, an order has all its lines."""
    (tmp_path / "a.csv").write_text(shuffled(60), encoding="utf-8")
    (tmp_path / "a.toml").write_text(MAPPING, encoding="utf-8")
    records, _ = in_parts(list_sources([tmp_path / "a.csv"], Mappings("USD")), tmp_path, 3)
    orders = {document.number: rows for _, rows, document in records if document.kind == "order"}
    assert len(orders) > 50
    assert all(len(rows) == 1 + int(number.removeprefix("SO-")) % 3 for number, rows in orders.items())


@given(key=st.text() | st.tuples(st.text(), st.text()), of=st.integers(1, 5), count=st.integers(0, 10**9))
def test_everything_has_one_part(key: str | tuple[str, str], of: int, count: int) -> None:
    """No row and no group is left out, none is taken twice."""
    parts = [Part(number, of) for number in range(of)]
    assert sum(part.has_group(key) for part in parts) == sum(part.has_row(count) for part in parts) == 1


def test_a_file_that_changes_is_not_read(tmp_path: Path) -> None:
    """Parts that saw different rows are no whole: some may be in none of them."""
    table = tmp_path / "b.csv"
    table.write_text(shuffled(9), encoding="utf-8")
    (tmp_path / "b.toml").write_text(UNGROUPED, encoding="utf-8")
    sources = list_sources([table], Mappings("USD"))
    parts = []
    for number in range(2):
        reading = PartReading("USD", document_sorter(100, None), None, 10, untold, None)
        parts += reading.read(sources, [Part(number, 2)])
        table.write_text(shuffled(10), encoding="utf-8")
    with pytest.raises(BadFile, match=r"b\.csv: changed while it was read"):
        put_together([part for part in parts if part], ImportReport())


def test_who_reads_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small imports stay in one process; spreadsheets, dumps and JSON go as wholes to who has least of them."""
    monkeypatch.setattr("importers.division._processors", lambda: 2)
    names = ["a.csv", "b.xlsx", "c.sql", "d.json", "e.ndjson"]
    for size, name in enumerate(names, start=1):
        (tmp_path / name).write_bytes(b" " * 100 * size)
    sources = [Source(tmp_path / name) for name in names]
    assert divide(sources) is None
    monkeypatch.setattr("importers.division.READERS_BYTES_MIN", 1_500)
    assert divide(sources) == [(Part(0, 2), None, None, WHOLE, Part(0, 2)), (Part(1, 2), WHOLE, WHOLE, None, Part(1, 2))]
    assert divide(sources[:4]) is None
    monkeypatch.setattr("importers.division.READERS_BYTES_MIN", 0)
    assert divide([sources[1]]) is None
    assert divide([Source(sources[0].path, joined=(sources[1].path,)), sources[4]]) == [(WHOLE, Part(0, 2)), (None, Part(1, 2))]
    monkeypatch.setattr("importers.division._processors", lambda: 1)
    assert divide(sources) is None
