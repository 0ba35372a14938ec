"""Who publishes, how often, and that posts and publisher take turns at the store."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from ledger import publisher as publishing
from ledger.books import files
from ledger.limits import LOG_PAGES_MAX
from ledger.store import database as storing
from ledger.store.database import Database
from tests.company import Company

SECONDS_MAX = 30.0
"""Longer than anything here takes unless it fails."""


def own(company: Company, owner: str) -> None:
    """Have somebody else hold the lease; nobody where the name is empty."""
    with company.ledger.database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE publisher SET owner = '{owner}', expires = '2999-01-01' WHERE id = 1")


def wait_until_published(company: Company, seq: int) -> None:
    """Wait for the background."""
    until = time.monotonic() + SECONDS_MAX
    while company.ledger.health()["published_seq"] < seq:
        assert time.monotonic() < until, "nothing is published"
        time.sleep(0.01)


def test_a_lease_lost_while_writing_records_nothing(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another took over after the text was written: what it wrote counts, ours is written again once the lease is ours again."""
    company.buy("P1", "2026-03-01", 10, "5.00")
    company.ledger.publish()
    seq = company.buy("P2", "2026-03-02", 10, "5.00").seq

    def late(*args: Any) -> int:
        own(company, "elsewhere:1:x")
        return files.append(*args)

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "append", late)
        assert company.ledger.publish() == seq - 1
    assert company.ledger.publish() == seq - 1
    own(company, "")
    assert company.ledger.publish() == seq
    assert company.problems() == []


def test_a_lease_is_taken_once(company: Company) -> None:
    """While it runs, publishing extends it by the commit that it makes anyhow; one that runs out is taken again."""
    heard: list[str] = []
    event.listen(company.ledger.database.writer, "before_cursor_execute", lambda *args: heard.append(args[2]))
    for number in range(3):
        company.buy(f"P{number}", "2026-03-01", 10, "5.00")
        company.ledger.publish()
    taken = [text for text in heard if text.startswith("UPDATE publisher SET owner")]
    extended = [text for text in heard if text.startswith("UPDATE publisher SET expires")]
    assert (len(taken), len(extended)) == (1, 3)
    company.ledger.publisher._held_until = time.monotonic() + publishing.LEASE_LEFT_SECONDS_MIN
    company.buy("P3", "2026-03-01", 10, "5.00")
    company.ledger.publish()
    assert len([text for text in heard if text.startswith("UPDATE publisher SET owner")]) == 2


def test_the_background_rests_between_rounds(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """A post that comes alone is published at once; what comes right after it waits for the next round, or for the end."""
    monkeypatch.setattr(publishing, "ROUND_SECONDS_MIN", SECONDS_MAX)
    company.ledger.start_publisher()
    first = company.buy("P1", "2026-03-01", 10, "5.00").seq
    wait_until_published(company, first)
    second = company.buy("P2", "2026-03-01", 10, "5.00").seq
    time.sleep(3 * publishing.POLL_SECONDS)
    assert company.ledger.health()["published_seq"] == first
    started = time.monotonic()
    company.ledger.publisher.stop()
    assert time.monotonic() - started < SECONDS_MAX / 2
    assert company.ledger.health()["published_seq"] == second


def test_the_view_follows_less_often_than_the_books(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it rests the books go on; it follows when the rest is over, without another post."""
    kept: list[int] = []
    view = company.ledger.publisher.view
    assert view is not None
    keep = view.keep

    def noting(seq: int, *, at_once: bool = False) -> None:
        kept.append(seq)
        keep(seq, at_once=at_once)

    monkeypatch.setattr(view, "keep", noting)
    monkeypatch.setattr(publishing, "ROUND_SECONDS_MIN", 0)
    monkeypatch.setattr(publishing, "VIEW_SECONDS_MIN", 4 * publishing.POLL_SECONDS)
    company.ledger.start_publisher()
    for number in range(5):
        seq = company.buy(f"P{number}", "2026-03-01", 10, "5.00").seq
        wait_until_published(company, seq)
    assert len(kept) < 5
    until = time.monotonic() + SECONDS_MAX
    while kept[-1] < seq:
        assert time.monotonic() < until, "the view stays behind"
        time.sleep(0.01)


def test_the_background_brings_the_log_into_the_file(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commits of a serving process leave SQLite's log alone; what is published is in the file soon all the same."""
    if not company.ledger.database.sqlite:
        pytest.skip("PostgreSQL has a process of its own for that")
    monkeypatch.setattr(publishing, "CHECKPOINT_SECONDS_MIN", 0)
    file = Path(str(company.ledger.database.writer.url.database))
    company.ledger.start_publisher()
    with company.ledger.database.writing() as connection:
        assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar_one() == LOG_PAGES_MAX
    before = file.stat().st_mtime_ns
    seq = company.buy("P1", "2026-03-01", 10, "5.00").seq
    wait_until_published(company, seq)
    until = time.monotonic() + SECONDS_MAX
    while file.stat().st_mtime_ns == before:
        assert time.monotonic() < until, "the file is as it was"
        time.sleep(0.01)


def test_writers_of_a_process_take_turns(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where SQLite would refuse at once who finds another writing, both get their turn."""
    if not company.ledger.database.sqlite:
        pytest.skip("PostgreSQL lets them wait for one another itself")
    monkeypatch.setattr(storing, "_SQLITE_PRAGMAS", (*storing._SQLITE_PRAGMAS, "busy_timeout=0"))
    database = Database(company.store_url)
    inside, done = threading.Event(), []

    def write(name: str) -> None:
        with database.writing() as connection:
            connection.exec_driver_sql("UPDATE publisher SET owner = owner WHERE id = 1")
            inside.set()
            time.sleep(0.05)
            done.append(name)

    first = threading.Thread(target=write, args=("first",))
    first.start()
    assert inside.wait(SECONDS_MAX)
    write("second")
    first.join()
    database.close()
    assert done == ["first", "second"]
