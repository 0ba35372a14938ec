"""Inbound freight expensed when it is billed: the memo follows the goods, and both policies stand side by side from the same sums."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import RAISE

from api.order_answers import OrderProfit
from api.report_answers import Statement
from ledger.errors import InvalidQuery
from ledger.reports.period import parse_period
from ledger.reports.statements import statement
from ledger.reports.tabular import table_of, to_csv
from tests.company import Company
from tests.integration.test_goods_shipped import choose

EXPENSE = ("inbound-freight", "expense")


def policies(company: Company, period: str) -> dict[str, str]:
    """Return the statement of both policies by line."""
    with company.ledger.read() as context:
        return {line["id"]: line["amount"] for line in statement(context, "freight-policies", parse_period(period))["lines"]}


def shown(company: Company, period: str) -> tuple[str, ...]:
    """Return (billed, on orders, on others, change in unsold, expensed in the books, unsold at the end)."""
    lines = policies(company, period)
    names = ("billed", "on-orders", "on-others", "change-in-unsold", "expensed-in-the-books", "unsold-at-end")
    return tuple(lines[name] for name in names)


def story(company: Company) -> None:
    """100 bought, 25 sold and 2 of them back, then 100.00 of freight; next month 50 more are sold."""
    company.buy("P-1", "2026-03-01", 100, "10.00")
    company.sell("SO-1", "2026-03-02", 25)
    company.post("return", "R-1", "2026-03-03", order="SO-1", lines=[{"sku": "X", "quantity": "2"}])
    company.charge("F-1", "2026-03-04", "100.00", ["P-1"])
    company.sell("SO-2", "2026-04-02", 50)


@pytest.mark.parametrize("policy", ["capitalise", "expense"])
def test_both_policies_side_by_side(company: Company, policy: str) -> None:
    """100 billed, 23 on orders, 77 unsold: 100 = 23 + 77; next month 50 sold: 0 = 50 - 50. The same under either policy."""
    choose(company, "inbound-freight", policy)
    story(company)
    booked = "100.00" if policy == "expense" else "0.00"
    assert shown(company, "2026-03") == ("100.00", "23.00", "0.00", "77.00", booked, "77.00")
    assert shown(company, "2026-04") == ("0.00", "50.00", "0.00", "-50.00", "0.00", "27.00")
    assert shown(company, "2026-Q1")[:2] == ("100.00", "23.00")
    april = policies(company, "2026-04")
    assert (april["cost-if-capitalised"], april["cost-if-expensed"], april["difference"]) == ("50.00", "0.00", "-50.00")
    assert (april["unsold-at-start"], april["unsold-at-end"]) == ("77.00", "27.00")
    landed = company.profit("SO-1")["landed_cost"]
    assert landed == ("23.00" if policy == "capitalise" else "0.00")
    assert company.problems() == []


def memo(company: Company, order: str) -> dict[str, Any]:
    """Return an order's memo."""
    found: dict[str, Any] = company.profit(order)["memo"]
    return found


def test_the_expense_and_the_memo(company: Company) -> None:
    """Dr inbound freight 100.00 unallocated; stock stays at 10.00 a unit; the order shows 23.00 beside its profit, posted nowhere."""
    choose(company, *EXPENSE)
    story(company)
    assert company.stock("X") == ("27", "270.00")
    profit = company.profit("SO-1")
    assert (profit["revenue"], profit["product_cost"], profit["landed_cost"], profit["gross_profit"]) == (
        "2300.00",
        "230.00",
        "0.00",
        "2070.00",
    )
    assert profit["memo"] == {"landed_cost": "23.00", "gross_profit_after": "2047.00", "contribution_after": "2047.00"}
    assert memo(company, "SO-2")["landed_cost"] == "50.00"
    with company.ledger.read() as context:
        lines = {line["id"]: line for line in statement(context, "freight-policies", parse_period("2026"))["lines"]}
        assert lines["expensed-in-the-books"]["accounts"][0]["account"] == "Expenses:InboundFreight"
        assert "on-orders,Borne by orders,计入订单,item,capitalised,73.00" in to_csv(
            table_of(statement(context, "freight-policies", parse_period("2026")))
        )
        with pytest.raises(InvalidQuery, match="whole months"):
            statement(context, "freight-policies", parse_period(None, "2026-03-02", "2026-03-31"))


def test_the_answers_are_as_the_api_describes_them(company: Company) -> None:
    """An order with a memo, and the statement, keep to their schemas; a field that these do not know would be refused."""
    choose(company, *EXPENSE)
    story(company)
    assert OrderProfit(unknown=RAISE).validate(company.profit("SO-1")) == {}
    with company.ledger.read() as context:
        assert Statement(unknown=RAISE).validate(statement(context, "freight-policies", parse_period("2026"))) == {}


def test_the_usual_profit_has_no_memo(company: Company) -> None:
    """Where inbound freight is capitalised, the answer is as ever."""
    story(company)
    assert "memo" not in company.profit("SO-1")


def test_freight_before_its_purchase_is_expensed_when_billed(company: Company) -> None:
    """20.00 billed in March for a purchase of April: expensed in March, in transit until April; 2 of 10 are then the order's: 4.00."""
    choose(company, *EXPENSE)
    company.charge("F-1", "2026-03-04", "20.00", ["P-1"])
    assert shown(company, "2026-03") == ("20.00", "0.00", "0.00", "20.00", "20.00", "20.00")
    assert company.problems() == []
    company.sell("SO-1", "2026-04-01", 2)
    company.buy("P-1", "2026-04-02", 10, "10.00")
    assert memo(company, "SO-1")["landed_cost"] == "4.00"
    assert shown(company, "2026-04") == ("0.00", "4.00", "0.00", "-4.00", "0.00", "16.00")


def test_the_memo_goes_where_the_units_go(company: Company) -> None:
    """10 with 10.00 of memo: 2 transferred, 1 broken, 1 sent back, 2 on their way, 1 of them back broken: all adds up."""
    choose(company, *EXPENSE)
    choose(company, "recognition", "delivery")
    company.buy("P-1", "2026-03-01", 10, "10.00")
    company.charge("F-1", "2026-03-02", "10.00", ["P-1"])
    company.post("transfer", "T-1", "2026-03-03", **{"from": "main", "to": "north", "lines": [{"sku": "X", "quantity": "2"}]})
    company.post("stock_adjustment", "A-1", "2026-03-03", reason="broken", lines=[{"sku": "X", "quantity": "-1"}])
    company.post("supplier_return", "B-1", "2026-03-03", purchase="P-1", lines=[{"sku": "X", "quantity": "1"}])
    company.sell("SO-1", "2026-03-04", 2)
    assert shown(company, "2026-03") == ("10.00", "0.00", "2.00", "8.00", "10.00", "8.00")
    assert company.profit("SO-1")["memo"]["landed_cost"] == "0.00"
    company.post("return", "R-1", "2026-03-05", order="SO-1", lines=[{"sku": "X", "quantity": "1", "restock": False}])
    assert memo(company, "SO-1")["landed_cost"] == "1.00"
    company.post("delivery", "D-1", "2026-03-06", order="SO-1")
    assert memo(company, "SO-1")["landed_cost"] == "2.00"
    assert company.problems() == []
    company.charge("F-2", "2026-04-02", "10.00", ["P-1"])
    assert memo(company, "SO-1")["landed_cost"] == "4.00"
    assert shown(company, "2026-04") == ("10.00", "2.00", "2.00", "6.00", "10.00", "12.00")


def test_average_cost_shares_the_memo_too(average_company: Company) -> None:
    """10 with 10.00 and 10 without: 4 sold bear 2.00, 16 keep 8.00; the last 16 take all."""
    company = average_company
    choose(company, *EXPENSE)
    company.buy("P-1", "2026-03-01", 10, "10.00")
    company.buy("P-2", "2026-03-01", 10, "10.00")
    company.charge("F-1", "2026-03-02", "10.00", ["P-1"])
    company.sell("SO-1", "2026-03-03", 4)
    assert memo(company, "SO-1")["landed_cost"] == "2.00"
    company.sell("SO-2", "2026-03-04", 16)
    assert memo(company, "SO-2")["landed_cost"] == "8.00"
    assert shown(company, "2026-03") == ("10.00", "10.00", "0.00", "0.00", "10.00", "0.00")


def test_switching_the_policy_keeps_what_is_in_stock(company: Company) -> None:
    """10.00 capitalised in March, 10.00 expensed in April: an order in April bears landed cost of 1.00 and a memo of 1.00 a unit."""
    choose(company, *EXPENSE, "2026-04-01")
    company.buy("P-1", "2026-03-01", 10, "10.00")
    company.charge("F-1", "2026-03-02", "10.00", ["P-1"])
    company.charge("F-2", "2026-04-02", "10.00", ["P-1"])
    company.sell("SO-1", "2026-04-03", 3)
    profit = company.profit("SO-1")
    assert (profit["landed_cost"], profit["memo"]["landed_cost"]) == ("3.00", "3.00")
    assert shown(company, "2026-04") == ("10.00", "6.00", "0.00", "4.00", "10.00", "14.00")


def test_check_finds_sums_that_were_changed(company: Company) -> None:
    """A kept sum, or an order's memo, that is not what the units hold is named."""
    choose(company, *EXPENSE)
    story(company)
    with company.ledger.database.writing() as connection:
        connection.exec_driver_sql("UPDATE freight_month SET amount = amount + 100 WHERE name = 'orders' AND month = '2026-03'")
        connection.exec_driver_sql("UPDATE orders SET memo_landed = memo_landed + 1 WHERE number = 'SO-1'")
    found = company.problems()
    assert any("inbound cost on orders is kept as 74.00, the units come to 73.00" in problem for problem in found)
    assert any("order SO-1: its memo of inbound cost is kept as 23.01, its units come to 23.00" in problem for problem in found)
    with company.ledger.database.writing() as connection:
        connection.exec_driver_sql("UPDATE freight_month SET amount = amount - 100 WHERE name = 'orders' AND month = '2026-03'")
        connection.exec_driver_sql("UPDATE orders SET memo_landed = memo_landed - 1 WHERE number = 'SO-1'")
