"""Buying: purchases in one document, and those in steps (order, receipt at an estimate, invoice); goods that go back; freight in."""

from __future__ import annotations

from datetime import date, timedelta

from tests.sample.goods import GOODS
from tests.sample.partners import CARRIERS_WAIT, SEA, SUPPLIERS, TERMS, YTO
from tests.sample.trader import FIRST, Bill, Trader
from tests.sample.writing import Body, cents, gross, kilograms, rows, yuan

PURCHASES = """
2026-03-02 PO-101 XH 0.09 | TEA-LJ-100 150 61.00 | TEA-LJ-250 110 143.00
2026-03-03 PO-102 SM 0.13 | TEA-TGY-250 110 79.50 | TEA-PE-357 130 127.00 | TEA-QM-200 80 64.20
2026-03-05 PO-103 UJ 0 | MATCHA-40 60 84.00 | SENCHA-100 80 49.50
2026-03-06 PO-104 JD 0.01 | CUP-GW-01 40 34.00 | 茶巾 50 10.50
2026-03-10 PO-105 SM 0.13 | TEA-DHP-150 80 108.00 | TEA-JM-250 200 37.60 | TEA-BHYZ-100 30 158.00
2026-04-07 PO-106 XH 0.09 | TEA-LJ-100 150 68.50 | TEA-LJ-250 90 158.00 | 龙井礼盒 40 336.00
2026-04-16 PO-108 UJ 0 | MATCHA-40 40 89.50 | SENCHA-100 80 51.00
2026-05-06 PO-110 XH 0.09 | TEA-LJ-100 90 64.00 | TEA-LJ-250 70 151.00
2026-05-19 PO-112 SM 0.13 | TEA-BHYZ-100 40 171.00 | TEA-DHP-150 70 109.00
2026-05-27 PO-114 JD 0.01 | CUP-GW-01 30 35.50 | 茶巾 40 11.20
2026-06-03 PO-115 XH 0.09 | TEA-LJ-100 40 59.80 | TEA-LJ-250 50 147.00
"""
"""Day, number, supplier, VAT rate | SKU, units, net unit price: every lot at its own. The potter's tax cannot be credited: it is cost."""

STEPS = """
PO-107 SM 0.13 03-20 | 04-03 | 05-08 | TEA-TGY-250 90 76.80 78.10 | TEA-PE-357 80 131.50 131.50 | TEA-QM-200 70 66.00 64.90
PO-109 SM 0.13 04-03 | 04-20 | 05-18 | TEA-DHP-150 70 112.40 114.00 | TEA-JM-250 130 36.20 36.20
PO-111 SM 0.13 04-28 | 05-12 05-20 | 06-09 | TEA-TGY-250 60 81.00 80.20 | TEA-PE-357 60 134.00 136.50 | TEA-QM-200 60 62.80 63.50
PO-113 UJ 0 04-22 | 05-25 | 05-11 | MATCHA-40 40 92.00 92.80 | SENCHA-100 80 52.40 52.40
PO-116 SM 0.13 05-25 | 06-08 | | TEA-TGY-250 30 78.20 | TEA-QM-200 60 65.40 | TEA-JM-250 80 38.90
PO-118 SM 0.13 06-05 | | | TEA-DHP-150 60 110.50 | TEA-PE-357 40 135.00
"""
"""Number, supplier, VAT rate, day of the order (month-day) | of the receipt; a second day is when the last line came | of the invoice |
SKU, units, ordered net unit price, invoiced one. PO-113 is invoiced before it comes, PO-116 not yet, PO-118 is neither."""

INBOUND = """
2026-03-23 YT-IN-03 YTO 0.09 | 1240.00 freight weight PO-101 PO-102
2026-03-27 OB-2603 SEA 0 | 1180.00 freight weight PO-103 | 1350.00 duty value PO-103 | 1345.50 vat value PO-103
2026-03-30 YT-IN-04 YTO 0.09 | 186.00 freight quantity PO-104 | 26.00 insurance value PO-104
2026-04-03 YT-IN-05 YTO 0.09 | 574.00 freight weight PO-105
2026-04-28 YT-IN-06 YTO 0.09 | 1385.00 freight value PO-106 GR-107
2026-05-08 OB-2604 SEA 0 | 1240.00 freight weight PO-108 | 1149.00 duty value PO-108 | 1145.17 vat value PO-108
2026-05-14 YT-IN-07 YTO 0.09 | 468.00 freight quantity GR-109 | 640.00 freight value PO-112
2026-06-01 YT-IN-08 YTO 0.09 | 1310.00 freight weight PO-110 GR-111-1 GR-111-2
2026-06-15 OB-2605 SEA 0 | 1315.00 freight weight GR-113 | 1190.40 duty value GR-113 | 1186.43 vat value GR-113
2026-06-22 YT-IN-09 YTO 0.09 | 1095.00 freight weight PO-115 GR-116 | 365.00 freight value PO-118
"""
"""Day, number, carrier, VAT rate | amount, charge, basis, purchases or receipts: two to four weeks late; `vat` is what customs charges on
goods and duty at 13 %. PO-112 is billed before it comes, PO-118 has not come."""

BACK = ("SR-1", date(2026, 5, 15), "GR-107", "TEA-PE-357", 6, cents("131.50"), "受潮退货 damp, sent back")
"""The return to a supplier: number, day, receipt, SKU, units, invoiced net unit price, why."""


def buy(trader: Trader) -> None:
    """Receive goods, in one document or in steps, and give some back."""
    for (day, number, supplier, rate), *bought in rows(PURCHASES):
        own = {"tax_rate": rate} | ({"creditable": False} if supplier == "JD" else {})
        lines = [goods(sku, units, price) | own for sku, units, price in bought]
        bill(trader, "purchase", number, date.fromisoformat(day), supplier, lines)
    for head, received, invoiced, *bought in rows(STEPS):
        buy_in_steps(trader, head, received, invoiced, bought)
    send_back(trader, *BACK)


def buy_in_steps(trader: Trader, head: list[str], received: list[str], invoiced: list[str], bought: list[list[str]]) -> None:
    """Order, receive at the ordered price, be invoiced for it: as far as it has come."""
    number, supplier, rate, ordered = head
    about = {"supplier": SUPPLIERS[supplier]}
    lines = [goods(*one[:3]) for one in bought]
    expected = (this_year(ordered) + timedelta(14)).isoformat()
    trader.add("purchase_order", "accounts", number, this_year(ordered), **about, lines=lines, expected_at=expected)
    parts = [lines] if len(received) < 2 else [lines[:-1], lines[-1:]]
    names = [number.replace("PO", "GR") + (f"-{i}" if len(received) > 1 else "") for i in range(1, len(received) + 1)]
    for day, receipt, part in zip(received, names, parts, strict=False):
        trader.add("receipt", "warehouse", receipt, this_year(day), **about, purchase_order=number, lines=part)
    for day in invoiced:
        billed = [{"sku": sku, "quantity": units, "unit_price": price, "tax_rate": rate} for sku, units, _, price in bought]
        matched = {"purchase_order": number} if day < max(received) else {"receipts": names}
        bill(trader, "supplier_invoice", f"{supplier}-26{day[:2]}-{number[3:]}", this_year(day), supplier, billed, **matched)


def send_back(trader: Trader, number: str, day: date, receipt: str, sku: str, units: int, price: int, why: str) -> None:
    """Return goods of a receipt to Southern Mountain; what they cost with their tax comes off the next payment."""
    lines = [{"sku": sku, "quantity": str(units)}]
    trader.add("supplier_return", "warehouse", number, day, receipt=receipt, lines=lines, memo=why)
    credit = gross([{"amount": yuan(units * price), "tax_rate": "0.13"}])
    trader.bills.append(Bill("supplier", SUPPLIERS["SM"], day, number, -credit))


def this_year(day: str) -> date:
    """Read a month and day."""
    return date.fromisoformat(f"{FIRST.year}-{day}")


def bill(trader: Trader, kind: str, number: str, day: date, supplier: str, lines: list[Body], **about: object) -> None:
    """Note a purchase or invoice, and when it is to be paid."""
    if trader.add(kind, "accounts", number, day, supplier=SUPPLIERS[supplier], **about, lines=lines):
        trader.bills.append(Bill("supplier", SUPPLIERS[supplier], day + timedelta(TERMS[supplier]), number, gross(lines)))


def goods(sku: str, units: str, price: str) -> Body:
    """Return a bought line without its tax."""
    return {"sku": sku, "quantity": units, "unit_price": price, "weight_kg": kilograms(GOODS[sku][1] * int(units))}


def bring_in(trader: Trader) -> None:
    """Note what it cost to bring the goods in."""
    for (day, number, carrier, rate), *charges in rows(INBOUND):
        lines: list[Body] = []
        for amount, charge, basis, *purchases in charges:
            money = {"amount": amount, "tax_rate": rate, "charge": charge, "basis": basis}
            if charge == "vat":
                money = {"amount": "0", "tax": amount, "charge": "duty"}
            lines.append({**money, "direction": "inbound", "purchases": purchases})
        carrier_bill(trader, number, date.fromisoformat(day), {"YTO": YTO, "SEA": SEA}[carrier], lines)


def carrier_bill(trader: Trader, number: str, day: date, carrier: str, lines: list[Body]) -> None:
    """Note a carrier's bill, and when it is to be paid."""
    if trader.add("freight_bill", "accounts", number, day, carrier=carrier, lines=lines):
        trader.bills.append(Bill("carrier", carrier, day + timedelta(CARRIERS_WAIT), number, gross(lines)))
