"""The policies that books choose among: options of main.beancount, each in force from the date it stands under.

    2026-07-01 custom "orderledger" "recognition" "delivery"

A later line changes the policy from its date on: documents posted before keep the one they were posted under, so a rebuild makes the
same entries again. Knows neither the chart nor the documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

RECOGNITION = "recognition"
VAT_ON_ADVANCE = "vat-on-advance"
VAT_REGIME = "vat-regime"
GIFT_VAT = "gift-vat"
LOSS_VAT = "loss-vat"
INBOUND_FREIGHT = "inbound-freight"

POLICIES: Mapping[str, tuple[str, ...]] = {
    RECOGNITION: ("shipment", "delivery"),
    VAT_ON_ADVANCE: ("pending", "due"),
    VAT_REGIME: ("general", "small-scale"),
    GIFT_VAT: ("none", "deemed-sale"),
    LOSS_VAT: ("none", "reverse-input"),
    INBOUND_FREIGHT: ("capitalise", "expense"),
}
"""What each policy can be; the first is in force where the books say nothing."""

NEEDED_ROLES: Mapping[tuple[str, str], str] = {(RECOGNITION, "delivery"): "goods_shipped", (INBOUND_FREIGHT, "expense"): "freight_in"}
"""The role that a policy posts to and that books without it can do without."""

Dated = Mapping[str, Sequence[tuple[str, str]]]
"""Option -> [(date, value)] by date; of one date, as they stand in the books."""


def in_force(dated: Dated, options: Mapping[str, str], name: str, date: str) -> str:
    """Return what the policy `name` is on a day (ISO text)."""
    stated = [value for since, value in dated.get(name, ()) if since <= date]
    if stated:
        return stated[-1]
    default = POLICIES[name][0]
    return default if name in dated else options.get(name, default)


def faults(dated: Dated, options: Mapping[str, str], has_role: Callable[[str], bool]) -> Iterator[str]:
    """Find policies that are none, and those that lack the account they post to."""
    for name, choices in POLICIES.items():
        stated = [value for _, value in dated.get(name, ())] or ([options[name]] if name in options else [])
        for value in stated:
            role = NEEDED_ROLES.get((name, value))
            if value not in choices:
                yield f"option {name} is {value!r}; it can be {' or '.join(choices)}"
            elif role is not None and not has_role(role):
                yield f"option {name} is {value!r}: bind an account to the role {role} (metadata role: on open)"
