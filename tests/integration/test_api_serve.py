"""`orderledger serve` as a real process: it starts, says so, refuses what it must, and stops cleanly however it is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from ledger.creation import create_books
from ledger.service import Ledger
from tests.api_client import order

START_SECONDS_MAX = 30
STOP_SECONDS_MAX = 15
COMMAND = (sys.executable, "-m", "api.cli", "serve")


class Server:
    """A running server and what it printed when it was ready."""

    def __init__(self, process: subprocess.Popen[str], said: Sequence[str]) -> None:
        self.process = process
        self.said = said
        self.url = said[0].split()[-1]

    def children(self) -> list[int]:
        """Return the processes that it started."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(number) for number in listed.split()]


@contextmanager
def served(books: Path, *arguments: str, store: str | None = None) -> Iterator[Server]:
    """Serve books on a free port, in a session of its own as a terminal or a supervisor would."""
    environment = {**os.environ, "ORDERLEDGER_BOOKS": str(books)} | ({"ORDERLEDGER_STORE": store} if store else {})
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", *arguments],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(3)]
        yield Server(process, said)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """Lend empty books."""
    create_books(tmp_path / "books")
    return tmp_path / "books"


@pytest.fixture
def token(books: Path) -> str:
    """Lend a token that posts and reads."""
    ledger = Ledger.open(books)
    try:
        return ledger.tokens.create("test", ["post", "read"])
    finally:
        ledger.close()


def gone(process: int) -> bool:
    """Tell whether a process has ended, waiting a moment for it."""
    for _ in range(50):
        try:
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.1)
    return False


def refused(*arguments: str, **environment: str) -> str:
    """Run a command that must end with exit code 1 and one line on stderr; return the line."""
    done = subprocess.run(
        [*COMMAND, *arguments], env={**os.environ, **environment}, capture_output=True, text=True, timeout=START_SECONDS_MAX, check=False
    )
    lines = [line for line in done.stderr.splitlines() if " fava " not in line]
    assert done.returncode == 1 and len(lines) == 1 and not done.stdout, done
    return lines[0]


def test_a_working_day(books: Path, token: str) -> None:
    """Start, post, ask in Chinese with slashes, send too much, look at the pages, stop: exit code 0 and everything published."""
    with served(books) as server, httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {token}"}) as client:
        assert [line.split()[0] for line in server.said] == ["API", "docs", "books"]
        assert client.get("/health").json() == {"status": "ok", "seq": 0, "published_seq": 0}
        posted = client.post("/documents", json=order("订单/1"))
        assert posted.status_code == 201 and client.get("/orders/订单/1/profit").json()["order"] == "订单/1"
        assert httpx.get(server.url.replace("/api/v1", posted.headers["Location"]), headers=client.headers).status_code == 200
        for chunked in (False, True):
            content: Any = (b" " * 100_000 for _ in range(100)) if chunked else b" " * 10_000_000
            big = client.post("/documents", content=content, headers={"Content-Type": "application/json"})
            assert (big.status_code, big.json()["code"]) == (413, "too-large")
        lines = client.post("/documents", content=b"{}\n{}\n", headers={"Content-Type": "application/x-ndjson"})
        assert [line["status"] for line in map(httpx.Response.json, map(_as_response, lines.text.splitlines()))] == [422, 422]
        assert client.get("/audit/verify", timeout=60).json()["ok"] is True
        root = server.url.removesuffix("/api/v1")
        assert httpx.get(f"{root}/docs").status_code == 200 and httpx.get(f"{root}/").status_code == 200
        assert httpx.get(f"{root}/books/").status_code in (200, 302, 503)
        assert httpx.get(f"{root}/books/", headers={"Host": "evil.example"}).status_code == 421
        children = server.children()
        server.process.terminate()
        assert server.process.wait(STOP_SECONDS_MAX) == 0 and all(gone(child) for child in children)
    assert (books / ".orderledger/published_seq").read_text().strip() == "1"


def _as_response(line: str) -> httpx.Response:
    return httpx.Response(200, content=line)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_whole_group(books: Path, number: signal.Signals) -> None:
    """Ctrl-C and service managers signal every process at once, and that may be right after the start: still exit code 0, soon."""
    for _ in range(2):
        with served(books) as server:
            children = server.children()
            os.killpg(server.process.pid, number)
            assert server.process.wait(STOP_SECONDS_MAX) == 0 and all(gone(child) for child in children)


def test_killed_and_started_again(books: Path, token: str) -> None:
    """kill -9 leaves no process behind: the port is free again at once, and what was acknowledged is there."""
    with served(books) as server:
        children = server.children()
        posted = httpx.post(f"{server.url}/documents", json=order(), headers={"Authorization": f"Bearer {token}"})
        assert posted.status_code == 201
        port = server.url.rpartition(":")[2].partition("/")[0]
        server.process.kill()
        server.process.wait()
    with served(books, "--port", port) as again:
        assert all(gone(child) for child in children)
        assert httpx.get(f"{again.url}/health").json()["seq"] == 1
        replay = httpx.post(f"{again.url}/documents", json=order(), headers={"Authorization": f"Bearer {token}"})
        assert (replay.status_code, replay.json()) == (200, posted.json())


def test_a_serving_process_that_dies_ends_the_server(books: Path) -> None:
    """Exit code 1, so that whoever supervises starts it again; nothing is left."""
    with served(books) as server:
        children = server.children()
        worker = next(child for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes())
        os.kill(worker, signal.SIGKILL)
        assert server.process.wait(STOP_SECONDS_MAX) == 1 and all(gone(child) for child in children)


def test_a_store_that_is_away(books: Path) -> None:
    """The server is up and says 503 with a reason, and stops as cleanly."""
    with served(books, store="postgresql://nobody:x@127.0.0.1:1/none") as server:
        for path in ("health", "orders", "documents"):
            answer = httpx.get(f"{server.url}/{path}")
            assert (answer.status_code, answer.json()["code"]) == (503, "store-unavailable") and answer.headers["Retry-After"]
        server.process.terminate()
        assert server.process.wait(STOP_SECONDS_MAX) == 0


def test_what_keeps_it_from_starting(books: Path, tmp_path: Path) -> None:
    """A taken port, no books, damaged books, an address that is not ours: one line and exit code 1."""
    with served(books) as server:
        port = server.url.rpartition(":")[2].partition("/")[0]
        assert "in use" in refused("--books", str(books), "--port", port)
        assert httpx.get(f"{server.url}/health").status_code == 200
    assert "no books" in refused("--books", str(tmp_path / "none"))
    assert "cannot listen" in refused("--books", str(books), "--host", "203.0.113.9")
    (books / "main.beancount").write_text('option "title" "x"\n', encoding="utf-8")
    assert "currency" in refused("--books", str(books), "--port", "0")
