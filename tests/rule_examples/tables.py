"""Documents in words and entries in debit and credit, as Markdown tables."""

from __future__ import annotations

from typing import Any

from ledger.documents import INTERNAL, KINDS
from ledger.documents.fields import Declared, declared
from ledger.journal.draft import Posting
from ledger.money import MICRO_DIGITS, format_quantity, format_scaled, parse_scaled
from tests.rule_examples.notation import PRICES, Step
from tests.rule_examples.running import Ran, Run, named_by


def link(heading: str) -> str:
    """Return a link to a heading of the page."""
    anchor = "".join(c for c in heading.lower() if c.isalnum() or c in " -_").replace(" ", "-")
    return f"[{heading}](#{anchor})"


def document_table(made: Run) -> str:
    """Return an example's documents as a table: date, name, and what each says in words."""
    rows = ["| date | document | says |", "|---|---|---|"]
    if made.example.options:
        rows.append(f"| | books | {', '.join(f'{name} {value}' for name, value in made.example.options.items())} |")
    rows += [f"| | *given* | {link(name.replace('-', ' '))} |" for name in made.example.given]
    rows += [_document(ran.step, ran.date) for ran in made.steps]
    return "\n".join(rows) + "\n"


def _document(step: Step, date: str) -> str:
    kind = step.body["kind"]
    fields = [
        item for item in declared((KINDS | INTERNAL)[kind]) if item.name not in ("source", "number", "date") and item.name in step.body
    ]
    said = [_said(item, step.body[item.name]) for item in fields]
    listed = [i for i, item in enumerate(fields) if _is_lines(step.body[item.name])]
    flat = ", ".join(text for i, text in enumerate(said) if i not in listed)
    return f"| {date} | {kind.replace('_', ' ')} {step.body['number']} | {'<br>'.join([flat] * bool(flat) + [said[i] for i in listed])} |"


def _is_lines(value: object) -> bool:
    return isinstance(value, list) and isinstance(value[0], dict)


def _said(item: Declared, value: Any) -> str:
    """Return a field in words."""
    name = item.name.replace("_", " ")
    if _is_lines(value):
        return "<br>".join(_line(item.spec.of, one) for one in value)  # type: ignore[attr-defined]
    if isinstance(value, bool):
        return name if value else f"{name}: no"
    if isinstance(value, list):
        return f"{name} {', '.join(value)}"
    if isinstance(value, dict):
        of = getattr(item.spec, "of", None)
        return f"{name} " + (_line(of, value) if of is not None else ", ".join(f"{ref} {share}" for ref, share in value.items()))
    if name == "tax rate":
        return f"tax {format_scaled(parse_scaled(value, MICRO_DIGITS), MICRO_DIGITS - 2, least=0)} %"
    return f"{name} {value}"


def _line(cls: type[Any], line: dict[str, Any]) -> str:
    fields = {item.name: item for item in declared(cls)}
    listed = [name for name, value in line.items() if isinstance(value, list | dict)]
    first = [line[item.name] for item in fields.values() if item.required and item.name in line and item.name not in listed]
    if "sku" in line and "quantity" in line:
        first = [line["quantity"], line["sku"]]
    price = next((f"at {line[name]}" for name in PRICES if name in line), "")
    others = [name for name, item in fields.items() if name in line and (not item.required or name in listed) and name not in PRICES]
    rest = [_said(fields[name], line[name]) for name in others]
    return ", ".join([" ".join([*first, *([price] if price else [])]), *rest])


def entry_tables(ran: Ran, made: Run) -> str:
    """Return the entries of one document, each as a table of debit and credit with the Chinese names of its accounts."""
    name = f"{ran.step.body['kind'].replace('_', ' ')} {ran.step.body['number']}"
    if not ran.entries:
        return f"No entry for {name}.\n"
    return "\n".join(_entry(entry.date, name, entry.postings, made) for entry in ran.entries)


def _entry(date: str, name: str, postings: tuple[Posting, ...], made: Run) -> str:
    rows = [f"Entry of {date} for {name}:\n", "| account | 科目 | debit | credit | order | of |", "|---|---|--:|--:|---|---|"]
    for posting in sorted(postings, key=lambda one: one.amount < 0):
        amount = format_scaled(abs(posting.amount), made.example.digits)
        debit, credit = (amount, "") if posting.amount >= 0 else ("", amount)
        order = posting.order.label if posting.order is not None else ""
        rows.append(f"| {posting.account} | {_chinese(posting.account, made)} | {debit} | {credit} | {order} | {_of(posting)} |")
    return "\n".join(rows) + "\n"


def _chinese(account: str, made: Run) -> str:
    role = made.chart.role_of(account)
    if account in made.chart.accounts or role is None:
        return made.chart.label_zh(account)
    family = made.chart.account(role)
    return f"{made.chart.label_zh(family)}-{account.removeprefix(family + ':')}"


def _of(posting: Posting) -> str:
    units = f"{format_quantity(posting.quantity)} " if posting.quantity else ""
    goods = units + (posting.sku or "")
    lot = f"lot {posting.lot.label}" if posting.lot is not None else ""
    supplier = f"from {posting.supplier}" if posting.supplier and posting.sku else ""
    foreign = named_by(posting)["units"]
    return ", ".join(text for text in (foreign, goods, lot, supplier, posting.party or "", posting.reference or "") if text)
