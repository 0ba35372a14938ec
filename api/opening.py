"""The served application: opens its ledger as soon as the store answers, and says 503 until then."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from api.app import create_app
from api.limits import STORE_RETRY_SECONDS
from api.problems import response_of
from api.verification import apart
from ledger.errors import StoreUnavailable
from ledger.service import Ledger

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from api.worker import Settings

log = logging.getLogger(__name__)


class Service:
    """The WSGI application of one ledger."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opening = threading.Lock()
        self._not_before = 0.0
        self._ledger: Ledger | None = None
        self._app: WSGIApplication | None = None
        self._away = StoreUnavailable("the store is being opened")
        self._open()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self._app is None:
            self._try_again()
        application = self._app or response_of(self._away)
        return application(environ, start_response)

    def close(self) -> None:
        """Finish what is queued and close the ledger."""
        if self._ledger is not None:
            self._ledger.close()

    def _try_again(self) -> None:
        """Open the ledger unless another thread does, or did a moment ago."""
        if time.monotonic() < self._not_before or not self._opening.acquire(blocking=False):
            return
        try:
            if self._app is None:
                self._open()
        finally:
            self._opening.release()

    def _open(self) -> None:
        settings = self._settings
        try:
            ledger = Ledger.open(settings.books, settings.store_url)
        except StoreUnavailable as error:
            self._away = error
            self._not_before = time.monotonic() + STORE_RETRY_SECONDS
            log.warning("the store is away: %s", error)
            return
        ledger.start_publisher()
        ledger.start_preparing()
        self._ledger = ledger
        verify = apart(settings.books, settings.store_url)
        self._app = create_app(ledger, fava_url=_always(settings.fava_url), open_docs=settings.open_docs, verify=verify)


def _always(url: str | None) -> Callable[[], str | None] | None:
    return None if url is None else lambda: url
