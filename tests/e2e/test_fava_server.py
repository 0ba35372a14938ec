"""Fava as a process of its own: it shows what is published, tears nothing, writes to people's files only, and ends."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from werkzeug.serving import make_server

from api.fava_process import FavaProcess
from api.fava_proxy import books_proxy

START_SECONDS_MAX = 30.0

FILES = {
    "main.beancount": """
option "title" "Shop"
option "operating_currency" "CNY"
2026-01-01 custom "fava-option" "default-file" "manual.beancount"
include "accounts.beancount"
include "manual.beancount"
include "prices.beancount"
include "journal/index.beancount"
""",
    "accounts.beancount": """
1970-01-01 open Assets:Bank
1970-01-01 open Assets:1002-银行存款
1970-01-01 open Income:Sales
1970-01-01 open Expenses:Rent
""",
    "manual.beancount": "; entries by hand\n",
    "prices.beancount": "\n",
    "journal/index.beancount": 'include "2026/2026-03.beancount"\n',
    "journal/2026/2026-03.beancount": "",
}


@dataclass(frozen=True)
class Books:
    """A small books folder and the part of the publisher that matters to readers."""

    root: Path

    @property
    def month(self) -> Path:
        """The open month's journal file."""
        return self.root / "journal/2026/2026-03.beancount"

    @property
    def _seq(self) -> Path:
        return self.root / ".orderledger/published_seq"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the publisher's lock."""
        folder = self.root / ".orderledger"
        folder.mkdir(exist_ok=True)
        with (folder / "publish.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def append(self, text: str) -> None:
        """Write to the journal as the publisher does: at the end, and on disk."""
        with self.month.open("a", encoding="utf-8") as file:
            file.write(text)
            file.flush()

    def bump(self) -> None:
        """Count one more published document, in one step."""
        seq = int(self._seq.read_text()) + 1 if self._seq.exists() else 1
        fresh = self._seq.with_suffix(".new")
        fresh.write_text(f"{seq}\n")
        fresh.replace(self._seq)

    def publish(self, narration: str) -> None:
        """Publish one entry."""
        with self.locked():
            self.append(entry(narration))
            self.bump()


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


class Client:
    """Ask a server as a browser would."""

    def __init__(self, url: str) -> None:
        self.target = urlsplit(url)

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Send one request; a body is sent as JSON."""
        connection = HTTPConnection(self.target.hostname or "", self.target.port, timeout=60)
        if self.target.password:
            pair = f"{self.target.username}:{self.target.password}".encode()
            headers["Authorization"] = "Basic " + b64encode(pair).decode()
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def journal(self) -> list[str]:
        """Return the narrations that the journal page shows."""
        answer = self.ask("GET", "/books/shop/api/journal_page?page=1&order=asc")
        assert answer.status == 200, answer.body
        return re.findall(r"entry-\w+", answer.json["data"]["journal"])

    def source_slice(self, narration: str) -> tuple[str, str, str]:
        """Return hash, text and digest of the one entry with this narration."""
        [found] = [e for e in self.ask("GET", "/books/shop/api/journal").json["data"] if e.get("narration") == narration]
        entry_hash = found["entry_hash"]
        data = self.ask("GET", f"/books/shop/api/source_slice?entry_hash={entry_hash}").json["data"]
        return entry_hash, data["slice"], data["sha256sum"]


def entry(narration: str) -> str:
    """Return a balanced entry's text."""
    return f'2026-03-02 * "{narration}"\n  Assets:Bank   1.00 CNY\n  Income:Sales  -1.00 CNY\n\n'


def wait_for(condition: Callable[[], bool], seconds: float = START_SECONDS_MAX) -> None:
    """Return once the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def answers(url: str | None) -> bool:
    """Say whether a server accepts connections."""
    try:
        socket.create_connection(("127.0.0.1", urlsplit(url or "").port or 1), timeout=1).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def server_command(books: Books, port: int) -> list[str]:
    """Return the command line of a server that is not supervised."""
    return [sys.executable, "-m", "fava_ext.server", "--books", str(books.root), "--port", str(port)]


@pytest.fixture
def books(tmp_path: Path) -> Books:
    """Write empty books, without the service's own folder."""
    for name, text in FILES.items():
        path = tmp_path / "books" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Books(tmp_path / "books")


@pytest.fixture
def fava(books: Books) -> Iterator[FavaProcess]:
    """Run Fava for the books."""
    process = FavaProcess(books.root)
    process.start()
    try:
        wait_for(lambda: answers(process.url))
        yield process
    finally:
        process.stop()


@pytest.fixture
def client(fava: FavaProcess) -> Client:
    """Ask Fava itself."""
    assert fava.url is not None
    return Client(fava.url)


@pytest.fixture
def outside(fava: FavaProcess) -> Iterator[Client]:
    """Ask a server that forwards to Fava."""
    with serving(lambda: fava.url) as client:
        yield client


@contextmanager
def serving(get_url: Callable[[], str | None]) -> Iterator[Client]:
    """Run the proxy under a threaded WSGI server."""
    server = make_server("127.0.0.1", 0, books_proxy(get_url), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Client(f"http://127.0.0.1:{server.port}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def test_a_published_entry_is_on_the_next_page(books: Books, client: Client) -> None:
    """Nothing is there at first, not even the service's folder; then each page shows what was published before it."""
    assert client.journal() == []
    for number in range(3):
        books.publish(f"entry-{number}")
        assert client.journal() == [f"entry-{n}" for n in range(number + 1)]


def test_text_without_a_new_count_is_not_read(books: Books, client: Client) -> None:
    """Only the counter says that the journal's text is whole."""
    books.publish("entry-a")
    assert client.journal() == ["entry-a"]
    books.append(entry("entry-b"))
    assert client.journal() == ["entry-a"]
    with books.locked():
        books.bump()
    assert client.journal() == ["entry-a", "entry-b"]


def test_a_change_by_people_is_on_the_next_page(books: Books, client: Client) -> None:
    """Every people's file counts, also one that is included from now on and changed later."""
    (books.root / "manual.beancount").write_text(entry("entry-hand"))
    assert client.journal() == ["entry-hand"]
    (books.root / "more.beancount").write_text(entry("entry-more"))
    with (books.root / "main.beancount").open("a") as main:
        main.write('include "more.beancount"\n')
    assert client.journal() == ["entry-hand", "entry-more"]
    (books.root / "more.beancount").write_text(entry("entry-replaced"))
    assert client.journal() == ["entry-hand", "entry-replaced"]


def test_half_an_entry_is_never_read(books: Books, client: Client) -> None:
    """A page that must read while the publisher writes waits for it."""
    assert client.journal() == []
    text = entry("entry-whole")
    with ThreadPoolExecutor(1) as pool:
        with books.locked():
            books.append(text[:40])
            assert client.journal() == [], "nothing has changed as far as readers know, so nothing waits"
            (books.root / "manual.beancount").write_text(entry("entry-hand"))
            page = pool.submit(client.journal)
            time.sleep(1)
            assert not page.done()
            books.append(text[40:])
            books.bump()
        assert page.result(timeout=10) == ["entry-hand", "entry-whole"]
    assert client.ask("GET", "/books/shop/api/errors").json["data"] == []


def test_pages_during_many_appends_are_whole(books: Books, client: Client) -> None:
    """Each page shows a prefix of what was published, without errors, and the last page shows all."""
    published = [f"entry-{n}" for n in range(250)]

    def publish_in_halves() -> None:
        for narration in published:
            text = entry(narration)
            # Elsewhere half an entry may load without an error, as one whose amounts are left out.
            cut = text.index("come:Sales")
            with books.locked():
                books.append(text[:cut])
                time.sleep(0.002)
                books.append(text[cut:])
                books.bump()

    def look(_: int) -> None:
        seen = client.journal()
        assert seen == published[: len(seen)]
        assert client.ask("GET", "/books/shop/api/errors").json["data"] == []

    with ThreadPoolExecutor(4) as pool:
        publisher = pool.submit(publish_in_halves)
        while not publisher.done():
            list(pool.map(look, range(3)))
        publisher.result()
    assert client.journal() == published


def test_the_editor_may_not_write_to_the_journal(books: Books, client: Client) -> None:
    """Whole files, single entries and their deletion are refused in the form that Fava's pages show."""
    books.publish("entry-posted")
    assert client.journal() == ["entry-posted"]
    before = books.month.read_bytes()
    source = client.ask("GET", "/books/shop/api/source?" + urlencode({"filename": str(books.month)})).json["data"]
    entry_hash, _, digest = client.source_slice("entry-posted")
    tries = [
        ("PUT", "source", {**source, "source": "changed"}),
        ("PUT", "source_slice", {"entry_hash": entry_hash, "source": "changed", "sha256sum": digest}),
        ("DELETE", f"source_slice?entry_hash={entry_hash}&sha256sum={digest}", None),
        ("PUT", "attach_document", {"filename": "scan.pdf", "entry_hash": entry_hash}),
        ("PUT", "move", {"filename": str(books.month), "account": "Assets:Bank", "new_name": "x"}),
        ("DELETE", "document?" + urlencode({"filename": str(books.month)}), None),
    ]
    (books.root / "manual.beancount").write_text(f'option "documents" "."\n2026-03-03 document Assets:Bank "{books.month}"\n')
    assert client.journal() == ["entry-posted"]
    for method, path, body in tries:
        answer = client.ask(method, f"/books/shop/api/{path}", body)
        assert (answer.status, list(answer.json)) == (403, ["error"]), (path, answer)
        assert "2026-03.beancount is written by orderledger alone" in answer.json["error"]
        assert books.month.read_bytes() == before


def test_entries_meant_for_the_journal_are_refused_together(books: Books, client: Client) -> None:
    """An `insert-entry` option inside a service's file does not open it, and no other entry of the request is kept."""
    books.append('2020-01-01 custom "fava-option" "insert-entry" "Expenses:Rent"\n')
    with books.locked():
        books.bump()
    before = {path: path.read_bytes() for path in books.root.rglob("*.beancount")}
    assert client.journal() == []
    answer = client.ask("PUT", "/books/shop/api/add_entries", {"entries": [hand_entry("Assets:1002-银行存款"), hand_entry()]})
    assert answer.status == 403, answer.body
    assert {path: path.read_bytes() for path in books.root.rglob("*.beancount")} == before


def test_people_write_to_their_own_files(books: Books, client: Client) -> None:
    """Entries are added, changed in the editor and deleted again."""
    manual = books.root / "manual.beancount"
    answer = client.ask("PUT", "/books/shop/api/add_entries", {"entries": [hand_entry()]})
    assert (answer.status, answer.json["data"]) == (200, "Stored 1 entries.")
    assert "Expenses:Rent" in manual.read_text()
    assert client.journal() == ["entry-rent"]

    source = client.ask("GET", "/books/shop/api/source?" + urlencode({"filename": str(manual)})).json["data"]
    source["source"] = source["source"].replace("entry-rent", "entry-office")
    assert client.ask("PUT", "/books/shop/api/source", source).status == 200
    assert client.journal() == ["entry-office"]

    entry_hash, _, digest = client.source_slice("entry-office")
    path = f"/books/shop/api/source_slice?entry_hash={entry_hash}&sha256sum={digest}"
    assert client.ask("DELETE", path).status == 200
    assert client.journal() == []


def hand_entry(account: str = "Expenses:Rent") -> dict[str, object]:
    """Return an entry as Fava's form sends it."""
    return {
        "t": "Transaction", "meta": {}, "date": "2026-03-05", "flag": "*", "payee": "", "narration": "entry-rent",
        "tags": [], "links": [],
        "postings": [{"account": account, "amount": "5.00 CNY"}, {"account": "Assets:Bank", "amount": "-5.00 CNY"}],
    }  # fmt: skip


def test_a_body_over_the_limit_is_refused(client: Client) -> None:
    """The limit holds in Fava's own process, whoever forwards."""
    connection = HTTPConnection("127.0.0.1", client.target.port, timeout=10)
    connection.putrequest("PUT", "/books/shop/api/source")
    connection.putheader("Content-Length", str(17 * 1024 * 1024))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_the_port_alone_opens_nothing(client: Client) -> None:
    """Whoever finds the port reads no page without the key."""
    stranger = Client(f"http://127.0.0.1:{client.target.port}")
    guesser = Client(f"http://books:guess@127.0.0.1:{client.target.port}")
    assert [c.ask("GET", "/books/shop/api/journal").status for c in (stranger, guesser)] == [401, 401]


def test_sigterm_ends_it_cleanly(books: Books) -> None:
    """Exit code 0, also while the books are being loaded."""
    port = free_port()
    for loaded in (False, True):
        process = subprocess.Popen(server_command(books, port), stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        if loaded:
            wait_for(lambda: answers(f"http://127.0.0.1:{port}"))
            assert Client(f"http://127.0.0.1:{port}").ask("GET", "/books/shop/income_statement/").status == 200
        else:
            with books.locked():
                # Bound before it loads, so that the bound port says that its signals are handled.
                wait_for(lambda: not can_bind(port))
                time.sleep(0.5)
                process.terminate()
                assert process.wait(10) == 0
        process.terminate()
        assert process.wait(10) == 0
        assert "Traceback" not in process.stderr.read()
        process.stderr.close()


def can_bind(port: int) -> bool:
    """Say whether nobody holds the port."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def test_a_port_in_use_or_a_missing_folder_is_said(books: Books, tmp_path: Path) -> None:
    """Neither ends in a traceback."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = subprocess.run(server_command(books, taken.getsockname()[1]), capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "cannot listen on" in done.stderr
    nowhere = server_command(Books(tmp_path / "nowhere"), 1)
    done = subprocess.run(nowhere, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert "no main.beancount in" in done.stderr


def test_it_ends_with_its_parent(books: Books) -> None:
    """kill -9 of the process that supervises leaves nothing behind."""
    code = (
        "import sys, time; from pathlib import Path; from api.fava_process import FavaProcess\n"
        "fava = FavaProcess(Path(sys.argv[1])); fava.start()\n"
        "while fava.pid is None: time.sleep(0.01)\n"
        "print(fava.pid, fava.url, flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(books.root)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid, url = parent.stdout.readline().split()
    parent.stdout.close()
    wait_for(lambda: answers(url))
    parent.kill()
    parent.wait()
    wait_for(lambda: not runs(int(pid)), 10)
    assert not answers(url)


def runs(pid: int) -> bool:
    """Say whether the process exists and is not just waiting to be reaped."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_after_kill_it_comes_back_at_the_same_address(books: Books, fava: FavaProcess, outside: Client) -> None:
    """Meanwhile browsers are told to wait; afterwards the page is there, with what was published in between."""
    url, first = fava.url, fava.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: not fava.alive)
    waiting = outside.ask("GET", "/books/shop/income_statement/")
    assert (waiting.status, waiting.headers["Retry-After"]) == (503, "3")
    assert b"being loaded" in waiting.body
    books.publish("entry-meanwhile")
    wait_for(lambda: answers(fava.url))
    assert (fava.url, fava.alive, fava.pid == first) == (url, True, False)
    assert outside.journal() == ["entry-meanwhile"]
    fava.stop()
    assert not fava.alive
    assert fava.url is None


def test_the_way_from_the_prefix_to_the_first_page(books: Books, outside: Client) -> None:
    """The redirects stay below the prefix, whatever host the browser named, and the page's files come along."""
    hops = ["/books"]
    while (answer := outside.ask("GET", hops[-1], Host="shop.example")).status in {302, 308}:
        hops.append(answer.headers["Location"])
    assert hops == ["/books", "/books/", "/books/shop/income_statement/"]
    assert answer.status == 200
    files = re.findall(r'(?:src|href)="(/books/static/[^"]+)"', answer.body.decode())
    assert len(files) >= 2
    for file in files:
        asset = outside.ask("GET", file)
        assert (asset.status, len(asset.body)) == (200, int(asset.headers["Content-Length"]))
        assert outside.ask("GET", file, **{"If-None-Match": asset.headers["ETag"]}).status == 304


def test_the_proxy_carries_reads_and_writes(books: Books, outside: Client) -> None:
    """Chinese account names, refusals and entries by hand pass through."""
    name = "Assets:1002-银行存款"
    assert outside.ask("GET", f"/books/shop/account/{quote(name)}/").status == 200
    data = outside.ask("GET", "/books/shop/api/account_report?" + urlencode({"a": name, "r": "journal"}))
    assert data.status == 200
    assert outside.ask("PUT", "/books/shop/api/add_entries", {"entries": [hand_entry(name)]}).status == 200
    assert name in (books.root / "manual.beancount").read_text(encoding="utf-8")
    source = {"file_path": str(books.month), "source": "", "sha256sum": ""}
    assert outside.ask("PUT", "/books/shop/api/source", source).status == 403
    jump = outside.ask("GET", "/books/jump?time=2026", Referer="http://elsewhere.example/books/shop/", Host="shop.example")
    assert jump.headers["Location"] == "/books/"


def test_importing_the_api_side_does_not_import_fava() -> None:
    """Fava and Beancount's loader would cost the API's process memory and start time."""
    code = "import sys, api.fava_process, api.fava_proxy; sys.exit('fava' in sys.modules or 'beancount' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0
