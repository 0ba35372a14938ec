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

    A transfer between them takes from one: 付 alone, so that it is not written twice. What lies with a platform (其他货币资金) is 转, and
    so is a revaluation: its units go out and in again.
    """
    if chart.options.get("voucher-words") != BY_CASH:
        return chart.options.get("voucher-word", VOUCHER_WORD)
    cash = [posting for posting in postings if chart.role_above(posting.account) in CASH_ROLES]
    held: dict[tuple[str, str | None], int] = {}
    for posting in cash:
        key = (posting.account, posting.currency)
        held[key] = held.get(key, 0) + _units(posting)
    moved = [_units(p) for p in cash if p.currency is None or held[p.account, p.currency]]
    if any(amount < 0 for amount in moved):
        return PAID
    return RECEIVED if any(amount > 0 for amount in moved) else OTHER


def _units(posting: Posting) -> int:
    return posting.amount if posting.currency is None or posting.foreign is None else posting.foreign
