"""Numbers as files write them: decimal mark, thousands mark, currency signs, parentheses, percent. Exact, no guesses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from importers.bounds import DIGITS_MAX, NUMBERS_KEPT

SCALE = DIGITS_MAX + 2
"""Every number of a file is an integer of 10**-SCALE: 18 decimals, and two more for percentages."""

POWERS: tuple[int, ...] = tuple(10**i for i in range(SCALE + 1))
_SPACES = "[ \u00a0\u202f\u2009]"


@dataclass(frozen=True)
class NumberFormat:
    """How a column writes its numbers."""

    decimal: str = "."
    thousands: str = ""
    symbols: tuple[str, ...] = ()
    parentheses: bool = False
    percent: bool = False

    def read(self, text: str) -> int:
        """Return the number as an integer of 10**-SCALE; ValueError says how it should be written."""
        known = self._known.get(text)
        if known is None:
            known = self._parse(text)
            if len(self._known) >= NUMBERS_KEPT:
                self._known.clear()
            self._known[text] = known
        return known

    def write(self, plain: str) -> str:
        """Write a plain decimal ("0.19") in this format, without thousands marks: `read` gives it back."""
        if self.percent:
            plain = f"{Decimal(plain).scaleb(2):f}%"
        return plain.replace(".", self.decimal)

    def describe(self) -> str:
        """Say the format with an example."""
        marks = [f'decimal mark "{self.decimal}"']
        marks.append(f'thousands mark "{self.thousands}"' if self.thousands else "no thousands mark")
        if self.symbols:
            marks.append("signs " + " ".join(self.symbols))
        if self.parentheses:
            marks.append("parentheses for negative")
        if self.percent:
            marks.append("percent")
        return f"such as 1{self.thousands}234{self.decimal}50 ({', '.join(marks)})"

    @cached_property
    def _known(self) -> dict[str, int]:
        # Quantities, rates and prices repeat from row to row.
        return {}

    @cached_property
    def _reads_plain(self) -> bool:
        return self.decimal == "." and not self.percent

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        mark = _SPACES if self.thousands == " " else re.escape(self.thousands)
        # Groups of exactly three: "1,23" with a thousands comma is somebody's decimal comma, not 123.
        grouped = rf"[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+|" if self.thousands else ""
        symbols = "|".join(re.escape(s) for s in sorted(self.symbols, key=len, reverse=True))
        symbol = rf"(?:{symbols})?{_SPACES}*" if symbols else ""
        sign = rf"(?P<{{}}>[-+\u2212]?){_SPACES}*"
        number = rf"(?P<whole>{grouped}[0-9]*)(?:{re.escape(self.decimal)}(?P<fraction>[0-9]*))?"
        after = rf"{_SPACES}*{symbol}" + (r"%?" if self.percent else "")
        body = sign.format("first") + symbol + sign.format("second") + number + after
        return re.compile(rf"(?P<open>\()?{body}(?P<close>\))?" if self.parentheses else body, re.ASCII)

    def _parse(self, text: str) -> int:
        if self._reads_plain and text.isascii():
            # Most numbers are written so, and a regular expression takes twice as long. Of ASCII characters, digits are 0 to 9 alone.
            size = text.removeprefix("-")
            whole, mark, fraction = size.partition(".")
            if whole.isdigit() and len(whole) <= DIGITS_MAX and fraction.isdigit() is bool(mark) and len(fraction) <= DIGITS_MAX:
                value = int(whole + fraction) * POWERS[SCALE - len(fraction)]
                return -value if text[0] == "-" else value
        return self._read_formatted(text)

    def _read_formatted(self, text: str) -> int:
        match = self._pattern.fullmatch(text)
        parts = match.groupdict() if match else {}
        whole = re.sub("[^0-9]", "", parts.get("whole") or "")
        fraction = parts.get("fraction") or ""
        signs = (parts.get("first") or "") + (parts.get("second") or "")
        bracketed = bool(parts.get("open"))
        if not whole + fraction or len(signs) + bracketed > 1 or bracketed != bool(parts.get("close")):
            raise ValueError("must be a number " + self.describe())
        if len(whole.lstrip("0")) > DIGITS_MAX or len(fraction) > DIGITS_MAX:
            raise ValueError(f"must have at most {DIGITS_MAX} digits before and after the decimal mark")
        value = int(whole + fraction) * POWERS[SCALE - len(fraction) - (2 if self.percent else 0)]
        return -value if bracketed or signs in ("-", "\u2212") else value
