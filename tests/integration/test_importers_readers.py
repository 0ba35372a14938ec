"""Processes that read an import together: the outcome is that of one, none is left behind, and one that is lost is one clear error."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from importers import readers
from importers.discovery import Mappings, list_sources
from importers.errors import BadFile, NoWorkingSpace, ReaderLost
from importers.reading import read_sources
from importers.report import ImportReport
from importers.run import import_paths
from ledger.progress import Progress, silent
from tests.integration.test_importers_ledger import FakeLedger
from tests.integration.test_importers_parts import files
from tests.integration.test_importers_tables import GOOD, HEADER, MAPPING

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Let two processes read whatever is imported, and return those that were started; all of them must have ended."""
    monkeypatch.setattr("importers.division.READERS_BYTES_MIN", 0)
    monkeypatch.setattr("importers.division._processors", lambda: 2)
    found: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def noted(*command: Any, **options: Any) -> subprocess.Popen[bytes]:
        found.append(start(*command, **options))
        return found[-1]

    monkeypatch.setattr(subprocess, "Popen", noted)
    return found


def read(folder: Path, progress: Progress = silent, *, work: Path | None = None) -> tuple[list[Any], str]:
    """Read all files of a folder; return the documents in the order of posting with their rows and files, and the report."""
    report = ImportReport()
    prepared = read_sources(list_sources([folder], Mappings("USD")), "USD", report, progress, work)
    assert prepared.count == report.documents
    found = [(one.document, one.rows, one.place, one.file.file, one.plan is not None) for one in prepared.documents()]
    return found, str(report.to_json())


def table(folder: Path, name: str, rows: str) -> Path:
    """Write a table with its mapping."""
    path = folder / name
    path.write_text(rows, encoding="utf-8")
    path.with_suffix(".toml").write_text(MAPPING, encoding="utf-8")
    return path


def ended(processes: list[subprocess.Popen[bytes]]) -> bool:
    """Say whether two processes were started, and waited for."""
    return len(processes) == 2 and all(process.returncode is not None for process in processes)


def test_two_processes_read_as_one_does(tmp_path: Path, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    """The same documents in the same order, the same report; how far it is is told; nothing is left in the folder."""
    source, work = tmp_path / "in", tmp_path / "work"
    source.mkdir()
    work.mkdir()
    files(source)
    alone = read(source)
    assert started == []
    monkeypatch.setattr("importers.reading.DOCUMENTS_KEPT", 40)
    monkeypatch.setattr("importers.reading.PROGRESS_EVERY", 10)
    told: list[tuple[str, int, int | None]] = []
    assert read(source, lambda *how_far: told.append(how_far), work=work) == alone
    assert ended(started)
    assert len(alone[0]) > 150
    counts = [done for _, done, _ in told]
    assert counts == sorted(counts) and counts[-1] > 100
    assert list(work.iterdir()) == []


def test_an_import_by_two_processes(tmp_path: Path, started: list[subprocess.Popen[bytes]]) -> None:
    """What was posted is what one process would have posted."""
    path = table(tmp_path, "sales.csv", HEADER + GOOD)
    ledger = FakeLedger(tmp_path / "books")
    report = import_paths(ledger, [path])
    assert ended(started)
    assert (report.new, report.documents, report.refused) == (6, 6, [])
    assert next(iter(ledger.posted)) == ("shop", "order", "SO-2")


def test_the_first_file_that_cannot_be_read_stops_it(tmp_path: Path, started: list[subprocess.Popen[bytes]]) -> None:
    """In the order of the files, as in one process, whoever comes upon one first; nothing is posted."""
    table(tmp_path, "a.csv", HEADER + GOOD * 500)
    (tmp_path / "b.json").write_text("{", encoding="utf-8")
    (tmp_path / "c.json").write_text("[", encoding="utf-8")
    table(tmp_path, "d.csv", "Order,Date\n")
    ledger = FakeLedger(tmp_path / "books")
    with pytest.raises(BadFile, match=r"b\.json: is not JSON"):
        import_paths(ledger, [tmp_path])
    assert ended(started) and ledger.posted == {}


@pytest.mark.parametrize("way", ["killed", "never begun"])
def test_a_lost_process_is_one_clear_error(
    tmp_path: Path, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """The other one ends too, nothing is posted, nothing is left."""
    os.mkfifo(tmp_path / "a.ndjson")
    work = tmp_path / "work"
    work.mkdir()
    if way == "never begun":
        monkeypatch.setattr(sys, "executable", "/bin/false")
        message = "ended with code 1; nothing was posted"
    else:
        message = r"was ended by signal 9 \(is memory short\?\); nothing was posted"

    def kill(_what: str, _done: int, _total: int | None) -> None:
        started[1].kill()

    with pytest.raises(ReaderLost, match=message):
        read_sources(list_sources([tmp_path / "a.ndjson"], Mappings("USD")), "USD", ImportReport(), kill, work)
    assert ended(started) and list(work.iterdir()) == []


def test_a_defect_keeps_its_traceback(tmp_path: Path, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    """What went wrong over there is in the report of the defect here."""
    monkeypatch.setattr("importers.reading.PROGRESS_EVERY", 0)
    path = table(tmp_path, "sales.csv", HEADER + GOOD)
    with pytest.raises(RuntimeError, match="reads a part of the files failed") as told:
        import_paths(FakeLedger(tmp_path / "books"), [path])
    assert ended(started) and "ZeroDivisionError" in told.value.__notes__[0]


def full_disk(_folder: Path | None) -> BinaryIO:
    """Return a file that takes nothing."""
    return Path("/dev/full").open("r+b", buffering=0)


def test_no_room_is_told(tmp_path: Path, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk stops the import with the same sentence, in whichever process."""
    path = table(tmp_path, "sales.csv", HEADER + GOOD)
    monkeypatch.setattr(readers, "nameless_file", full_disk)
    with pytest.raises(NoWorkingSpace, match="room for a temporary file: No space left"):
        import_paths(FakeLedger(tmp_path / "books"), [path])
    assert ended(started)


def test_where_no_process_can_be_started_one_reads_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound on processes is no reason not to import."""
    monkeypatch.setattr("importers.division.READERS_BYTES_MIN", 0)
    monkeypatch.setattr("importers.division._processors", lambda: 2)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    path = table(tmp_path, "sales.csv", HEADER + GOOD)
    assert import_paths(FakeLedger(tmp_path / "books"), [path]).new == 6


def test_a_file_that_is_written_meanwhile(tmp_path: Path, started: list[subprocess.Popen[bytes]]) -> None:
    """Two processes may have seen different rows of it."""
    path = table(tmp_path, "sales.csv", HEADER + GOOD)

    def write(_what: str, _done: int, _total: int | None) -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write(GOOD)

    with pytest.raises(BadFile, match=r"sales\.csv: changed while it was read"):
        read(tmp_path, write, work=tmp_path)
    assert ended(started)


IMPORT = """
import sys
from pathlib import Path
import importers.division
from importers.discovery import Mappings, list_sources
from importers.reading import read_sources
from importers.report import ImportReport
importers.division.READERS_BYTES_MIN = 0
importers.division._processors = lambda: 2
path = Path(sys.argv[1])
told = lambda *how_far: print("reading", flush=True)
read_sources(list_sources([path], Mappings("USD")), "USD", ImportReport(), told, path.parent)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_who_reads_ends_with_who_imports(tmp_path: Path, number: signal.Signals) -> None:
    """Killed or interrupted, it leaves no process, though each waits for a file that never comes. Ctrl-C reaches all and ends one."""
    os.mkfifo(tmp_path / "a.ndjson")
    command = [sys.executable, "-c", IMPORT, str(tmp_path / "a.ndjson")]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=ROOT) as process:
        assert process.stdout and process.stderr
        assert [process.stdout.readline() for _ in range(2)] == [b"reading\n"] * 2
        children = [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="utf-8").split()]
        assert len(children) == 2
        for child in children if number == signal.SIGINT else ():
            os.kill(child, number)
        time.sleep(0.1)
        assert all(map(alive, children))
        process.send_signal(number)
        assert process.wait(20) != 0
        told = process.stderr.read()
    until = time.monotonic() + 10
    while any(map(alive, children)):
        assert time.monotonic() < until
        time.sleep(0.01)
    assert told.count(b"Traceback") == (number == signal.SIGINT)
    assert [path.name for path in tmp_path.iterdir()] == ["a.ndjson"]


def alive(pid: int) -> bool:
    """Say whether a process runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
