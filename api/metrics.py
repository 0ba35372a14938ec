"""Counts and times of requests for `/metrics`, in Prometheus' text format. One registry an app, so that tests do not share."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
"""Seconds; the goals (5 ms a profit, 50 ms the slowest posts, 100 ms a report) are among them."""


class Metrics:
    """What is measured."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        names = ("method", "endpoint")
        self.requests = Counter("orderledger_requests", "Requests answered.", (*names, "status"), registry=self.registry)
        self.seconds = Histogram("orderledger_request_seconds", "Time to the answer.", names, buckets=BUCKETS, registry=self.registry)
        self.seq = Gauge("orderledger_seq", "The last document of the journal.", registry=self.registry)
        self.published_seq = Gauge("orderledger_published_seq", "The last document in the plain-text books.", registry=self.registry)

    def count(self, method: str, endpoint: str, status: int, seconds: float) -> None:
        """Count one request. Its pair of series is kept at hand: looking them up costs as much as counting."""
        key = (method, endpoint, status)
        series = self._series.get(key)
        if series is None:
            counter = self.requests.labels(method, endpoint, str(status))
            series = self._series[key] = (counter, self.seconds.labels(method, endpoint))
        series[0].inc()
        series[1].observe(seconds)

    def text(self, health: dict[str, int]) -> Response:
        """Return the page, with the journal's state as it is now."""
        self.seq.set(health["seq"])
        self.published_seq.set(health["published_seq"])
        return Response(generate_latest(self.registry), content_type=CONTENT_TYPE_LATEST)


def register(app: Flask, metrics: Metrics, clock: Callable[[], float] = time.perf_counter) -> None:
    """Measure every request of `app`. Endpoints are labels, never addresses: those are endless and hold order numbers."""

    def start() -> None:
        g.started = clock()

    def stop(response: Response) -> Response:
        # Of requests that lead nowhere not even the method is a label: it may be any word at all.
        method, endpoint = (request.method, request.endpoint) if request.endpoint else ("other", "none")
        metrics.count(method, endpoint, response.status_code, clock() - g.started)
        return response

    app.before_request(start)
    app.after_request(stop)
