"""How an example is written in a docstring: documents in the order in which they come, each with the entry that it makes.

    Example: a prepayment of 904.00 before anything is shipped.
        given a-tea-lot
        order SO-1 on 2026-01-06 customer=Customer prices_include_tax=true | TEA-01 40 @ 22.60 tax_rate=0.13
        payment P-1 order=SO-1 amount=904.00 account=bank
        Dr bank 904.00 order=SO-1
        Cr contract_liability 800.00 order=SO-1
        Cr vat_pending 104.00 order=SO-1

- `given NAME` puts the documents of `beginnings.py` before; `books costing=average` sets options of the books and their `chart`.
- A document is its kind, its number, `on` a date (else the day of the document before), its fields, and its lines after `|`. A line
  is what each line must say, in the order of DOCUMENTS.md, `@` its price, then other fields. `name:` before a line names its list
  where it is not the first one of that kind. Lists take commas, a value with spaces takes quotes, a line that starts with `|`
  goes on with the one above. What does not fit into lines is written as JSON: `{"kind": "order", "number": "SO-1", ...}`.
- Below a document: every posting of its entry, `Dr` or `Cr`, the account by role or in full, the amount, and whichever of
  `order sku quantity lot party reference units` matters; `units="-100.00 USD"` is what
  it stands in where that is foreign currency. `on DATE` before them where the entry is not of the document's day, or to begin a
  second entry. `nothing` says that there is no entry. A document without any of these is only a step on the way.
"""

from __future__ import annotations

import inspect
import json
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ledger.documents import INTERNAL, KINDS
from ledger.documents.fields import Attributes, Declared, Flag, Member, Members, References, Shares, Spec, declared
from ledger.money import exponent, parse_scaled

SOURCE, FIRST_DAY = "shop", "2026-01-05"
NAMES = ("order", "sku", "quantity", "lot", "party", "reference", "units")
"""What a posting can name beside its account and amount."""

SIDES = {"Dr": 1, "Cr": -1}
PRICES = ("unit_price", "unit_cost")
HEADING = "Example: "


class UnreadableExample(ValueError):
    """A line of an example that the notation does not know."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One posting as written: account or role, amount in minor units (debit positive), and what it names."""

    account: str
    amount: int
    names: dict[str, str]


@dataclass(slots=True)
class Voucher:
    """One entry as written; `date` None is the document's own."""

    date: str | None
    postings: list[Wanted] = field(default_factory=list)


@dataclass(slots=True)
class Step:
    """One document; `vouchers` None where the example does not look at its entries, empty where there must be none."""

    body: dict[str, Any]
    vouchers: list[Voucher] | None = None


@dataclass(slots=True)
class Example:
    """One example: its heading, the beginnings it goes on from, options of its books, its documents."""

    title: str
    given: list[str] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    @property
    def digits(self) -> int:
        """Return the decimals of its currency."""
        return exponent(self.options.get("currency", "CNY"))


def split(docstring: str) -> tuple[str, list[tuple[str, list[str]]]]:
    """Return the prose of a docstring, and each example's heading with its lines."""
    prose: list[str] = []
    blocks: list[tuple[str, list[str]]] = []
    inside = False
    for line in inspect.cleandoc(docstring).splitlines():
        if line.startswith(HEADING):
            inside = True
            blocks.append((line.removeprefix(HEADING).strip(), []))
        elif inside and (line.startswith(" ") or not line):
            blocks[-1][1].append(line.strip())
        else:
            inside = False
            prose.append(line)
    return "\n".join(prose).strip(), [(title, [line for line in lines if line]) for title, lines in blocks]


def parse(title: str, lines: Iterable[str]) -> Example:
    """Read one example; UnreadableExample names the line that it is not written as."""
    example = Example(title)
    for line in _joined(lines):
        try:
            _take(example, line)
        except (ValueError, IndexError) as error:
            raise UnreadableExample(f"{line!r}: {error}") from error
    return example


def _joined(lines: Iterable[str]) -> list[str]:
    joined: list[str] = []
    for line in lines:
        if line.startswith("|") and joined:
            joined[-1] += f" {line}" if not joined[-1].startswith("{") else line[1:]
        else:
            joined.append(line)
    return joined


def _take(example: Example, line: str) -> None:
    words = [line] if line.startswith("{") else shlex.split(line)
    if words[0] == "given":
        example.given += words[1:]
    elif words[0] == "books":
        example.options |= dict(_pairs(words[1:]))
    elif words[0] in SIDES:
        vouchers = _vouchers(example)
        if not vouchers:
            vouchers.append(Voucher(None))
        vouchers[-1].postings.append(_posting(words, example.digits))
    elif words[0] == "on":
        _vouchers(example).append(Voucher(words[1]))
    elif words == ["nothing"]:
        _vouchers(example).clear()
    else:
        day = example.steps[-1].body["date"] if example.steps else None
        example.steps.append(Step(document(line, day)))


def _vouchers(example: Example) -> list[Voucher]:
    if not example.steps:
        raise ValueError("an entry stands below its document")
    step = example.steps[-1]
    if step.vouchers is None:
        step.vouchers = []
    return step.vouchers


def _posting(words: list[str], digits: int) -> Wanted:
    names = dict(_pairs(words[3:]))
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise ValueError(f"a posting names {', '.join(NAMES)}, not {', '.join(unknown)}")
    return Wanted(words[1], SIDES[words[0]] * parse_scaled(words[2], digits), names)


def document(line: str, day: str | None = None) -> dict[str, Any]:
    """Return the body that a document's line describes. Without `on`, its date is `day`, or None where the runner knows better."""
    if line.startswith("{"):
        given: dict[str, Any] = json.loads(line)
        return {"source": SOURCE, "date": day} | given
    head, *rest = [shlex.split(part) for part in line.split(" | ")]
    kind, number, *words = head
    cls = (KINDS | INTERNAL).get(kind)
    if cls is None:
        raise ValueError(f"starts with no kind of document; known are {', '.join(KINDS | INTERNAL)}, and given, books, Dr, Cr, on, nothing")
    if words[:1] == ["on"]:
        day, words = words[1], words[2:]
    fields = {item.name: item for item in declared(cls)}
    body: dict[str, Any] = {"kind": kind, "source": SOURCE, "number": number, "date": day}
    body |= {name: _value(fields.get(name), text) for name, text in _pairs(words)}
    for part in rest:
        _add_line(body, fields, part)
    return body


def _add_line(body: dict[str, Any], fields: dict[str, Declared], words: list[str]) -> None:
    named = words[0].endswith(":")
    name = words[0][:-1] if named else next((f.name for f in fields.values() if isinstance(f.spec, Members)), "lines")
    spec = fields[name].spec if name in fields else None
    if not isinstance(spec, Members | Member):
        raise ValueError(f"{body['kind']} has no list or object {name!r}")
    made = _line(spec.of, words[1:] if named else words)
    if isinstance(spec, Members):
        body.setdefault(name, []).append(made)
    else:
        body[name] = made


def _line(cls: type[Any], words: list[str]) -> dict[str, Any]:
    fields = {item.name: item for item in declared(cls)}
    made: dict[str, Any] = {}
    if "@" in words:
        at = words.index("@")
        made[next(name for name in PRICES if name in fields)] = words[at + 1]
        words = words[:at] + words[at + 2 :]
    count = next((i for i, word in enumerate(words) if "=" in word), len(words))
    places = [item for item in fields.values() if item.required and not isinstance(item.spec, Members | Member)]
    if count > len(places):
        raise ValueError(f"a line says {', '.join(item.name for item in places)} and then NAME=VALUE")
    made |= {item.name: _value(item, text) for item, text in zip(places, words[:count], strict=False)}
    return made | {name: _value(fields.get(name), text) for name, text in _pairs(words[count:])}


def _pairs(words: Iterable[str]) -> Iterable[tuple[str, str]]:
    for word in words:
        name, equals, text = word.partition("=")
        if not equals:
            raise ValueError(f"{word!r} is not NAME=VALUE")
        yield name, text


def _value(item: Declared | None, text: str) -> Any:
    spec: Spec | None = item.spec if item is not None else None
    if isinstance(spec, Flag):
        return {"true": True, "false": False}.get(text, text)
    if isinstance(spec, References):
        return text.split(",")
    if isinstance(spec, Shares | Attributes):
        return {part.rpartition(":")[0]: part.rpartition(":")[2] for part in text.split(",")}
    return text
