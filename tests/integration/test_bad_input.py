"""Bad input: one clear error each, with its code, its place and what would be right; nothing of it is posted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from api.app import create_app
from ledger.periods import close
from tests.api_client import ApiClient
from tests.company import Company

DAY = "2026-03-05"
STATUS = {"conflict": 409, "ambiguous-reference": 409, "closed": 409}
"""Everything else is 422."""

Body = dict[str, Any]


def doc(kind: str, number: str = "NEW", **fields: Any) -> Body:
    """Return a document of the shop, on a day in an open month."""
    return {"kind": kind, "source": "shop", "number": number, "date": DAY, **fields}


def sold(number: str = "NEW", **fields: Any) -> Body:
    """Return an order of two boxes of tea for 113.00; `fields` change its line."""
    line = {"sku": "TEA", "quantity": "2", "unit_price": "50.00", "tax_rate": "0.13", **fields}
    return doc("order", number, customer="Lin", lines=[{name: value for name, value in line.items() if value is not None}])


def bought(kind: str, number: str, sku: str, quantity: str, **fields: Any) -> Body:
    """Return a purchase or receipt at 10.00 each."""
    return doc(kind, number, supplier="Maker", lines=[{"sku": sku, "quantity": quantity, "unit_price": "10.00", **fields}])


def units(kind: str, sku: str, quantity: str, **fields: Any) -> Body:
    """Return a document that moves units."""
    return doc(kind, **fields, lines=[{"sku": sku, "quantity": quantity}])


def freight(amount: str, direction: str = "outbound", *, number: str = "NEW", source: str = "shop", **fields: Any) -> Body:
    """Return a bill of SF with one line."""
    bill = doc("freight_bill", number, carrier="SF", lines=[{"amount": amount, "direction": direction, **fields}])
    return {**bill, "source": source}


def payout(net: str, *lines: tuple[str, str, str | None]) -> Body:
    """Return a payout of (type, amount, order)."""
    made = [{"type": kind, "amount": amount, "order": order} for kind, amount, order in lines]
    return doc("payout", channel="tmall", account="bank", net=net, lines=made)


def entry(*postings: tuple[str, str], **fields: Any) -> Body:
    """Return an entry by hand."""
    return doc("entry", postings=[{"account": account, "amount": amount} for account, amount in postings], **fields)


PAY = doc("payment", "PAY-1", order="SO-1", amount="113.00", account="bank")
FINE = doc("feedback", "FINE", order="SO-1", score="5")
"""A document that nothing is wrong with."""

BEFORE: list[Body] = [
    bought("purchase", "PO-1", "TEA", "10"),
    bought("purchase", "PO-2", "CUP", "5", weight_kg="0"),
    bought("receipt", "R-1", "POT", "10"),
    sold("SO-1"), PAY,
    units("shipment", "TEA", "1", number="S-1", order="SO-1", tracking="T-1"),
    sold("SO-2"), doc("shipment", "S-2", order="SO-2"),
    sold("SO-3"), doc("cancellation", "C-3", order="SO-3"),
    sold("SO-4"), doc("cancellation", "C-4", order="SO-4"),
    sold("SO-9"), {**sold("SO-9"), "source": "web"},
    freight("12.00", number="F-1", tracking=["T-1"]),
]  # fmt: skip
"""What the books hold: SO-1 paid and half shipped, SO-2 shipped and unpaid, SO-3 and SO-4 called off, SO-9 twice; 7 of TEA on hand."""


class Case(NamedTuple):
    """A document, and how it is refused: `right` is a piece of what the error says would be right."""

    name: str
    body: Body
    pointer: str
    right: str
    code: str = "invalid"


CASES = [
    Case("return above shipped", units("return", "TEA", "2", order="SO-1"), "/lines/0/quantity", "only 1 of 'TEA'"),
    Case("return of another SKU", units("return", "CUP", "1", order="SO-1"), "/lines/0/sku", "has no line with 'CUP'"),
    Case(
        "return of another order's shipment",
        {**units("return", "TEA", "1", order="SO-1"), "shipment": "S-2"},
        "/shipment",
        "is not of order SO-1",
    ),
    Case(
        "bill from another source",
        freight("3.00", number="F-1", source="mail", tracking=["T-9"]),
        "/number",
        "correct that one",
        "conflict",
    ),
    Case(
        "charge billed twice", freight("12.00", tracking=["T-1"]), "/lines/0", "line 1 of shop/freight_bill/F-1; leave it out, or say again"
    ),
    Case("charge billed twice by shipment", freight("12.00", shipments=["S-1"]), "/lines/0", "say again: true"),
    Case(
        "shares that do not sum",
        freight("12.00", shares={"S-1": "5.00", "S-2": "6.99"}),
        "/lines/0/shares",
        "must sum to the line's amount",
    ),
    Case("weights all zero", freight("9.00", "inbound", basis="weight", purchases=["PO-2"]), "/lines/0", "another basis"),
    Case("quantities all zero", freight("9.00", orders=["SO-3", "SO-4"]), "/lines/0", "another basis"),
    Case("missing weight of a purchase", freight("9.00", "inbound", basis="weight", purchases=["PO-1"]), "/lines/0", "another basis"),
    Case("missing weight of a shipment", freight("9.00", basis="weight", shipments=["S-1", "S-2"]), "/lines/0", "another basis"),
    Case("payout that does not add up", payout("112.99", ("sale", "113.00", "SO-2")), "/net", "must be the sum of the lines"),
    Case("payout of an unknown order", payout("113.00", ("sale", "113.00", "SO-X")), "/lines/0/order", "'SO-X'", "unknown-reference"),
    Case("sale without its order", payout("113.00", ("sale", "113.00", None)), "/lines/0/order", "is required for sale"),
    Case("refund above what is owed", doc("refund", order="SO-1", amount="0.01", account="bank"), "/amount", "only 0.00 is owed"),
    Case(
        "allowance above what was charged",
        doc("refund", order="SO-1", amount="56.51", account="bank", against="allowance"),
        "/amount",
        "cannot exceed the 56.50",
    ),
    Case(
        "entry in a closed period",
        entry(("operating", "1.00"), ("bank", "-1.00"), date="2026-01-31"),
        "/date",
        "2026-02-01 or later",
        "closed",
    ),
    Case("unknown account", entry(("Expenses:Nothing", "1.00"), ("bank", "-1.00")), "/postings/0/account", "chart", "unknown-account"),
    Case("unknown role", {**PAY, "number": "NEW", "account": "purse"}, "/account", "purse", "unknown-account"),
    Case("payment in another currency than its order", {**PAY, "number": "NEW", "currency": "USD"}, "/currency", "must be CNY"),
    Case(
        "unknown rate",
        {**bought("purchase", "NEW", "TEA", "1"), "currency": "USD"},
        "/rate",
        f"state rate, or write the price of that day into the books: {DAY} price USD",
    ),
    Case("rate that converts nothing", {**PAY, "number": "NEW", "rate": "7.10"}, "/rate", "leave it out, or say 1"),
    Case("rate on a shipment that converts nothing", doc("shipment", order="SO-1", rate="7.10"), "/rate", "leave it out, or say 1"),
    Case("rate of zero", {**bought("purchase", "NEW", "TEA", "1"), "currency": "USD", "rate": "0"}, "/rate", "greater than zero"),
    Case(
        "currency of what has no money",
        {**units("transfer", "TEA", "1", currency="USD"), "from": "main", "to": "north"},
        "/currency",
        "leave it out, or say CNY",
    ),
    Case(
        "income before the opening in another currency",
        doc("opening", currency="USD", rate="7.10", year_to_date=[{"account": "sales", "amount": "-5.00"}]),
        "/year_to_date",
        "give them in an opening without currency",
    ),
    Case(
        "invoice in another currency than its receipt",
        {**bought("supplier_invoice", "NEW", "POT", "10"), "receipts": ["R-1"], "currency": "USD", "rate": "7.10"},
        "/currency",
        "must be CNY",
    ),
    Case("negative quantity", sold(quantity="-1"), "/lines/0/quantity", "must be greater than zero"),
    Case("zero quantity", sold(quantity="0"), "/lines/0/quantity", "must be greater than zero"),
    Case("zero adjustment", units("stock_adjustment", "TEA", "0", reason="counted"), "/lines/0/quantity", "must not be zero"),
    Case("quantity with 7 decimals", sold(quantity="0.1234567"), "/lines/0/quantity", "at most 6 decimals"),
    Case("money finer than its currency", {**PAY, "number": "NEW", "amount": "1.001"}, "/amount", "at most 2 decimals"),
    Case("a JSON number", {**PAY, "number": "NEW", "amount": 113}, "/amount", 'a decimal string such as "12.50"'),
    Case("unknown field", {**PAY, "number": "NEW", "colour": "red"}, "/colour", "known are account, amount"),
    Case("unknown field of a line", sold(colour="red"), "/lines/0/colour", "known are amount, cost"),
    Case("both tax and tax_rate", sold(tax="1.00"), "/lines/0/tax", "give tax or tax_rate, not both"),
    Case("discount above the amount", sold(discount="100.01"), "/lines/0/discount", "must not exceed the line's amount of 100.00"),
    Case("discount above the lines", {**sold(), "discount": "100.01"}, "/discount", "must not exceed the lines together, 100.00"),
    Case("shipment above what is left", units("shipment", "TEA", "2", order="SO-1"), "/lines/0/quantity", "only 1 of 'TEA' left to ship"),
    Case("shipment of an order that is done", doc("shipment", order="SO-2"), "/order", "nothing left to ship"),
    Case(
        "cancellation above what is left",
        units("cancellation", "TEA", "2", order="SO-1"),
        "/lines/0/quantity",
        "only 1 of 'TEA' left to cancel",
    ),
    Case(
        "supplier return above what is there", units("supplier_return", "TEA", "8", purchase="PO-1"), "/lines/0/quantity", "only 7 of 'TEA'"
    ),
    Case(
        "payment for another supplier's goods",
        doc("supplier_payment", supplier="Other", amount="10.00", account="bank", documents=["PO-1"]),
        "/documents/0",
        "is of 'Maker', not 'Other'",
    ),
    Case(
        "payment for another carrier's bill",
        doc("supplier_payment", carrier="YTO", amount="12.00", account="bank", documents=["F-1"]),
        "/documents/0",
        "is of 'SF', not 'YTO'",
    ),
    Case("supplier return of another SKU", units("supplier_return", "CUP", "1", purchase="PO-1"), "/lines/0/sku", "brought no 'CUP'"),
    Case(
        "adjustment above what is there",
        units("stock_adjustment", "TEA", "-8", reason="broken"),
        "/lines/0/quantity",
        "only 7 of 'TEA' in main",
    ),
    Case("transfer to the same warehouse", units("transfer", "TEA", "1", **{"from": "main", "to": "main"}), "/to", "another warehouse"),
    Case(
        "transfer above what is there",
        units("transfer", "TEA", "8", **{"from": "main", "to": "shop"}),
        "/lines/0/quantity",
        "only 7 of 'TEA'",
    ),
    Case(
        "settlement above what is open",
        doc("settlement", customer="Lin", amount="113.01", account="bank"),
        "/amount",
        "only 113.00 is open",
    ),
    Case(
        "settlement of another's order",
        doc("settlement", customer="Wu", documents=["SO-2"], amount="1.00", account="bank"),
        "/documents/0",
        "is of 'Lin'",
    ),
    Case(
        "write-off above what is open", doc("write_off", order="SO-2", amount="113.01"), "/amount", "only 113.00 is open; what is not owed"
    ),
    Case(
        "write-off with more tax than amount",
        doc("write_off", order="SO-2", amount="1.00", tax="1.01"),
        "/tax",
        "must not exceed the amount",
    ),
    Case(
        "invoice above what was received",
        {**bought("supplier_invoice", "NEW", "POT", "11"), "receipts": ["R-1"]},
        "/lines/0/quantity",
        "only 10 of 'POT'",
    ),
    Case(
        "invoice of another SKU", {**bought("supplier_invoice", "NEW", "TEA", "1"), "receipts": ["R-1"]}, "/lines/0/sku", "brought no 'TEA'"
    ),
    Case(
        "invoice of another supplier",
        {**bought("supplier_invoice", "NEW", "POT", "1"), "receipts": ["R-1"], "supplier": "Other"},
        "/supplier",
        "came from 'Maker'",
    ),
    Case("ambiguous reference", {**PAY, "number": "NEW", "order": "SO-9"}, "/order", "shop/SO-9, web/SO-9", "ambiguous-reference"),
    Case("unknown reference", {**PAY, "number": "NEW", "order": "SO-X"}, "/order", "'SO-X'", "unknown-reference"),
    Case("same identity, other content", {**PAY, "amount": "112.00"}, "/number", "send it with corrects: true and a reason", "conflict"),
    Case("correction without reason", {**PAY, "amount": "112.00", "corrects": True}, "/reason", "is required of a correction"),
    Case(
        "correction of what is not there",
        {**PAY, "number": "NEW", "corrects": True, "reason": "typo"},
        "/corrects",
        "send it without corrects",
    ),
    Case("control character", {**sold(), "customer": "Lin\nCo"}, "/customer", "must not contain control characters"),
    Case("a date that is no day", {**sold(), "date": "2026-02-30"}, "/date", "is not a day of the calendar"),
    Case("a date in words", {**sold(), "date": "1 March"}, "/date", "must be a date such as 2026-03-01"),
    Case("missing field", doc("payment", order="SO-1", amount="1.00"), "/account", "is required"),
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiClient]:
    """Lend a client of books that no case may change."""
    folder = tmp_path_factory.mktemp("bad_input")
    company = Company(folder / "books", f"sqlite:///{folder / 'store.db'}")
    client = ApiClient(create_app(company.ledger), company.ledger.tokens.create("test", ["admin"]))
    answer = client.post("/documents", BEFORE)
    assert answer.status_code == 201, answer.text
    close(company.ledger, "2026-01")
    yield client
    assert company.problems() == []
    company.ledger.close()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_one_clear_error(client: ApiClient, case: Case) -> None:
    """The status of its code, one fault at its place that says what would be right; alone, dry, and behind a good one in an array."""
    seq = client.get("/health").json["seq"]
    for path, sent, prefix in (
        ("/documents", case.body, ""),
        ("/documents?dry_run=true", case.body, ""),
        ("/documents", [FINE, case.body], "/1"),
    ):
        answer = client.post(path, sent)
        assert (answer.status_code, answer.json["code"]) == (STATUS.get(case.code, 422), case.code), answer.text
        assert answer.mimetype == "application/problem+json"
        (fault,) = answer.json["errors"]
        assert fault["pointer"] == prefix + case.pointer and case.right in fault["detail"], answer.text
        number = case.body["number"]
        assert answer.json["document"] == f"{case.body['source']}/{case.body['kind']}/{number}"
    assert client.get("/health").json["seq"] == seq
    assert client.get("/documents/shop/feedback/FINE").status_code == 404


def test_an_array_names_every_fault(client: ApiClient) -> None:
    """All members that cannot be read are told at once, each fault with the index of its document; none of the array is posted."""
    bodies = [FINE, sold(quantity="0"), {**sold("OTHER"), "date": "soon"}]
    answer = client.post("/documents", bodies)
    assert [fault["pointer"] for fault in answer.json["errors"]] == ["/1/lines/0/quantity", "/2/date"]
    assert "document" not in answer.json and client.get("/documents/shop/feedback/FINE").status_code == 404
