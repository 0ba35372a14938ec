"""Keep-alive clients over bare sockets: as little work as possible on the sending side, which shares the machine with the server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """What a run came to: answers a second, latencies in milliseconds, and the answers by status."""

    requests: int
    seconds: float
    latencies_ms: Sequence[float]
    statuses: dict[int, int]

    @property
    def per_second(self) -> float:
        """Return answers a second."""
        return self.requests / self.seconds

    def percentile(self, share: float) -> float:
        """Return the latency that `share` of the requests stay below."""
        ordered = sorted(self.latencies_ms)
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
    return asyncio.run(_run(port, requests, clients))


async def _run(port: int, requests: Sequence[bytes], clients: int) -> Load:
    pending = iter(requests)
    latencies: list[float] = []
    statuses: dict[int, int] = {}

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in pending:
            sent = time.perf_counter()
            writer.write(request)
            status = await _answer(reader)
            latencies.append((time.perf_counter() - sent) * 1000)
            statuses[status] = statuses.get(status, 0) + 1
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return Load(len(latencies), time.perf_counter() - started, latencies, statuses)


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
