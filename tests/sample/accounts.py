"""What accountants note: payments to suppliers and carriers, statements that companies pay, counts of the stock, rent and salaries."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from tests.sample.partners import ON_STATEMENT
from tests.sample.trader import FIRST, MONTHS, Bill, Trader
from tests.sample.writing import yuan

PAYMENT_RUNS = (10, 25)
"""Days of a month on which what is due is paid."""

STATEMENT_DAY, STATEMENT_AGE = 24, timedelta(20)
BANK_CHARGE = 12_60
"""What a customer's bank took of its last payment on the way, and nobody will ask for."""


def pay_bills(trader: Trader) -> None:
    """Pay suppliers and carriers twice a month, all that is due to one in one payment, less what it owes us."""
    for run in (date(2026, month, day) for month in MONTHS for day in PAYMENT_RUNS):
        due: dict[tuple[str, str], list[Bill]] = {}
        for one in trader.bills:
            if one.due <= run:
                due.setdefault((one.role, one.party), []).append(one)
        payable = {party: bills for party, bills in due.items() if sum(one.amount for one in bills) > 0}
        for i, ((role, party), bills) in enumerate(payable.items(), 1):
            names = [one.number for one in bills if one.amount > 0]
            fields = {role: party, "amount": yuan(sum(one.amount for one in bills)), "account": "bank", "documents": names}
            trader.add("supplier_payment", "bank", f"OUT-{run:%y%m%d}-{i}", run, **fields)
            trader.bills = [one for one in trader.bills if one not in bills]


def collect_statements(trader: Trader) -> None:
    """Companies pay several orders at once: one names them; for the other the oldest come first, and its payment falls a little short."""
    for i, (customer, months) in enumerate(ON_STATEMENT.items(), 1):
        for day in (date(2026, month, STATEMENT_DAY) for month in months):
            ripe = [one for one in trader.on_account if one[1].customer == customer and one[0] <= day - STATEMENT_AGE]
            trader.on_account = [one for one in trader.on_account if one not in ripe]
            names = [sale.number for _, sale in ripe]
            total, named = sum(sale.due for _, sale in ripe), i == 1
            fields = {"amount": yuan(total), "documents": names} if named else {"amount": yuan(total - BANK_CHARGE)}
            trader.add("settlement", "bank", f"IN-{day:%y%m%d}-{i}", day, customer=customer, account="bank", **fields)
            if not named:
                memo = "Kept by a bank on the way 银行手续费尾差"
                trader.add("write_off", "accounts", "LOSS-2", day + timedelta(5), customer=customer, amount=yuan(BANK_CHARGE), memo=memo)


def keep_books(trader: Trader) -> None:
    """Note capital, counts of the stock, rent, salaries, and what else belongs to no order."""
    trader.entry("CAPITAL-1", FIRST, "Capital paid in 实收资本", "bank", "opening_equity", 120_000_00)
    for day, reason, sku, units in (
        ("2026-03-09", "Opened for tasting 试饮", "TEA-LJ-100", -2),
        ("2026-04-30", "Broken in the store room 仓库破损", "CUP-GW-01", -3),
        ("2026-06-30", "Count: more than the books say 盘盈", "茶巾", 2),
    ):
        lines = [{"sku": sku, "quantity": str(units)}]
        trader.add("stock_adjustment", "warehouse", f"COUNT-{day}", date.fromisoformat(day), reason=reason, lines=lines)
    for month in MONTHS:
        end = date(2026, month, monthrange(2026, month)[1])
        for number, narration, amount in (
            ("RENT", "Rent of shop and store rooms 店铺及仓库租金", 4_200_00),
            ("SALARY", "Salaries 工资", 9_800_00),
        ):
            trader.entry(f"{number}-{end:%Y-%m}", end, narration, "operating", "bank", amount)
    trader.entry("BANK-1", date(2026, 5, 29), "Currency exchanged by the bank 汇兑差额", "exchange", "bank", 86_40)
