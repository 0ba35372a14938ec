"""Importing the company, and keeping its books: import, agreement with Beancount, check, rebuild."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.bench.books import Books
from tests.bench.documents import money
from tests.bench.limits import bare_import
from tests.bench.orders import Company
from tests.bench.plain_side import PlainSide
from tests.bench.processes import Ran, Server
from tests.bench.results import Figure, Results

COMPARED = {
    "revenue": ("Income:Sales", -1),
    "product_cost": ("Expenses:COGS", 1),
    "freight": ("Expenses:Freight", 1),
    "fees": ("Expenses:PlatformFees", 1),
}
"""Fields of our profit, with the account in the plain text that must hold the same."""


def measure_import(results: Results, plain: PlainSide, sqlite: Books, postgres: Books, tables: Path) -> None:
    """Import the tables into both stores, in processes of their own."""
    for name, books in (("SQLite", sqlite), ("PostgreSQL", postgres)):
        books.create()
        ran = books.run("import", str(tables))
        _note(results, f"import, {name}", ran)
        rate = Figure(results.orders / ran.seconds, "orders/s", what=f"{ran.seconds:.1f} s")
        load = plain.figures["load"]
        again = Figure(results.orders / load.value, "orders/s", what=f"load, {load} after each change")
        results.add(f"import from CSV, {name}", rate, again, limit=bare_import(tables, sqlite.folder, results.orders))
        if books is sqlite:
            results.add("peak memory of the import", Figure(ran.peak_mb, "MB"), plain.figures["load memory"])


def measure_upkeep(results: Results, plain: PlainSide, books: Books) -> None:
    """Recompute everything, and make the store anew from the text."""
    for command, work in (("check", "check everything"), ("rebuild", "rebuild the store from the books")):
        ran = books.run(command)
        _note(results, command, ran)
        results.add(work, Figure(ran.seconds, "s"), plain.figures.get(command))


def compare(results: Results, company: Company, plain: PlainSide, books: Books, server: Server) -> None:
    """Raise AssertionError unless ours, Beancount and the maker of the orders agree to the cent."""
    made = {
        "revenue": sum(sale.net for sale in company.sales if not sale.returned),
        "product_cost": sum(sale.cost for sale in company.sales if not sale.returned),
        "freight": sum(amount for bill in company.outbound for _, amount in bill.charges),
        "fees": sum(sale.fee for sale in company.sales),
    }
    ours = books.get(server, "/profit?by=month")["total"]
    agreed = {}
    for name, (account, sign) in COMPARED.items():
        voices = [Decimal(ours[name]), Decimal(money(made[name]))]
        # Without an answer in time Beancount has no voice.
        voices += [sign * Decimal(plain.sums[account])] if plain.sums else []
        assert len(set(voices)) == 1, f"{name}: ours, made, Beancount: {voices}"
        agreed[name] = {"amount": ours[name], "voices": len(voices)}
    results.details["agreement"] = agreed


def _note(results: Results, name: str, ran: Ran) -> None:
    commands = results.details.setdefault("commands", {})
    commands[name] = {"seconds": round(ran.seconds, 3), "cpu_seconds": round(ran.cpu_seconds, 3), "peak_mb": round(ran.peak_mb, 1)}
