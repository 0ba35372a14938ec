"""Orders that have something to tell: one function a story, each with what a report shows of it."""

from __future__ import annotations

from datetime import date, timedelta

from tests.sample.everyday import dozens
from tests.sample.partners import DHL, JD, SF, SHOPIFY, STRAY, TMALL, TRADE, YTO
from tests.sample.trader import Held, Trader
from tests.sample.writing import cents, yuan

# Orders of people


def bill_knows_first(trader: Trader, day: date) -> None:
    """The warehouse records a parcel after the carrier has billed it: the charge waits and then finds its order."""
    sale = trader.order(TMALL, day, "周敏", [("TEA-LJ-250", 1, 298_00)])
    trader.pay(sale, day)
    trader.ship(sale, day + timedelta(8), SF, tracking=STRAY[4], estimated_freight="0")


def gift(trader: Trader, day: date) -> None:
    """A cloth as a gift with two Pu'er cakes, and a ribbon that only the accountant knows of: both are the order's cost."""
    cloth = {"sku": "茶巾", "quantity": "1", "unit_price": "0", "type": "gift"}
    sale = trader.sell(TMALL, day, "孙丽华", [("TEA-PE-357", 2, 268_00)], cloth)
    trader.entry("WRAP-1", day + timedelta(4), "Silk ribbon and card 手工缎带与贺卡", "packaging", "bank", 18_00, order=sale.number)


def tasting(trader: Trader, day: date) -> None:
    """Tea and a tasting: goods at 13 %, a service at 6 % that a tea master is still to bill."""
    service = {"sku": "TASTING-2H", "quantity": "2", "unit_price": "180.00", "tax_rate": "0.06", "type": "service", "cost": "240.00"}
    trader.sell(TMALL, day, "郑雅文", [("MATCHA-40", 1, 198_00)], service)


def drop_ship(trader: Trader, day: date) -> None:
    """A tray that its maker sends: no stock of ours, a stated cost that we owe."""
    tray = {"sku": "TRAY-BAMBOO", "quantity": "1", "unit_price": "399.00", "tax_rate": "0.13", "cost": "215.00"}
    trader.sell(JD, day, "何俊", [], tray, carrier=YTO)


def gift_card(trader: Trader, day: date) -> None:
    """A gift card sold with a cup: a liability until it is redeemed."""
    card = {"sku": "GIFT-CARD-200", "quantity": "1", "unit_price": "200.00", "type": "gift_card"}
    trader.sell(TMALL, day, "吴倩", [("CUP-GW-01", 1, 88_00)], card)


def clearance(trader: Trader, day: date) -> None:
    """Last year's jasmine below cost."""
    trader.sell(JD, day, "黄志强", [("TEA-JM-250", 6, 88_00)], discount="330.00", memo="陈茶清仓 clearance")


def broken(trader: Trader, day: date) -> None:
    """A set of cups that arrived in pieces: paid back, written off."""
    sale = trader.sell(TMALL, day, "赵一鸣", [("CUP-GW-01", 4, 88_00)])
    trader.take_back(sale, day + timedelta(7), restock=False)


def sold_at_a_loss(trader: Trader, day: date) -> None:
    """A first order bought with a big discount, a line's own and the shop's, that a claim then eats up."""
    line = {"sku": "TEA-QM-200", "quantity": "2", "unit_price": "138.00", "tax_rate": "0.13", "discount": "58.00"}
    sale = trader.sell(TMALL, day, "Chen Wei", [], line, discount="20.00")
    trader.refund(sale, day + timedelta(8), 40_00, against="allowance", memo="口味不符补偿 not as described")


def unpaid_return(trader: Trader, day: date) -> None:
    """A return that is still to be paid out at the period's end, freight of the way back included."""
    sale = trader.sell(JD, day, "王芳", [("MATCHA-40", 2, 198_00)])
    trader.take_back(sale, day + timedelta(9), restock=True, refund=False)


def called_off(trader: Trader, day: date) -> None:
    """Called off before anything was sent: the customer has the money back, and the platform returns its fee."""
    sale = trader.order(JD, day, "陈晓东", [("TEA-DHP-150", 2, 228_00)])
    trader.pay(sale, day)
    kept = trader.held[-1]
    trader.add("cancellation", "jd", f"CX-{sale.number}", day + timedelta(1), order=sale.number, memo="地址填错 wrong address")
    trader.refund(sale, day + timedelta(2), sale.due)
    trader.held.append(Held(day + timedelta(2), sale, "fee", -kept.amount, kept.tax))


def cash_on_delivery(trader: Trader, day: date) -> None:
    """Paid at the door: the shop is told of it by the platform's payout only."""
    sale = trader.order(JD, day, "赵一鸣", [("TEA-TGY-250", 2, 168_00)], memo="货到付款 cash on delivery")
    trader.hold(sale, trader.ship(sale, day, YTO), sale.due)


# Orders from abroad


def marketplace_tax(trader: Trader, day: date) -> None:
    """The shop's platform collects the buyer's tax and keeps it: it was never ours."""
    line = {"sku": "TEA-DHP-150", "quantity": "4", "unit_price": "285.00", "tax": "228.00"}
    sale = trader.sell(SHOPIFY, day, "Emma Clarke", [], line, carrier=DHL, shipping=98_00, tax_collected_by="marketplace")
    trader.held.append(Held(day, sale, "marketplace_tax", -cents(line["tax"])))


def cheap_export(trader: Trader, day: date) -> None:
    """One cloth by air: the postage was guessed far too low."""
    sale = trader.order(SHOPIFY, day, "James O'Neill", [("茶巾", 2, 48_00)], shipping=20_00)
    trader.pay(sale, day)
    trader.ship(sale, day, DHL, estimated_freight="35.00")


def chargeback(trader: Trader, day: date, customer: str, *, won: bool) -> None:
    """A card's owner disputes the charge a month later; after another month it is won back, or lost and a bad debt."""
    sale = trader.sell(SHOPIFY, day, customer, [("TEA-PE-357", 2, 301_50)], carrier=DHL, shipping=68_00)
    claimed, decided = day + timedelta(31), day + timedelta(61)
    trader.held += [Held(claimed, sale, "chargeback", -sale.due), Held(claimed, sale, "fee", -105_00)]
    trader.held.append(Held(decided, sale, "chargeback_won", sale.due) if won else Held(decided, sale, "chargeback_lost", 0))


# Orders of companies


def overpaid(trader: Trader, day: date) -> None:
    """A company pays 500.00 too much and gets half of it back: the rest stays a deposit."""
    sale = trader.order(TRADE, day, "Lin & Co", [dozens(trader, "TEA-TGY-250", 24)])
    trader.ship(sale, day + timedelta(1), SF)
    trader.pay(sale, day + timedelta(20), sale.due + 500_00)
    trader.refund(sale, day + timedelta(24), 250_00)


def bad_debt(trader: Trader, day: date) -> None:
    """A company pays half and then closes: the rest is lost."""
    sale = trader.order(TRADE, day, "云栖茶馆", [dozens(trader, "TEA-JM-250", 12)])
    trader.ship(sale, day + timedelta(1), YTO)
    trader.pay(sale, day + timedelta(30), sale.due // 2)
    lost, memo = sale.due - sale.due // 2, "Customer closed down 客户停业坏账"
    trader.add("write_off", "accounts", "LOSS-1", day + timedelta(75), order=sale.number, amount=yuan(lost), memo=memo)


def prepaid_in_parts(trader: Trader, day: date, units: int, pay_later: int) -> None:
    """A company pays ahead (all but `pay_later` per cent) and takes the goods in two parts, the second a month later."""
    sale = trader.order(TRADE, day, "江南礼品有限公司", [dozens(trader, "TEA-LJ-100", units)], memo="预付分批发货 prepaid, sent in parts")
    later = sale.due * pay_later // 100
    trader.pay(sale, day, sale.due - later)
    trader.ship(sale, day + timedelta(2), SF, units=units * 2 // 5)
    trader.ship(sale, day + timedelta(26), SF)
    if later:
        trader.pay(sale, day + timedelta(33), later, "-2")


def part_called_off(trader: Trader, day: date) -> None:
    """Prepaid; of 30 packets 18 are sent, the other 12 are called off and paid back."""
    sku, units, price = dozens(trader, "SENCHA-100", 30)
    sale = trader.order(TRADE, day, "江南礼品有限公司", [(sku, units, price)], memo="预付 prepaid")
    trader.pay(sale, day)
    trader.ship(sale, day + timedelta(2), SF, units=18)
    lines, memo = [{"sku": sku, "quantity": "12"}], "客户减少采购 customer needs fewer"
    trader.add("cancellation", "wholesale", f"CX-{sale.number}", day + timedelta(12), order=sale.number, lines=lines, memo=memo)
    trader.refund(sale, day + timedelta(15), sale.due * 12 // units)


def paid_ahead(trader: Trader, day: date) -> None:
    """Paid in June, to be sent in July."""
    trader.pay(trader.order(TRADE, day, "云栖茶馆", [dozens(trader, "TEA-PE-357", 18)]), day)


def silver_needle(trader: Trader, day: date, units: int) -> None:
    """Silver needle, of which the May orders leave before PO-112 comes; paid by statement."""
    sale = trader.order(TRADE, day, "沪上清心茶舍", [dozens(trader, "TEA-BHYZ-100", units)])
    trader.on_account.append((trader.ship(sale, day, SF), sale))


def gift_boxes(trader: Trader, day: date, units: int) -> None:
    """Gift boxes for the Dragon Boat festival, more than were bought: the last are owed at the period's end."""
    sale = trader.order(TRADE, day, "京华酒店用品有限公司", [dozens(trader, "龙井礼盒", units)], shipping=60_00)
    trader.ship(sale, day, SF)
    trader.pay(sale, day + timedelta(14))
