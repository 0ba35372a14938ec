"""An order: its totals net of tax, its discounts shared to lines. It posts nothing (IFRS 15.9, 106: an unpaid order is no asset)."""

from __future__ import annotations

from ledger.documents import sales
from ledger.errors import InvalidDocument
from ledger.money import allocate, divide_half_up, format_scaled, tax_by_rate
from ledger.rules.freight_waiting import arrived
from ledger.rules.gifts import deemed_sales
from ledger.rules.kits import keep_parts
from ledger.rules.taxes import line_taxes
from ledger.state.opened import opened_documents
from ledger.state.records import DocumentRow, Order, OrderLine, Stage
from ledger.values import value
from ledger.work import Work, fault


@value
class Taxed:
    """What one line comes to, minor units: net before discount, discount net of tax, tax on what is left."""

    list_net: int
    discount_net: int
    tax: int


def post_order(work: Work, document: sales.Order) -> None:
    """Record the order, its lines and the stage *placed* (IFRS 15.9 and 106; CAS 14.5: neither side has performed).

    Example: an order of 904.00 that is neither paid nor shipped.
        order SO-1 customer=Customer prices_include_tax=true | TEA-01 40 @ 22.60 tax_rate=0.13
        nothing
    """
    work.state[OrderLine].begin_group("order", work.seq)
    order = record_order(work, document, work.seq)
    work.order_id = order.id
    work.state[Stage].add(Stage(work.seq, "placed", order.id, None, document.date, document.at))
    arrived(work, [("order", document.number)])


def record_order(work: Work, document: sales.Order, order_id: int) -> Order:
    """Record an order with its lines, known as `order_id`, nothing shipped and nothing paid."""
    document, gift_taxes = deemed_sales(work, document)
    goods, shipping, platform = totals(document, work.digits)
    goods_net = sum(line.list_net - line.discount_net for line in goods)
    order = Order(
        id=order_id,
        source=document.source,
        number=document.number,
        label=order_label(work, document.source, document.number, order_id),
        customer=document.customer,
        channel=document.channel,
        date=document.date,
        marketplace_tax=int(document.tax_collected_by == "marketplace"),
        net=goods_net + shipping.list_net,
        tax=sum(line.tax for line in goods) + shipping.tax,
        goods_net=goods_net,
        shipping_net=shipping.list_net,
        shipping_tax=shipping.tax,
        platform=platform,
        currency=document.currency,
    )
    work.state[Order].add(order)
    for i, (line, taxed) in enumerate(zip(document.lines, goods, strict=True)):
        added = work.state[OrderLine].add(
            OrderLine(
                order_id=order.id,
                line=i,
                sku=line.sku,
                type=line.type,
                quantity=line.quantity,
                list_net=taxed.list_net,
                discount_net=taxed.discount_net,
                tax=taxed.tax,
                tax_rate=line.tax_rate,
                cost=line.cost,
                gift_tax=gift_taxes[i],
            )
        )
        keep_parts(work, added, document.date)
    return order


def order_label(work: Work, source: str, number: str, order_id: int) -> str:
    """Return what the books call an order: its number, or `source/number` where another order has that number already."""
    others = work.state[DocumentRow].where("number", ("order", number)) + opened_documents(work.state, "order", number)
    return f"{source}/{number}" if any(row.seq != order_id for row in others) else number


def totals(document: sales.Order, digits: int) -> tuple[list[Taxed], Taxed, int]:
    """Return (lines, shipping, discount that the platform pays): tax once per rate, shared by largest remainder (design 5).

    A seller's discount is shared by line net and lowers the tax base; a platform's stays consideration (IFRS 15.47, 70).

    Example: the shop gives 12.00 off two lines of 100.00 and 20.00.
        order SO-5 customer=Customer discount=12.00 | ENGRAVING 1 @ 100.00 tax_rate=0.13 type=service
        | WRAPPING 1 @ 20.00 tax_rate=0.13 type=service
        shipment S-5 order=SO-5
        Dr receivable 122.04 order=SO-5
        Cr sales 100.00 order=SO-5 sku=ENGRAVING
        Cr sales 20.00 order=SO-5 sku=WRAPPING
        Dr discounts 10.00 order=SO-5 sku=ENGRAVING
        Dr discounts 2.00 order=SO-5 sku=WRAPPING
        Cr vat_output 14.04 order=SO-5

    Example: the platform's coupon of 10.00 pays part of 113.00: revenue stays 100.00, the platform owes 10.00.
        order SO-6 customer=Customer channel=tmall prices_include_tax=true discount=10.00 discount_funded_by=platform
        | ENGRAVING 1 @ 113.00 tax_rate=0.13 type=service
        shipment S-6 order=SO-6
        Dr receivable 103.00 order=SO-6 party=Customer
        Dr clearing:tmall 10.00 order=SO-6 party=tmall
        Cr sales 100.00 order=SO-6
        Cr vat_output 13.00 order=SO-6
    """
    amounts = [line.total(digits) for line in document.lines]
    discounts = [line.discount for line in document.lines]
    for i, (amount, discount) in enumerate(zip(amounts, discounts, strict=True)):
        if discount > amount:
            raise fault(f"/lines/{i}/discount", f"must not exceed the line's amount of {format_scaled(amount, digits)}")
    after = [amount - discount for amount, discount in zip(amounts, discounts, strict=True)]
    platform = document.discount if document.discount_funded_by == "platform" else 0
    if document.discount > sum(after):
        raise fault("/discount", f"must not exceed the lines together, {format_scaled(sum(after), digits)}")
    if document.discount and not platform:
        shares = allocate(document.discount, after)
        discounts = [d + s for d, s in zip(discounts, shares, strict=True)]
        after = [a - s for a, s in zip(after, shares, strict=True)]
    return *_taxed(document, amounts, discounts, after), platform


def _taxed(document: sales.Order, amounts: list[int], discounts: list[int], after: list[int]) -> tuple[list[Taxed], Taxed]:
    shipping = document.shipping
    parts: list[sales.OrderLine | sales.Shipping] = [*document.lines, *([shipping] if shipping else [])]
    bases = after + ([shipping.amount] if shipping else [])
    inclusive = document.prices_include_tax
    taxes = line_taxes(parts, bases, inclusive=inclusive)
    cuts = _discounts_net(document, discounts, after, taxes) if inclusive else discounts
    lines = []
    for i, (amount, cut) in enumerate(zip(amounts, cuts, strict=True)):
        net = after[i] - taxes[i] if inclusive else after[i]
        if net < 0:
            raise _tax_above_price(i)
        lines.append(Taxed(net + cut if inclusive else amount, cut, taxes[i]))
    if shipping is None:
        return lines, Taxed(0, 0, 0)
    shipping_net = shipping.amount - taxes[-1] if inclusive else shipping.amount
    if shipping_net < 0:
        raise fault("/shipping/tax", "must not exceed the price, which contains it")
    return lines, Taxed(shipping_net, 0, taxes[-1])


def _discounts_net(document: sales.Order, discounts: list[int], after: list[int], taxes: list[int]) -> list[int]:
    """Return discounts on gross prices net of the tax in them: once per rate; by the line's own ratio where its tax was stated."""
    computed = [i for i, line in enumerate(document.lines) if line.tax is None]
    contained = tax_by_rate([discounts[i] for i in computed], [document.lines[i].tax_rate for i in computed], inclusive=True)
    cuts = list(discounts)
    for i, tax in zip(computed, contained, strict=True):
        cuts[i] -= tax
    for i, line in enumerate(document.lines):
        if line.tax is not None and after[i]:
            cuts[i] -= divide_half_up(discounts[i] * taxes[i], after[i])
    return cuts


def _tax_above_price(line: int) -> InvalidDocument:
    return fault(f"/lines/{line}/tax", "must not exceed the price, which contains it")
