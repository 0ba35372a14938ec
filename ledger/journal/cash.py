"""Cash flows by the direct method: what moved cash in an entry, as an item of the statement. Pure.

Sources: IAS 7.10-21 (operating, investing, financing; direct method), 7.28 (effect of exchange rates); CAS 31.4-13. Cash is the bank and
what people mark so; what a platform holds (clearing, reserves) is not cash before its payout.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ledger.chart import Chart
from ledger.journal.entry import Entry
from ledger.money import allocate

RECEIVED, REFUNDED = "received-from-customers", "refunded-to-customers"
SUPPLIERS, CARRIERS, TAXES = "paid-to-suppliers", "paid-to-carriers", "taxes"
OTHER_RECEIVED, OTHER_PAID = "other-operating-received", "other-operating-paid"
INVESTING, FINANCING = "investing", "financing"
EXCHANGE, BROUGHT = "exchange-effect", "brought-forward"

ITEMS = (
    RECEIVED, REFUNDED, SUPPLIERS, CARRIERS, TAXES, OTHER_RECEIVED, OTHER_PAID, INVESTING, FINANCING, EXCHANGE, BROUGHT,
)  # fmt: skip

ITEM_OF_KIND = {
    "payment": RECEIVED, "settlement": RECEIVED, "payout": RECEIVED, "refund": REFUNDED, "opening": BROUGHT, "revaluation": EXCHANGE,
}  # fmt: skip
"""Kinds of document whose whole effect on cash is one item: a payout comes in net of what the platform kept (CAS 31.5)."""

ITEM_OF_ROLE = {
    **dict.fromkeys(
        (
            "receivable", "contract_liability", "customer_deposit", "clearing", "reserve", "disputes", "gift_card", "sales",
            "shipping_income", "discounts",
        ),
        RECEIVED,
    ),
    **dict.fromkeys(("refund_liability", "returns"), REFUNDED),
    **dict.fromkeys(
        (
            "payable:supplier", "grir", "supplier_prepayment", "stated_cost", "inventory", "goods_in_transit", "goods_shipped",
            "stock_owed", "cogs", "landed", "price_variance",
        ),
        SUPPLIERS,
    ),
    **dict.fromkeys(("payable:carrier", "accrued_freight", "freight_out", "freight_unmatched", "packaging"), CARRIERS),
    **dict.fromkeys(("vat_input", "vat_output", "vat_pending", "marketplace_tax"), TAXES),
    "exchange": EXCHANGE,
    "opening_equity": BROUGHT,
}  # fmt: skip
"""The item of what stands against cash, by its role."""

ITEM_OF_ROOT = {"Income": OTHER_RECEIVED, "Expenses": OTHER_PAID, "Assets": INVESTING, "Liabilities": FINANCING, "Equity": FINANCING}
"""The item of an account whose role says nothing: people's own. `cash-flow` on its `open` says another."""

CashMonths = dict[tuple[str, str], int]
"""(item, month) -> what cash gained (negative: lost), minor units."""


def cash_flows(chart: Chart, kind: str, postings: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return (item, what cash gained) for an entry of a document of `kind`; `postings` are (account, debit positive).

    What a kind does not say, the other side does: the cash is shared over the postings against it by largest remainder. Tax that goes
    along with a purchase or a sale goes to the same item (CAS 31.10: what is paid for goods holds its tax), and so does the exchange
    difference of a debt that is paid: only cash that is held has an effect of exchange rates (IAS 7.25 and 28).

    Of salaries of 100.00 of which 20.00 of tax are kept back, the bank pays 80.00: 80.00 paid, no tax yet.
    """
    cash = chart.cash_accounts
    net = sum(amount for account, amount in postings if account in cash)
    if not net:
        return []
    if kind in ITEM_OF_KIND:
        return [(ITEM_OF_KIND[kind], net)]
    against = [(item_of(chart, account), abs(amount)) for account, amount in postings if amount * net < 0 and account not in cash]
    against = [one for one in against if one[0] != EXCHANGE] or against
    against = [one for one in against if one[0] != TAXES] or against
    shares: dict[str, int] = {}
    for (item, _), share in zip(against, allocate(net, [weight for _, weight in against]), strict=True):
        shares[item] = shares.get(item, 0) + share
    return list(shares.items())


def item_of(chart: Chart, account: str) -> str:
    """Return the item of what stands against cash: what people say, else its role (its own, or of an account above), else its root."""
    name = account
    while name:
        info = chart.accounts.get(name)
        item = (info.cash_flow if info is not None else "") or ITEM_OF_ROLE.get(chart.role_of(name) or "")
        if item:
            return item
        name = name.rpartition(":")[0]
    return ITEM_OF_ROOT[account.partition(":")[0]]


def cash_up(entries: Iterable[Entry], kinds: Mapping[int, str], chart: Chart) -> CashMonths:
    """Sum a batch of entries; `kinds` has the kind of each entry's document by its number."""
    found: CashMonths = {}
    cash = chart.cash_accounts
    for entry in entries:
        if any(posting.account in cash for posting in entry.postings):
            postings = [(posting.account, posting.amount) for posting in entry.postings]
            for item, amount in cash_flows(chart, kinds[entry.seq], postings):
                found[item, entry.month] = found.get((item, entry.month), 0) + amount
    return found
