"""One unit of work: under the head's lock, load what documents touch, let the engine post them, write everything, commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import astuple, replace

from sqlalchemy import Connection

from ledger.books.files import REPLACED
from ledger.books.layout import CLOSINGS, INDEX, closing_path, documents_path, entries_path
from ledger.chart import Chart
from ledger.documents.closing import PERIOD_KINDS
from ledger.engine import Engine, with_hash
from ledger.journal.closings_file import closings_text
from ledger.journal.documents_file import document_line
from ledger.journal.entry import Entry
from ledger.journal.text import declare_commodity, open_account
from ledger.limits import COPY_ROWS_MIN, OUTBOX_TEXT
from ledger.state.records import Account, Head, JournalMonth, Sku
from ledger.state.working import State
from ledger.store import tables
from ledger.store.database import Database
from ledger.store.driver import pipelined
from ledger.store.period_events import event_of, period_events
from ledger.store.reader import SqlReader
from ledger.store.rows import Step, steps_of, write_records
from ledger.store.sql import add_rows, insert_rows
from ledger.store.unmoved import Beside, move_all


@contextmanager
def unit_of_work(
    database: Database, chart: Chart, now: Callable[[], str], *, publish: bool = True, beside: Beside | None = None
) -> Iterator[Engine]:
    """Open a unit of work; what the engine holds at the end is written and committed in one piece.

    `publish` false keeps its text out of the outbox: a rebuild finds it in the books already, and notes how long it is. While rows of a
    long document are on their way it loads around those that `beside` names; where it knows nothing of them it moves them first.
    """
    with database.writing() as connection:
        if not database.sqlite:
            connection.exec_driver_sql("SELECT id FROM head WHERE id = 1 FOR UPDATE")
        reader = SqlReader(connection)
        engine = Engine(chart, State(reader), now)
        if batch := engine.state.head.unmoved:
            if beside is not None and beside.batch == batch:
                reader.beside = beside
            else:
                move_all(connection)
        yield engine
        write(connection, engine, publish=publish)
    engine.state.let_go()


class HeadMoved(Exception):
    """Somebody else has posted since an engine began."""


def write_on(database: Database, engine: Engine, *, publish: bool, steps: Sequence[Step] | None = None) -> None:
    """Write and commit as `write` does what an engine has worked out without the lock; HeadMoved where the head is another one by now."""
    stored = engine.state[Head].stored(1) or astuple(engine.state.head)
    with database.writing() as connection:
        if not database.sqlite:
            connection.exec_driver_sql("SELECT id FROM head WHERE id = 1 FOR UPDATE")
        head = SqlReader(connection).load(Head, Head.key, "", (1,))[0]
        if replace(head, outbox=0) != replace(Head(*stored), outbox=0):
            raise HeadMoved
        # Text is numbered where it is written: the working set of the batch before does not know how much that was.
        engine.state.head.outbox = head.outbox
        write(connection, engine, publish=publish, steps=steps)


def write(connection: Connection, engine: Engine, *, publish: bool, steps: Sequence[Step] | None = None) -> None:
    """Write what an engine holds: `steps`, where they are made by now, and with `publish` the text that goes into the books.

    Without it the text is there, and it is noted how long files are that hold it, but for those that a rebuild makes at its end.
    """
    if not engine.documents:
        return
    outbox = outbox_rows(connection, engine) if publish else []
    grown = [] if publish else sorted(_grown(connection, engine).items())
    # So many documents have rows that come by COPY, which has no pipeline.
    with pipelined(connection) if len(engine.documents) < COPY_ROWS_MIN else nullcontext():
        for step in steps_of(engine) if steps is None else steps:
            step(connection)
        write_records(connection, engine.state, (Head,))
        insert_rows(connection, tables.outbox, outbox)
        add_rows(connection, tables.book_file, grown)


def outbox_rows(connection: Connection, engine: Engine) -> list[tuple[int, int, str, str]]:
    """Return what the publisher has to append, numbered: (id, document, file, text)."""
    texts = list(_outbox_texts(connection, engine))
    return [(number, *text) for number, text in zip(engine.state.take_outbox(len(texts)), texts, strict=True)]


def _grown(connection: Connection, engine: Engine) -> dict[str, int]:
    """Return by how many bytes each file grows that is only ever appended to."""
    grown: dict[str, int] = {}
    for _, path, text in _outbox_texts(connection, engine):
        if path not in REPLACED and path != INDEX:
            grown[path] = grown.get(path, 0) + len(text.encode())
    return grown


def _outbox_texts(connection: Connection, engine: Engine) -> Iterator[tuple[int, str, str]]:
    """Yield (document, file, text): openings first, then each document's entries and its own line.

    What some documents in a row add to one file is one row: they are read, written and dropped by the thousand. `document` is the last
    one that stands whole in the books once the row does.
    """
    opened = index_text(engine)
    if opened:
        yield engine.documents[0].seq, INDEX, opened
    currency = engine.chart.currency
    lock_moves = any(row.kind in PERIOD_KINDS for row in engine.documents)
    events = period_events(connection, currency) if lock_moves else []
    entries = engine.entries_by_document()
    texts: dict[str, list[str]] = {}
    lines: dict[str, list[str]] = {}
    whole, size = engine.documents[0].seq - 1, 0
    for row in engine.documents:
        own = entries.get(row.seq, ())
        for entry in own:
            texts.setdefault(text_path(entry), []).append(with_hash(entry))
            size += len(entry.text)
        if row.kind in PERIOD_KINDS:
            events.append(event_of(row, currency))
            texts[CLOSINGS] = [closings_text(events, currency)]
        lines.setdefault(documents_path(row.date[:7]), []).append(document_line(row, own))
        size += len(row.body)
        if size >= OUTBOX_TEXT or row is engine.documents[-1]:
            *before, last = [(path, "".join(pieces)) for found in (texts, lines) for path, pieces in found.items()]
            yield from ((whole, *text) for text in before)
            yield row.seq, *last
            texts, lines, whole, size = {}, {}, row.seq, 0


def text_path(entry: Entry) -> str:
    """Return the file that an entry's text belongs into."""
    return closing_path(entry.month) if entry.closing else entries_path(entry.month)


def index_text(engine: Engine) -> str:
    """Return what a batch adds to the journal's index: commodities, accounts, and the files of new months."""
    state = engine.state
    opened = "".join(declare_commodity(row.commodity, row.sku) for row in state[Sku].changes()[0])
    opened += "".join(open_account(row.name, row.raw, row.role) for row in state[Account].changes()[0])
    months = sorted(row.month for row in state[JournalMonth].changes()[0])
    return opened + "".join(f'include "{entries_path(month).partition("/")[2]}"\n' for month in months)
