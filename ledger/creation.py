"""Make empty books: the chart's text with its currency, and the folders that the service writes."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

from ledger.books.files import WITH_HEAD
from ledger.books.layout import INDEX, MAIN, PEOPLES_FILES, PRIVATE
from ledger.costing.methods import METHODS
from ledger.errors import BooksProblem
from ledger.money import exponent

CHARTS = ("ifrs", "cn")
STANDARDS = ("cas", "small")
"""企业会计准则 and 小企业会计准则: each has its own accounts in the `cn` chart."""

COSTINGS = METHODS
_ACCOUNTS_OF = {"small": {"accounts.beancount": "accounts-small.beancount"}}


def create_books(
    directory: Path, *, chart: str = "ifrs", currency: str = "CNY", costing: str = "fifo", standard: str | None = None
) -> None:
    """Write empty books into `directory`; BooksProblem where there are books already or an option is not known.

    `standard` is for the `cn` chart: None is `cas`. main.beancount comes last: a directory without it holds no books, so an
    interrupted `init` can be repeated.
    """
    if chart not in CHARTS:
        raise BooksProblem(f"there is no chart {chart!r}; known are {', '.join(CHARTS)}")
    if standard is not None and (chart != "cn" or standard not in STANDARDS):
        raise BooksProblem(f"standard {standard!r} does not go with chart {chart!r}; the cn chart knows {', '.join(STANDARDS)}")
    if costing not in COSTINGS:
        raise BooksProblem(f"costing {costing!r} is not known; known are {', '.join(COSTINGS)}")
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha() and currency.isupper()):
        raise BooksProblem(f"{currency!r} is not a currency code such as CNY")
    if (directory / MAIN).exists():
        raise BooksProblem(f"{directory} holds books already")
    exponent(currency)
    (directory / PRIVATE).mkdir(parents=True, exist_ok=True, mode=0o700)
    (directory / INDEX).parent.mkdir(parents=True, exist_ok=True)
    for path, head in WITH_HEAD.items():
        _write(directory / path, head)
    source = resources.files("books") / "charts" / chart
    chosen = standard or STANDARDS[0]
    for name in reversed(PEOPLES_FILES):
        text = (source / _ACCOUNTS_OF.get(chosen, {}).get(name, name)).read_text(encoding="utf-8")
        _write(directory / name, text.replace("@CURRENCY@", currency).replace("@COSTING@", costing).replace("@STANDARD@", chosen))


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
