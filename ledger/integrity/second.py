"""The second process of a check, from the side of the first: started anew, so that it carries no connection of ours over."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ledger.books.people import People
from ledger.errors import LedgerError
from ledger.integrity.messages import Done, Failed, Judge, Open, Ready, See, Told
from ledger.integrity.sharing import Sharing
from ledger.limits import CHECK_ALONE_DOCUMENTS_MAX, SEEING_SECONDS_MAX
from ledger.progress import Progress

_ENDING_SECONDS = 5.0
"""How long a process whose end of the pipe is closed may take to end."""


def is_worth(documents: int) -> bool:
    """Tell whether a second process pays: there is much to check, and a core for it."""
    return documents > CHECK_ALONE_DOCUMENTS_MAX and (os.cpu_count() or 1) > 1


class Second:
    """A second process that judges parts of the check."""

    def __init__(self, process: subprocess.Popen[bytes], pipe: Connection[Any, Any]) -> None:
        self._process = process
        self._pipe = pipe
        self._is_ready = False

    def wait_until_ready(self) -> None:
        """Wait until it has loaded its modules and opened the store; from then on it sees at once what it is to see."""
        if not self._is_ready:
            self._ready()
            self._is_ready = True

    def see(self, snapshot: str, people: People) -> None:
        """Have it open a snapshot of the store, in place of the last one."""
        self._send(See(snapshot, people))
        if not self._pipe.poll(SEEING_SECONDS_MAX):
            raise self._gone(f"does not answer within {SEEING_SECONDS_MAX:.0f} s", f"在 {SEEING_SECONDS_MAX:.0f} 秒内没有回答")
        self._ready()

    @contextmanager
    def judging(self, sharing: Sharing, progress: Progress, *, moving: bool) -> Iterator[None]:
        """Have it judge parts beside the block, and wait for it at the end; what it fails with is raised there, or by `sharing.look`."""
        thread = threading.Thread(target=self._judge_all, args=(sharing, progress, moving), name="second process", daemon=True)
        thread.start()
        try:
            yield
            thread.join()
        finally:
            # Where the block is left by an error, or by Ctrl-C, there is nothing to wait for: the thread ends with the process.
            self._process.kill()
            thread.join()
        sharing.look()

    def _judge_all(self, sharing: Sharing, progress: Progress, moving: bool) -> None:
        try:
            while (number := sharing.take()) is not None:
                self._send(Judge(number, moving))
                while not isinstance(answer := self._answer(), Told):
                    assert isinstance(answer, Done), answer
                    progress(answer.what, answer.done, answer.total)
                sharing.tell(number, answer.problems)
        except Exception as error:
            sharing.fail(error)

    def _ready(self) -> None:
        answer = self._answer()
        assert isinstance(answer, Ready), answer

    def _send(self, message: object) -> None:
        try:
            self._pipe.send(message)
        except OSError as error:
            raise self._ended() from error

    def _answer(self) -> object:
        try:
            answer = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise self._ended() from error
        if isinstance(answer, LedgerError):
            raise answer
        if isinstance(answer, Failed):
            raise RuntimeError(f"in the second process of the check:\n{answer.traceback}")
        return answer

    def _ended(self) -> ChildProcessError:
        try:
            code = self._process.wait(_ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            return self._gone("closed its pipe", "关闭了管道")
        return self._gone(f"ended with {code} before it was done", f"中途结束（退出码 {code}）")

    def _gone(self, how: str, how_zh: str) -> ChildProcessError:
        return ChildProcessError(
            f"the second process of the check {how}: nothing is proven, check again  检查的第二个进程{how_zh}：没有得出结论，请重新检查"
        )


@contextmanager
def second_process(books: Path, store_url: str, *, whole: bool) -> Iterator[Second]:
    """Lend a second process, which ends with the block or with this process, whatever it is at."""
    ours, its = multiprocessing.Pipe()
    command = [sys.executable, "-P", "-m", "ledger.integrity.process", str(its.fileno())]
    with ours:
        with its:
            # In a group of its own: Ctrl-C in a terminal reaches this process alone, and the other one ends with it.
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=(its.fileno(),), process_group=0
            )
        try:
            second = Second(process, ours)
            second._send(Open(books, store_url, whole))
            yield second
        finally:
            process.kill()
            process.wait()
