"""docs/RULES.md: each rule with its source, and its examples as documents in words and entries in debit and credit (`make docs`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ledger.documents import INTERNAL, KINDS
from ledger.rules import RULES
from ledger.rules.payouts import LINE_RULES
from tests.rule_examples.beginnings import BEGINNINGS, beginning
from tests.rule_examples.chapters import CHAPTERS, HEAD, LAST_CHAPTER, TITLES
from tests.rule_examples.collecting import ROOT, Documented, everything
from tests.rule_examples.notation import Example
from tests.rule_examples.running import differences, run
from tests.rule_examples.tables import document_table, entry_tables, link

PAGE = ROOT / "docs" / "RULES.md"


def page() -> str:
    """Return the page; AssertionError where an example does not hold."""
    return "\n".join([HEAD, _contents(), *_chapters(), _beginnings(), _roles()])


def _by_chapter() -> dict[str, list[Documented]]:
    place = {module: (i, j) for i, (_, names) in enumerate(CHAPTERS) for j, module in enumerate(names.split())}
    chapters: dict[str, list[Documented]] = {chapter: [] for chapter in (*dict(CHAPTERS), LAST_CHAPTER)}
    for function in sorted(everything(), key=lambda one: place.get(_module(one), (len(CHAPTERS), 0))):
        at = place.get(_module(function))
        chapters[CHAPTERS[at[0]][0] if at else LAST_CHAPTER].append(function)
    return {chapter: functions for chapter, functions in chapters.items() if functions}


def _module(function: Documented) -> str:
    """Return a module as chapters name it: `orders`, `corrections/orders`."""
    return "/".join(Path(function.module).with_suffix("").parts[2:])


def title(function: Documented) -> str:
    """Return the heading of a rule: its kinds of document, its types of payout line, or its own."""
    kinds = [kind for kind, cls in (KINDS | INTERNAL).items() if RULES[cls].__name__ == function.name]
    if kinds:
        return ", ".join(f"`{kind}`" for kind in kinds)
    types = [name for name, rule in LINE_RULES.items() if rule.__qualname__.partition(".")[0] == function.name]
    if types:
        return "Payout line " + ", ".join(f"`{name}`" for name in types)
    named = TITLES[function.name][0] if function.name in TITLES else None
    return named or function.name.strip("_").replace("_", " ").capitalize()


def sentence(function: Documented) -> str:
    """Return what a rule does, in words."""
    return TITLES[function.name][1] if function.name in TITLES else function.prose


def _contents() -> str:
    lines = [f"- {chapter}: {' · '.join(link(title(one)) for one in functions)}" for chapter, functions in _by_chapter().items()]
    return "\n".join([*lines, f"- {link('How the examples begin')} · {link('Accounts by role')}", ""])


def _chapters() -> Iterator[str]:
    for chapter, functions in _by_chapter().items():
        yield f"## {chapter}\n"
        for function in functions:
            yield f"### {title(function)}\n\n{sentence(function)}\n"
            yield f"*Source: {'; '.join(function.sources)}.*\n"
            for example in function.examples:
                yield _example(example)


def _example(example: Example) -> str:
    made = run(example)
    wrong = differences(made)
    assert not wrong, f"example {example.title!r} does not hold:\n{wrong}"
    parts = [f"**Example: {example.title}**\n", document_table(made)]
    shown = [ran for ran in made.steps if ran.step.vouchers is not None]
    parts += [entry_tables(ran, made) for ran in shown]
    return "\n".join(parts)


def _beginnings() -> str:
    parts = ["## How the examples begin\n"]
    for name in BEGINNINGS:
        parts += [f"### {name.replace('-', ' ')}\n", document_table(run(beginning(name)))]
    return "\n".join(parts)


def _roles() -> str:
    chart = run(Example("roles")).chart
    rows = ["## Accounts by role\n", "| role | account | 科目 |", "|---|---|---|"]
    rows += [f"| `{info.role}` | {info.name} | {info.label_zh} |" for info in chart.accounts.values() if info.role is not None]
    return "\n".join(rows) + "\n"
