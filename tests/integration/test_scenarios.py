"""Costing scenarios with published answers (FIFO, oversold stock, landed cost, sharing), on both engines."""

from __future__ import annotations

import pytest

from ledger.money import allocate
from tests.company import Company

DAY = "2026-03-0{}"


def test_f1_two_lots(company: Company) -> None:
    """IN 10@10, IN 10@20, OUT 15: cost 200, stock 5 worth 100."""
    company.buy("P1", DAY.format(1), 10, "10.00")
    company.buy("P2", DAY.format(2), 10, "20.00")
    company.sell("S", DAY.format(3), 15)
    assert company.profit("S")["product_cost"] == "200.00"
    assert company.stock("X") == ("5", "100.00")


def test_f2_oversold(company: Company) -> None:
    """IN 10@10, IN 10@20, OUT 30, IN 10@30, IN 10@40: cost 600 in all, stock 10 worth 400."""
    company.buy("P1", DAY.format(1), 10, "10.00")
    company.buy("P2", DAY.format(2), 10, "20.00")
    company.sell("S", DAY.format(3), 30)
    assert company.profit("S")["product_cost"] == "500.00"
    assert company.profit("S")["state"] == "estimated"
    assert [p["what"] for p in company.profit("S")["pending"]] == ["owed"]
    assert company.stock("X")[1] == "-200.00"
    company.buy("P3", DAY.format(4), 10, "30.00")
    company.buy("P4", DAY.format(5), 10, "40.00")
    assert company.profit("S")["product_cost"] == "600.00"
    assert company.profit("S")["state"] == "final"
    assert company.stock("X") == ("10", "400.00")


def test_f3_return_at_original_cost(company: Company) -> None:
    """IN 10@10, OUT 10, IN 10@20, the 10 come back: stock 20 worth 300."""
    company.buy("P1", DAY.format(1), 10, "10.00")
    company.sell("S", DAY.format(2), 10)
    company.buy("P2", DAY.format(3), 10, "20.00")
    company.post("return", "R", DAY.format(4), order="S", lines=[{"sku": "X", "quantity": "10"}])
    assert company.stock("X") == ("20", "300.00")
    assert company.profit("S")["product_cost"] == "0.00"


def test_l1_landed_cost_before_the_sale(company: Company) -> None:
    """LC 100 on the first receipt, OUT 1: stock 19 worth 380."""
    company.buy("P1", DAY.format(1), 10, "10.00")
    company.buy("P2", DAY.format(2), 10, "20.00")
    company.charge("F", DAY.format(3), "100.00", ["P1"])
    company.sell("S", DAY.format(4), 1)
    assert company.stock("X") == ("19", "380.00")
    assert company.profit("S")["landed_cost"] == "10.00"


def test_l4_landed_cost_after_the_sale(company: Company) -> None:
    """OUT 1, then LC 100: 10 of it to cost of sales, stock 19 worth 380."""
    company.buy("P1", DAY.format(1), 10, "10.00")
    company.buy("P2", DAY.format(2), 10, "20.00")
    company.sell("S", DAY.format(3), 1)
    company.charge("F", DAY.format(4), "100.00", ["P1"])
    assert company.stock("X") == ("19", "380.00")
    assert company.profit("S")["landed_cost"] == "10.00"


def test_l6_rounding(company: Company) -> None:
    """IN 3@20, LC 40, OUT 1 three times: 33.33, 33.34, 33.33 and nothing left."""
    company.buy("P1", DAY.format(1), 3, "20.00")
    company.charge("F", DAY.format(2), "40.00", ["P1"])
    costs = []
    for i in range(3):
        company.sell(f"S{i}", DAY.format(3 + i), 1)
        profit = company.profit(f"S{i}")
        costs.append((profit["product_cost"], profit["landed_cost"]))
    assert costs == [("20.00", "13.33"), ("20.00", "13.34"), ("20.00", "13.33")]
    assert company.stock("X") == ("0", "0.00")


def test_f4_return_to_supplier(company: Company) -> None:
    """IN 10@10, IN 10@20, 2 of the first receipt go back: stock 18 worth 280, the payable 20 less."""
    company.buy("P1", DAY.format(1), 10, "10.00")
    company.buy("P2", DAY.format(2), 10, "20.00")
    receipt = company.post("supplier_return", "R", DAY.format(3), purchase="P1", lines=[{"sku": "X", "quantity": "2"}])
    assert company.stock("X") == ("18", "280.00")
    assert [p["amount"] for p in receipt.entries[0]["postings"] if p["account"] == "Liabilities:Payable:Supplier"] == ["20.00"]


def test_a1_moving_average(average_company: Company) -> None:
    """IN 10@10, IN 10@20, OUT 15: cost 225, 5 left worth 75."""
    average_company.buy("P1", DAY.format(1), 10, "10.00")
    average_company.buy("P2", DAY.format(2), 10, "20.00")
    average_company.sell("S", DAY.format(3), 15)
    assert average_company.profit("S")["product_cost"] == "225.00"
    assert average_company.stock("X") == ("5", "75.00")


def test_a2_average_oversold(average_company: Company) -> None:
    """IN 10@10, IN 10@20, OUT 30, IN 10@30, IN 10@40: 10 left worth 400."""
    average_company.buy("P1", DAY.format(1), 10, "10.00")
    average_company.buy("P2", DAY.format(2), 10, "20.00")
    average_company.sell("S", DAY.format(3), 30)
    average_company.buy("P3", DAY.format(4), 10, "30.00")
    average_company.buy("P4", DAY.format(5), 10, "40.00")
    assert average_company.stock("X") == ("10", "400.00")
    assert average_company.profit("S")["product_cost"] == "600.00"


def test_a3_average_sold_before_it_came(average_company: Company) -> None:
    """None on hand, cost 10: OUT 1, IN 1@15 leaves nothing, worth nothing."""
    average_company.buy("P0", DAY.format(1), 1, "10.00")
    average_company.sell("S0", DAY.format(1), 1)
    average_company.sell("S", DAY.format(2), 1)
    assert average_company.profit("S")["product_cost"] == "10.00"
    average_company.buy("P1", DAY.format(3), 1, "15.00")
    assert average_company.stock("X") == ("0", "0.00")
    assert average_company.profit("S")["product_cost"] == "15.00"


def test_a4_average_without_a_known_cost(average_company: Company) -> None:
    """None on hand, no cost known: OUT 2, IN 20@3.33 catches up 6.66; 18 left worth 59.94."""
    average_company.sell("S", DAY.format(1), 2)
    assert average_company.profit("S")["product_cost"] == "0.00"
    average_company.buy("P1", DAY.format(2), 20, "3.33")
    assert average_company.profit("S")["product_cost"] == "6.66"
    assert average_company.stock("X") == ("18", "59.94")


def test_l1_average(average_company: Company) -> None:
    """LC 100 on the first receipt, OUT 1: 20 units worth 400 before, 380 after."""
    average_company.buy("P1", DAY.format(1), 10, "10.00")
    average_company.buy("P2", DAY.format(2), 10, "20.00")
    average_company.charge("F", DAY.format(3), "100.00", ["P1"])
    average_company.sell("S", DAY.format(4), 1)
    assert average_company.stock("X") == ("19", "380.00")


def test_l4_average(average_company: Company) -> None:
    """OUT 1 at 15, then LC 100: 90 of it stays in stock by the same consumption; 19 left worth 375."""
    average_company.buy("P1", DAY.format(1), 10, "10.00")
    average_company.buy("P2", DAY.format(2), 10, "20.00")
    average_company.sell("S", DAY.format(3), 1)
    assert average_company.profit("S")["product_cost"] == "15.00"
    average_company.charge("F", DAY.format(4), "100.00", ["P1"])
    assert average_company.profit("S")["landed_cost"] == "10.00"
    assert average_company.stock("X") == ("19", "375.00")


@pytest.mark.parametrize(
    ("amount", "weights", "shares"),
    [
        (4, [1] * 7, [1, 1, 1, 1, 0, 0, 0]),
        (12322, [250] * 3, [4108, 4107, 4107]),
        (20, [100, 100, 100, 1], [7, 7, 6, 0]),
        (-5000, [5, 10], [-1667, -3333]),
    ],
    ids=["E6 tiny charge", "E7 odd cents", "E8 largest remainder", "credit"],
)
def test_sharing(amount: int, weights: list[int], shares: list[int]) -> None:
    """Shares sum to the whole, none changes sign, ties go to the earlier line."""
    assert allocate(amount, weights) == shares


CHARGES = (("10.00", "equal"), ("150.00", "quantity"), ("250.00", "weight"), ("20.00", "volume"))


def test_bases_of_sharing(company: Company) -> None:
    """5 refrigerators and 10 ovens: 430 = 110 + 320; credits reach the sold 2 of 5 with 1.00, 6.67, 4.00 and 0.50."""
    lines = [
        {"sku": "FRIDGE", "quantity": "5", "unit_price": "100.00", "weight_kg": "50", "volume_m3": "5"},
        {"sku": "OVEN", "quantity": "10", "unit_price": "100.00", "weight_kg": "200", "volume_m3": "15"},
    ]
    company.post("purchase", "P", "2026-03-01", supplier="Supplier", lines=lines)
    bill = [{"amount": a, "basis": b, "direction": "inbound", "purchases": ["P"]} for a, b in CHARGES]
    company.post("freight_bill", "F", "2026-03-02", carrier="Carrier", lines=bill)
    assert company.stock("FRIDGE") == ("5", "610.00")
    assert company.stock("OVEN") == ("10", "1320.00")
    company.sell("S", "2026-03-03", 2, sku="FRIDGE")
    assert company.profit("S")["landed_cost"] == "44.00"
    taken = []
    for i, (amount, basis) in enumerate((("-5.00", "equal"), ("-50.00", "quantity"), ("-50.00", "weight"), ("-5.00", "volume"))):
        before = int(company.profit("S")["landed_cost"].replace(".", ""))
        company.charge(f"C{i}", "2026-03-04", amount, ["P"], basis=basis)
        taken.append(before - int(company.profit("S")["landed_cost"].replace(".", "")))
    assert taken == [100, 667, 400, 50]
    assert company.stock("OVEN")[1] == "1240.42"
