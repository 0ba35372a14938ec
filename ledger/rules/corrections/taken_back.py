"""What returns took back follows what is recognised: a correction of the order or of a shipment moves both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ledger.journal.draft import Draft
from ledger.money import part_of
from ledger.rules.payments import output_role
from ledger.state.records import Order, OrderLine
from ledger.work import Work


@dataclass(slots=True)
class TakenBack:
    """By how much what returns took back changes, minor units: (line, net) each, and the tax of all."""

    nets: list[tuple[OrderLine, int]] = field(default_factory=list)
    tax: int = 0

    @property
    def gross(self) -> int:
        """Return net and tax."""
        return sum(net for _, net in self.nets) + self.tax


def taken_back(work: Work, order: Order, lines: Iterable[OrderLine]) -> TakenBack:
    """Bring what returns took back of `lines` to its part of what is recognised of them now: all of it where all came back."""
    back = TakenBack()
    for line in lines:
        if not line.returned:
            continue
        work.state[OrderLine].edit(line)
        net = part_of(line.net_done, line.returned, line.earned) - line.returned_net
        tax = part_of(line.tax_done, line.returned, line.earned) - line.returned_tax
        line.returned_net += net
        line.returned_tax += tax
        back.nets.append((line, net))
        back.tax += tax
    work.state[Order].edit(order)
    order.returned_net += sum(net for _, net in back.nets)
    order.returned_tax += back.tax
    return back


def post_taken_back(draft: Draft, order: Order, back: TakenBack) -> None:
    """Debit what more came back on contra sales by SKU and on output tax, credit what less."""
    for line, net in back.nets:
        draft.add("gift_card" if line.type == "gift_card" else "returns", net, order=order, sku=line.sku)
    draft.add(output_role(order), back.tax, order=order)
