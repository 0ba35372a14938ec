"""Fava over real books in this process: how often it loads, and what happens when it cannot."""

from __future__ import annotations

import fcntl
import json
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fava.core import FavaLedger
from fava.core.extensions import ExtensionModule
from werkzeug.test import Client

from fava_ext import books_files, fava_seam, text_seam
from fava_ext.books_changes import BooksChanges
from fava_ext.books_files import BooksFiles
from fava_ext.fava_seam import BooksLedger, create_books_app

PAGE = "/shop/income_statement/"


class Loads:
    """Count loads, and let them fail on demand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.fail = False
        after_load_file = ExtensionModule.after_load_file

        def counted(module: ExtensionModule) -> None:
            self.count += 1
            if self.fail:
                raise RuntimeError("an extension broke")
            after_load_file(module)

        # The last step of a load.
        monkeypatch.setattr(ExtensionModule, "after_load_file", counted)


@pytest.fixture
def books(tmp_path: Path) -> BooksFiles:
    """Write small books that have settled: older than the clock's slack."""
    (tmp_path / "journal").mkdir()
    (tmp_path / ".orderledger").mkdir()
    (tmp_path / "main.beancount").write_text('option "title" "Shop"\ninclude "manual.beancount"\ninclude "journal/index.beancount"\n')
    (tmp_path / "manual.beancount").write_text("1970-01-01 open Assets:Bank\n")
    (tmp_path / "journal/index.beancount").write_text("\n")
    return BooksFiles.at(tmp_path)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Loads:
    """Count from the first load on; no file counts as written during a load."""
    monkeypatch.setattr("fava_ext.books_changes.CLOCK_SLACK_NS", -(10**18))
    monkeypatch.setattr(fava_seam, "POLL_REST", 0)
    return Loads(monkeypatch)


@pytest.fixture
def client(books: BooksFiles, loads: Loads) -> Iterator[Client]:
    """Ask Fava."""
    yield Client(create_books_app(books))


def bump(books: BooksFiles, seq: int) -> None:
    """Count published documents."""
    (books.root / ".orderledger/published_seq").write_text(f"{seq}\n")


def test_it_loads_once_for_each_change(books: BooksFiles, client: Client, loads: Loads) -> None:
    """Not for a journal file that has changed, nor for the same counter written again."""
    assert (client.get(PAGE).status_code, loads.count) == (200, 1)
    bump(books, 1)
    for _ in range(3):
        client.get(PAGE)
        client.get("/shop/api/changed")
    assert loads.count == 2
    (books.root / "journal/index.beancount").write_text("; more\n")
    bump(books, 1)
    client.get(PAGE)
    assert loads.count == 2
    (books.root / "manual.beancount").write_text("1970-01-01 open Assets:Bank\n\n")
    client.get("/static/app.css", buffered=True)
    assert loads.count == 2
    client.get(PAGE)
    assert loads.count == 3


def test_a_change_moves_the_number_that_pages_compare(books: BooksFiles, client: Client) -> None:
    """An open page learns of a change whichever page caused the load."""
    before = json.loads(client.get("/shop/api/changed").text)
    bump(books, 1)
    client.get(PAGE)
    after = json.loads(client.get("/shop/api/changed").text)
    assert int(after["mtime"]) > int(before["mtime"])
    bump(books, 2)
    assert json.loads(client.get("/shop/api/changed").text)["data"] is True


def test_polls_alone_do_not_keep_it_loading(books: BooksFiles, client: Client, loads: Loads, monkeypatch: pytest.MonkeyPatch) -> None:
    """Soon after a load a page still gets what is new; the question whether there is anything new does not."""
    monkeypatch.setattr(fava_seam, "POLL_REST", 10**6)
    bump(books, 1)
    assert json.loads(client.get("/shop/api/changed").text)["data"] is False
    assert loads.count == 1
    client.get(PAGE)
    assert loads.count == 2


def test_a_failed_load_is_tried_again(books: BooksFiles, client: Client, loads: Loads) -> None:
    """One request fails; the next finds the change still there, and the gate open."""
    bump(books, 1)
    loads.fail = True
    assert client.get(PAGE).status_code == 500
    loads.fail = False
    assert (client.get(PAGE).status_code, loads.count) == (200, 3)


def test_a_publisher_that_never_ends_is_not_waited_for(books: BooksFiles, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The request is answered as busy, and the next one works."""
    monkeypatch.setattr(books_files, "LOCK_SECONDS_MAX", 0.05)
    with (books.root / ".orderledger/publish.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert client.get(PAGE).status_code == 200
        bump(books, 1)
        busy = client.get("/shop/api/income_statement")
        assert (busy.status_code, list(json.loads(busy.text))) == (503, ["error"])
    assert client.get(PAGE).status_code == 200


def test_a_page_is_drawn_from_one_state(books: BooksFiles, client: Client, loads: Loads, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another page's load waits until the first page is done."""
    drawing, go_on = threading.Event(), threading.Event()
    errors: Any = vars(FavaLedger)["errors"]

    def slow_errors(ledger: BooksLedger) -> object:
        if not drawing.is_set():
            drawing.set()
            assert go_on.wait(10)
            assert loads.count == 1
        return errors.fget(ledger)

    monkeypatch.setattr(BooksLedger, "errors", property(slow_errors))
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(client.get, PAGE)
        assert drawing.wait(10)
        bump(books, 1)
        second = pool.submit(client.get, PAGE)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.2)
        go_on.set()
        assert [page.result(timeout=10).status_code for page in (first, second)] == [200, 200]
    assert loads.count == 2


def test_the_publisher_goes_on_once_the_text_is_read(books: BooksFiles, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Booking and the rest of a load take several times as long as reading."""
    held: list[bool] = []
    read_text, finished = text_seam._read_text, BooksChanges.finished

    def is_held() -> bool:
        with (books.root / ".orderledger/publish.lock").open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    def watched_read(*args: Any) -> Any:
        held.append(is_held())
        return read_text(*args)

    def watched_finish(changes: BooksChanges, paths: Iterable[Path]) -> None:
        held.append(is_held())
        finished(changes, paths)

    monkeypatch.setattr(text_seam, "_read_text", watched_read)
    monkeypatch.setattr(BooksChanges, "finished", watched_finish)
    bump(books, 1)
    assert client.get(PAGE).status_code == 200
    assert held == [True, False]


@pytest.mark.parametrize("path", ["journal/2026/2026-03.beancount", ".orderledger/published_seq", "a/../journal/x"])
def test_whose_a_file_is_does_not_depend_on_its_spelling(books: BooksFiles, tmp_path: Path, path: str) -> None:
    """Links and dots lead to the same file."""
    assert books.is_service_file(Path(path))
    assert books.is_service_file(books.root / path)
    link = tmp_path / "link"
    link.symlink_to(books.root / "journal", target_is_directory=True)
    assert books.is_service_file(link / "x")
    assert not books.is_service_file(books.root / "journal.beancount")
    assert not books.is_service_file(books.root / "manual.beancount")
