"""凭证字: which word an entry's voucher number starts with (会计基础工作规范 第五十条: 收款, 付款, 转账凭证, or one kind for all)."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.chart import CASH_ROLES, Chart
from ledger.journal.draft import Posting

VOUCHER_WORD = "记"
"""The word for all entries; the option `voucher-word` names another."""

BY_CASH = "收付转"
"""The value of the option `voucher-words` under which receipts, payments and all else are numbered apart."""

RECEIVED, PAID, OTHER = "收", "付", "转"


def voucher_word(chart: Chart, postings: Iterable[Posting]) -> str:
    """Return an entry's word: 付 where it takes from cash or bank, 收 where it adds to them, else 转.

    A transfer between them takes from one: 付 alone, so that it is not written twice. What lies with a platform (其他货币资金) is 转.
    """
    if chart.options.get("voucher-words") != BY_CASH:
        return chart.options.get("voucher-word", VOUCHER_WORD)
    moved = [posting.amount for posting in postings if chart.role_above(posting.account) in CASH_ROLES]
    if any(amount < 0 for amount in moved):
        return PAID
    return RECEIVED if any(amount > 0 for amount in moved) else OTHER
