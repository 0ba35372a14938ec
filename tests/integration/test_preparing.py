"""Long documents beside the queue: the same as in it whatever others post meanwhile, whole or absent after a kill, and told when stale."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from ledger.documents import read
from ledger.documents.base import Document
from ledger.errors import InvalidDocument, LedgerError
from ledger.limits import AT_ONCE_ROWS_MAX, PREPARE_ROUNDS_MAX
from ledger.periods import close
from ledger.preparing.asking import Preparing
from ledger.preparing.messages import Move
from ledger.preparing.preparer import Done, Preparer
from ledger.rebuild import rebuild
from ledger.service import Ledger
from ledger.state.watch import Commit
from ledger.store import tables
from ledger.store.database import Database
from ledger.store.unmoved import unmoved
from tests.company import Company

ORDERS = 12
SAID = sorted(set(tables.metadata.tables) - {"head", "outbox", "book_file", "publisher", "token", "meta", "unmoved"})
"""The tables that hold what the books say."""


def stock(company: Company) -> None:
    """Buy once, sell a dozen parcels in two months, with freight accrued."""
    company.buy("PO-1", "2026-02-01", 100, "10.00")
    for i in range(ORDERS):
        day, line = f"2026-{2 + i % 2:02d}-{10 + i}", {"sku": "X", "quantity": "2", "unit_price": "50.00"}
        company.post("order", f"SO-{i}", day, customer=f"Customer {i % 3}", channel="web", lines=[line])
        company.post("shipment", f"S-{i}", day, order=f"SO-{i}", tracking=f"T-{i}", estimated_freight="0.70")


def bill(number: str = "LONG", **fields: Any) -> Document:
    """Return a bill of every kind of line: shared, by parcel, by its own amounts, inbound, and twice for what is not known."""
    outbound = {"direction": "outbound", "tax_rate": "0.09"}
    lines = [
        {**outbound, "amount": "25.01", "orders": [f"SO-{i}" for i in range(ORDERS)], "basis": "quantity"},
        *({**outbound, "amount": f"1.{i:02d}", "tracking": [f"T-{i}"]} for i in range(ORDERS)),
        {**outbound, "amount": "5.00", "charge": "packaging", "shares": {"S-1": "2.00", "SO-2": "3.00"}},
        {**outbound, "amount": "7.77", "tracking": ["T-UNKNOWN"]},
        {"direction": "inbound", "amount": "33.33", "purchases": ["PO-1"]},
        {"direction": "inbound", "amount": "4.44", "purchases": ["PO-UNKNOWN"]},
    ]
    body = {"kind": "freight_bill", "source": "shop", "number": number, "date": "2026-03-25", "carrier": "SF", "lines": lines, **fields}
    return read(body, "CNY")


def sell_other(company: Company) -> None:
    """Post what has nothing to do with the bill but takes numbers: documents, entries, vouchers, ids, and a month of its own."""
    company.buy("PO-2", "2026-04-01", 10, "3.00", sku="Y")
    company.sell("SO-Y", "2026-04-02", 1, sku="Y")
    lines = [{"amount": "0.50", "direction": "outbound", "tracking": ["T-ELSEWHERE"]}]
    company.post("freight_bill", "SHORT", "2026-03-26", carrier="SF", lines=lines)
    company.charge("IN-Y", "2026-03-26", "1.00", ["PO-2"])


@contextmanager
def preparing(company: Company) -> Iterator[tuple[Preparer, list[Commit]]]:
    """Lend a preparer beside the company's ledger, and what that commits."""
    database = Database(company.ledger.database.url)
    preparer = Preparer(company.books, database)
    try:
        with company.ledger._watch.watching() as commits:
            yield preparer, commits
    finally:
        preparer.drop()
        database.close()


@pytest.fixture(params=[0, AT_ONCE_ROWS_MAX], ids=["in turns", "at once"])
def rows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a bill's rows be moved in turns, a few at a time, or all with the document."""
    monkeypatch.setattr("ledger.store.staged.AT_ONCE_ROWS_MAX", request.param)
    monkeypatch.setattr("ledger.store.unmoved.PIECE_ROWS_MAX", 5)
    monkeypatch.setattr("ledger.store.unmoved.MOVE_SECONDS", 0)


def post_it(preparer: Preparer, commits: list[Commit]) -> Done | None:
    """Take all turns of the writer for what was prepared, and let go of it; None where it did not hold."""
    ahead = preparer.write_ahead()
    while ahead:
        ahead = preparer.write_ahead()
    beside = preparer.commit(commits)
    if beside is None:
        return None
    while beside.batch and preparer.move():
        pass
    return preparer.done()


def said(company: Company) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of what the books say, without the moment at which documents were recorded."""
    with company.ledger.read() as context:
        ask = context.connection.exec_driver_sql
        found = {name: sorted((tuple(row) for row in ask(f"SELECT * FROM {name}")), key=repr) for name in SAID}
        found["head"] = [tuple(row) for row in ask("SELECT seq, entry, next_id, hash, closed_through FROM head")]
    return found


def as_rebuilt(company: Company) -> None:
    """Assert that the documents one after the other through the ordinary engine make the same rows and the same hashes."""
    company.ledger.publish()
    before = said(company)
    company.ledger.close()
    rebuild(company.books, company.store_url)
    company.ledger = Ledger.open(company.books, company.store_url)
    assert said(company) == before


@pytest.mark.usefixtures("rows")
def test_the_same_as_in_the_queue(company: Company) -> None:
    """Prepared, numbered after what others posted meanwhile: each row is what posting it there makes."""
    stock(company)
    with preparing(company) as (preparer, commits):
        assert preparer.prepare(bill())
        sell_other(company)
        done = post_it(preparer, commits)
    assert done is not None
    assert (done.document, done.seq) == ("shop/freight_bill/LONG", company.ledger.health()["seq"])
    entries = json.loads(done.entries)
    assert len(entries) == 1 and len({p["order"] for p in entries[0]["postings"] if "order" in p}) == ORDERS
    assert company.profit("SO-3")["freight"] != "0.00"
    assert company.ledger.document("shop", "freight_bill", "LONG")["entries"] == entries
    as_rebuilt(company)


def test_the_same_at_moving_average(average_company: Company) -> None:
    """Late cost of a pool is moved as well as that of lots."""
    stock(average_company)
    with preparing(average_company) as (preparer, commits):
        assert preparer.prepare(bill())
        sell_other(average_company)
        assert post_it(preparer, commits) is not None
    as_rebuilt(average_company)


def send_back(company: Company) -> None:
    """Return a unit: the order and what it holds change."""
    company.post("return", "R-1", "2026-03-24", order="SO-3", lines=[{"sku": "X", "quantity": "1"}])


def sell_from_the_lot(company: Company) -> None:
    """Ship units of the lot that inbound freight is for, to an order that the bill does not name."""
    company.sell("SO-X", "2026-03-24", 3)


def bill_a_parcel(company: Company) -> None:
    """Bill one of the parcels."""
    company.post(
        "freight_bill", "F-1", "2026-03-24", carrier="Other", lines=[{"amount": "9.00", "direction": "outbound", "tracking": ["T-4"]}]
    )


def know_the_parcel(company: Company) -> None:
    """Ship under the tracking number that the bill thinks unknown."""
    company.buy("PO-Z", "2026-03-01", 5, "1.00", sku="Z")
    company.post("order", "SO-Z", "2026-03-24", customer="Lin", lines=[{"sku": "Z", "quantity": "1", "unit_price": "5.00"}])
    company.post("shipment", "S-Z", "2026-03-24", order="SO-Z", tracking="T-UNKNOWN")


def know_the_purchase(company: Company) -> None:
    """Receive the purchase that the bill thinks unknown."""
    company.buy("PO-UNKNOWN", "2026-03-24", 5, "1.00", sku="Z")


def close_march(company: Company) -> None:
    """Close the month that the bill is dated in."""
    company.ledger.publish()
    close(company.ledger, "2026-03")


def another_process(company: Company) -> None:
    """Post what has nothing to do with it from a process that nobody watches."""
    other = Company(company.books, company.store_url)
    sell_other(other)
    other.ledger.close()


def edit_the_chart(company: Company) -> None:
    """Change a policy in people's files."""
    with (company.books / "accounts.beancount").open("a", encoding="utf-8") as file:
        file.write('\n2026-03-24 custom "orderledger" "voucher-words" "收付转"\n')


STALE = [send_back, sell_from_the_lot, bill_a_parcel, know_the_parcel, know_the_purchase, close_march, another_process]


@pytest.mark.parametrize("meanwhile", STALE, ids=lambda f: f.__name__)
def test_stale_is_told_and_made_anew(company: Company, meanwhile: Callable[[Company], None]) -> None:
    """A post that touches what the bill has seen goes through at once; the bill writes nothing, and is as if posted after it."""
    stock(company)
    with preparing(company) as (preparer, commits):
        assert preparer.prepare(bill())
        meanwhile(company)
        before = said(company)
        assert post_it(preparer, commits) is None
        assert said(company) == before
        commits.clear()
        assert preparer.prepare(bill())
        assert post_it(preparer, commits) is not None
    as_rebuilt(company)


def test_other_people_s_files_are_other_rules(company: Company) -> None:
    """What was worked out under options that have changed is not committed."""
    stock(company)
    with preparing(company) as (preparer, commits):
        assert preparer.prepare(bill())
        edit_the_chart(company)
        assert post_it(preparer, commits) is None


def test_posted_meanwhile(company: Company) -> None:
    """The same bill from someone else is found: the queue answers it with its first result."""
    stock(company)
    with preparing(company) as (preparer, commits):
        assert preparer.prepare(bill())
        first = company.ledger.post([bill()])[0]
        assert post_it(preparer, commits) is None
        assert not preparer.prepare(bill())
    again = company.ledger.post([bill()])[0]
    assert again.replay and again.seq == first.seq


def test_a_refused_bill_is_told(company: Company) -> None:
    """The process answers with the error of the rule, and nothing is posted."""
    stock(company)
    company.ledger.start_preparing()
    seq = company.ledger.health()["seq"]
    lines = [{"amount": "1.00", "direction": "inbound", "purchases": ["PO-1"], "basis": "volume"}]
    with pytest.raises(InvalidDocument) as refused:
        company.ledger.post([bill(lines=lines)])
    assert refused.value.errors[0].pointer == "/lines/0" and refused.value.document == "shop/freight_bill/LONG"
    assert company.ledger.health()["seq"] == seq


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Note what came of each turn in which a long document was to be posted."""
    commit, noted = Preparing._commit, []

    def noting(self: Preparing, commits: list[Commit]) -> bool:
        noted.append(commit(self, commits))
        return noted[-1]

    monkeypatch.setattr(Preparing, "_commit", noting)
    return noted


def longer(number: int) -> Document:
    """Return a bill of so many parcels that its rows take several turns, unless its number is even."""
    short = bill(f"LONG-{number}", carrier=f"Carrier {number}")
    if number % 2 == 0:
        return short
    parcels = [f"U-{number}-{i}" for i in range(5 * AT_ONCE_ROWS_MAX)]
    line = {"direction": "outbound", "amount": "50.00", "basis": "equal", "tracking": parcels}
    return bill(f"LONG-{number}", carrier=f"Carrier {number}", lines=[line])


def test_others_post_meanwhile(company: Company, turns: list[bool]) -> None:
    """Bills come through the process while others sell other goods: nothing is lost, nothing is twice, each is answered."""
    stock(company)
    company.buy("PO-2", "2026-02-01", 500, "3.00", sku="Y")
    company.ledger.start_preparing()
    stop, errors = threading.Event(), []
    sold: list[str] = []

    def sell(name: str) -> None:
        for i in range(10_000):
            if stop.is_set():
                return
            try:
                company.sell(f"{name}-{i}", "2026-03-05", 1, sku="Y")
            except LedgerError as error:
                errors.append(error)
            sold.append(f"{name}-{i}")

    others = [threading.Thread(target=sell, args=(f"P{n}",)) for n in range(3)]
    for thread in others:
        thread.start()
    try:
        first = [company.ledger.post([longer(n)])[0] for n in range(4)]
    finally:
        stop.set()
        for thread in others:
            thread.join()
    assert not errors and not any(receipt.replay for receipt in first)
    assert turns == [True] * 4
    again = [company.ledger.post([longer(n)])[0] for n in range(4)]
    assert [(r.replay, r.seq) for r in again] == [(True, r.seq) for r in first]
    seqs = [company.ledger.document("shop", "shipment", number)["seq"] for number in sold]
    assert len(set(seqs)) == len(sold)
    as_rebuilt(company)


def test_goods_that_never_rest(company: Company, turns: list[bool]) -> None:
    """Where others sell the very lot before each turn, the bill ends up in the queue, and is right there too."""
    stock(company)
    company.ledger.start_preparing()
    asked = company.ledger._preparing
    assert asked is not None
    answer, number = asked._answer, iter(range(1_000))

    def answer_and_sell() -> Any:
        found = answer()
        if threading.current_thread().name != "writer":
            company.sell(f"Q-{next(number)}", "2026-03-20", 1)
        return found

    asked._answer = answer_and_sell  # type: ignore[method-assign]
    assert not company.ledger.post([bill()])[0].replay
    assert turns == [False] * PREPARE_ROUNDS_MAX
    as_rebuilt(company)


def test_the_process_dies(company: Company) -> None:
    """The queue takes the bill, and a new process the next one."""
    stock(company)
    company.ledger.start_preparing()
    ask = company.ledger._preparing
    assert ask is not None and ask._process is not None
    ask._process.kill()
    ask._process.wait()
    assert not company.ledger.post([bill()])[0].replay
    assert ask._process is not None and ask._process.poll() is None
    assert not company.ledger.post([bill("LONG-2", carrier="Other")])[0].replay


def test_the_process_dies_among_the_turns(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bill is posted and answered: its rows are moved without the process, and the next bill starts another."""
    stock(company)
    company.ledger.start_preparing()
    ask = company.ledger._preparing
    assert ask is not None and ask._process is not None
    process, answer = ask._process, ask._ask

    def die_after_one(message: object) -> Any:
        more = answer(message)
        if isinstance(message, Move):
            assert more, "there are several turns"
            process.kill()
            process.wait()
        return more

    monkeypatch.setattr(ask, "_ask", die_after_one)
    receipt = company.ledger.post([longer(1)])[0]
    assert not receipt.replay and receipt.seq == company.ledger.health()["seq"]
    assert company.profit("SO-3")["freight"] != "0.00", "who reads waits until the bill is whole"
    assert not on_the_way(company)
    monkeypatch.undo()
    assert not company.ledger.post([longer(2)])[0].replay
    assert ask._process not in (None, process)
    as_rebuilt(company)


def test_it_is_answered_before_its_rows_are_moved(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer comes with the commit; the rows are moved while whoever asked goes on, and readers wait for them."""
    stock(company)
    company.ledger.start_preparing()
    ask = company.ledger._preparing
    assert ask is not None
    move, answered = ask._move, threading.Event()

    def late() -> None:
        assert answered.wait(30)
        move()

    monkeypatch.setattr(ask, "_move", late)
    receipt = company.ledger.post([longer(1)])[0]
    assert receipt.seq == company.ledger.health()["seq"]
    assert on_the_way(company)
    answered.set()
    assert company.profit("SO-3")["freight"] != "0.00"
    ask.wait_until_moved()
    assert not on_the_way(company)
    as_rebuilt(company)


def die_at(moment: int, company: Company, document: Document) -> bool:
    """Prepare and post a bill in a process of its own that is killed at a statement or commit; False where it came to its end."""
    pid = os.fork()
    if pid == 0:  # pragma: no cover: this process is killed
        try:
            passed = 0

            def pass_by(*_: Any) -> None:
                nonlocal passed
                passed += 1
                if passed == moment:
                    os.kill(os.getpid(), signal.SIGKILL)

            database = Database(company.store_url)
            event.listen(database.reader, "before_cursor_execute", pass_by)
            event.listen(database.reader, "commit", pass_by)
            preparer = Preparer(company.books, database)
            preparer.prepare(document)
            done = post_it(preparer, [])
            pass_by()
            os._exit(0 if done is not None else 1)
        finally:
            os._exit(2)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def test_a_kill_at_any_statement(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole or absent: before it is posted nothing has changed, after that the next who opens the books moves what is left."""
    monkeypatch.setattr("ledger.store.staged.AT_ONCE_ROWS_MAX", 0)
    monkeypatch.setattr("ledger.store.unmoved.MOVE_SECONDS", 0)
    stock(company)
    before, absent, halves, moment = said(company), 0, 0, 1
    company.ledger.close()
    while die_at(moment, company, one := bill(f"LONG-{moment}", carrier=f"Carrier {moment}")):
        halves += bool(on_the_way(company))
        company.ledger = Ledger.open(company.books, company.store_url)
        now = said(company)
        absent += now == before
        assert now == before or now["head"][0][0] == before["head"][0][0] + 1
        # A turn that moves rows is three statements or more, so that each is met.
        moment += 1 if now == before else 3
        before = now
        company.ledger.close()
    assert absent > 30 and halves > 10, "writing ahead, numbering and moving are many statements"
    company.ledger = Ledger.open(company.books, company.store_url)
    assert company.ledger.post([one])[0].replay
    as_rebuilt(company)


def on_the_way(company: Company) -> str:
    """Return what the head says is not in its tables yet."""
    database = Database(company.store_url)
    with database.reading(anytime=True) as connection:
        found = unmoved(connection)
    database.close()
    return found
