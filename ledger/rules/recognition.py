"""Revenue: what is shipped (or delivered) recognises round(total x earned / ordered) less what is recognised; the last takes the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ledger.journal.draft import Draft
from ledger.money import part_of
from ledger.rules.carrying import stated_cost
from ledger.rules.gifts import post_gift_tax
from ledger.rules.given_back import NOTHING, GivenBack, follow_returns, given_back, owe_customer
from ledger.rules.money_accounts import clear
from ledger.rules.payments import move_tax, output_role, tax_in_advance
from ledger.rules.platform_discounts import platform_earned
from ledger.state.records import Order, OrderLine
from ledger.work import Work


@dataclass(slots=True)
class Recognised:
    """What one shipment earns: amounts to post, minor units. `returned` is what had been given back before it."""

    sales: list[tuple[OrderLine, int]] = field(default_factory=list)
    discounts: list[tuple[OrderLine, int]] = field(default_factory=list)
    stated_cost: list[tuple[OrderLine, int]] = field(default_factory=list)
    gift_tax: list[tuple[OrderLine, int]] = field(default_factory=list)
    shipping: int = 0
    tax: int = 0
    platform: int = 0
    returned: GivenBack = NOTHING

    @property
    def net(self) -> int:
        """Return revenue less discounts."""
        return sum(a for _, a in self.sales) - sum(a for _, a in self.discounts) + self.shipping


def recognise(work: Work, order: Order, lines: Iterable[OrderLine], *, fall: bool = False) -> Recognised:
    """Bring lines and order to what their shipped (under recognition at delivery: delivered) units earn (IFRS 15.31, 38; CAS 14.4).

    Line by line and rate by rate; what the customer pays for shipping and what the platform pays of the price follow goods value.

    Example: 3 units for 100.00 and 8.00 of shipping leave one at a time; the last one takes what is left.
        order SO-9 customer=Customer | ENGRAVING 3 amount=100.00 type=service | shipping: 8.00
        shipment S-1 order=SO-9 | ENGRAVING 1
        Dr receivable 36.00 order=SO-9
        Cr sales 33.33 order=SO-9 sku=ENGRAVING
        Cr shipping_income 2.67 order=SO-9
        shipment S-2 order=SO-9 | ENGRAVING 1
        Dr receivable 36.00 order=SO-9
        Cr sales 33.34 order=SO-9 sku=ENGRAVING
        Cr shipping_income 2.66 order=SO-9
        shipment S-3 order=SO-9 | ENGRAVING 1
        Dr receivable 36.00 order=SO-9
        Cr sales 33.33 order=SO-9 sku=ENGRAVING
        Cr shipping_income 2.67 order=SO-9
    """
    earned = Recognised(returned=given_back(work, order))
    for line in lines:
        work.state[OrderLine].edit(line)
        list_net = _step(line, "list_done", line.list_net, fall=fall)
        discount = _step(line, "discount_done", line.discount_net, fall=fall)
        earned.sales.append((line, list_net))
        earned.discounts.append((line, discount))
        earned.tax += _step(line, "tax_done", line.tax, fall=fall)
        earned.gift_tax.append((line, _step(line, "gift_tax_done", line.gift_tax, fall=fall)))
        if line.cost is not None:
            earned.stated_cost.append((line, _step(line, "cost_done", line.cost, fall=fall)))
    _follow_goods(work, order, earned)
    order.recognised_net += earned.net
    order.recognised_tax += earned.tax
    order.platform_done += earned.platform
    return earned


def _step(line: OrderLine, name: str, total: int, *, fall: bool) -> int:
    """Bring one of the line's recognised amounts to round(total x earned / ordered); return by how much it grew.

    It never falls but in a correction (`fall`): what an opening says was recognised ahead of the goods is waited for.
    """
    done = getattr(line, name)
    earned = part_of(total, line.earned, line.quantity)
    setattr(line, name, earned if fall else max(done, earned))
    grown: int = getattr(line, name) - done
    return grown


def _follow_goods(work: Work, order: Order, earned: Recognised) -> None:
    lines = work.lines(order)
    work.state[Order].edit(order)
    if order.goods_net:
        done, total = sum(line.net_done for line in lines), order.goods_net
    else:
        done, total = sum(line.earned for line in lines), sum(line.quantity for line in lines)
    if all(line.earned == line.quantity for line in lines):
        done = total
    shipping_net = part_of(order.shipping_net, done, total)
    shipping_tax = part_of(order.shipping_tax, done, total)
    earned.shipping = shipping_net - order.shipping_net_done
    earned.tax += shipping_tax - order.shipping_tax_done
    earned.platform = platform_earned(order, lines) - order.platform_done
    order.shipping_net_done, order.shipping_tax_done = shipping_net, shipping_tax


def post_revenue(work: Work, draft: Draft, order: Order, earned: Recognised, suppliers: dict[int, str | None]) -> None:
    """Post what is earned: advances first, then what the platform owes, then the customer's receivable.

    Source: IFRS 15.106 and 108; IFRS 15.B44-B46 for gift cards, which are owed until they are redeemed; CAS 14.39.

    Example: a gift card of 100.00 is sold, and pays another order of 100.00 later; a gift costs the order that it is sent with.
        given a-tea-lot
        order SO-4 customer=Customer | CARD-100 1 @ 100.00 type=gift_card
        shipment S-4 order=SO-4
        Dr receivable 100.00 order=SO-4
        Cr gift_card 100.00 order=SO-4
        order SO-5 on 2026-01-20 customer=Friend | TEA-01 4 @ 25.00 | TEA-01 1 @ 0 type=gift
        payment P-5 order=SO-5 amount=100.00 account=gift_card
        Dr gift_card 100.00 order=SO-5
        Cr contract_liability 100.00 order=SO-5
        shipment S-5 order=SO-5
        Dr contract_liability 100.00 order=SO-5
        Cr sales 100.00 order=SO-5
        Cr inventory:TEA-01 40.00 quantity=-4
        Cr inventory:TEA-01 10.00 quantity=-1
        Dr cogs 50.00 order=SO-5
    """
    release_advance(work, draft, order, earned.net + earned.tax - earned.platform)
    post_earned(work, draft, order, earned, suppliers)
    of_others = follow_returns(work, draft, order, earned.returned)
    if of_others:
        owe_customer(work, draft, order, -of_others)


def post_earned(work: Work, draft: Draft, order: Order, earned: Recognised, suppliers: dict[int, str | None]) -> None:
    """Post revenue, discounts, tax, stated cost and the platform's part, without the customer's side."""
    if earned.platform:
        assert order.channel is not None, "a discount funded by the platform names its channel"
        account = work.account(f"clearing:{order.channel}", "/channel")
        clear(work, draft, account, earned.platform, order, order.channel)
    for line, amount in earned.sales:
        supplier = suppliers.get(line.line)
        role = "gift_card" if line.type == "gift_card" else "sales"
        draft.add(role, -amount, order=order, sku=line.sku, supplier=supplier)
    for line, amount in earned.discounts:
        draft.add("discounts", amount, order=order, sku=line.sku, supplier=suppliers.get(line.line))
    draft.add("shipping_income", -earned.shipping, order=order)
    draft.add(output_role(order), -earned.tax, order=order)
    for line, units in earned.gift_tax:
        post_gift_tax(work, draft, order, line, units)
    for line, units in earned.stated_cost:
        amount = stated_cost(work, order, units)
        draft.add("cogs", amount, order=order, sku=line.sku)
        draft.add("stated_cost", -amount, order=order, sku=line.sku)


def release_advance(work: Work, draft: Draft, order: Order, charge: int) -> None:
    """Charge the customer with `charge` (gross), which is recognised by now: from the advance as far as it goes, the rest is receivable.

    Afterwards an order never has an advance and a receivable at once (IFRS 15.105-108; CAS 14.41).

    Example: 50.00 of 113.00 are paid before the shipment, 63.00 are still due after it.
        order SO-9 customer=Customer | ENGRAVING 1 @ 100.00 tax_rate=0.13 type=service
        payment P-9 order=SO-9 amount=50.00 account=bank
        Dr bank 50.00
        Cr contract_liability 44.25 order=SO-9
        Cr vat_pending 5.75 order=SO-9
        shipment S-9 order=SO-9
        Dr receivable 63.00 order=SO-9
        Dr contract_liability 44.25 order=SO-9
        Dr vat_pending 5.75 order=SO-9
        Cr sales 100.00 order=SO-9
        Cr vat_output 13.00 order=SO-9
    """
    work.state[Order].edit(order)
    prepaid = order.prepaid
    covered = max(min(prepaid, charge), 0)
    tax = order.prepaid_tax - tax_in_advance(order, prepaid - covered, order.open_gross + prepaid)
    liability = covered - tax
    order.contract_liability -= liability
    order.receivable += charge - covered
    draft.add_party("receivable", charge - covered, order)
    draft.add_party("contract_liability", liability, order)
    move_tax(work, draft, order, tax)
