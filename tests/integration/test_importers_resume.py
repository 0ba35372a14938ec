"""An import that was stopped goes on where it was, and only where that can be proved."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from importers.report import ImportReport
from importers.run import import_paths
from ledger.documents.base import Document
from ledger.errors import LedgerError
from tests.integration.test_importers_ledger import FakeLedger, FakePosted
from tests.integration.test_importers_run import MAPPING

ORDERS = 10
BATCH = 4


class Stopped(Exception):
    """What stops an import: a kill, a power failure, a store that went away."""


@dataclass
class StoppingLedger(FakeLedger):
    """A ledger whose import is stopped after some batches: before the next one is posted, or after but before it is acknowledged."""

    stop_after: int | None = None
    unacknowledged: bool = False

    def post_batches(self, batches: Iterable[Sequence[Document]]) -> Iterator[list[FakePosted | LedgerError]]:
        """Take batches until it is time to stop."""
        for documents in batches:
            stop = len(self.batches) == self.stop_after
            if stop and not self.unacknowledged:
                raise Stopped
            outcomes = next(super().post_batches([documents]))
            if stop:
                raise Stopped
            yield outcomes


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StoppingLedger:
    """Lend empty books with a private folder, small batches, and a table of 20 documents beside them."""
    monkeypatch.setattr("ledger.limits.IMPORT_BATCH", BATCH)
    (tmp_path / "books" / ".orderledger").mkdir(parents=True)
    (tmp_path / "m.toml").write_text(MAPPING, encoding="utf-8")
    write_table(tmp_path)
    return StoppingLedger(tmp_path / "books")


def write_table(folder: Path, *, orders: int = ORDERS, wrong: Sequence[int] = ()) -> None:
    """Write orders of one day, each with its payment; those in `wrong` are paid for an order that nobody knows."""
    rows = "".join(f"{n},2026-01-02,{'unknown' if n in wrong else n}\n" for n in range(orders))
    (folder / "sales.csv").write_text("No,When,Of\n" + rows, encoding="utf-8")


def stop(ledger: StoppingLedger, *, after: int, unacknowledged: bool = False) -> None:
    """Import until it is stopped."""
    ledger.stop_after, ledger.unacknowledged = after, unacknowledged
    with pytest.raises(Stopped):
        go_on(ledger)
    ledger.stop_after = None
    ledger.batches.clear()


def go_on(ledger: StoppingLedger) -> ImportReport:
    """Import the table."""
    folder = ledger.books.parent
    return import_paths(ledger, [folder / "sales.csv"], mapping=folder / "m.toml")


def states(ledger: StoppingLedger) -> list[Path]:
    """Return what is remembered of imports."""
    return list((ledger.books / ".orderledger" / "imports").iterdir())


@pytest.mark.parametrize("unacknowledged", [False, True])
@pytest.mark.parametrize("after", [0, 1, 3, 4])
def test_goes_on_after_the_last_batch(ledger: StoppingLedger, *, after: int, unacknowledged: bool) -> None:
    """What was acknowledged is not sent again; a batch that may have been posted is, and replays."""
    stop(ledger, after=after, unacknowledged=unacknowledged)
    known = len(ledger.posted)
    report = go_on(ledger)
    assert ledger.batches == [BATCH] * (5 - after)
    assert (report.new, report.replayed, report.skipped) == (20 - known, known, after * BATCH)
    assert (report.files[0].new, report.files[0].replayed) == (20 - known, known)
    assert len(ledger.posted) == 20
    assert states(ledger) == []


def test_a_finished_import_is_forgotten(ledger: StoppingLedger) -> None:
    """The next one asks the ledger about every document again."""
    go_on(ledger)
    report = go_on(ledger)
    assert (report.replayed, report.skipped) == (20, 0)


def test_stopped_twice(ledger: StoppingLedger) -> None:
    """It goes on from the second stop."""
    stop(ledger, after=1)
    stop(ledger, after=2)
    report = go_on(ledger)
    assert (report.skipped, len(ledger.posted)) == (3 * BATCH, 20)


def test_refused_documents_are_tried_again(ledger: StoppingLedger) -> None:
    """Their refusal is told by the import that comes to an end; once its order is known, a payment goes in."""
    write_table(ledger.books.parent, wrong=(1, 2))
    stop(ledger, after=4)
    ledger.orders.add("unknown")
    report = go_on(ledger)
    assert report.refused == []
    assert (report.new, report.skipped, len(ledger.posted)) == (6, 14, 20)


def test_refused_documents_are_told_again(ledger: StoppingLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where there are more of them than are remembered: then it goes on from where there were not."""
    write_table(ledger.books.parent, wrong=(1, 2))
    stop(ledger, after=4)
    assert [refusal.row for refusal in go_on(ledger).refused] == [3, 4]
    ledger.posted.clear()
    ledger.orders.clear()
    monkeypatch.setattr("importers.resume.RESUME_REFUSALS_MAX", 1)
    stop(ledger, after=4)
    report = go_on(ledger)
    assert [refusal.row for refusal in report.refused] == [3, 4]
    assert report.skipped == 2 * BATCH


def change_file(ledger: StoppingLedger) -> None:
    """Another document in the table."""
    write_table(ledger.books.parent, orders=ORDERS + 1)


def change_mapping(ledger: StoppingLedger) -> None:
    """A remark in the mapping, which may as well be another column."""
    with (ledger.books.parent / "m.toml").open("a") as file:
        file.write("# changed\n")


def lose_journal(ledger: StoppingLedger) -> None:
    """The store was restored from before the import, and other documents came since."""
    ledger.posted = {("other", "order", str(n)): "{}" for n in range(20)}
    ledger.orders.clear()


def lose_some(ledger: StoppingLedger) -> None:
    """The last document is there, but not under its number: some before it are gone."""
    ledger.posted.pop(next(iter(ledger.posted)))


def cut_state(ledger: StoppingLedger) -> None:
    """A power failure in the middle of a write."""
    states(ledger)[0].write_text(states(ledger)[0].read_text()[:-20])


def foreign_state(ledger: StoppingLedger) -> None:
    """A file of another version."""
    states(ledger)[0].write_text('{"form": 0}')


def other_order(ledger: StoppingLedger) -> None:
    """A version that sorts in another way wrote it."""
    body = json.loads(states(ledger)[0].read_text())
    states(ledger)[0].write_text(json.dumps(body | {"order": "0" * 64}))


@pytest.mark.parametrize(
    "change",
    [change_file, change_mapping, lose_journal, lose_some, cut_state, foreign_state, other_order],
    ids=lambda change: change.__name__,
)
def test_starts_anew_where_nothing_is_proved(ledger: StoppingLedger, change: object) -> None:
    """Nothing is skipped then: the ledger decides about every document."""
    stop(ledger, after=3)
    assert callable(change)
    change(ledger)
    report = go_on(ledger)
    assert report.skipped == 0
    assert {number for source, kind, number in ledger.posted if source == "shop" and kind == "order"} >= {str(n) for n in range(ORDERS)}


def test_an_import_does_not_depend_on_its_memory(ledger: StoppingLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk without room for it, or books without a private folder, only cost time."""

    def full(*_arguments: object, **_options: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    assert go_on(ledger).new == 20
    assert states(ledger) == []
    ledger.posted.clear()
    (ledger.books / ".orderledger" / "imports").rmdir()
    (ledger.books / ".orderledger").rmdir()
    assert go_on(ledger).new == 20
