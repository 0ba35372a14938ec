"""Every rule says its source and shows an example, and the engine posts what the examples say."""

from __future__ import annotations

import pytest

from ledger.documents import INTERNAL, KINDS
from ledger.documents.base import Document
from ledger.documents.fields import Member, Members, declared
from ledger.documents.payouts import LINE_TYPES
from ledger.rules import RULES
from ledger.rules.payouts import LINE_RULES
from tests.rule_examples.collecting import Documented, documented, everything, modules, of
from tests.rule_examples.notation import UnreadableExample, parse
from tests.rule_examples.running import differences, run

SHOWN = [pytest.param(function, title, id=f"{function.name}: {title[:60]}") for function in everything() for title in function.titles]

PAID = (
    "order SO-1 on 2026-01-06 customer=Customer prices_include_tax=true | TEA-01 40 @ 22.60 tax_rate=0.13",
    "payment P-1 order=SO-1 amount=904.00 account=bank",
)


@pytest.mark.parametrize(("function", "title"), SHOWN)
def test_the_engine_posts_what_the_example_says(function: Documented, title: str) -> None:
    """Account, amount, and what a posting names, of every entry that the example shows; no two examples have one heading."""
    assert function.titles.count(title) == 1
    found = differences(run(function.example(title)))
    assert not found, f"{function.place}: the example says otherwise than the engine posts\n{found}"


def advice(cls: type[Document], place: str) -> str:
    """Return what to write into a rule's docstring, with the fields that documents of its kind must have."""
    fields = [item for item in declared(cls) if item.required and item.name not in ("source", "number", "date")]
    words = [f"{item.name}=..." for item in fields if not isinstance(item.spec, Members | Member)]
    lines = [item.spec.of for item in fields if isinstance(item.spec, Members)]
    line = "".join(" | " + " ".join(part.name.upper() for part in declared(of) if part.required) for of in lines)
    return (
        f"{place} needs, in its docstring, its source in brackets, such as (IAS 2.10; CAS 1.6), and below its sentences:\n\n"
        f"    Example: one sentence that says what happens, with its figures.\n"
        f"        {' '.join([cls.kind, 'NUMBER', *words])}{line}\n"
        f"        Dr ROLE AMOUNT order=SO-1 sku=TEA-01\n        Cr ROLE AMOUNT\n\n"
        f"(`nothing` instead of Dr and Cr where no entry is made; tests/rule_examples/notation.py explains the form; "
        f"a wrong figure fails with the right one; then run `make docs`)"
    )


@pytest.mark.parametrize("kind", sorted(KINDS | INTERNAL))
def test_every_kind_has_an_example_and_a_source(kind: str) -> None:
    """The rule of each kind, in its own docstring: an example that shows the entry of a document of that kind."""
    cls = (KINDS | INTERNAL)[kind]
    rule = RULES[cls]
    found = of(rule)
    place = f"{rule.__module__}.{rule.__name__}"
    shown = [step for example in (found.examples if found else []) for step in example.steps if step.vouchers is not None]
    assert any(step.body["kind"] == kind for step in shown), f"{kind} has no example: {advice(cls, place)}"
    assert found is not None and found.sources, f"{kind} has no source: {advice(cls, place)}"


@pytest.mark.parametrize("line_type", LINE_TYPES)
def test_every_payout_line_has_an_example(line_type: str) -> None:
    """In a docstring of the module that posts it."""
    module = f"{LINE_RULES[line_type].__module__.replace('.', '/')}.py"
    lines = [
        line["type"]
        for function in documented(module)
        for example in function.examples
        for step in example.steps
        if step.body["kind"] == "payout" and step.vouchers is not None
        for line in step.body["lines"]
    ]
    assert line_type in lines, f"write an Example with a payout line of the type {line_type} where {module} posts it"


@pytest.mark.parametrize("function", everything(), ids=lambda function: f"{function.module}:{function.name}")
def test_what_has_an_example_has_a_source(function: Documented) -> None:
    """A standard with its paragraph, in brackets or after `Source:`."""
    assert function.sources, f"{function.place}: name the standard and its paragraph in brackets, such as (IAS 2.10; CAS 1.6)"


@pytest.mark.parametrize("name", ["issue", "cover", "give_back", "spread", "withdraw", "take"])
def test_the_money_rules_of_costing_have_examples(name: str) -> None:
    """What moves units and their cost shows how."""
    found = [function for module in modules() if "costing" in module for function in documented(module) if function.name == name]
    assert [function for function in found if function.examples], f"{name} has lost its Example"


def test_a_wrong_example_is_told_with_the_right_lines() -> None:
    """Another amount, a posting too few, a wrong order: the diff has the lines that would be right."""
    wrong = "Dr bank 900.00 order=SO-1", "Cr contract_liability 800.00 order=SO-2"
    found = differences(run(parse("wrong", [*PAID, *wrong]))).splitlines()
    assert "-Dr bank 900.00 order=SO-1" in found
    assert "+Dr bank 904.00 order=SO-1" in found
    assert "-Cr contract_liability 800.00 order=SO-2" in found
    assert "+Cr contract_liability 800.00 order=SO-1" in found
    assert "+Cr vat_pending 104.00 order=SO-1" in found


def test_an_entry_where_none_is_said_is_told() -> None:
    """`nothing` is a claim, and so is the date of an entry."""
    assert "-nothing" in differences(run(parse("wrong", [*PAID, "nothing"])))
    dated = ["on 2026-01-07", "Dr bank 904.00", "Cr contract_liability 800.00", "Cr vat_pending 104.00"]
    assert "+on 2026-01-06" in differences(run(parse("wrong", [*PAID, *dated])))
    dated[0] = "on 2026-01-06"
    assert not differences(run(parse("right", [*PAID, *dated])))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("ordre SO-1 customer=C", "starts with no kind of document"),
        ("order SO-1 customer", "is not NAME=VALUE"),
        ("order SO-1 customer=C | TEA-01 1 2 @ 3", "a line says sku, quantity"),
        ("payment P-1 order=SO-1 | TEA-01 1", "has no list or object 'lines'"),
        ("Dr bank 1.00", "stands below its document"),
    ],
)
def test_an_unreadable_line_is_named(line: str, told: str) -> None:
    """With what would be right."""
    with pytest.raises(UnreadableExample, match=told) as refused:
        parse("bad", [line])
    assert line in str(refused.value)


def test_a_posting_names_only_what_postings_have() -> None:
    """A slip of the pen is not taken for something that holds."""
    with pytest.raises(UnreadableExample, match="a posting names order, sku"):
        parse("bad", [*PAID, "Dr bank 904.00 odrer=SO-1"])


def test_what_does_not_fit_into_lines_is_json() -> None:
    """The same document either way; a line that starts with `|` goes on with the one above."""
    written = parse("lines", ["order SO-1 customer=C", "| TEA-01 2 @ 3.00 type=gift", "| shipping: 5.00"])
    lines = '[{"sku": "TEA-01", "quantity": "2", "unit_price": "3.00", "type": "gift"}]'
    body = f'"kind": "order", "number": "SO-1", "customer": "C", "lines": {lines}, "shipping": {{"amount": "5.00"}}'
    assert parse("json", [f"{{{body}}}"]).steps[0].body == written.steps[0].body


def test_a_refused_document_is_told() -> None:
    """The field and the reason, as a client would get them."""
    with pytest.raises(AssertionError, match=r"refused.*no order 'SO-9'"):
        run(parse("bad", ["payment P-1 order=SO-9 amount=1.00 account=bank"]))
