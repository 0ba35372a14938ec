"""The sample company, Hill & Stream Tea 山溪茶行: four months of a tea trader, as `make run` imports them on its first start.

`python -m tests.sample_company` rewrites books/sample/*.ndjson: one document a line in the order in which it is recorded. The same seed
gives the same files. Amounts are integers of a cent until they are written. Everyday orders are drawn by chance; whatever a report has
to show (stock sold before it came, freight that matches nothing, losses, ...) is a story of its own below.
"""

from __future__ import annotations

import json
import random
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

Body = dict[str, Any]
Item = tuple[str, int, int]
"""What is ordered: (SKU, units, unit price in cents on the channel's own tax basis)."""

FOLDER = Path(__file__).parent.parent / "books" / "sample"
FIRST, LAST = date(2026, 3, 1), date(2026, 6, 30)
MONTHS = (3, 4, 5, 6)
KINDS = ("purchase", "order", "payment", "shipment", "delivery", "event", "freight_bill", "return", "refund", "entry", "stock_adjustment")
"""Order within a day, as the import has it: goods come in before they go out."""

GOODS = {
    "TEA-LJ-100": (128_00, 160),
    "TEA-LJ-250": (298_00, 340),
    "TEA-TGY-250": (168_00, 340),
    "TEA-DHP-150": (228_00, 260),
    "TEA-PE-357": (268_00, 420),
    "TEA-QM-200": (138_00, 300),
    "TEA-JM-250": (88_00, 340),
    "MATCHA-40": (198_00, 90),
    "SENCHA-100": (118_00, 150),
    "CUP-GW-01": (88_00, 620),
    "茶巾": (38_00, 60),
    "TEA-BHYZ-100": (328_00, 180),
    "龙井礼盒": (680_00, 900),
    "TRAY-BAMBOO": (399_00, 2_400),
}
"""Longjing, Tieguanyin, Dahongpao, Pu'er, Keemun, jasmine, matcha, sencha, a lidded cup, a tea cloth, silver needle, a gift box of
Longjing, a tray: (retail price with 13 % VAT in cents, gross grams a unit)."""

EVERYDAY = tuple(GOODS)[:11]
WHOLESALE = (*tuple(GOODS)[:7], "SENCHA-100")

SUPPLIERS = {"XH": "西湖龙井茶叶合作社", "SM": "Southern Mountain Tea Co., Ltd.", "UJ": "Uji Leaf K.K.", "JD": "景德镇青瓷坊"}

PURCHASES = """
2026-03-02 PO-101 XH 0.09 | TEA-LJ-100 150 61.00 | TEA-LJ-250 90 143.00
2026-03-03 PO-102 SM 0.13 | TEA-TGY-250 80 79.50 | TEA-PE-357 130 127.00 | TEA-QM-200 80 64.20
2026-03-05 PO-103 UJ 0 | MATCHA-40 60 84.00 | SENCHA-100 80 49.50
2026-03-06 PO-104 JD 0.01 | CUP-GW-01 40 34.00 | 茶巾 50 10.50
2026-03-10 PO-105 SM 0.13 | TEA-DHP-150 80 108.00 | TEA-JM-250 200 37.60 | TEA-BHYZ-100 30 158.00
2026-04-07 PO-106 XH 0.09 | TEA-LJ-100 150 68.50 | TEA-LJ-250 90 158.00 | 龙井礼盒 40 336.00
2026-04-09 PO-107 SM 0.13 | TEA-TGY-250 80 76.80 | TEA-PE-357 80 131.50 | TEA-QM-200 70 66.00
2026-04-16 PO-108 UJ 0 | MATCHA-40 40 89.50 | SENCHA-100 80 51.00
2026-04-20 PO-109 SM 0.13 | TEA-DHP-150 70 112.40 | TEA-JM-250 130 36.20
2026-05-06 PO-110 XH 0.09 | TEA-LJ-100 90 64.00 | TEA-LJ-250 70 151.00
2026-05-12 PO-111 SM 0.13 | TEA-TGY-250 60 81.00 | TEA-PE-357 60 134.00 | TEA-QM-200 60 62.80
2026-05-19 PO-112 SM 0.13 | TEA-BHYZ-100 40 171.00 | TEA-DHP-150 70 109.00
2026-05-25 PO-113 UJ 0 | MATCHA-40 40 92.00 | SENCHA-100 80 52.40
2026-05-27 PO-114 JD 0.01 | CUP-GW-01 30 35.50 | 茶巾 40 11.20
2026-06-03 PO-115 XH 0.09 | TEA-LJ-100 60 59.80 | TEA-LJ-250 40 147.00
2026-06-08 PO-116 SM 0.13 | TEA-TGY-250 30 78.20 | TEA-QM-200 60 65.40 | TEA-JM-250 80 38.90
"""
"""Day, number, supplier, VAT rate | SKU, units, net unit price: every lot at its own. The potter's tax cannot be credited: it is cost."""

INBOUND = """
2026-03-23 YT-IN-03 YTO 0.09 | 1240.00 freight weight PO-101 PO-102
2026-03-27 OB-2603 SEA 0 | 1180.00 freight weight PO-103 | 1350.00 duty value PO-103 | 1345.50 vat value PO-103
2026-03-30 YT-IN-04 YTO 0.09 | 186.00 freight quantity PO-104 | 26.00 insurance value PO-104
2026-04-03 YT-IN-05 YTO 0.09 | 574.00 freight weight PO-105
2026-04-28 YT-IN-06 YTO 0.09 | 1385.00 freight value PO-106 PO-107
2026-05-08 OB-2604 SEA 0 | 1240.00 freight weight PO-108 | 1149.00 duty value PO-108 | 1145.17 vat value PO-108
2026-05-14 YT-IN-07 YTO 0.09 | 468.00 freight quantity PO-109 | 640.00 freight value PO-112
2026-06-01 YT-IN-08 YTO 0.09 | 1310.00 freight weight PO-110 PO-111
2026-06-15 OB-2605 SEA 0 | 1315.00 freight weight PO-113 | 1180.80 duty value PO-113 | 1176.86 vat value PO-113
2026-06-22 YT-IN-09 YTO 0.09 | 1095.00 freight weight PO-115 PO-116 | 365.00 freight value PO-118
"""
"""Day, number, carrier, VAT rate | amount, charge, basis, purchases: two to four weeks late; `vat` is what customs charges on goods and
duty at 13 %. PO-112 is billed before it comes, PO-118 never came."""

SF, YTO, DHL, SEA = "SF 顺丰", "YTO 圆通", "DHL", "Ocean Bridge 海桥货代"
RATES = {SF: (11_00, 1_80, "SF", 10**12), YTO: (6_40, 1_50, "YT", 10**13), DHL: (118_00, 44_00, "", 10**10)}
"""What a parcel is expected to cost: first kilogram, each further one; and how tracking numbers begin and how many there can be."""

STRAY = {3: "SF200300554106", 4: "SF200400817325"}
"""Tracking numbers that the carrier bills for a month and nobody knows: the second one's parcel is recorded later."""

RETAIL_CUSTOMERS = ("林悦", "王芳", "陈晓东", "周敏", "赵一鸣", "孙丽华", "黄志强", "吴倩", "何俊", "郑雅文", "Chen Wei")
ABROAD = {
    "Emma Clarke": "GB", "Lukas Bauer": "DE", "Sofia Rossi": "IT", "James O'Neill": "IE", "Amélie Laurent": "FR",
    "Hannah Lindqvist": "SE", "Nordic Leaf ApS": "DK", "Golden Gate Tea Society": "US",
}  # fmt: skip
COMPANIES = {
    "云栖茶馆": "顾佳", "江南礼品有限公司": "顾佳", "沪上清心茶舍": "顾佳", "京华酒店用品有限公司": "Mia Song",
    "Lin & Co": "Mia Song", "Harbour Tea House (Shanghai) Ltd": "Mia Song",
}  # fmt: skip


@dataclass(frozen=True)
class Channel:
    """Where orders come from: tax rate, whether prices hold the tax, and what the way of paying keeps (per mille)."""

    name: str
    prefix: str
    rate: str
    inclusive: bool
    account: str
    fee: int
    fee_tax: int


TMALL = Channel("tmall", "TM", "0.13", True, "clearing:tmall", 56, 60)
JD = Channel("jd", "JD", "0.13", True, "clearing:jd", 68, 60)
SHOPIFY = Channel("shopify", "SH", "0", False, "clearing:shopify", 34, 0)
TRADE = Channel("wholesale", "WS", "0.13", False, "bank", 0, 0)


@dataclass
class Sale:
    """An order on its way: `due` is what the customer has to pay, `coupon` what the platform adds to it."""

    number: str
    channel: Channel
    placed: datetime
    due: int
    items: list[Item]
    coupon: int = 0
    shipments: int = 0


@dataclass
class Parcel:
    """A shipment that a carrier will bill."""

    number: str
    sale: Sale
    day: date
    carrier: str
    tracking: str
    estimate: int


@dataclass
class Trader:
    """Collects documents; what would be dated after the last day has not happened yet. `clearing` is what platforms still hold."""

    chance: random.Random = field(default_factory=lambda: random.Random(2026))
    documents: list[Body] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)
    returned: list[tuple[date, str]] = field(default_factory=list)
    clearing: list[tuple[date, Sale, int]] = field(default_factory=list)
    numbers: Counter[Channel] = field(default_factory=Counter)

    def add(self, kind: str, source: str, number: str, day: date, **fields: Any) -> bool:
        """Note a document; False after the last day."""
        if day <= LAST:
            self.documents.append({"kind": kind, "source": source, "number": number, "date": day.isoformat(), **fields})
        return day <= LAST

    def entry(self, number: str, day: date, narration: str, debit: str, credit: str, amount: int, **about: str) -> None:
        """Note an accountant's entry; `about` stands on both postings."""
        lines = [{"account": account, "amount": yuan(one), **about} for account, one in ((debit, amount), (credit, -amount))]
        self.add("entry", "accounts", number, day, narration=narration, postings=lines)

    def moment(self, day: date, first_hour: int, last_hour: int) -> datetime:
        """Choose a time of day."""
        return datetime.combine(day, time(self.chance.randrange(first_hour, last_hour), self.chance.randrange(60)))

    def order(
        self, channel: Channel, day: date, customer: str, items: Sequence[Item], *extra: Body, shipping: int = 0, **fields: Any
    ) -> Sale:
        """Note an order of `items` and of `extra` lines, and work out what it comes to."""
        self.numbers[channel] += 1
        number = f"{channel.prefix}-{1000 + self.numbers[channel]}"
        lines = [*({"sku": s, "quantity": str(q), "unit_price": yuan(p), "tax_rate": channel.rate} for s, q, p in items), *extra]
        total = sum(cents(one.get("unit_price", "0")) * int(one["quantity"]) - cents(one.get("discount", "0")) for one in lines)
        total += shipping - cents(fields.get("discount", "0"))
        if not channel.inclusive:
            total += half_up(total * cents(channel.rate), 100) + sum(cents(one.get("tax", "0")) for one in lines)
        coupon = cents(fields.get("discount", "0")) if fields.get("discount_funded_by") == "platform" else 0
        if shipping:
            fields["shipping"] = {"amount": yuan(shipping), "tax_rate": channel.rate}
        if channel.inclusive:
            fields["prices_include_tax"] = True
        for name, people in (("country", ABROAD), ("salesperson", COMPANIES)):
            if customer in people:
                fields["attributes"] = {name: people[customer]}
        placed = self.moment(day, 8, 19)
        fields = {"at": written(placed), "customer": customer, "channel": channel.name, "lines": lines, **fields}
        self.add("order", channel.name, number, day, **fields)
        return Sale(number, channel, placed, total, [*items, *((one["sku"], int(one["quantity"]), 0) for one in extra)], coupon)

    def pay(self, sale: Sale, day: date, amount: int | None = None, part: str = "") -> None:
        """Note what the customer pays: all that is due unless said otherwise."""
        channel, amount = sale.channel, sale.due if amount is None else amount
        fee = half_up(amount * channel.fee, 1000)
        fee_tax = half_up(fee * channel.fee_tax, 1000)
        fees = {name: yuan(value) for name, value in (("fee", fee), ("fee_tax", fee_tax)) if value}
        soon = sale.placed + timedelta(minutes=self.chance.randrange(1, 40))
        at = written(soon if day == sale.placed.date() else self.moment(day, 10, 17))
        fields = {"at": at, "order": sale.number, "amount": yuan(amount), "account": channel.account, **fees}
        if self.add("payment", channel.name, f"PAY-{sale.number}{part}", day, **fields) and fee:
            self.clearing.append((day, sale, amount - fee - fee_tax))

    def ship(self, sale: Sale, picked: date, carrier: str, units: int | None = None, **fields: Any) -> date:
        """Pick, ship the day after, deliver; `units` of the first line only for a part. Return the day of delivery."""
        sale.shipments += 1
        number = f"S-{sale.number}-{sale.shipments}"
        lines = sale.items if units is None else [(sale.items[0][0], units, 0)]
        grams = 120 + sum(GOODS.get(sku, (0, 0))[1] * quantity for sku, quantity, _ in lines)
        first_kg, next_kg, code, top = RATES[carrier]
        estimate = cents(fields.setdefault("estimated_freight", yuan(first_kg + next_kg * ((grams - 1) // 1000))))
        tracking = fields.setdefault("tracking", f"{code}{self.chance.randrange(top // 10, top)}")
        if units is not None:
            fields["lines"] = [{"sku": sale.items[0][0], "quantity": str(units)}]
        shipped = picked + timedelta(1)
        delivered = shipped + timedelta(self.chance.randrange(6, 12) if carrier == DHL else self.chance.randrange(1, 4))
        at = written(self.moment(picked, 19, 22))
        self.add("event", "warehouse", f"P-{number[2:]}", picked, at=at, order=sale.number, stage="picked")
        fields = {"order": sale.number, "carrier": carrier, "weight_kg": kilograms(grams), **fields}
        if self.add("shipment", "warehouse", number, shipped, at=written(self.moment(shipped, 9, 18)), **fields):
            self.parcels.append(Parcel(number, sale, shipped, carrier, tracking, estimate))
            if sale.coupon:
                self.clearing.append((shipped, sale, sale.coupon))
        at = written(self.moment(delivered, 9, 20))
        self.add("delivery", "warehouse", f"D-{number[2:]}", delivered, at=at, order=sale.number, shipment=number)
        return delivered

    def sell(
        self, channel: Channel, day: date, customer: str, items: Sequence[Item], *extra: Body, carrier: str = SF, **fields: Any
    ) -> Sale:
        """Order, pay, pick, ship, deliver."""
        sale = self.order(channel, day, customer, items, *extra, **fields)
        self.pay(sale, day)
        self.ship(sale, day + timedelta(self.chance.randrange(2)), carrier)
        return sale

    def take_back(self, sale: Sale, day: date, *, restock: bool, refund: bool = True) -> None:
        """Take the first line back whole, and pay for it two days later."""
        sku, units, price = sale.items[0]
        lines = [{"sku": sku, "quantity": str(units), **({} if restock else {"restock": False})}]
        if self.add("return", "warehouse", f"R-{sale.number}", day, at=written(self.moment(day, 10, 17)), order=sale.number, lines=lines):
            self.returned.append((day, sale.number))
        if refund:
            self.refund(sale, day + timedelta(2), units * price)

    def refund(self, sale: Sale, day: date, amount: int, **fields: Any) -> None:
        """Pay the customer."""
        fields = {"order": sale.number, "amount": yuan(amount), "account": sale.channel.account, **fields}
        if self.add("refund", sale.channel.name, f"RF-{sale.number}", day, **fields):
            self.clearing.append((day, sale, -amount))

    # Everyday orders

    def retail(self, day: date, channel: Channel) -> None:
        """Sell one to three things to a person at home: some with a discount, some sent back."""
        nth = self.numbers[channel]
        skus = self.chance.sample(EVERYDAY, self.chance.choice((1, 1, 2, 2, 3)))
        items = [(sku, self.chance.choice((1, 1, 1, 2, 2, 3)), GOODS[sku][0]) for sku in skus]
        total = sum(units * price for _, units, price in items)
        fields: Body = {"shipping": 8_00} if total < 99_00 else {}
        if nth % 6 == 2 and total > 150_00:
            fields["discount"] = "15.00"
        elif channel is TMALL and nth % 9 == 4 and total > 150_00:
            fields |= {"discount": "20.00", "discount_funded_by": "platform"}
        carrier = YTO if self.chance.randrange(5) == 0 else SF
        sale = self.sell(channel, day, self.chance.choice(RETAIL_CUSTOMERS), items, carrier=carrier, **fields)
        if nth % 11 == 7 and not fields:
            self.take_back(sale, day + timedelta(12), restock=nth % 2 == 1)
        elif nth % 13 == 9:
            self.refund(sale, day + timedelta(9), 12_00, against="allowance", memo="包装破损补偿 box dented")

    def export(self, day: date) -> None:
        """Sell abroad at 0 % VAT, at the price at home and an eighth."""
        customer = self.chance.choice(tuple(ABROAD))
        skus = self.chance.sample(EVERYDAY[:9], self.chance.choice((1, 2, 2, 3)))
        items = [(sku, self.chance.randrange(2, 6), GOODS[sku][0] * 9 // 8) for sku in skus]
        self.sell(SHOPIFY, day, customer, items, carrier=DHL, shipping=self.chance.choice((68_00, 88_00)))

    def wholesale(self, day: date) -> None:
        """Sell dozens on credit of some 30 days, at about three quarters of the retail price without tax."""
        customer = self.chance.choice(tuple(COMPANIES))
        items = [self.dozens(sku) for sku in self.chance.sample(WHOLESALE, self.chance.choice((1, 2, 2, 3)))]
        sale = self.order(TRADE, day, customer, items, memo="月结30天 net 30 days")
        delivered = self.ship(sale, day + timedelta(self.chance.randrange(1, 4)), self.chance.choice((SF, SF, YTO)))
        self.pay(sale, delivered + timedelta(self.chance.randrange(24, 34)))

    def dozens(self, sku: str, units: int | None = None) -> Item:
        """Choose how many of a SKU a company orders, and its net price in steps of half a yuan."""
        percent = self.chance.randrange(72, 82)
        return sku, units or 6 * self.chance.randrange(3, 8), GOODS[sku][0] * percent // 113 // 50 * 50

    # Stories

    def bill_knows_first(self, day: date) -> None:
        """The warehouse records a parcel after the carrier has billed it: the charge waits and then finds its order."""
        sale = self.order(TMALL, day, "周敏", [("TEA-LJ-250", 1, 298_00)])
        self.pay(sale, day)
        self.ship(sale, day + timedelta(8), SF, tracking=STRAY[4], estimated_freight="0")

    def gift(self, day: date) -> None:
        """A cloth as a gift with two Pu'er cakes, and a ribbon that only the accountant knows of: both are the order's cost."""
        cloth = {"sku": "茶巾", "quantity": "1", "unit_price": "0", "type": "gift"}
        sale = self.sell(TMALL, day, "孙丽华", [("TEA-PE-357", 2, 268_00)], cloth)
        self.entry("WRAP-1", day + timedelta(4), "Silk ribbon and card 手工缎带与贺卡", "packaging", "bank", 18_00, order=sale.number)

    def tasting(self, day: date) -> None:
        """Tea and a tasting: goods at 13 %, a service at 6 % that a tea master is still to bill."""
        service = {"sku": "TASTING-2H", "quantity": "2", "unit_price": "180.00", "tax_rate": "0.06", "type": "service", "cost": "240.00"}
        self.sell(TMALL, day, "郑雅文", [("MATCHA-40", 1, 198_00)], service)

    def drop_ship(self, day: date) -> None:
        """A tray that its maker sends: no stock of ours, a stated cost that we owe."""
        tray = {"sku": "TRAY-BAMBOO", "quantity": "1", "unit_price": "399.00", "tax_rate": "0.13", "cost": "215.00"}
        self.sell(JD, day, "何俊", [], tray, carrier=YTO)

    def gift_card(self, day: date) -> None:
        """A gift card sold with a cup: a liability until it is redeemed."""
        card = {"sku": "GIFT-CARD-200", "quantity": "1", "unit_price": "200.00", "type": "gift_card"}
        self.sell(TMALL, day, "吴倩", [("CUP-GW-01", 1, 88_00)], card)

    def marketplace_tax(self, day: date) -> None:
        """The shop's platform collects the buyer's tax and keeps it: it was never ours."""
        line = {"sku": "TEA-DHP-150", "quantity": "4", "unit_price": "285.00", "tax": "228.00"}
        sale = self.sell(SHOPIFY, day, "Emma Clarke", [], line, carrier=DHL, shipping=98_00, tax_collected_by="marketplace")
        kept, narration = day + timedelta(5), "Tax that the platform keeps 平台代收税款"
        self.entry("TAX-1", kept, narration, "marketplace_tax", SHOPIFY.account, 228_00, order=sale.number)
        self.clearing.append((kept, sale, -228_00))

    def cheap_export(self, day: date) -> None:
        """One cloth by air: the postage was guessed far too low."""
        sale = self.order(SHOPIFY, day, "James O'Neill", [("茶巾", 2, 48_00)], shipping=20_00)
        self.pay(sale, day)
        self.ship(sale, day, DHL, estimated_freight="35.00")

    def clearance(self, day: date) -> None:
        """Last year's jasmine below cost."""
        self.sell(JD, day, "黄志强", [("TEA-JM-250", 6, 88_00)], discount="330.00", memo="陈茶清仓 clearance")

    def broken(self, day: date) -> None:
        """A set of cups that arrived in pieces: paid back, written off."""
        sale = self.sell(TMALL, day, "赵一鸣", [("CUP-GW-01", 4, 88_00)])
        self.take_back(sale, day + timedelta(7), restock=False)

    def sold_at_a_loss(self, day: date) -> None:
        """A first order bought with a big discount, a line's own and the shop's, that a claim then eats up."""
        line = {"sku": "TEA-QM-200", "quantity": "2", "unit_price": "138.00", "tax_rate": "0.13", "discount": "58.00"}
        sale = self.sell(TMALL, day, "Chen Wei", [], line, discount="20.00")
        self.refund(sale, day + timedelta(8), 40_00, against="allowance", memo="口味不符补偿 not as described")

    def unpaid_return(self, day: date) -> None:
        """A return that is still to be paid out at the period's end, freight of the way back included."""
        self.take_back(self.sell(JD, day, "王芳", [("MATCHA-40", 2, 198_00)]), day + timedelta(9), restock=True, refund=False)

    def overpaid(self, day: date) -> None:
        """A company pays 500.00 too much and gets half of it back: the rest stays a deposit."""
        sale = self.order(TRADE, day, "Lin & Co", [self.dozens("TEA-TGY-250", 24)])
        self.ship(sale, day + timedelta(1), SF)
        self.pay(sale, day + timedelta(20), sale.due + 500_00)
        self.refund(sale, day + timedelta(24), 250_00)

    def bad_debt(self, day: date) -> None:
        """A company pays half and then closes: the rest is lost."""
        sale = self.order(TRADE, day, "云栖茶馆", [self.dozens("TEA-JM-250", 12)])
        self.ship(sale, day + timedelta(1), YTO)
        self.pay(sale, day + timedelta(30), sale.due // 2)
        lost = sale.due - sale.due // 2
        self.entry("LOSS-1", day + timedelta(75), "Customer closed down 客户停业坏账", "bad_debt", "receivable", lost, order=sale.number)

    def prepaid_in_parts(self, day: date, units: int, pay_later: int) -> None:
        """A company pays ahead (all but `pay_later` per cent) and takes the goods in two parts, the second a month later."""
        sale = self.order(TRADE, day, "江南礼品有限公司", [self.dozens("TEA-LJ-100", units)], memo="预付分批发货 prepaid, sent in parts")
        later = sale.due * pay_later // 100
        self.pay(sale, day, sale.due - later)
        self.ship(sale, day + timedelta(2), SF, units=units * 2 // 5)
        self.ship(sale, day + timedelta(26), SF)
        if later:
            self.pay(sale, day + timedelta(33), later, "-2")

    def paid_ahead(self, day: date) -> None:
        """Paid in June, to be sent in July."""
        self.pay(self.order(TRADE, day, "云栖茶馆", [self.dozens("TEA-PE-357", 18)]), day)

    def silver_needle(self, day: date, units: int) -> None:
        """Silver needle, of which the May orders leave before PO-112 comes."""
        sale = self.order(TRADE, day, "沪上清心茶舍", [self.dozens("TEA-BHYZ-100", units)])
        self.ship(sale, day, SF)
        self.pay(sale, day + timedelta(21))

    def gift_boxes(self, day: date, units: int) -> None:
        """Gift boxes for the Dragon Boat festival, more than were bought: the last are owed at the period's end."""
        sale = self.order(TRADE, day, "京华酒店用品有限公司", [self.dozens("龙井礼盒", units)], shipping=60_00)
        self.ship(sale, day, SF)
        self.pay(sale, day + timedelta(14))

    def orders(self) -> None:
        """Take all orders, everyday ones and stories, in the order of their days."""
        stories: list[tuple[str, Callable[..., None], *tuple[Any, ...]]] = [
            ("2026-03-18", self.gift),
            ("2026-03-20", self.silver_needle, 12),
            ("2026-03-23", self.bad_debt),
            ("2026-03-24", self.prepaid_in_parts, 60, 0),
            ("2026-03-26", self.cheap_export),
            ("2026-04-02", self.overpaid),
            ("2026-04-13", self.tasting),
            ("2026-04-17", self.broken),
            ("2026-04-22", self.gift_boxes, 18),
            ("2026-04-27", self.prepaid_in_parts, 80, 50),
            ("2026-04-28", self.bill_knows_first),
            ("2026-05-07", self.silver_needle, 24),
            ("2026-05-09", self.drop_ship),
            ("2026-05-14", self.marketplace_tax),
            ("2026-05-15", self.clearance),
            ("2026-05-21", self.sold_at_a_loss),
            ("2026-06-04", self.gift_card),
            ("2026-06-11", self.gift_boxes, 30),
            ("2026-06-16", self.unpaid_return),
            ("2026-06-26", self.paid_ahead),
        ]
        everyday = ((self.retail, 16, TMALL), (self.retail, 9, JD), (self.export, 5), (self.wholesale, 5))
        plan = [(date.fromisoformat(day), happens, about) for day, happens, *about in stories]
        for first, days in ((date(2026, 3, 11), 21), (date(2026, 4, 1), 30), (date(2026, 5, 1), 31), (date(2026, 6, 1), 30)):
            for happens, count, *about in everyday:
                plan += [(first + timedelta((2 * i + 1) * days // (2 * count)), happens, about) for i in range(count)]
        for day, happens, about in sorted(plan, key=lambda one: one[0]):
            happens(day, *about)

    # Buying, carriers' bills, accounts

    def purchases(self) -> None:
        """Receive goods."""
        for (day, number, supplier, rate), *bought in rows(PURCHASES):
            own = {"tax_rate": rate} | ({"creditable": False} if supplier == "JD" else {})
            lines = [
                {"sku": sku, "quantity": units, "unit_price": price, "weight_kg": kilograms(GOODS[sku][1] * int(units)), **own}
                for sku, units, price in bought
            ]
            self.add("purchase", "accounts", number, date.fromisoformat(day), supplier=SUPPLIERS[supplier], lines=lines)

    def inbound(self) -> None:
        """Note what it cost to bring the goods in."""
        for (day, number, carrier, rate), *charges in rows(INBOUND):
            lines: list[Body] = []
            for amount, charge, basis, *purchases in charges:
                money = {"amount": amount, "tax_rate": rate, "charge": charge, "basis": basis}
                if charge == "vat":
                    money = {"amount": "0", "tax": amount, "charge": "duty"}
                lines.append({**money, "direction": "inbound", "purchases": purchases})
            name = {"YTO": YTO, "SEA": SEA}[carrier]
            self.add("freight_bill", "accounts", number, date.fromisoformat(day), carrier=name, lines=lines)

    def carriers(self) -> None:
        """Note each carrier's bill of a month early in the next, never quite what was expected; June's is still to come."""
        for month in MONTHS[:-1]:
            of_month = [one for one in self.parcels if one.day.month == month and one.tracking not in STRAY.values()]
            for carrier, lines_of in ((SF, self.by_weight), (YTO, self.by_parcel), (DHL, self.by_shipment)):
                lines = lines_of([one for one in of_month if one.carrier == carrier], month)
                number = f"{carrier[:3].strip()}-2026-{month:02d}"
                self.add("freight_bill", "accounts", number, date(2026, month + 1, 5), carrier=carrier, lines=lines)
            packed = [one.number for one in of_month if one.carrier != DHL and one.sale.channel is not TRADE]
            line = {"amount": yuan(145 * len(packed)), "tax_rate": "0.06", "direction": "outbound", "charge": "packaging"}
            lines = [line | {"basis": "quantity", "shipments": packed}]
            self.add("freight_bill", "accounts", f"PACK-2026-{month:02d}", date(2026, month + 1, 6), carrier=YTO, lines=lines)

    def by_weight(self, parcels: list[Parcel], month: int) -> list[Body]:
        """One sum over all parcels by weight, and one over pallets; ways back; tracking numbers that nobody knows (yet)."""
        head = {"tax_rate": "0.06", "direction": "outbound"}
        lines = []
        for pallets in (False, True):
            group = [one for one in parcels if (one.sale.channel is TRADE) == pallets]
            amount = sum(one.estimate for one in group) * self.chance.randrange(96, 112) // 100
            lines.append({"amount": yuan(amount), **head, "basis": "weight", "tracking": [one.tracking for one in group]})
        back = sorted(number for day, number in self.returned if day.month == month)
        if back:
            lines.append({"amount": yuan(1290 * len(back)), **head, "direction": "return", "basis": "equal", "orders": back})
        if month in STRAY:
            lines.append({"amount": "14.60", **head, "tracking": [STRAY[month]]})
        return lines

    def by_parcel(self, parcels: list[Parcel], month: int) -> list[Body]:
        """The carrier's own amount for each tracking number."""
        shares = {one.tracking: one.estimate * self.chance.randrange(92, 116) // 100 for one in parcels}
        total, named = yuan(sum(shares.values())), {tracking: yuan(share) for tracking, share in shares.items()}
        return [{"amount": total, "tax_rate": "0.06", "direction": "outbound", "shares": named}]

    def by_shipment(self, parcels: list[Parcel], month: int) -> list[Body]:
        """Air freight as it was, by shipment, and a surcharge for remote areas in equal parts."""
        shares = {one.number: max(one.estimate, 110_00) * self.chance.randrange(95, 122) // 100 for one in parcels}
        total, named = yuan(sum(shares.values())), {number: yuan(share) for number, share in shares.items()}
        surcharge = {"amount": yuan(600 * len(parcels)), "direction": "outbound", "charge": "handling", "basis": "equal"}
        return [{"amount": total, "direction": "outbound", "shares": named}, surcharge | {"shipments": list(named)}]

    def payouts(self) -> None:
        """Bring to the bank, three times a month, what platforms have held for eight days: those orders are settled."""
        for payout in (date(2026, month, day) for month in MONTHS for day in (10, 20, 28)):
            ripe = [one for one in self.clearing if one[0] <= payout - timedelta(8) and one[1].channel is not TRADE]
            self.clearing = [one for one in self.clearing if one not in ripe]
            for channel in (TMALL, JD, SHOPIFY):
                mine = [one for one in ripe if one[1].channel is channel]
                amount = sum(part for _, _, part in mine)
                if amount:
                    number, narration = f"PAYOUT-{channel.name}-{payout}", f"Payout of {channel.name} 平台结算到账"
                    self.entry(number, payout, narration, "bank", channel.account, amount)
                for sale in {one[1].number: one[1] for one in mine if one[2] > 0 and one[1].coupon != one[2]}.values():
                    at = written(datetime.combine(payout, time(23)))
                    self.add("event", channel.name, f"SETTLED-{sale.number}", payout, at=at, order=sale.number, stage="settled")

    def accounts(self) -> None:
        """Note capital, counts of the stock, rent, salaries, advertising, and what else belongs to no order."""
        self.entry("CAPITAL-1", FIRST, "Capital paid in 实收资本", "bank", "opening_equity", 80_000_00)
        for day, reason, sku, units in (
            ("2026-03-09", "Opened for tasting 试饮", "TEA-LJ-100", -2),
            ("2026-04-30", "Broken in the store room 仓库破损", "CUP-GW-01", -3),
            ("2026-06-30", "Count: more than the books say 盘盈", "茶巾", 2),
        ):
            lines = [{"sku": sku, "quantity": str(units)}]
            self.add("stock_adjustment", "warehouse", f"COUNT-{day}", date.fromisoformat(day), reason=reason, lines=lines)
        for month in MONTHS:
            end = date(2026, month, monthrange(2026, month)[1])
            for number, narration, amount in (
                ("RENT", "Rent of shop and store room 店铺及仓库租金", 4_200_00),
                ("SALARY", "Salaries 工资", 10_600_00),
                ("ADVERTISING", "Advertising 直通车推广", 1_150_00 + 240_00 * (month - 3)),
            ):
                self.entry(f"{number}-{end:%Y-%m}", end, narration, "operating", "bank", amount)
        self.entry("BANK-1", date(2026, 5, 29), "Currency exchanged by the bank 汇兑差额", "exchange", "bank", 86_40)


def documents() -> list[Body]:
    """Return all documents in the order in which they are recorded."""
    trader = Trader()
    for part in (trader.purchases, trader.orders, trader.inbound, trader.carriers, trader.payouts, trader.accounts):
        part()
    return sorted(trader.documents, key=lambda body: (body["date"], KINDS.index(body["kind"])))


def files() -> dict[str, str]:
    """Return name and text of each file."""
    texts: dict[str, str] = {}
    for body in documents():
        name = f"{body['date'][:7]}.ndjson"
        texts[name] = texts.get(name, "") + json.dumps(body, ensure_ascii=False) + "\n"
    return texts


def rows(table: str) -> list[list[list[str]]]:
    """Read a table: cells of words."""
    return [[cell.split() for cell in row.split("|")] for row in table.strip().splitlines()]


def yuan(amount: int) -> str:
    """Write cents."""
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def cents(text: str) -> int:
    """Read an amount, or a rate as per cent."""
    whole, _, fraction = text.partition(".")
    return int(whole + fraction.ljust(2, "0"))


def half_up(amount: int, divisor: int) -> int:
    """Divide and round halves up; amounts here are not negative."""
    return (2 * amount + divisor) // (2 * divisor)


def kilograms(grams: int) -> str:
    """Write grams as kilograms."""
    return f"{grams // 1000}.{grams % 1000:03d}"


def written(moment: datetime) -> str:
    """Write a time in China."""
    return f"{moment.isoformat()}+08:00"


def main() -> None:
    """Rewrite the files."""
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
