"""Keep-alive clients over bare sockets: as little work as possible on the sending side, which shares the machine with the server."""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

Answered = tuple[int, float, float]
"""Which request of its chain was answered, when it was sent (perf_counter, seconds), and how long that took (ms)."""

_PIECE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Load:
    """What a run came to: every answer, and their number by status."""

    answers: list[Answered]
    seconds: float
    statuses: dict[int, int]

    @property
    def requests(self) -> int:
        """Return how many requests were answered."""
        return len(self.answers)

    @property
    def latencies_ms(self) -> Sequence[float]:
        """Return all latencies."""
        return [latency for _, _, latency in self.answers]

    @property
    def per_second(self) -> float:
        """Return answers a second."""
        return self.requests / self.seconds

    def percentile(self, share: float) -> float:
        """Return the latency that `share` of the requests stay below."""
        return percentile(self.latencies_ms, share)

    def of_step(self, step: int) -> Load:
        """Return the answers to the request at one place of each chain."""
        return Load([answer for answer in self.answers if answer[0] == step], self.seconds, self.statuses)

    def during(self, started: float, ended: float) -> Load:
        """Return the answers to requests that were under way between two moments (perf_counter)."""
        touched = [answer for answer in self.answers if answer[1] < ended and answer[1] + answer[2] / 1000 > started]
        return Load(touched, ended - started, self.statuses)

    def before(self, moment: float) -> Load:
        """Return the answers that were in before a moment (perf_counter)."""
        return Load([answer for answer in self.answers if answer[1] + answer[2] / 1000 < moment], self.seconds, self.statuses)

    def require(self, *statuses: int) -> Load:
        """Return this, or raise where an answer had another status: a benchmark of refusals says nothing."""
        if set(self.statuses) - set(statuses):
            raise AssertionError(f"answers by status: {self.statuses}")
        return self


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of the values stay below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def post_request(path: str, body: bytes, token: str, content_type: str = "application/json") -> bytes:
    """Return the bytes of one POST."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get_request(path: str, token: str) -> bytes:
    """Return the bytes of one GET."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


def run(port: int, requests: Sequence[bytes], clients: int) -> Load:
    """Send all requests over `clients` connections at once, each taking the next when its answer is in."""
    return run_chains(port, [[request] for request in requests], clients)


def run_chains(port: int, chains: Sequence[Sequence[bytes]], clients: int, stop: threading.Event | None = None) -> Load:
    """Send chains of requests; one client sends all of a chain, each request when the one before is answered.

    After `stop` no client begins another chain.
    """
    pending = iter(chains)
    load = Load([], 0.0, {})
    started = time.perf_counter()
    with selectors.DefaultSelector() as selector, ExitStack() as connections:
        for _ in range(clients):
            connection = connections.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client = _Client(connection, pending, load, stop or threading.Event())
            if client.send_next():
                selector.register(connection, selectors.EVENT_READ, client)
        while selector.get_map():
            for key, _ in selector.select():
                if not key.data.receive():
                    selector.unregister(key.fileobj)
    return replace(load, seconds=time.perf_counter() - started)


class _Client:
    """One connection, on which a request is sent when the one before it is answered."""

    __slots__ = ("_chain", "_chains", "_connection", "_load", "_received", "_sent", "_step", "_stop")

    def __init__(self, connection: socket.socket, chains: Iterator[Sequence[bytes]], load: Load, stop: threading.Event) -> None:
        self._connection = connection
        self._chains = chains
        self._load = load
        self._stop = stop
        self._chain: Sequence[bytes] = ()
        self._step = -1
        self._sent = 0.0
        self._received = b""

    def send_next(self) -> bool:
        """Send the next request of the chain, or of the next one; False where there is none."""
        self._step += 1
        while self._step == len(self._chain):
            chain = None if self._stop.is_set() else next(self._chains, None)
            if chain is None:
                return False
            self._chain, self._step = chain, 0
        self._sent = time.perf_counter()
        self._connection.sendall(self._chain[self._step])
        return True

    def receive(self) -> bool:
        """Take what has come, and send the next request where that completes an answer; False where no more is to be sent."""
        piece = self._connection.recv(_PIECE_BYTES)
        if not piece:
            raise ConnectionError("the server has closed a connection before its answer was whole")
        self._received += piece
        if not _is_whole(self._received):
            return True
        status = int(self._received[9:12])
        self._load.answers.append((self._step, self._sent, (time.perf_counter() - self._sent) * 1000))
        self._load.statuses[status] = self._load.statuses.get(status, 0) + 1
        self._received = b""
        return self.send_next()


def _is_whole(answer: bytes) -> bool:
    """Tell whether an answer is there to its end."""
    end = answer.find(b"\r\n\r\n") + 4
    if end < 4:
        return False
    head = answer[:end].lower()
    at = head.find(b"content-length:")
    if at >= 0:
        return len(answer) >= end + int(head[at + 15 : head.index(b"\r", at)])
    if b"transfer-encoding: chunked" not in head:
        return True
    while (line := answer.find(b"\r\n", end)) >= 0:
        size = int(answer[end:line], 16)
        end = line + 4 + size
        if not size:
            return len(answer) >= end
    return False
