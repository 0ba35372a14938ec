"""What customers say of their orders: a third of those who got a parcel say something, and who sent it back is rarely content."""

from __future__ import annotations

import random
from datetime import timedelta

from tests.sample.partners import TRADE
from tests.sample.trader import Trader

GOOD = ("", "", "好茶，回购 will buy again", "茶香浓郁，物流快", "Lovely tea, arrived well packed", "包装很精致")
FAIR = ("", "味道一般 a bit bland", "物流有点慢 slow delivery")
BAD = ("包装破损 box was crushed", "与描述不符 not as described", "")


def listen(trader: Trader) -> None:
    """Note scores from 1 to 5 some days after delivery, by chance of their own: what they say changes no order."""
    chance = random.Random(5)
    returned = {number: day for day, number in trader.returned}
    for parcel in trader.parcels:
        sale = parcel.sale
        if sale.channel is TRADE or chance.randrange(3):
            continue
        score = chance.choice((1, 1, 2, 3)) if sale.number in returned else chance.choice((3, 4, 4, 5, 5, 5, 5, 5))
        reason = chance.choice(GOOD if score > 3 else FAIR if score == 3 else BAD)
        fields = {"order": sale.number, "score": str(score), **({"reason": reason} if reason else {})}
        day = returned.get(sale.number, parcel.delivered) + timedelta(chance.randrange(1, 5))
        trader.add("feedback", sale.channel.name, f"FB-{sale.number}", day, **fields)
