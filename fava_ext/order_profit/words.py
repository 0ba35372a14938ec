"""The page's words in English and Chinese: `locale/*.json`, one file a language, with the same keys."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LOCALES = Path(__file__).parent / "locale"

PENDING = {
    "undelivered": re.compile(r"shipment (?P<shipment>.+) of (?P<date>\S+) is not delivered yet"),
    "owed": re.compile(r"(?P<units>\S+) (?P<sku>.+) owed since (?P<since>\S+)"),
    "accrued": re.compile(r"freight of shipment (?P<shipment>.+) estimated at (?P<amount>\S+ \S+) on (?P<date>\S+), not yet billed"),
    "unmatched": re.compile(r"lines of freight bills that wait for what else they name: (?P<count>\d+)"),
    "more": re.compile(r"and (?P<count>\d+) more"),
}
"""What the report says in English about each kind of pending fact, so that other languages can say it too."""


class Words:
    """The words of one language."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its placeholders filled in."""
        text = self._texts[key]
        return text.format(**values) if values else text

    def problem(self, code: str) -> str:
        """Say what an error code of the service means."""
        return self._texts.get(f"problem.{code}", self._texts["problem.error"])

    def pending(self, what: str, detail: str) -> str:
        """Say a pending fact; what cannot be taken apart stays as the report says it."""
        found = PENDING[what].fullmatch(detail) if what in PENDING else None
        return self(f"pending.{what}.detail", **found.groupdict()) if found else detail


@cache
def words_of(language: str) -> Words:
    """Return the words of a language, English where there are none."""
    path = LOCALES / ("zh.json" if language == "zh" else "en.json")
    return Words(json.loads(path.read_text(encoding="utf-8")))
