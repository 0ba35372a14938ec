"""Programs that the benchmark starts: each with a bound in time, measured, and ended whatever happens."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOOK_SECONDS = 0.005
MEMORY_LOOK_SECONDS = 0.25
"""From one look at the memory of a program's processes to the next, at least."""

MEMORY_REST = 100
"""Looking takes no more than one part in so many: the system walks through all of the memory for it."""

START_SECONDS_MAX = 600.0
STOP_SECONDS_MAX = 30.0
ANSWER_SECONDS_MAX = 300.0
OUTPUT_SHOWN = 2_000
"""Characters of a failed program's output."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a program took, with the processes that it starts. `timed_out`: it was stopped after `seconds`."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    timed_out: bool
    output: str


def run(command: Sequence[str | Path], seconds_max: float, environment: dict[str, str] | None = None) -> Ran:
    """Run a program to its end, or stop it; RuntimeError where it fails."""
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        # A session of its own, so that what it starts can be ended with it.
        process = subprocess.Popen(command, env=_environment(environment), cwd=ROOT, stdout=output, stderr=output, start_new_session=True)
        timed_out, together_mb, look_at = False, 0.0, started
        try:
            while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
                if time.perf_counter() - started > seconds_max and not timed_out:
                    timed_out = True
                    _kill_group(process.pid)
                if (begun := time.perf_counter()) > look_at:
                    together_mb = max(together_mb, _together_mb(process.pid))
                    ended_at = time.perf_counter()
                    look_at = ended_at + max(MEMORY_LOOK_SECONDS, MEMORY_REST * (ended_at - begun))
                time.sleep(LOOK_SECONDS)
        except BaseException:
            _kill_group(process.pid)
            raise
        seconds = time.perf_counter() - started
        _, status, usage = ended
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")
    if process.returncode and not timed_out:
        raise RuntimeError(f"{' '.join(map(str, command))}: exit code {process.returncode}\n{text[-OUTPUT_SHOWN:]}")
    # Not `ru_maxrss`: Linux counts there what this process had when it started the program.
    return Ran(seconds, usage.ru_utime + usage.ru_stime, together_mb, timed_out, text)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is up."""

    port: int
    pid: int
    started: float

    def get(self, path: str, token: str = "") -> tuple[int, bytes]:
        """Return status and body of a GET."""
        return self.request("GET", path, None, token)

    def request(self, method: str, path: str, body: bytes | None, token: str = "") -> tuple[int, bytes]:
        """Return status and body of a request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS_MAX)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        try:
            connection.request(method, path, body, headers | ({"Authorization": f"Bearer {token}"} if token else {}))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def cpu_seconds(self) -> float:
        """Return what its processes have computed so far, Fava left out; 0 where there is no /proc. Does not count waiting."""
        ticks = 0
        for pid in _family(self.pid):
            with suppress(OSError):
                if b"fava" not in Path(f"/proc/{pid}/cmdline").read_bytes():
                    ticks += sum(map(int, _stat(pid)[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def peaks_mb(self) -> dict[str, float]:
        """Return the peak memory of its processes by the words that tell them apart; empty where there is no /proc."""
        peaks: dict[str, float] = {}
        for pid in _family(self.pid):
            with suppress(OSError):
                command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                status = Path(f"/proc/{pid}/status").read_text()
                peak = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)
                kinds = {"fava": "fava", "ledger.preparing": "preparing", "spawn_main": "serving"}
                name = next((kind for word, kind in kinds.items() if word in command), "parent")
                peaks[name] = max(peaks.get(name, 0.0), peak / 1024)
        return peaks


@contextmanager
def serving(
    command: Sequence[str | Path],
    port: int,
    ready_path: str,
    environment: dict[str, str] | None = None,
    *,
    seconds_max: float = START_SECONDS_MAX,
) -> Iterator[Server]:
    """Start a server, wait until `ready_path` answers 200 (TimeoutError where it does not), and stop it at the end."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env=_environment(environment), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        server = Server(port, process.pid, started)
        while not _answers(server, ready_path):
            if process.poll() is not None:
                raise RuntimeError(f"{' '.join(map(str, command))}: ended with {process.returncode}")
            if time.perf_counter() - started > seconds_max:
                raise TimeoutError(f"{' '.join(map(str, command))}: does not answer")
            time.sleep(LOOK_SECONDS)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            _kill_group(process.pid)
            process.wait()


def free_port() -> int:
    """Return a port of loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(server: Server, path: str) -> bool:
    try:
        return server.get(path)[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def _environment(more: dict[str, str] | None) -> dict[str, str]:
    # Users' Python keeps the bytecode of what it has loaded once, whatever this machine says.
    return os.environ | {"PYTHONUTF8": "1", "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""} | (more or {})


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _together_mb(pid: int) -> float:
    """Return the memory of a process and all that descend from it, what they share counted once; 0 where the system does not tell."""
    found = 0
    for member in _family(pid):
        with suppress(OSError):
            lines = Path(f"/proc/{member}/smaps_rollup").read_text().splitlines()
            found += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return found / 1024


def _family(pid: int) -> list[int]:
    """Return a process and all that descend from it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            pid_of_entry = int(entry.parent.name)
            parents[pid_of_entry] = int(_stat(pid_of_entry)[1])
    family = [pid]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    return family


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the name, which may hold spaces."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
