"""Revenue: each shipment recognises round(total x shipped / ordered) less what is recognised, so that the last one takes the rest."""

from __future__ import annotations

from dataclasses import dataclass, field

from ledger.journal.draft import Draft
from ledger.money import part_of
from ledger.rules.money_accounts import clear
from ledger.rules.payments import output_role, pending_role
from ledger.state.records import Order, OrderLine
from ledger.work import Work


@dataclass(slots=True)
class Recognised:
    """What one shipment earns: amounts to post, minor units."""

    sales: list[tuple[OrderLine, int]] = field(default_factory=list)
    discounts: list[tuple[OrderLine, int]] = field(default_factory=list)
    stated_cost: list[tuple[OrderLine, int]] = field(default_factory=list)
    shipping: int = 0
    tax: int = 0
    platform: int = 0

    @property
    def net(self) -> int:
        """Return revenue less discounts."""
        return sum(a for _, a in self.sales) - sum(a for _, a in self.discounts) + self.shipping


def recognise(work: Work, order: Order, shipped: list[tuple[OrderLine, int]]) -> Recognised:
    """Move lines and order on by the shipped quantities and return what that earns (IFRS 15.31, 38; CAS 14).

    Line by line and rate by rate; what the customer pays for shipping and what the platform pays of the price follow goods value.
    """
    earned = Recognised()
    for line, quantity in shipped:
        work.state[OrderLine].edit(line)
        line.shipped += quantity
        list_net = _step(line, "list_done", line.list_net)
        discount = _step(line, "discount_done", line.discount_net)
        earned.sales.append((line, list_net))
        earned.discounts.append((line, discount))
        earned.tax += _step(line, "tax_done", line.tax)
        if line.cost is not None:
            earned.stated_cost.append((line, _step(line, "cost_done", line.cost)))
    _follow_goods(work, order, earned)
    order.recognised_net += earned.net
    order.recognised_tax += earned.tax
    order.platform_done += earned.platform
    return earned


def _step(line: OrderLine, name: str, total: int) -> int:
    """Bring one of the line's recognised amounts to round(total x shipped / ordered); return by how much it grew.

    It never falls: what an opening says was recognised ahead of the goods is waited for.
    """
    done = getattr(line, name)
    setattr(line, name, max(done, part_of(total, line.shipped, line.quantity)))
    grown: int = getattr(line, name) - done
    return grown


def _follow_goods(work: Work, order: Order, earned: Recognised) -> None:
    lines = work.lines(order)
    work.state[Order].edit(order)
    if order.goods_net:
        done, total = sum(line.net_done for line in lines), order.goods_net
    else:
        done, total = sum(line.shipped for line in lines), sum(line.quantity for line in lines)
    if all(line.shipped == line.quantity for line in lines):
        done = total
    shipping_net = part_of(order.shipping_net, done, total)
    shipping_tax = part_of(order.shipping_tax, done, total)
    earned.shipping = shipping_net - order.shipping_net_done
    earned.tax += shipping_tax - order.shipping_tax_done
    earned.platform = part_of(order.platform, done, total) - order.platform_done
    order.shipping_net_done, order.shipping_tax_done = shipping_net, shipping_tax


def post_revenue(work: Work, draft: Draft, order: Order, earned: Recognised, suppliers: dict[int, str | None]) -> None:
    """Post what is earned: advances first, then what the platform owes, then the customer's receivable."""
    gross = earned.net + earned.tax
    release_advance(work, draft, order, gross - earned.platform, earned.tax)
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
    for line, amount in earned.stated_cost:
        draft.add("cogs", amount, order=order, sku=line.sku)
        draft.add("stated_cost", -amount, order=order, sku=line.sku)


def release_advance(work: Work, draft: Draft, order: Order, charge: int, tax: int) -> None:
    """Charge the customer with `charge` (gross, of which `tax`): from the advance as far as it goes, the rest is receivable.

    Afterwards an order never has an advance and a receivable at once.
    """
    work.state[Order].edit(order)
    covered = min(order.contract_liability + order.vat_pending, charge)
    pending = min(order.vat_pending, tax, covered)
    liability = min(order.contract_liability, covered - pending)
    pending = covered - liability
    order.contract_liability -= liability
    order.vat_pending -= pending
    order.receivable += charge - covered
    draft.add_party("receivable", charge - covered, order)
    draft.add_party("contract_liability", liability, order)
    draft.add_party(pending_role(order), pending, order)
