"""How an entry is written in Beancount's syntax. Everything that comes from outside is escaped here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from json.encoder import encode_basestring

from ledger.journal.draft import Posting
from ledger.money import MICRO_DIGITS, exact_rate, exponent, format_quantity, format_scaled
from ledger.names import tag
from ledger.state.records import Lot, Order

_ACCOUNT_WIDTH = 38
_EXACT_DIGITS = 2 * MICRO_DIGITS
"""A quantity times a unit price has at most twelve decimals."""

CommodityOf = Callable[[str], str]
"""The commodity code of a SKU."""


def quote(text: str) -> str:
    """Write a string literal; line breaks cannot occur in documents, and are blanked should one come another way."""
    if text.isprintable():
        return encode_basestring(text)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\r", " ") + '"'


def meta(indent: int, pairs: Iterable[tuple[str, str | int | None]]) -> str:
    """Write metadata lines; None is left out, integers are written as numbers."""
    margin = " " * indent
    return "".join([f"{margin}{key}: {value if isinstance(value, int) else quote(value)}\n" for key, value in pairs if value is not None])


def entry_head(date: str, payee: str, narration: str, order: Order | None, documents: Iterable[tuple[str, str, str]]) -> str:
    """Write the first line of a transaction, with the order's tag and a link to each document (source, kind, number)."""
    tags = f" #order-{tag(order.label)}" if order is not None else ""
    links = "".join(f" ^{tag(source)}/{kind}/{tag(number)}" for source, kind, number in documents)
    who = f"{quote(payee)} " if payee else ""
    return f"{date} * {who}{quote(narration)}{tags}{links}\n"


def posting_lines(posting: Posting, currency: str, digits: int, commodity_of: CommodityOf, entry_order: Order | None) -> str:
    """Write one posting: a stock posting is its lot at unit price, and money for what the price does not cover (design 3.2)."""
    order = posting.order
    details = _detail("order", order.label) if order is not None and entry_order is None else ""
    if posting.lot is not None:
        return _stock_lines(posting, posting.lot, currency, digits, commodity_of(posting.lot.sku), details)
    if posting.sku is not None:
        details += _detail("sku", posting.sku)
    if posting.party is not None and (order is None or posting.party != order.customer):
        details += _detail("party", posting.party)
    if posting.reference is not None:
        details += _detail("reference", posting.reference)
    return f"  {posting.account:<{_ACCOUNT_WIDTH}} {_money(posting, currency, digits)}\n{details}"


def _detail(key: str, value: str) -> str:
    """Write one line of metadata of a posting."""
    return f"    {key}: {quote(value)}\n"


def _money(posting: Posting, currency: str, digits: int) -> str:
    """Write an amount: foreign units at their rate where that times the units is exactly the weight in base, else at their total."""
    if posting.currency is None or not posting.foreign:
        return f"{format_scaled(posting.amount, digits):>14} {currency}"
    decimals = exponent(posting.currency)
    rate = exact_rate(posting.amount, digits, posting.foreign, decimals)
    price = f"@@ {format_scaled(abs(posting.amount), digits)}" if rate is None else f"@ {format_scaled(rate, MICRO_DIGITS, least=2)}"
    return f"{format_scaled(posting.foreign, decimals):>14} {posting.currency} {price} {currency}"


def tolerance_line(postings: Iterable[Posting], currency: str, digits: int, account: str | None) -> str:
    """Write a posting of zero where Beancount has to see decimals of the base currency, else nothing.

    It turns a total price (`@@`) into the price of one unit, cut after 28 digits, and allows for that only in currencies that the entry
    has an amount with decimals of.
    """
    shown, exact = False, True
    for posting in postings:
        if posting.lot is None and posting.currency is not None and posting.foreign:
            exact = exact and exact_rate(posting.amount, digits, posting.foreign, exponent(posting.currency)) is not None
        elif posting.lot is None and digits:
            shown = True
    if exact or shown or account is None:
        return ""
    return f"  {account.ljust(_ACCOUNT_WIDTH)} {format_scaled(0, max(digits, 1)):>14} {currency}\n"


def _stock_lines(posting: Posting, lot: Lot, currency: str, digits: int, commodity: str, details: str) -> str:
    quantity = posting.quantity or 0
    scale = 10 ** (_EXACT_DIGITS - digits)
    money = posting.amount * scale - quantity * lot.unit_price
    lines = ""
    account = posting.account.ljust(_ACCOUNT_WIDTH)
    if quantity:
        lines += lot_line(posting.account, quantity, commodity, (lot.date, lot.label, lot.unit_price), currency) + details
    if money:
        lines += f"  {account} {format_scaled(money, _EXACT_DIGITS, least=digits):>14} {currency}\n{details}"
    return lines


def lot_line(account: str, quantity: int, commodity: str, lot: tuple[str, str, int], currency: str) -> str:
    """Write a posting of units (millionths) of a lot, which is told by its date, its label and its unit price (millionths)."""
    date, label, unit_price = lot
    price = format_scaled(unit_price, MICRO_DIGITS, least=exponent(currency))
    spec = f"{{{price} {currency}, {date}, {quote(label)}}}"
    return f"  {account.ljust(_ACCOUNT_WIDTH)} {format_quantity(quantity):>14} {commodity} {spec}\n"


def open_account(name: str, raw: str, role: str) -> str:
    """Write the opening of an account that the service made, with the name it stands for."""
    return f"1970-01-01 open {name}\n" + meta(2, [("role", role), ("name", raw)])


def declare_commodity(code: str, sku: str) -> str:
    """Write the commodity of a SKU."""
    return f"1970-01-01 commodity {code}\n" + meta(2, [("sku", sku)])
