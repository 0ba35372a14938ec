"""Very many documents: what batches work out ahead of the store is what single posts make, and others may post meanwhile."""

from __future__ import annotations

import dataclasses
import os
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ledger import loading
from ledger.copies import POSSIBLE, Copy
from ledger.documents import read
from ledger.documents.base import Document
from ledger.engine import Engine, Posted
from ledger.errors import LedgerError, StoreUnavailable
from ledger.journal.documents_file import document_line, read_line
from ledger.loading import Loading
from ledger.prefetch import weight
from ledger.rebuild import post_batch
from ledger.state.records import RECORDS, FreightMonth, Head
from ledger.store import tables
from ledger.store.database import Database
from ledger.store.reader import BehindReader
from ledger.store.schema import upgrade
from ledger.store.unit import unit_of_work
from tests.books_in_memory import MemoryLedger
from tests.company import Company
from tests.histories import FIRST_DAY, METHODS, Action, actions, histories_of_returns, openings
from tests.unit.test_histories import close_month, dump, shop_of

pytestmark = pytest.mark.skipif(not POSSIBLE, reason="without copies batches are posted one after the other")


class LateCopy(Copy):
    """A copy that begins only when somebody waits for it: all that is looked up meanwhile is of a store that lags behind."""

    def __init__(self, work: Callable[[], None]) -> None:
        waiting, self._begin = os.pipe()

        def late() -> None:
            os.close(self._begin)
            os.read(waiting, 1)
            work()

        super().__init__(late)
        os.close(waiting)

    def end(self) -> None:
        """Let it begin."""
        if self._begin >= 0:
            os.close(self._begin)
            self._begin = -1
        super().end()


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[LateCopy]:
    """Let copies begin late; return those that were made."""
    made: list[LateCopy] = []

    def late(work: Callable[[], None]) -> LateCopy:
        made.append(LateCopy(work))
        return made[-1]

    monkeypatch.setattr(loading, "Copy", late)
    return made


def in_memory(history: list[Action], costing: str, close_every: int | None) -> MemoryLedger:
    """Post a history one document at a time, and close months now and then."""
    ledger = MemoryLedger(costing=costing)
    shop = shop_of(ledger)
    for number, body in enumerate(shop.documents(history), 1):
        if close_every and number % close_every == 0:
            close_month(ledger, FIRST_DAY.replace(month=1 + shop.day // 28 % 12))
        try:
            ledger.post(body)
        except LedgerError:
            continue
        shop.bodies.append(body)
    return ledger


def stored(database: Database) -> dict[str, list[Any]]:
    """Return everything that the store holds, as `dump` does of a working set."""
    found = {}
    with database.reading() as connection:
        for record in RECORDS:
            table = tables.RECORD_TABLES[record]
            keys = [table.c[name] for name in record.key]
            found[record.table] = [tuple(row) for row in connection.execute(select(table).order_by(*keys))]
    return found


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("costing", METHODS)
@given(
    beginning=openings | st.just([]),
    history=actions | histories_of_returns,
    close_every=st.sampled_from([None, 9]),
    sizes=st.lists(st.integers(1, 7), min_size=1, max_size=9),
)
def test_batches_make_what_single_documents_make(
    copies: list[LateCopy], costing: str, beginning: list[Action], history: list[Action], close_every: int | None, sizes: list[int]
) -> None:
    """Hash by hash and row by row, however the documents fall into batches, with each batch looked up before the last one is written."""
    memory = in_memory([*beginning, *history], costing, close_every)
    entries = {row.seq: [entry for entry in memory.engine.entries if entry.seq == row.seq] for row in memory.engine.documents}
    recorded = [read_line(document_line(row, entries[row.seq])) for row in memory.engine.documents]
    lines = [(line, read(line.body, "CNY", internal=True)) for line in recorded]
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/store.db")
        upgrade(database)
        chart = memory.engine.chart
        unit = partial(unit_of_work, database, chart, lambda: "", publish=False)
        posting = Loading(database, post_batch, unit, lambda: chart, lambda: "", publish=False).post(in_pieces(lines, sizes))
        assert sum(piece.entries for piece in posting) == len(memory.engine.entries)
        assert without_numbers(stored(database)) == without_numbers(dump(memory.engine.state))
        database.close()
    copies.clear()


def in_pieces(items: Sequence[Any], sizes: Sequence[int]) -> Iterator[list[Any]]:
    """Yield items in batches of these sizes, again and again."""
    start = turn = 0
    while start < len(items):
        size = sizes[turn % len(sizes)]
        yield list(items[start : start + size])
        start, turn = start + size, turn + 1


def without_numbers(found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Leave out what counts pieces of text, and what a new store has zeros of."""
    place = [field.name for field in dataclasses.fields(Head)].index("outbox")
    heads = [(*head[:place], *head[place + 1 :]) for head in found[Head.table]]
    return found | {Head.table: heads, FreightMonth.table: [row for row in found[FreightMonth.table] if row[-1]]}


def documents(company: Company, orders: range) -> list[Document]:
    """Return a purchase, orders with their shipments, and one document that is refused."""
    day = {"source": "shop", "date": "2026-03-01"}
    line = {"sku": "X", "quantity": "1", "unit_price": "9.99"}
    bodies: list[dict[str, Any]] = [
        {"kind": "purchase", "number": f"P{orders.start}", "supplier": "S", "lines": [line | {"quantity": "9"}]}
    ]
    for i in orders:
        bodies.append({"kind": "order", "number": f"O{i}", "customer": "C", "lines": [line]})
        bodies.append({"kind": "shipment", "number": f"S{i}", "order": f"O{i}"})
    bodies.append({"kind": "payment", "number": "NO", "order": "NOBODY'S", "amount": "1", "account": "bank"})
    return [read(day | body, company.ledger.currency) for body in bodies]


def test_batches_are_durable_when_they_are_answered(company: Company, copies: list[LateCopy]) -> None:
    """Each batch is in the store when its answers come, in the books soon; what is refused is refused alone."""
    sent = documents(company, range(20))
    done = 0
    for answers in company.ledger.post_batches(in_pieces(sent, [5])):
        done += len([one for one in answers if isinstance(one, Posted)])
        assert company.ledger.health()["seq"] >= done
    assert (done, len(sent)) == (41, 42)
    assert len(copies) == 8, "the last batch needs no copy"
    health = company.ledger.health()
    assert health["seq"] == 41
    assert health["published_seq"] > 30, "the copies bring text into the books"
    assert company.ledger.publish() == 41


def test_few_documents_need_no_copy(company: Company, copies: list[LateCopy]) -> None:
    """One batch is posted as single documents are."""
    (answers,) = company.ledger.post_batches([documents(company, range(3))])
    assert (len(answers), copies) == (8, [])


def test_others_post_meanwhile(company: Company, copies: list[LateCopy]) -> None:
    """Somebody posts while a batch waits to be written: it is worked out anew after that, and everything is there once."""
    sent = documents(company, range(40))
    other = iter(range(100, 200))

    def with_others() -> Iterator[list[Document]]:
        for number, batch in enumerate(in_pieces(sent, [4])):
            if number in (2, 3, 14):
                company.buy(f"OTHER{next(other)}", "2026-03-01", 1, "5.00")
            yield batch

    answers = [one for batch in company.ledger.post_batches(with_others()) for one in batch]
    assert len(answers) == len(sent)
    assert len([one for one in answers if isinstance(one, LedgerError)]) == 1
    numbers = [one.row.seq for one in answers if isinstance(one, Posted)]
    assert numbers == sorted(set(numbers))
    assert company.ledger.health()["seq"] == len(sent) - 1 + 3
    again = [one for batch in company.ledger.post_batches(in_pieces(sent, [9])) for one in batch]
    assert [one.replay for one in again if isinstance(one, Posted)] == [True] * (len(sent) - 1)
    assert company.ledger.health()["seq"] == len(sent) - 1 + 3


def test_what_fails_ahead_is_tried_under_the_lock(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Look-ups among others' commits may see what never was at one moment: such a batch is worked out again, where nobody posts."""
    post, failed = loading.post_each, []

    def torn(engine: Engine, batch: Sequence[Document]) -> list[Posted | LedgerError]:
        if isinstance(engine.state.reader, BehindReader) and engine.state.opened_at == 8:
            failed.append(engine)
            raise AssertionError("orders 7 is missing")
        return post(engine, batch)

    monkeypatch.setattr("ledger.service.post_each", torn)
    sent = documents(company, range(20))
    answers = [one for batch in company.ledger.post_batches(in_pieces(sent, [4])) for one in batch]
    assert len(failed) == 1
    assert [one.row.seq for one in answers if isinstance(one, Posted)] == list(range(1, len(sent)))


def test_what_was_refused_is_refused_by_what_is_there(company: Company, copies: list[LateCopy]) -> None:
    """A batch of which all is refused is worked out anew too where somebody has posted since: what it names may be there now."""
    sent = documents(company, range(2))
    list(company.ledger.post_batches([sent]))
    paid = {"source": "shop", "kind": "payment", "date": "2026-03-01", "amount": "1.00", "account": "bank"}
    late = [read(paid | {"number": f"L{i}", "order": "LATER"}, company.ledger.currency) for i in range(8)]

    def with_others() -> Iterator[list[Document]]:
        yield late[:4]
        yield late[4:6]
        company.post("order", "LATER", "2026-03-01", customer="C", lines=[{"sku": "X", "quantity": "9", "unit_price": "9.99"}])
        yield late[6:]

    answers = [one for batch in company.ledger.post_batches(with_others()) for one in batch]
    assert [isinstance(one, Posted) for one in answers] == [True] * 8
    assert len(copies) == 1


def test_a_copy_that_is_killed_is_told(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """The batch before is there, its own is not, and sending all of it again makes it whole."""
    write = loading.write_on

    def killed(database: Database, engine: Engine, **how: Any) -> None:
        if engine.state.opened_at >= 8:
            os.kill(os.getpid(), signal.SIGKILL)
        write(database, engine, **how)

    monkeypatch.setattr(loading, "write_on", killed)
    sent = documents(company, range(20))
    answered = []
    with pytest.raises(StoreUnavailable, match="was ended by signal 9"):
        answered.extend(company.ledger.post_batches(in_pieces(sent, [4])))
    assert company.ledger.health()["seq"] == 8
    monkeypatch.undo()
    assert sum(len(batch) for batch in company.ledger.post_batches(in_pieces(sent, [4]))) == len(sent)
    assert company.ledger.health()["seq"] == 41


def test_what_a_copy_raises_is_raised(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect in a copy is one here, with where it was."""

    def wrong(_database: Database, _engine: Engine, *, publish: bool, **_rows: Any) -> None:
        raise ZeroDivisionError(f"publish={publish}")

    monkeypatch.setattr(loading, "write_on", wrong)
    with pytest.raises(ZeroDivisionError, match="publish=True"):
        list(company.ledger.post_batches(in_pieces(documents(company, range(9)), [4])))
    monkeypatch.undo()
    assert company.ledger.health()["seq"] == 0


def test_a_copy_ends_with_its_original(tmp_path: Path) -> None:
    """Killed, an import leaves nobody behind who writes on."""
    told, original = tmp_path / "copy", os.fork()
    if not original:
        try:
            Copy(lambda: (told.write_text(str(os.getpid())), signal.pause())[1]).wait()
        finally:
            os._exit(1)
    while not told.exists() or not told.read_text():
        signal.sigtimedwait([], 0.01)
    copy = int(told.read_text())
    os.kill(original, signal.SIGKILL)
    os.waitpid(original, 0)
    for _ in range(500):
        if not running(copy):
            return
        signal.sigtimedwait([], 0.01)
    raise AssertionError("it is still there")


def running(process: int) -> bool:
    """Tell whether a process is there and has not ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_where_there_is_no_process_to_be_had(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process writes its batches itself."""

    def refuse(_work: Callable[[], None]) -> Copy:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(loading, "Copy", refuse)
    sent = documents(company, range(20))
    assert sum(len(batch) for batch in company.ledger.post_batches(in_pieces(sent, [4]))) == len(sent)
    assert company.ledger.health()["seq"] == len(sent) - 1


def test_a_batch_is_bounded_by_what_it_touches() -> None:
    """A long bill is like many documents, whether it names parcels line by line or all in one."""
    names = [f"T{i}" for i in range(3_000)]
    one = [{"amount": "9.00", "direction": "outbound", "tracking": names}]
    each = [{"amount": "0.10", "direction": "outbound", "tracking": [name]} for name in names]
    bills = [read({"kind": "freight_bill", "source": "s", "number": "F", "date": "2026-03-01", "carrier": "F", "lines": lines}, "CNY")
             for lines in (one, each)]  # fmt: skip
    assert [weight(bill) for bill in bills] == [1001, 1001]
