"""Runs an example through the engine in memory and compares every posting with what it says."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from beancount.parser import parser

from ledger.books.people import chart_of
from ledger.chart import Chart
from ledger.documents import read
from ledger.errors import LedgerError, UnknownAccount
from ledger.journal.draft import Posting
from ledger.journal.entry import Entry
from ledger.money import exponent, format_quantity, format_scaled
from tests.books_in_memory import MemoryLedger
from tests.rule_examples.beginnings import beginning
from tests.rule_examples.notation import FIRST_DAY, NAMES, Example, Step, Voucher, Wanted


@dataclass(frozen=True, slots=True)
class Ran:
    """One document of an example, posted: its date and the entries that the engine made of it."""

    step: Step
    date: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """An example that was run, on the chart that it ran with."""

    example: Example
    chart: Chart
    steps: tuple[Ran, ...]


@cache
def _chart(name: str, options: tuple[tuple[str, str], ...]) -> Chart:
    accounts = (resources.files("books") / "charts" / name / "accounts.beancount").read_text(encoding="utf-8")
    customs = "".join(f'1970-01-01 custom "orderledger" "{name}" "{value}"\n' for name, value in options)
    return chart_of(parser.parse_string(customs + accounts)[0], [])


def run(example: Example) -> Run:
    """Post an example's documents, those of its beginnings first, into empty books."""
    options = {"chart": "ifrs", "currency": "CNY", "costing": "fifo"} | example.options
    ledger = MemoryLedger(options["currency"], options["costing"])
    ledger.engine.chart = _chart(options.pop("chart"), tuple(options.items()))
    day = FIRST_DAY
    ran = []
    for step in _steps(example):
        day = step.body["date"] or day
        document = read(step.body | {"date": day}, options["currency"], internal=True)
        try:
            posted = ledger.engine.post(document)
        except LedgerError as error:
            raise AssertionError(f"{document.key} is refused: {error.detail} {[(e.pointer, e.detail) for e in error.errors]}") from error
        ran.append(Ran(step, day, posted.entries))
    return Run(example, ledger.engine.chart, tuple(ran[len(ran) - len(example.steps) :]))


def _steps(example: Example) -> Iterator[Step]:
    for name in example.given:
        yield from _steps(beginning(name))
    yield from example.steps


def differences(made: Run) -> str:
    """Return what the engine posts otherwise than the example says, as a diff of the example's own lines; empty where nothing."""
    digits = made.example.digits
    found: list[str] = []
    for ran in made.steps:
        if ran.step.vouchers is None:
            continue
        wanted = [_written(voucher, ran, made.chart, digits) for voucher in ran.step.vouchers]
        names = [posting.names.keys() for voucher in ran.step.vouchers for posting in voucher.postings]
        actual = _actual(ran, made.chart, digits, _aligned(ran, made.chart), {name for keys in names for name in keys})
        if [sorted(lines) for lines in wanted] != [sorted(lines) for lines in actual]:
            head = f"{ran.step.body['kind']} {ran.step.body['number']}"
            written, posted = ([line for lines in side for line in lines] or ["nothing"] for side in (wanted, actual))
            found += difflib.unified_diff(written, posted, f"{head} as written", f"{head} as posted", n=99, lineterm="")
    return "\n".join(found)


def _aligned(ran: Ran, chart: Chart) -> list[list[Wanted | None]]:
    """Return, for each posting of each entry, the written posting that it answers to, the most telling first."""
    answers = []
    for i, entry in enumerate(ran.entries):
        vouchers = ran.step.vouchers or []
        left = sorted(vouchers[i].postings, key=lambda p: -len(p.names)) if i < len(vouchers) else []
        mine: dict[int, Wanted] = {}
        for wanted in left:
            fits = (j for j, posting in enumerate(entry.postings) if j not in mine and _fits(wanted, posting, chart))
            if (place := next(fits, None)) is not None:
                mine[place] = wanted
        answers.append([mine.get(j) for j in range(len(entry.postings))])
    return answers


def _fits(wanted: Wanted, posting: Posting, chart: Chart) -> bool:
    named = named_by(posting)
    same = _account(wanted.account, chart) == posting.account and wanted.amount == posting.amount
    return same and all(named[name] == value for name, value in wanted.names.items())


def _account(name: str, chart: Chart) -> str:
    try:
        return chart.resolve(name)
    except UnknownAccount:
        return name


def _written(voucher: Voucher, ran: Ran, chart: Chart, digits: int) -> list[str]:
    return [
        f"on {voucher.date or ran.date}",
        *(_line(_account(p.account, chart), p.amount, p.names, chart, digits) for p in voucher.postings),
    ]


def _actual(ran: Ran, chart: Chart, digits: int, aligned: list[list[Wanted | None]], asked: set[str]) -> list[list[str]]:
    entries = []
    for entry, answers in zip(ran.entries, aligned, strict=True):
        lines = [f"on {entry.date}"]
        entries.append(lines)
        for posting, wanted in zip(entry.postings, answers, strict=True):
            named = named_by(posting)
            shown = wanted.names if wanted is not None else {name: named[name] for name in NAMES if name in asked and named[name]}
            lines.append(_line(posting.account, posting.amount, shown, chart, digits))
    return entries


def _line(account: str, amount: int, names: dict[str, str], chart: Chart, digits: int) -> str:
    side = "Dr" if amount >= 0 else "Cr"
    return " ".join([side, short(account, chart), format_scaled(abs(amount), digits), *(f"{n}={v}" for n, v in names.items())])


def short(account: str, chart: Chart) -> str:
    """Return an account as examples write it: its role, with the member of a family, or its name where it has no role."""
    role = chart.role_of(account)
    if role is None or account in chart.accounts:
        return role or account
    return f"{role}:{account.removeprefix(chart.account(role) + ':')}"


def _units(posting: Posting) -> str:
    if posting.currency is None or posting.foreign is None:
        return ""
    return f"{format_scaled(posting.foreign, exponent(posting.currency))} {posting.currency}"


def named_by(posting: Posting) -> dict[str, str]:
    """Return what a posting names; empty texts for what it does not."""
    return {
        "order": posting.order.label if posting.order is not None else "",
        "sku": posting.sku or "",
        "quantity": format_quantity(posting.quantity) if posting.quantity else "",
        "lot": posting.lot.label if posting.lot is not None else "",
        "party": posting.party or "",
        "reference": posting.reference or "",
        "units": _units(posting),
    }
