"""The company as somebody would keep it in plain text: Beancount with FIFO lots, and hledger with the costs worked out.

As plain text allows no more, late inbound freight is one expense there; it reaches no order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench.documents import money
from tests.bench.orders import Bill, Company, Purchase, Sale

CURRENCY = "CNY"
TITLE = "plain"
ACCOUNTS = (
    "Assets:Bank",
    "Assets:Receivable",
    "Liabilities:Payable:Carrier",
    "Liabilities:Payable:Supplier",
    "Liabilities:VAT",
    "Income:Sales",
    "Expenses:COGS",
    "Expenses:PlatformFees",
    "Expenses:Freight",
    "Expenses:Freight:Inbound",
)

BEANCOUNT_ENTRY = """{date} * "{payee}" "{what}"{tag}
{meta}{postings}
"""


@dataclass(frozen=True, slots=True)
class Posting:
    """An account and what stands beside it; `order` where the entry has many."""

    account: str
    amount: str
    order: str | None = None


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction before it is written in one notation or the other."""

    date: str
    payee: str
    what: str
    postings: tuple[Posting, ...]
    meta: tuple[tuple[str, str], ...] = ()


def write_beancount(company: Company, path: Path) -> None:
    """Write the company as one file, by date."""
    with path.open("w", encoding="utf-8", buffering=1 << 20) as file:
        file.write(f'option "title" "{TITLE}"\noption "operating_currency" "{CURRENCY}"\n')
        file.writelines(f"2024-01-01 open {account}\n" for account in ACCOUNTS)
        file.writelines(f'2024-01-01 open Assets:Inventory:{sku} {sku} "FIFO"\n' for sku in company.skus)
        file.writelines(_as_beancount(transaction) for transaction in transactions(company, lots=True))


def write_hledger(company: Company, path: Path) -> None:
    """Write the same for hledger, which has no lots: the costs are given to it."""
    with path.open("w", encoding="utf-8", buffering=1 << 20) as file:
        file.writelines(_as_hledger(transaction) for transaction in transactions(company, lots=False))


def transactions(company: Company, *, lots: bool) -> Iterator[Transaction]:
    """Yield all transactions by date; within a day goods come in before they go out."""
    events: list[tuple[str, int, int, Sale | Purchase | Bill]] = []
    events += [(p.date, 0, i, p) for i, p in enumerate(company.purchases)]
    events += [(s.shipped, 1, i, s) for i, s in enumerate(company.sales)]
    events += [(s.paid, 2, i, s) for i, s in enumerate(company.sales)]
    events += [(b.date, 3, i, b) for i, b in enumerate(company.outbound + company.inbound)]
    events += [(s.returned, 4, i, s) for i, s in enumerate(company.sales) if s.returned]
    events.sort(key=lambda event: event[:3])
    for _, rank, _, fact in events:
        if isinstance(fact, Purchase):
            yield _purchase(fact, lots=lots)
        elif isinstance(fact, Bill):
            yield _bill(fact)
        elif rank == 4:
            yield _return(fact, lots=lots)
        else:
            yield _invoice(fact, lots=lots) if rank == 1 else _payment(fact)


def _purchase(purchase: Purchase, *, lots: bool) -> Transaction:
    cost = money(purchase.quantity * purchase.unit_cost)
    units = f"{purchase.quantity} {purchase.sku} {{{money(purchase.unit_cost)} {CURRENCY}}}" if lots else f"{cost} {CURRENCY}"
    postings = Posting(f"Assets:Inventory:{purchase.sku}", units), Posting("Liabilities:Payable:Supplier", f"-{cost} {CURRENCY}")
    return Transaction(purchase.date, purchase.supplier, f"Purchase {purchase.number}", postings)


def _invoice(sale: Sale, *, lots: bool) -> Transaction:
    stock = f"Assets:Inventory:{sale.sku}"
    postings = (
        Posting("Assets:Receivable", f"{money(sale.gross)} {CURRENCY}"),
        Posting("Income:Sales", f"-{money(sale.net)} {CURRENCY}"),
        Posting("Liabilities:VAT", f"-{money(sale.tax)} {CURRENCY}"),
        Posting(stock, f"-{sale.quantity} {sale.sku} {{}}" if lots else f"-{money(sale.cost)} {CURRENCY}"),
        Posting("Expenses:COGS", "" if lots else f"{money(sale.cost)} {CURRENCY}"),
    )
    return Transaction(sale.shipped, sale.customer, f"Invoice {sale.number}", postings, _meta(sale))


def _payment(sale: Sale) -> Transaction:
    postings = (
        Posting("Assets:Bank", f"{money(sale.gross - sale.fee)} {CURRENCY}"),
        Posting("Expenses:PlatformFees", f"{money(sale.fee)} {CURRENCY}"),
        Posting("Assets:Receivable", f"-{money(sale.gross)} {CURRENCY}"),
    )
    return Transaction(sale.paid, sale.customer, f"Payment {sale.number}", postings, _meta(sale))


def _return(sale: Sale, *, lots: bool) -> Transaction:
    """Take the sale back and pay the money back; the label keeps lots of one day apart."""
    cost = money(sale.cost)
    units = f'{sale.quantity} {sale.sku} {{{money(sale.cost // sale.quantity)} {CURRENCY}, "{sale.number}"}}'
    postings = (
        Posting("Income:Sales", f"{money(sale.net)} {CURRENCY}"),
        Posting("Liabilities:VAT", f"{money(sale.tax)} {CURRENCY}"),
        Posting("Assets:Bank", f"-{money(sale.gross)} {CURRENCY}"),
        Posting(f"Assets:Inventory:{sale.sku}", units if lots else f"{cost} {CURRENCY}"),
        Posting("Expenses:COGS", f"-{cost} {CURRENCY}"),
    )
    return Transaction(str(sale.returned), sale.customer, f"Return {sale.number}", postings, _meta(sale))


def _bill(bill: Bill) -> Transaction:
    postings = [_charge(what, amount) for what, amount in bill.charges]
    total = sum(amount for _, amount in bill.charges)
    postings.append(Posting("Liabilities:Payable:Carrier", f"-{money(total)} {CURRENCY}"))
    return Transaction(bill.date, bill.carrier, f"Bill {bill.number}", tuple(postings))


def _charge(what: Sale | Purchase, amount: int) -> Posting:
    order = what.number if isinstance(what, Sale) else None
    return Posting("Expenses:Freight" if order else "Expenses:Freight:Inbound", f"{money(amount)} {CURRENCY}", order)


def _meta(sale: Sale) -> tuple[tuple[str, str], ...]:
    return ("order", sale.number), ("channel", sale.channel), ("customer", sale.customer), ("sku", sale.sku)


def _as_beancount(transaction: Transaction) -> str:
    postings = "".join(
        f"  {posting.account}  {posting.amount}\n" + (f'    order: "{posting.order}"\n' if posting.order else "")
        for posting in transaction.postings
    )
    meta = "".join(f'  {key}: "{value}"\n' for key, value in transaction.meta)
    tag = f" #order-{transaction.meta[0][1]}" if transaction.meta else ""
    return BEANCOUNT_ENTRY.format(
        date=transaction.date, payee=transaction.payee, what=transaction.what, tag=tag, meta=meta, postings=postings
    )


def _as_hledger(transaction: Transaction) -> str:
    meta = "".join(f"    ; {key}: {value}\n" for key, value in transaction.meta)
    postings = "".join(
        f"    {posting.account}  {posting.amount}" + (f"  ; order: {posting.order}\n" if posting.order else "\n")
        for posting in transaction.postings
    )
    return f"{transaction.date} * {transaction.payee} | {transaction.what}\n{meta}{postings}\n"
