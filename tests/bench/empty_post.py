"""The ceiling of posting over HTTP here: a Flask route that does nothing, under the same server with the same settings.

`python -m tests.bench.empty_post PORT`
"""

from __future__ import annotations

import sys

from flask import Flask, Response, request
from granian.constants import HTTPModes, Interfaces
from granian.server.mp import MPServer

from api.limits import BLOCKING_THREADS

ANSWER = b'{"state":"posted"}'

app = Flask(__name__)


@app.get("/health")
def health() -> Response:
    """Say that it is up."""
    return Response(ANSWER, mimetype="application/json")


@app.post("/documents")
def post() -> Response:
    """Take a body and answer; keep nothing."""
    request.get_data()
    return Response(ANSWER, 201, mimetype="application/json")


if __name__ == "__main__":
    MPServer(
        "tests.bench.empty_post:app",
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=BLOCKING_THREADS,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
    ).serve()
