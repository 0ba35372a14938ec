"""What a platform holds back: an asset by channel, in a foreign currency at what its units are carried at."""

from __future__ import annotations

from ledger.documents.payouts import PayoutLine
from ledger.rules.carrying import RESERVE
from ledger.rules.payout_draft import Settling
from ledger.state.records import Order
from ledger.work import Work


def reserve(settling: Settling, line: PayoutLine, order: Order | None, pointer: str) -> None:
    """Hold back or release: the reserve is an asset, not a cost (IAS 32.11: a right to receive cash; IAS 21.28 for its exchange).

    In a foreign currency a release takes its share of what the channel's reserve is carried at, the last one all of it. What is released
    beyond what the books know to be held stands as a credit, at the rate of its day, until the hold is posted that it belongs to.

    Example: the platform holds 20.00 back, and pays them a month later.
        given a-platform-sale
        payout PAY-1 on 2026-02-20 channel=tmall account=bank net=93.00 | sale 113.00 order=SO-2 | reserve_hold -20.00
        Dr bank 93.00
        Dr reserve 20.00 party=tmall
        Cr clearing:tmall 113.00 order=SO-2
        payout PAY-2 on 2026-03-20 channel=tmall account=bank net=20.00 | reserve_release 20.00
        Dr bank 20.00
        Cr reserve 20.00 party=tmall

    Example: 20.00 USD held back at 7.00 come in two parts, at 7.50 and 6.80: the reserve ends at nothing in both currencies.
        order SO-1 on 2026-01-05 customer=Customer channel=amazon currency=USD | ENGRAVING 1 @ 100.00 type=service
        payment P-1 order=SO-1 amount=100.00 account=clearing:amazon currency=USD rate=7.00
        shipment S-1 order=SO-1 rate=7.00
        payout PAY-1 on 2026-01-20 channel=amazon account=bank net=80.00 currency=USD rate=7.00
        | sale 100.00 order=SO-1 | reserve_hold -20.00
        Dr bank 560.00 units="80.00 USD"
        Dr reserve 140.00 party=amazon units="20.00 USD"
        Cr clearing:amazon 700.00 order=SO-1 units="-100.00 USD"
        payout PAY-2 on 2026-02-20 channel=amazon account=bank net=12.00 currency=USD rate=7.50 | reserve_release 12.00
        Dr bank 90.00 units="12.00 USD"
        Cr reserve 84.00 party=amazon units="-12.00 USD"
        Cr exchange 6.00
        payout PAY-3 on 2026-03-20 channel=amazon account=bank net=8.00 currency=USD rate=6.80 | reserve_release 8.00
        Dr bank 54.40 units="8.00 USD"
        Dr exchange 1.60
        Cr reserve 56.00 party=amazon units="-8.00 USD"

    Example: 30.00 USD are released where 20.00 are known, and the hold of 10.00 comes later: it is carried at the release's rate.
        {"kind": "opening", "number": "OP-1", "date": "2026-01-31", "currency": "USD", "rate": "7.00", "open_items":
        | [{"kind": "reserve", "party": "amazon", "document": "RS-1", "amount": "20.00"}]}
        on 2026-01-31
        Dr reserve 140.00 party=amazon units="20.00 USD"
        Cr opening_equity 140.00
        payout PAY-1 on 2026-02-20 channel=amazon account=bank net=30.00 currency=USD rate=7.50 | reserve_release 30.00
        Dr bank 225.00 units="30.00 USD"
        Cr reserve 215.00 party=amazon units="-30.00 USD"
        Cr exchange 10.00
        payout PAY-2 on 2026-02-25 channel=amazon account=bank net=-10.00 currency=USD rate=7.60 | reserve_hold -10.00
        Dr reserve 75.00 party=amazon units="10.00 USD"
        Dr exchange 1.00
        Cr bank 76.00 units="-10.00 USD"
    """
    del pointer
    settling.draft.add(RESERVE, -line.amount, order=order, party=settling.document.channel)


def channel_of(work: Work, account: str, channel: str | None) -> str | None:
    """Return the channel as the party of money that goes straight into its reserve in a foreign currency, else None."""
    return channel if work.currency is not None and work.chart.role_of(account) == RESERVE else None
