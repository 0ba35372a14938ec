"""`profit` and `statement`: questions to the journal."""

from __future__ import annotations

import sys
from typing import Any

import click

from api.command_state import State, books_option, json_option, pass_state
from api.terminal import show_json, show_line, show_table

PROFIT_COLUMNS = ("revenue", "product_cost", "landed_cost", "gross_profit", "freight", "fees", "contribution", "margin")
LABELS = {"line": "行次", "label": "", "label_zh": "项目", "date": "date", "document": "document"}
FIGURES = (
    "opening",
    "turnover_debit",
    "turnover_credit",
    "debit",
    "credit",
    "balance",
    "amount",
    "comparative",
    "closing_debit",
    "closing_credit",
    "after_closing",
)


@click.command()
@click.argument("order", required=False)
@click.option("--by", metavar="DIM", help="sku, category, customer, channel, month, carrier, supplier or order.")
@click.option("--period", metavar="P", help="2026, 2026-Q1 or 2026-03.")
@books_option()
@json_option
@pass_state
def profit(state: State, order: str | None, by: str | None, period: str | None, as_json: bool) -> None:
    """Show the profit of ORDER, or of all orders by a dimension (by default by month)."""
    from ledger.reports.order_profit import order_profit
    from ledger.reports.period import parse_period
    from ledger.reports.profit_by import profit_by

    if order is not None and (by or period):
        raise click.UsageError("--by and --period go without an order")
    with state.ledger() as ledger, ledger.read() as context:
        answer = order_profit(context, order) if order else profit_by(context, by or "month", parse_period(period))
    if as_json:
        show_json(answer)
    elif order:
        _show_order(answer)
    else:
        _show_table(answer)


@click.command()
@click.argument("name")
@click.option("--period", metavar="P", help="2026, 2026-Q1 or 2026-03; nothing is everything.")
@click.option("--account", help="The general ledger of this account (full name, or role).")
@click.option("--layout", type=click.Choice(["native", "cas", "small"]), help="The form of 企业会计准则 (cas) or 小企业会计准则 (small).")
@click.option("--format", "form", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True)
@books_option()
@json_option
@pass_state
def statement(state: State, name: str, period: str | None, account: str | None, layout: str | None, form: str, as_json: bool) -> None:
    """Show the statement NAME: income, balance-sheet, cash-flow, trial-balance, general-ledger or freight-policies."""
    from ledger.reports import statements
    from ledger.reports.period import parse_period
    from ledger.reports.tabular import table_of, to_csv

    with state.ledger() as ledger, ledger.read() as context:
        answer = statements.statement(context, name, parse_period(period), account=account, layout=layout)
    if as_json or form == "json":
        show_json(answer)
    elif form == "csv":
        sys.stdout.write(to_csv(table_of(answer)))
    else:
        _show_statement(answer)


def _show_statement(answer: dict[str, Any]) -> None:
    figures = [name for name in FIGURES if any(name in line for line in answer["lines"])]
    labels = [name for name in LABELS if any(line.get(name) for line in answer["lines"])]
    rows = [[str(line.get(name) or "") for name in (*labels, *figures)] for line in answer["lines"]]
    of = [answer["account"]["account"]] if "account" in answer else []
    title = ", ".join([answer.get("form", answer["name"]), *of, answer["period"], answer["currency"]])
    show_table(title, [*(LABELS[name] for name in labels), *(name.replace("_", " ") for name in figures)], rows, left=len(labels))
    if answer.get("next"):
        show_line("more follows: the API's /statements pages through all of it")


def _show_order(answer: dict[str, Any]) -> None:
    rows = [(name.replace("_", " "), str(value)) for name, value in answer.items() if _is_figure(name, value)]
    rows += [(f"memo: {name.replace('_', ' ')}", str(value)) for name, value in answer.get("memo", {}).items()]
    show_table(f"{answer['source']}/{answer['order']}  {answer['currency']}  {answer['state']}", ("", "amount"), rows)
    for pending in answer["pending"]:
        show_line(f"pending: {pending['what']}: {pending['detail']}")


def _is_figure(name: str, value: Any) -> bool:
    return isinstance(value, str) and name not in ("order", "source", "customer", "channel", "date", "currency", "state")


def _show_table(answer: dict[str, Any]) -> None:
    named = [(str(item["key"]), item) for item in answer["items"]]
    named += [("unallocated", answer["unallocated"]), ("total", answer["total"])]
    rows = [(key, *(_cell(item[column]) for column in PROFIT_COLUMNS)) for key, item in named]
    columns = (answer["by"], *(column.replace("_", " ") for column in PROFIT_COLUMNS))
    show_table(f"profit by {answer['by']}, {answer['period']}, {answer['currency']}", columns, rows)
    if answer["next"]:
        show_line("more follows: the API's /profit pages through all of it")


def _cell(value: str | None) -> str:
    return "" if value is None else value


COMMANDS = (profit, statement)
