"""Write the generated pages of docs/ (`make docs`): RULES.md, and DOCUMENTS.md, every kind's fields and an example that a test posts."""

from __future__ import annotations

import json
from inspect import cleandoc
from pathlib import Path

from ledger.documents import KINDS
from ledger.documents.fields import Choice, Declared, Member, Members, declared
from tests.rule_examples import page as rules

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "docs" / "examples"
PAGE = ROOT / "docs" / "DOCUMENTS.md"

HEAD = """# Documents

A document is an immutable business fact, known by `(source, kind, number)`. The same content sent again answers with its first
result; other content under a known identity is refused (409), unless it says `corrects: true` with a `reason`: then what the document
did is taken back and the new content is posted, all on open days. A reference to another document is its number where that is unique,
else `source/number`.

Money, quantities, prices and rates are decimal strings. Money has at most its currency's decimals, quantities at most six. `amount`,
`discount`, `tax`, `cost`, `weight_kg` and `volume_m3` of a line are for the whole line. Text is any Unicode without control characters.

`currency` says what a document's money is in, the books' where it is left out; `rate` is what one unit of it is in the books' currency,
the `price` of the document's day in `prices.beancount` where it is left out. What is about an order is in the order's currency.

`make docs` writes this page from the code; the examples are posted, in this order, by a test:

    orderledger init books && orderledger --books books import docs/examples
"""


def page() -> str:
    """Return the page."""
    examples: dict[str, list[str]] = {}
    for path in sorted(EXAMPLES.glob("*.json")):
        text = path.read_text(encoding="utf-8")
        examples.setdefault(json.loads(text)["kind"], []).append(f"\n```json\n{text}```\n")
    return HEAD + "".join(_kind(kind) + "".join(texts) for kind, texts in examples.items())


def _kind(kind: str) -> str:
    cls = KINDS[kind]
    return "".join([f"\n## {kind}\n\n{cleandoc(cls.__doc__ or '')}\n\n{_table(cls)}", *_members(cls, "")])


def _members(cls: type, path: str) -> list[str]:
    """Describe the nested objects, level by level; `path` leads to them."""
    parts = []
    for item in declared(cls):
        if _nested(item):
            name = f"{path}{item.name}"
            of: type = item.spec.of  # type: ignore[attr-defined]
            parts += [f"\nEach of `{name}`: {_doc(item)}\n\n{_table(of)}", *_members(of, f"{name}.")]
    return parts


def _nested(item: Declared) -> bool:
    return isinstance(item.spec, Members | Member)


def _doc(item: Declared) -> str:
    return cleandoc(item.spec.of.__doc__ or "")  # type: ignore[attr-defined]


def _table(cls: type) -> str:
    rows = ["| field | what | default |", "|---|---|---|"]
    for item in declared(cls):
        default = "**required**" if item.required else _default(item)
        rows.append(f"| `{item.name}` | {_what(item)} | {default} |")
    return "\n".join(rows) + "\n"


def _default(item: Declared) -> str:
    if item.default is None or item.default == ():
        return ""
    if isinstance(item.default, bool):
        return f"`{str(item.default).lower()}`"
    return f'`"{item.default}"`'


def _what(item: Declared) -> str:
    if isinstance(item.spec, Members):
        return "list, see below"
    if isinstance(item.spec, Member):
        return "object, see below"
    if isinstance(item.spec, Choice):
        return ", ".join(f"`{option}`" for option in item.spec.options)
    schema = item.spec.describe()
    words = [schema.get("description") or {"string": "text", "boolean": "true or false"}.get(schema["type"], schema["type"])]
    if schema.get("format"):
        words = [{"date": "date `YYYY-MM-DD`", "date-time": "moment, RFC 3339 with offset"}[schema["format"]]]
    if "maxLength" in schema:
        words.append(f"at most {schema['maxLength']} characters")
    return ", ".join(words)


if __name__ == "__main__":
    for path, text in ((PAGE, page()), (rules.PAGE, rules.page())):
        path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)} written")
