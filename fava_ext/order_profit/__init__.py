"""The Fava page *Order profit*: `custom "fava-extension" "fava_ext.order_profit"` in main.beancount puts it into the sidebar.

The class only plumbs: Fava's request in, the service's reports asked, plain values out to `templates/OrderProfit.html`. It reads the
store, never Fava's entries, and never writes.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fava.ext import FavaExtensionBase
from flask import request
from flask_babel import get_locale  # type: ignore[import-untyped] # Fava's own choice of the language

from fava_ext.order_profit.asking import Found, find_orders
from fava_ext.order_profit.one_order import OneOrder, one_order
from fava_ext.order_profit.order_list import OrderList, order_list
from fava_ext.order_profit.question import FAVA_FILTERS, Question
from fava_ext.order_profit.wanted import ORDERS_NAMED_MAX, Wanted, read_wanted
from fava_ext.order_profit.words import Words, words_of
from ledger.errors import LedgerError, StoreUnavailable
from ledger.limits import PAGE_MAX
from ledger.reading import Reading
from ledger.reports.order_profit import order_profit
from ledger.view.index_text import MARK

if TYPE_CHECKING:
    from fava.core import FavaLedger

STORE_VARIABLE = "ORDERLEDGER_STORE"
"""Where the service keeps its store, if not beside the books."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Page:
    """What the template shows: one order, a list, or the code of a problem and what the service says about it."""

    words: Words
    currency: str = ""
    order: OneOrder | None = None
    list: OrderList | None = None
    wanted: Wanted | None = None
    found: Found | None = None
    problem: str | None = None
    detail: str = ""


class OrderProfit(FavaExtensionBase):
    """The extension that Fava finds."""

    has_js_module = True

    orders_named_max = ORDERS_NAMED_MAX
    revisions_max = PAGE_MAX

    def __init__(self, ledger: FavaLedger, config: str | None = None) -> None:
        super().__init__(ledger, config)
        self._detail_from = ""
        self._reading = Reading(Path(ledger.beancount_file_path).parent, os.environ.get(STORE_VARIABLE) or None)

    @property
    def report_title(self) -> str:  # type: ignore[override] # Fava only reads it, once a request: the language is known then
        """Name the page in the reader's language."""
        return self._words()("title")

    def after_load_file(self) -> None:
        """Note from which day on Fava has entries one by one: books that it shows in full do not say."""
        marks = (one.date for one in self.ledger.all_entries_by_type.Custom if one.type == MARK)
        self._detail_from = max((date.isoformat() for date in marks), default="")

    def page(self) -> Page:
        """Return what this request's page shows; whatever is refused becomes a sentence on it."""
        words = self._words()
        try:
            return self._answer(words)
        except (LedgerError, OSError) as error:
            if isinstance(error, LedgerError) and not isinstance(error, StoreUnavailable):
                return Page(words, problem=error.code, detail=error.detail)
            # Its words name hosts and paths, which are nothing for a page.
            log.warning("no order figures: %s", error)
            return Page(words, problem=StoreUnavailable.code)

    def _answer(self, words: Words) -> Page:
        question = Question.read(request.args)
        with self._reading.read() as ctx:
            currency = ctx.chart.currency
            if question.order is not None:
                profit = order_profit(ctx, question.order, revisions=True)
                return Page(words, currency, order=one_order(profit, ctx.chart.profit_field, question, words, self._detail_from))
            time, account, free = (request.args.get(name, "") for name in FAVA_FILTERS)
            wanted = read_wanted(time, account, free, self.ledger.fava_options.fiscal_year_end)
            found = find_orders(ctx, wanted, question)
            return Page(words, currency, list=order_list(found.items, found.cursor, question), wanted=wanted, found=found)

    @staticmethod
    def _words() -> Words:
        locale = get_locale()
        return words_of(locale.language if locale is not None else "en")
