"""Chargebacks: in dispute with the customer's bank until they are won back or lost."""

from __future__ import annotations

from ledger.documents.payouts import PayoutLine
from ledger.money import format_scaled
from ledger.rules.payout_draft import Settling
from ledger.state.records import Order
from ledger.work import fault


def chargeback(settling: Settling, line: PayoutLine, order: Order | None, pointer: str) -> None:
    """A chargeback is disputed until it is won back or lost (IFRS 9.3.2.3: the right to the money has not ended).

    Example: the customer's bank takes 113.00 back; the dispute is won.
        given a-platform-sale
        payout PAY-1 on 2026-02-20 channel=tmall account=bank net=0 | sale 113.00 order=SO-2 | chargeback -113.00 order=SO-2
        Dr disputes 113.00 order=SO-2 party=Buyer
        Cr clearing:tmall 113.00 order=SO-2
        payout PAY-2 on 2026-03-20 channel=tmall account=bank net=113.00 | chargeback_won 113.00 order=SO-2
        Dr bank 113.00
        Cr disputes 113.00 order=SO-2 party=Buyer
    """
    assert order is not None
    if line.amount > 0 and not settling.work.rebuilding:
        raise fault(f"{pointer}/amount", "a chargeback is negative: the platform took it; what comes back is chargeback_won")
    _dispute(settling, -line.amount, order)


def won(settling: Settling, line: PayoutLine, order: Order | None, pointer: str) -> None:
    """What is won comes back out of the dispute, and is not more than is in it (IFRS 9.3.2.3; IAS 21.28 for its exchange).

    An order that an opening brought without a dispute had it written off in the old books: bad debt comes back (IFRS 9.5.4.4).

    Example: 100.00 USD taken at 7.00 come back at 7.50, and another 15.00 of the order are lost on the same day.
        order SO-1 on 2026-01-05 customer=Customer channel=amazon currency=USD | ENGRAVING 1 @ 100.00 type=service
        payment P-1 order=SO-1 amount=100.00 account=clearing:amazon currency=USD rate=7.00
        shipment S-1 order=SO-1 rate=7.00
        payout PAY-1 on 2026-01-20 channel=amazon account=bank net=0 currency=USD rate=7.00
        | sale 100.00 order=SO-1 | chargeback -100.00 order=SO-1
        Dr disputes 700.00 order=SO-1 units="100.00 USD"
        Cr clearing:amazon 700.00 order=SO-1 units="-100.00 USD"
        payout PAY-2 on 2026-02-20 channel=amazon account=bank net=85.00 currency=USD rate=7.50
        | chargeback_won 100.00 order=SO-1 | chargeback_lost -15.00 order=SO-1
        Dr bank 637.50 units="85.00 USD"
        Dr bad_debt 112.50 order=SO-1
        Cr disputes 700.00 order=SO-1 units="-100.00 USD"
        Cr exchange 50.00 order=SO-1

    Example: a dispute of before the opening was written off then; it is won.
        {"kind": "opening", "number": "OP-1", "date": "2026-06-30", "open_orders":
        | [{"number": "SO-1", "customer": "Customer", "paid": "50.00",
        | "lines": [{"sku": "ENGRAVING", "type": "service", "quantity": "1", "unit_price": "50.00", "shipped": "1"}]}]}
        payout PAY-1 on 2026-07-20 channel=tmall account=bank net=50.00 | chargeback_won 50.00 order=SO-1
        Dr bank 50.00
        Cr bad_debt 50.00 order=SO-1
    """
    assert order is not None
    if line.amount < 0 and not settling.work.rebuilding:
        raise fault(
            f"{pointer}/amount", "what is won is positive; what the platform takes is a chargeback, or lost for good chargeback_lost"
        )
    settling.won[order.id] = (order, pointer)
    _dispute(settling, -line.amount, order)


def decide(settling: Settling) -> None:
    """Refuse what was won beyond the dispute, once all lines are known: a platform lists them in any order."""
    work = settling.work
    for order, pointer in settling.won.values():
        beyond = -order.disputed
        if beyond <= 0:
            continue
        if order.id < 0:
            _dispute(settling, beyond, order)
            settling.draft.add("bad_debt", -beyond, order=order)
        elif not work.rebuilding:
            detail = f"is {format_scaled(beyond, work.digits)} more than order {order.label} has in dispute: post the chargeback first; "
            raise fault(f"{pointer}/amount", detail + "what was lost and comes back after all is chargeback_lost, positive")


def lost(settling: Settling, line: PayoutLine, order: Order | None, pointer: str) -> None:
    """A lost chargeback is a bad debt: what was in dispute (an amount of 0), or what the line takes (IFRS 9.5.4.4; CAS 22.43).

    In a foreign currency what was in dispute is lost at what it is carried at, what the line takes at the rate of the day. A positive
    amount takes a loss back.

    Example: the dispute over 113.00 is lost, and a penalty of 15.00 comes with it.
        given a-platform-sale
        payout PAY-1 on 2026-02-20 channel=tmall account=bank net=0 | sale 113.00 order=SO-2 | chargeback -113.00 order=SO-2
        payout PAY-2 on 2026-03-20 channel=tmall account=bank net=-15.00 | chargeback_lost 0 order=SO-2 | chargeback_lost -15.00 order=SO-2
        Cr bank 15.00
        Cr disputes 113.00 order=SO-2 party=Buyer
        Dr bad_debt 128.00 order=SO-2

    Example: of 100.00 USD taken at 7.00, 60.00 are won at 7.50 and the rest is lost, with a penalty of 15.00.
        order SO-1 on 2026-01-05 customer=Customer channel=amazon currency=USD | ENGRAVING 1 @ 100.00 type=service
        payment P-1 order=SO-1 amount=100.00 account=clearing:amazon currency=USD rate=7.00
        shipment S-1 order=SO-1 rate=7.00
        payout PAY-1 on 2026-01-20 channel=amazon account=bank net=0 currency=USD rate=7.00
        | sale 100.00 order=SO-1 | chargeback -100.00 order=SO-1
        payout PAY-2 on 2026-02-20 channel=amazon account=bank net=45.00 currency=USD rate=7.50
        | chargeback_won 60.00 order=SO-1 | chargeback_lost 0 order=SO-1 | chargeback_lost -15.00 order=SO-1
        Dr bank 337.50 units="45.00 USD"
        Dr bad_debt 392.50 order=SO-1
        Cr disputes 700.00 order=SO-1 units="-100.00 USD"
        Cr exchange 30.00 order=SO-1
    """
    assert order is not None
    disputed = order.disputed if not line.amount else 0
    if order.id < 0:
        disputed = max(disputed, 0)  # what was won beyond it is no loss
    if not settling.work.rebuilding and order.id > 0:
        if not line.amount and disputed <= 0:
            raise fault(f"{pointer}/amount", f"0 loses what is in dispute, and order {order.label} has nothing: post the chargeback first")
        here = any(other.amount < 0 and (other.type, other.order) == (line.type, line.order) for other in settling.document.lines)
        if line.amount > 0 and order.bad_debt <= 0 and not here:
            raise fault(f"{pointer}/amount", f"takes a loss back, and order {order.label} has none; what is lost is negative")
    _dispute(settling, -disputed, order)
    settling.draft.lose(order, disputed)
    settling.draft.add("bad_debt", disputed - line.amount, order=order)


def _dispute(settling: Settling, amount: int, order: Order) -> None:
    settling.work.state[Order].edit(order).disputed += amount
    settling.draft.add("disputes", amount, order=order, party=order.customer)
