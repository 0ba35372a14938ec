"""What carriers bill for parcels: by weight, by parcel, by shipment; ways back; packaging; tracking numbers that nobody knows."""

from __future__ import annotations

from datetime import date

from tests.sample.buying import carrier_bill
from tests.sample.partners import DHL, SF, STRAY, TRADE, YTO
from tests.sample.trader import MONTHS, Parcel, Trader
from tests.sample.writing import Body, yuan


def send_out(trader: Trader) -> None:
    """Note each carrier's bill of a month early in the next, never quite what was expected; June's is still to come."""
    for month in MONTHS[:-1]:
        of_month = [one for one in trader.parcels if one.day.month == month and one.tracking not in STRAY.values()]
        for carrier, lines_of in ((SF, by_weight), (YTO, by_parcel), (DHL, by_shipment)):
            lines = lines_of(trader, [one for one in of_month if one.carrier == carrier], month)
            carrier_bill(trader, f"{carrier[:3].strip()}-2026-{month:02d}", date(2026, month + 1, 5), carrier, lines)
        packed = [one.number for one in of_month if one.carrier != DHL and one.sale.channel is not TRADE]
        line = {"amount": yuan(145 * len(packed)), "tax_rate": "0.06", "direction": "outbound", "charge": "packaging"}
        lines = [line | {"basis": "quantity", "shipments": packed}]
        carrier_bill(trader, f"PACK-2026-{month:02d}", date(2026, month + 1, 6), YTO, lines)


def by_weight(trader: Trader, parcels: list[Parcel], month: int) -> list[Body]:
    """One sum over all parcels by weight, and one over pallets; ways back; tracking numbers that nobody knows (yet)."""
    head = {"tax_rate": "0.06", "direction": "outbound"}
    lines = []
    for pallets in (False, True):
        group = [one for one in parcels if (one.sale.channel is TRADE) == pallets]
        amount = sum(one.estimate for one in group) * trader.chance.randrange(96, 112) // 100
        lines.append({"amount": yuan(amount), **head, "basis": "weight", "tracking": [one.tracking for one in group]})
    back = sorted(number for day, number in trader.returned if day.month == month)
    if back:
        lines.append({"amount": yuan(1290 * len(back)), **head, "direction": "return", "basis": "equal", "orders": back})
    if month in STRAY:
        lines.append({"amount": "14.60", **head, "tracking": [STRAY[month]]})
    return lines


def by_parcel(trader: Trader, parcels: list[Parcel], month: int) -> list[Body]:
    """The carrier's own amount for each tracking number."""
    shares = {one.tracking: one.estimate * trader.chance.randrange(92, 116) // 100 for one in parcels}
    total, named = yuan(sum(shares.values())), {tracking: yuan(share) for tracking, share in shares.items()}
    return [{"amount": total, "tax_rate": "0.06", "direction": "outbound", "shares": named}]


def by_shipment(trader: Trader, parcels: list[Parcel], month: int) -> list[Body]:
    """Air freight as it was, by shipment, and a surcharge for remote areas in equal parts."""
    shares = {one.number: max(one.estimate, 110_00) * trader.chance.randrange(95, 122) // 100 for one in parcels}
    total, named = yuan(sum(shares.values())), {number: yuan(share) for number, share in shares.items()}
    surcharge = {"amount": yuan(600 * len(parcels)), "direction": "outbound", "charge": "handling", "basis": "equal"}
    return [{"amount": total, "direction": "outbound", "shares": named}, surcharge | {"shipments": list(named)}]
