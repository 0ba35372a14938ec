"""How names of the outside are written in Beancount's alphabet: one scheme, documented, reversible where it can be.

Tags and links keep ASCII letters, digits and `-./`; every other byte of the UTF-8 form becomes `_XX` (hex), an underscore too, so
that the raw name can be read back. Account components and commodities are codes of at most 20 characters; the raw value stands in
metadata beside them.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import unquote_to_bytes

CODE_MAX = 20
_KEPT = re.compile(rb"[A-Za-z0-9./-]")
_COMMODITY = re.compile(r"[A-Z](?:[A-Z0-9'._-]{0,18}[A-Z0-9])?", re.ASCII)
_COMPONENT = re.compile(r"[A-Z0-9][A-Za-z0-9-]{0,19}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_KEYWORDS = frozenset(["TRUE", "FALSE", "NULL"])
_DIGEST_LENGTH = 8


def tag(text: str) -> str:
    """Write any text as the body of a Beancount tag or link: `订单 1` is `_E8_AE_A2_E5_8D_95_201`."""
    if text.isascii() and text.replace("-", "").isalnum():
        return text
    return "".join(chr(b) if _KEPT.match(bytes([b])) else f"_{b:02X}" for b in text.encode())


ORDER_TAG = "order-"
"""What the tag of an order begins with."""


def untag(text: str) -> str:
    """Read back what `tag` wrote."""
    return unquote_to_bytes(text.replace("%", "%25").replace("_", "%")).decode()


def order_of_tag(text: str) -> str | None:
    """Return the order that a tag names, None where it is another tag: `#order-_FF` is no UTF-8, so `tag` did not write it."""
    if not text.startswith(ORDER_TAG):
        return None
    try:
        return untag(text.removeprefix(ORDER_TAG)) or None
    except UnicodeDecodeError:
        return None


def account_component(raw: str) -> str:
    """Write a name as one component of an account: `tmall` is `Tmall`; what does not fit gets a code that ends in a digest."""
    name = raw[:1].upper() + raw[1:]
    if is_component(name):
        return name
    return _coded(raw, re.sub(r"[^A-Za-z0-9-]+", "-", name).strip("-").capitalize() or "X")


def is_component(name: str) -> bool:
    """Tell whether a name can stand as one component of an account as it is."""
    return bool(_COMPONENT.fullmatch(name)) and len(name) <= CODE_MAX


def commodity(sku: str, *, taken: bool = False) -> str:
    """Write a SKU as a commodity code that is an account component too: `TEA-01` stays; `龙井 2026` becomes `X-2026-` and a digest.

    `taken` says that another SKU has the plain code already (`tea-01` after `TEA-01`): then a digest is added. Three letters could be
    a currency, and TRUE, FALSE and NULL are words of Beancount, so they get a digest too.
    """
    name = sku.upper()
    plain = re.sub(r"[^A-Z0-9-]+", "-", name).strip("-")
    if not plain or not plain[0].isalpha():
        plain = f"X-{plain}" if plain else "X"
    fits = plain == name and _COMMODITY.fullmatch(plain) and not _CURRENCY.fullmatch(plain) and plain not in _KEYWORDS
    if fits and not taken:
        return plain
    return _coded(sku, plain).upper()


def _coded(raw: str, readable: str) -> str:
    mark = hashlib.sha256(raw.encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{readable[: CODE_MAX - _DIGEST_LENGTH - 1].rstrip('-')}-{mark}"
