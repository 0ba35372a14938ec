"""Copies of a process: what they raise is raised, they are waited for whatever interrupts that, and nothing of them is left."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from ledger.copies import POSSIBLE, Copy
from ledger.errors import NotFound, StoreUnavailable

pytestmark = pytest.mark.skipif(not POSSIBLE, reason="there are no copies here")


class Unsendable(Exception):
    """An error that cannot be read back from what it was sent as."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(one + two)


class Interrupted(Exception):
    """What a signal raises."""


@pytest.fixture
def interrupted() -> Iterator[None]:
    """Interrupt this process in a tenth of a second."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def failing(error: Exception) -> None:
    """Fail."""
    raise error


def test_what_it_raises_is_raised() -> None:
    """The error itself, or its text where it cannot be sent; asked again, again."""
    for error, told in ((NotFound("no such thing"), NotFound), (Unsendable(1, 2), RuntimeError)):
        copy = Copy(lambda error=error: failing(error))  # type: ignore[misc]
        copy.end()
        for _ in range(2):
            with pytest.raises(told):
                copy.wait()


def test_what_it_does_is_its_own(tmp_path: Path) -> None:
    """What it writes is there, what it changes in memory is not here."""
    known, file = [1], tmp_path / "told"

    def work() -> None:
        known.append(2)
        file.write_text(str(known))

    Copy(work).wait()
    assert (known, file.read_text()) == ([1], "[1, 2]")


@pytest.mark.usefixtures("interrupted")
def test_a_wait_that_is_interrupted_goes_on(tmp_path: Path) -> None:
    """Interrupted while it waits, it can wait again, and no other file is taken for the copy's answer."""
    copy = Copy(lambda: time.sleep(0.5))
    with pytest.raises(Interrupted):
        copy.end()
    with (tmp_path / "other").open("w") as other:
        copy.wait()
        other.write("still open")
    assert not copy.at_work


def test_where_there_are_no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's refusal is raised, and no pipe is left."""

    def refuse() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    before = len(list(Path("/proc/self/fd").iterdir()))
    monkeypatch.setattr(os, "fork", refuse)
    with pytest.raises(BlockingIOError):
        Copy(lambda: None)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_ctrl_c_does_not_reach_what_its_caller_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A copy that is interrupted before it has begun does its work, and no code of its original."""
    fork, file = os.fork, tmp_path / "done"

    def interrupted_fork() -> int:
        process = fork()
        if not process:
            os.kill(os.getpid(), signal.SIGINT)
        return process

    monkeypatch.setattr(os, "fork", interrupted_fork)
    Copy(lambda: (file.write_text("done"), None)[1]).wait()
    assert file.read_text() == "done"


def test_one_that_is_killed() -> None:
    """It is told by which signal."""
    with pytest.raises(StoreUnavailable, match="by signal 9"):
        Copy(lambda: os.kill(os.getpid(), signal.SIGKILL)).wait()


def test_children_that_nobody_waits_for() -> None:
    """Where whoever started this process ignores the end of children, what the copy told counts."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        Copy(lambda: None).wait()
        with pytest.raises(NotFound):
            Copy(lambda: failing(NotFound("no such thing"))).wait()
    finally:
        signal.signal(signal.SIGCHLD, before)
