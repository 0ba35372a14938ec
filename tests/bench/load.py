"""Keep-alive clients over bare sockets: as little work as possible on the sending side, which shares the machine with the server."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

Answered = tuple[int, float, float]
"""Which request of its chain was answered, when it was sent (perf_counter, seconds), and how long that took (ms)."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a run came to: every answer, and their number by status."""

    answers: Sequence[Answered]
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
    return asyncio.run(_run(port, chains, clients, stop or threading.Event()))


async def _run(port: int, chains: Sequence[Sequence[bytes]], clients: int, stop: threading.Event) -> Load:
    pending = iter(chains)
    answers: list[Answered] = []
    statuses: dict[int, int] = {}

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for chain in pending:
            if stop.is_set():
                break
            for step, request in enumerate(chain):
                sent = time.perf_counter()
                writer.write(request)
                status = await _answer(reader)
                answers.append((step, sent, (time.perf_counter() - sent) * 1000))
                statuses[status] = statuses.get(status, 0) + 1
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return Load(answers, time.perf_counter() - started, statuses)


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lower = head.lower()
    at = lower.find(b"content-length:")
    if at >= 0:
        await reader.readexactly(int(lower[at + 15 : lower.index(b"\r", at)]))
    elif b"transfer-encoding: chunked" in lower:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return status
