"""`check` by two processes: the same findings as by one, of one state whatever is posted meanwhile, and none where one of them is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.cli import run
from ledger import integrity
from ledger.errors import StoreUnavailable
from ledger.integrity import check, check_all, second, settling, view
from ledger.integrity.messages import Judge, See
from ledger.integrity.parts import PARTS
from ledger.integrity.second import Second
from ledger.integrity.sharing import PROBLEMS_MAX, Sharing, judge_here
from ledger.limits import SQLITE_WALK_CACHE_KB
from ledger.progress import silent
from ledger.service import Ledger
from ledger.store.database import Database, walking
from tests.company import Company

DAMAGED_STORE = {
    "UPDATE document SET body = replace(body, 'web', 'wed') WHERE number = 'SO-3'": "does not have the digest it was recorded with",
    "DELETE FROM document WHERE number = 'SO-4'": "document numbers have a gap",
    "UPDATE entry SET text_digest = hash WHERE id = 2": "the hash chain is broken here",
    "UPDATE document SET digest = (SELECT digest FROM document WHERE seq = 1) WHERE seq = 3": "the hash chain is broken here",
    "UPDATE posting SET amount = amount + 1 WHERE entry_id = 2 AND line = 1": "entry number 2 does not balance",
    "UPDATE account_month SET debit = debit + 1": "account_month: kept sums of",
    "UPDATE dimension_day SET goods_revenue = goods_revenue + 1": "dimension_day: kept sums of",
    "UPDATE orders SET goods_revenue = goods_revenue + 1 WHERE id = (SELECT MAX(id) FROM orders)": "goods_revenue is kept as",
    "UPDATE orders SET receivable = receivable + 1 WHERE id = (SELECT MAX(id) FROM orders)": "receivable is kept as",
    "UPDATE order_profit SET fees = fees + 1": "the profit kept of 2026-03 differs",
    "UPDATE customer_total SET refunds = refunds + 5": "customer_total: kept sums of",
    "UPDATE cash_month SET amount = amount + 1": "cash_month: kept sums of",
    "UPDATE lot SET goods = goods + 1": "stock of X",
    "UPDATE head SET seq = seq + 1": "the head says",
}
"""What breaks the store, and how it is told."""

DAMAGED_TEXT: dict[str, Callable[[Path], Any]] = {
    "2026-03.beancount": lambda path: path.write_text(path.read_text().replace("Customer", "Custumer", 1) + "; sneaked in\n"),
    "2026-04.documents.ndjson": lambda path: path.write_text(path.read_text().replace('"quantity":"1"', '"quantity":"2"', 1)),
    "2026-04.beancount": Path.unlink,
    "2026-02.documents.ndjson": Path.unlink,
    "2026-03.copy": Path.touch,
}
"""What breaks files of the journal: each is named."""


def sell(ledger: Company, number: str) -> None:
    """Sell one unit on a channel, and be paid."""
    line = {"sku": "X", "quantity": "1", "unit_price": "100.00"}
    ledger.post("order", f"SO-{number}", "2026-03-02", customer=f"Customer {number}", channel="web", lines=[line])
    ledger.post("payment", f"PAY-{number}", "2026-03-03", order=f"SO-{number}", amount="100.00", account="bank")
    ledger.post("shipment", f"S-{number}", "2026-03-04", order=f"SO-{number}")


@pytest.fixture
def shop(tmp_path: Path, store_url: str) -> Iterator[Company]:
    """Books of two months that hold."""
    made = Company(tmp_path / "books", store_url)
    made.buy("PO", "2026-02-01", 1_000, "10.00")
    for number in range(5):
        sell(made, str(number))
    made.post("return", "R", "2026-04-02", order="SO-1", lines=[{"sku": "X", "quantity": "1"}])
    assert made.problems() == []
    yield made
    made.ledger.close()


sqlite_alone = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""For what has nothing to do with the engine."""


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have small books checked by two processes too."""
    monkeypatch.setattr(integrity, "is_worth", lambda _: True)


def found(shop: Company, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return what one process finds, what two find together, and what the second one finds where it does everything."""
    answers = []
    for is_worth, here in ((False, judge_here), (True, judge_here), (True, lambda *_: None)):
        with monkeypatch.context() as patched:
            patched.setattr(integrity, "is_worth", lambda _, answer=is_worth: answer)
            patched.setattr(integrity, "judge_here", here)
            answers.append(check(shop.ledger))
    return answers


@pytest.mark.parametrize("where", ["store", "text"])
def test_two_find_what_one_finds(shop: Company, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """Word for word, in the same order, from every part."""
    told = DAMAGED_STORE.values() if where == "store" else DAMAGED_TEXT.keys()
    if where == "store":
        with shop.ledger.database.writing() as connection:
            for statement in DAMAGED_STORE:
                connection.exec_driver_sql(statement)
    else:
        for name, damage in DAMAGED_TEXT.items():
            damage(shop.books / "journal/2026" / name)
    alone, shared, by_second = found(shop, monkeypatch)
    assert len(alone) < PROBLEMS_MAX
    for one in told:
        assert any(one in problem for problem in alone), (one, alone)
    assert shared == by_second == alone


@sqlite_alone
def test_two_tell_as_much_as_one(shop: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all is broken the first hundred are told."""
    for number in range(40):
        sell(shop, f"more-{number}")
    with shop.ledger.database.writing() as connection:
        connection.exec_driver_sql("UPDATE document SET body = '{}'")
        connection.exec_driver_sql("UPDATE entry SET hash = ''")
    alone, shared, by_second = found(shop, monkeypatch)
    assert len(alone) == PROBLEMS_MAX + 1
    assert shared == by_second == alone


def test_nothing_is_found_in_books_that_hold(shop: Company, two: None) -> None:
    """Up to the last document; both tell how far they are."""
    told: set[str] = set()
    checked = check_all(shop.ledger, lambda what, *_: told.add(what))
    assert checked.problems == []
    assert checked.seq == shop.ledger.health()["seq"]
    assert {"customers", "bean-check"} <= told


@sqlite_alone
def test_the_second_tells_how_far_it_is(shop: Company, two: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the pipe, where it does everything."""
    monkeypatch.setattr(integrity, "judge_here", lambda *_: None)
    told: set[str] = set()
    assert check(shop.ledger, lambda what, *_: told.add(what)) == []
    assert {"customers", "bean-check"} <= told


@sqlite_alone
def test_small_books_are_checked_by_one_process(shop: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process takes longer to start than they take."""
    monkeypatch.setattr(integrity, "second_process", None)
    assert check(shop.ledger) == []


def test_only_one_core_is_used_by_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes on it would take turns."""
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert not second.is_worth(10**9)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert second.is_worth(10**9) and not second.is_worth(10)


@pytest.mark.parametrize("at", [See, Judge])
def test_a_second_process_that_is_killed_is_one_error(
    shop: Company, two: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], at: type[object]
) -> None:
    """Never a clean check: nothing on stdout, one line on stderr, exit code 1."""
    send = Second._send

    def kill(self: Second, message: object) -> None:
        if isinstance(message, at):
            self._process.kill()
            self._process.wait()
        send(self, message)

    monkeypatch.setattr(Second, "_send", kill)
    with pytest.raises(ChildProcessError, match=r"ended with -9 .*nothing is proven.*没有得出结论"):
        check(shop.ledger)
    monkeypatch.setenv("ORDERLEDGER_STORE", shop.ledger.database.url)
    capsys.readouterr()
    assert run(["check", "--json", "--books", str(shop.books)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1 and err.startswith("orderledger: the second process of the check ended with -9")


@sqlite_alone
def test_a_defect_of_the_second_process_is_told_with_its_traceback(shop: Company, two: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that does not exist stands for one that cannot be judged."""
    take = Sharing.take
    monkeypatch.setattr(Sharing, "take", lambda self: None if take(self) is None else len(PARTS))
    monkeypatch.setattr(integrity, "judge_here", lambda *_: None)
    with pytest.raises(RuntimeError, match=r"(?s)second process.*Traceback.*IndexError"):
        check(shop.ledger)


def test_a_store_that_fails_the_second_process_is_told(shop: Company, two: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is where it fails the first one."""
    with shop.ledger.database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE cash_month")
    monkeypatch.setattr(integrity, "judge_here", lambda *_: None)
    with pytest.raises(StoreUnavailable, match=r"does not answer.*cash_month"):
        check(shop.ledger)


def test_a_store_that_the_second_process_cannot_open_is_told(tmp_path: Path) -> None:
    """With the error of ours that it met."""
    with (
        second.second_process(tmp_path, "mysql://nowhere", whole=False) as process,
        pytest.raises(StoreUnavailable, match="SQLite or PostgreSQL"),
    ):
        process.wait_until_ready()


@sqlite_alone
def test_what_fails_here_ends_the_second_process(shop: Company, two: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for it."""
    started: list[Any] = []
    popen = subprocess.Popen

    def start(*arguments: Any, **options: Any) -> Any:
        started.append(popen(*arguments, **options))
        return started[-1]

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(subprocess, "Popen", start)
    monkeypatch.setattr(integrity, "judge_here", fail)
    with pytest.raises(ZeroDivisionError):
        check(shop.ledger)
    assert [process.returncode for process in started] == [-signal.SIGKILL]


@contextmanager
def posting(shop: Company, pause: float = 0.01) -> Iterator[list[int]]:
    """Post and publish in the background as a service does, as long as the block runs; the list grows with each sale."""
    stop, sold = threading.Event(), [0]
    service = Ledger.open(shop.books, shop.store_url)
    service.start_publisher()
    other = Company.__new__(Company)
    other.ledger = service

    def post() -> None:
        while not stop.is_set():
            sell(other, f"meanwhile-{len(sold)}")
            sold.append(len(sold))
            time.sleep(pause)

    thread = threading.Thread(target=post)
    thread.start()
    try:
        yield sold
    finally:
        stop.set()
        thread.join()
        service.close()


@pytest.mark.parametrize("processes", [1, 2])
def test_documents_posted_meanwhile_are_no_fault(shop: Company, monkeypatch: pytest.MonkeyPatch, processes: int) -> None:
    """Each check answers for the documents up to its snapshot."""
    monkeypatch.setattr(integrity, "is_worth", lambda _: processes == 2)
    with posting(shop) as sold:
        for _ in range(20):
            checked = check_all(shop.ledger)
            assert checked.problems == []
            assert checked.seq <= shop.ledger.health()["seq"]
            if len(sold) > 5:
                break
    assert len(sold) > 5, "nothing was posted meanwhile"
    assert check(shop.ledger) == []


@sqlite_alone
def test_a_view_that_has_no_time_to_follow_is_no_fault(
    shop: Company, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not compared then, and the command says so; where nobody posts, a view that is behind is compared as ever."""
    monkeypatch.setattr(settling, "SETTLING_SECONDS_MAX", 2.0)
    monkeypatch.setattr(settling, "_is_behind", lambda *_: True)
    monkeypatch.setattr(view, "problems", lambda *_: iter(["compared"]))
    assert check(shop.ledger) == ["compared"]
    monkeypatch.setenv("ORDERLEDGER_STORE", shop.ledger.database.url)
    with posting(shop, pause=0.1):
        checked = check_all(shop.ledger)
        shop.ledger.publisher.stop()  # it gives the lease back: the service publishes again
        assert run(["check", "--books", str(shop.books)]) == 0
    assert (checked.problems, checked.moving) == ([], True)
    assert "视图未及更新" in capsys.readouterr().err


@sqlite_alone
def test_the_second_process_hears_that_the_view_is_behind(shop: Company, two: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """With each part that it is asked to judge."""
    asked: list[object] = []
    send = Second._send

    def note(self: Second, message: object) -> None:
        asked.append(message)
        send(self, message)

    monkeypatch.setattr(Second, "_send", note)
    monkeypatch.setattr(settling, "SETTLING_SECONDS_MAX", 2.0)
    monkeypatch.setattr(settling, "_is_behind", lambda *_: True)
    monkeypatch.setattr(integrity, "judge_here", lambda *_: None)
    with posting(shop, pause=0.1):
        assert check(shop.ledger) == []
    judged = [message for message in asked if isinstance(message, Judge)]
    assert len(judged) == len(PARTS) and all(message.moving for message in judged)


def test_both_see_the_same_commit(shop: Company) -> None:
    """Although somebody posts at the very moment between the two snapshots."""
    other = Database(shop.ledger.database.url)
    poster = threading.Thread(target=sell, args=(shop, "between"))
    seen: list[int] = []

    def seq(connection: Any) -> int:
        return int(connection.exec_driver_sql("SELECT seq FROM head WHERE id = 1").scalar_one())

    def see(snapshot: str) -> None:
        poster.start()
        poster.join(0.3)
        with other.reading(snapshot=snapshot) as connection:
            seen.append(seq(connection))

    before = shop.ledger.health()["seq"]
    with shop.ledger.database.reading_with(see) as connection:
        poster.join()
        assert [seq(connection)] == seen == [before]
    other.close()
    assert shop.ledger.health()["seq"] == before + 3


def test_a_walk_through_the_store_keeps_little_of_it(shop: Company) -> None:
    """On SQLite, and only as long as it takes: the connection goes back to whoever needs pages again."""
    database = shop.ledger.database

    def pages() -> Any:
        return connection.exec_driver_sql("PRAGMA cache_size").scalar_one() if database.sqlite else None

    with database.reading() as connection:
        before = pages()
        with walking(connection):
            assert not database.sqlite or pages() == -SQLITE_WALK_CACHE_KB
        assert pages() == before


WAITING = """
import sys, time
from ledger import integrity
from ledger.integrity.second import Second
from api.cli import run

integrity.is_worth = lambda _: True
judging = Second.judging

def wait(*_):
    print("waits", flush=True)
    time.sleep(60)

def tell(self, *arguments, **options):
    print(self._process.pid, flush=True)
    return judging(self, *arguments, **options)

integrity.judge_here = wait
Second.judging = tell
sys.exit(run(["check", "--books", sys.argv[1]]))
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGKILL, -signal.SIGKILL)])
def test_both_end_together(tmp_path: Path, number: signal.Signals, code: int) -> None:
    """Ctrl-C and other signals reach the first one; the second has nobody to answer any more."""
    made = Company(tmp_path / "books", "")
    made.buy("PO", "2026-02-01", 10, "10.00")
    made.ledger.close()
    command = [sys.executable, "-c", WAITING, str(made.books)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None and process.stderr is not None
        beside = int(process.stdout.readline())
        assert process.stdout.readline() == "waits\n"
        os.kill(beside, 0)
        if number == signal.SIGINT:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        assert process.wait(20) == code
        # Both have it open: it ends when the last of them has.
        told = process.stderr.read().strip()
    assert told == ("orderledger: interrupted" if number == signal.SIGINT else "")


@sqlite_alone
def test_text_that_nobody_publishes_is_told(shop: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while: a publisher beside needs a moment, and one that is stuck never ends."""
    monkeypatch.setattr("ledger.integrity.settling.SETTLING_SECONDS_MAX", 0.1)
    sell(shop, "unpublished")
    monkeypatch.setattr(shop.ledger, "publish", lambda: 0)
    assert any("not published yet" in problem for problem in check(shop.ledger, silent))
    monkeypatch.undo()
    assert check(shop.ledger) == []
