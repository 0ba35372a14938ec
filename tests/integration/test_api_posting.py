"""The API over real books: posting, replaying, correcting nothing, asking again; and what no input can do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from sqlalchemy import URL

from api.app import create_app
from ledger.periods import close
from tests.api_client import ApiClient, order, without_kind
from tests.company import Company

BUY: dict[str, Any] = {
    "kind": "purchase", "source": "shop", "number": "PO-1", "date": "2026-02-01", "supplier": "茶厂",
    "lines": [{"sku": "TEA-01", "quantity": "10", "unit_price": "31.20", "tax_rate": "0.13"}],
}  # fmt: skip
PAY: dict[str, Any] = {
    "kind": "payment", "source": "shop", "number": "P-1", "date": "2026-03-01", "order": "SO-1", "amount": "113.00",
    "account": "bank", "fee": "1.00",
}  # fmt: skip
SHIP: dict[str, Any] = {"kind": "shipment", "source": "shop", "number": "S-1", "date": "2026-03-02", "order": "SO-1"}
HAND: dict[str, Any] = {
    "kind": "entry", "source": "acct", "number": "E-1", "date": "2026-03-31",
    "postings": [{"account": "Expenses:Operating", "amount": "10.00"}, {"account": "bank", "amount": "-10.00"}],
}  # fmt: skip


BANK = {"account": "bank", "amount": "1.00"}


@pytest.fixture
def company(tmp_path: Path, store_url: URL) -> Iterator[Company]:
    """Lend a company with empty books."""
    company = Company(tmp_path / "books", store_url.render_as_string(hide_password=False))
    yield company
    company.ledger.close()


@pytest.fixture(scope="module")
def fixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiClient]:
    """Lend a client of books with a purchase and an order, for tests that change nothing."""
    folder = tmp_path_factory.mktemp("fixed")
    company = Company(folder / "books", f"sqlite:///{folder / 'store.db'}")
    client = ApiClient(create_app(company.ledger), company.ledger.tokens.create("test", ["admin"]))
    assert client.post("/documents", [BUY, order()]).status_code == 201
    yield client
    company.ledger.close()


@pytest.fixture
def client(company: Company) -> ApiClient:
    """Lend a client that may do everything."""
    return ApiClient(create_app(company.ledger), company.ledger.tokens.create("test", ["admin"]))


def faults(answer: Any) -> dict[str, str]:
    """Return the faults of an answer by place."""
    return {fault["pointer"]: fault["detail"] for fault in answer.json["errors"]}


def test_a_sale(client: ApiClient, company: Company) -> None:
    """Order, payment, shipment: entries balance, the profit is there at once, and reading back gives what posting gave."""
    answers = [client.post("/documents", body) for body in (BUY, order(), PAY, SHIP)]
    assert [answer.status_code for answer in answers] == [201] * 4
    assert [answer.json["seq"] for answer in answers] == [1, 2, 3, 4]
    shipped = answers[3].json["entries"][0]
    assert sum(round(float(posting["amount"]) * 100) for posting in shipped["postings"]) == 0
    assert shipped["voucher"] == "记-2026-03-2" and shipped["date"] == "2026-03-02"
    profit = client.get("/orders/SO-1/profit").json
    assert (profit["goods_revenue"], profit["product_cost"], profit["fees"]) == ("100.00", "62.40", "1.00")
    assert (profit["contribution"], profit["margin"], profit["state"]) == ("36.60", "0.3660", "final")
    assert client.get("/profit", order="shop/SO-1").json == profit
    back = client.get("/documents/shop/shipment/S-1").json
    assert back["entries"] == answers[3].json["entries"] and back["body"] == SHIP
    assert not company.problems()


def test_replay_and_conflict(client: ApiClient) -> None:
    """The same again gives the first answer; other content under the same name is refused and changes nothing."""
    client.post("/documents", BUY)
    first = client.post("/documents", order())
    again, typed = client.post("/documents", order()), client.post("/orders", without_kind(order(currency="CNY", memo=None)))
    assert (again.status_code, again.headers["Idempotent-Replay"], again.json) == (200, "true", first.json)
    assert (typed.status_code, typed.json) == (200, first.json)
    other = client.post("/documents", order(customer="Somebody"))
    assert (other.status_code, other.json["code"], other.json["document"]) == (409, "conflict", "shop/order/SO-1")
    assert client.get("/health").json["seq"] == 2


def test_an_array_is_all_or_nothing(client: ApiClient) -> None:
    """One bad member refuses all; pointers and the document's name say which."""
    bad = {**PAY, "order": "SO-2"}
    answer = client.post("/documents", [BUY, order(), bad])
    assert (answer.status_code, answer.json["code"], list(faults(answer))) == (422, "unknown-reference", ["/2/order"])
    assert answer.json["document"] == "shop/payment/P-1" and client.get("/health").json["seq"] == 0
    assert client.post("/documents", [BUY, order(), PAY]).status_code == 201
    mixed = client.post("/documents", [BUY, order(), PAY, SHIP])
    assert (mixed.status_code, len(mixed.json)) == (201, 4)
    assert client.post("/documents", [{**PAY, "number": "P-9", "order": "nobody"}]).json["errors"][0]["pointer"] == "/0/order"


def test_dry_run_keeps_nothing(client: ApiClient, company: Company) -> None:
    """It answers what posting will answer, and posting answers the same afterwards."""
    dry = client.post("/documents?dry_run=true", [BUY, order(), PAY, SHIP])
    assert dry.status_code == 201 and client.get("/health").json["seq"] == 0
    real = client.post("/documents", [BUY, order(), PAY, SHIP])

    def told(answer: Any) -> list[Any]:
        return [(one["document"], one["seq"], [e["postings"] for e in one["entries"]]) for one in answer.json]

    assert told(dry) == told(real) and not company.problems()


def test_lines_of_ndjson(client: ApiClient) -> None:
    """Each stands alone, later ones build on earlier ones."""
    answers = client.post_lines([BUY, order(), {**PAY, "order": "nobody"}, {**PAY, "number": "P-2"}, SHIP, b"{", BUY])
    assert [answer["status"] for answer in answers] == [201, 201, 422, 201, 201, 400, 200]
    assert answers[2]["code"] == "unknown-reference" and answers[2]["errors"][0]["pointer"] == "/order"


@pytest.mark.parametrize(("body", "code", "pointer"), [
    ({**PAY, "amount": 113}, "invalid", "/amount"),
    ({**PAY, "amount": 113.0}, "invalid", "/amount"),
    ({**PAY, "amount": "113.005"}, "invalid", "/amount"),
    ({**PAY, "amount": "1e2"}, "invalid", "/amount"),
    ({**PAY, "amount": "-1.00"}, "invalid", "/amount"),
    ({**PAY, "amount": "１００"}, "invalid", "/amount"),
    ({**PAY, "amount": True}, "invalid", "/amount"),
    ({**PAY, "amount": {"value": "1"}}, "invalid", "/amount"),
    ({**PAY, "amount": "9" * 15 + ".00"}, "invalid", "/amount"),
    ({**PAY, "fee": "200.00"}, "invalid", "/fee"),
    ({**PAY, "colour": "red"}, "invalid", "/colour"),
    ({**PAY, "date": "2026-02-30"}, "invalid", "/date"),
    ({**PAY, "date": "0001-01-01"}, "invalid", "/date"),
    ({**PAY, "at": "2026-03-01T10:00:00"}, "invalid", "/at"),
    ({**PAY, "source": "a/b"}, "invalid", "/source"),
    ({**PAY, "number": ""}, "invalid", "/number"),
    ({**PAY, "number": "x" * 121}, "invalid", "/number"),
    ({**PAY, "attributes": {"A B": "x"}}, "invalid", "/attributes"),
    ({**PAY, "account": "Assets:Nowhere"}, "unknown-account", "/account"),
    ({**PAY, "account": "bank\n1970-01-01 open Assets:Evil"}, "invalid", "/account"),
    ({**PAY, "order": "nobody"}, "unknown-reference", "/order"),
    ({**SHIP, "lines": [{"sku": "TEA-01", "quantity": "3"}]}, "invalid", "/lines/0/quantity"),
    ({**SHIP, "lines": [{"sku": "NOPE", "quantity": "1"}]}, "invalid", "/lines/0/sku"),
    ({**HAND, "postings": [BANK]}, "invalid", "/postings"),
    ({**HAND, "postings": [BANK, {"account": "sales", "amount": "-0.99"}]}, "invalid", "/postings"),
    ({**HAND, "postings": [BANK, {"account": "nothing", "amount": "-1.00"}]}, "unknown-account", "/postings/1/account"),
    ({**HAND, "postings": [BANK, {"account": "inventory", "amount": "-1.00"}]}, "invalid", "/postings/1/account"),
    (order("SO-2", lines=[{"sku": "A", "quantity": "1"}]), "invalid", "/lines/0/unit_price"),
    (order("SO-2", lines=[{"sku": "A", "quantity": "1", "amount": "1", "tax": "1", "tax_rate": "0.1"}]), "invalid", "/lines/0/tax"),
    (order("SO-2", lines="TEA"), "invalid", "/lines"),
    (order("SO-2", lines={"0": {}}), "invalid", "/lines"),
    (order("SO-2", lines=[None]), "invalid", "/lines/0"),
    ({**order("SO-2"), "kind": "Order"}, "invalid", "/kind"),
    ({**order("SO-2"), "kind": ["order"]}, "invalid", "/kind"),
])  # fmt: skip
def test_bad_input(fixed: ApiClient, body: dict[str, Any], code: str, pointer: str) -> None:
    """Each fault is refused at its place, alone and in an array; nothing is posted and nothing breaks."""
    answer = fixed.post("/documents", body)
    assert (answer.status_code, answer.json["code"]) == (422, code), answer.text
    assert pointer in faults(answer), answer.text
    assert answer.mimetype == "application/problem+json" and "Traceback" not in answer.text
    array = fixed.post("/documents", [{**PAY, "number": "fine"}, body])
    assert (array.status_code, array.json["code"]) == (422, code) and f"/1{pointer}" in faults(array), array.text
    assert fixed.get("/health").json["seq"] == 2


HOSTILE = [
    '"; drop', '\\"', "\\", '" #tag ^link', '2026-01-01 open Assets:Evil', 'include "/etc/passwd"', "龙井 茶 & 'Co'", "=1+1",
    "; comment", "*",
    "{1 CNY}", "🍵 e\u0301", "a/b/../c", "%2F%00", "<script>", "[red]", "-", "#order-X", "\u00a0x",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_more_than_text(tmp_path: Path, text: str) -> None:
    """In every text field: what goes in comes back, the books hold nothing but it, and stock Beancount finds no fault."""
    company = Company(tmp_path / "books", f"sqlite:///{tmp_path / 'store.db'}")
    client = ApiClient(create_app(company.ledger), company.ledger.tokens.create("test", ["admin"]))
    source = text.replace("/", ":")
    sku = {"sku": text, "quantity": "1"}
    common = {"source": source, "date": "2026-03-01", "memo": text, "attributes": {"who": text}}
    bodies: list[dict[str, Any]] = [
        {**common, "kind": "purchase", "number": text, "supplier": text, "warehouse": text, "lines": [{**sku, "unit_price": "3.333333"}]},
        {**common, "kind": "order", "number": text, "customer": text, "channel": text, "lines": [{**sku, "amount": "10.00"}]},
        {**common, "kind": "shipment", "number": text, "order": text, "carrier": text, "tracking": text, "warehouse": text},
        {**common, "kind": "entry", "number": text, "narration": text, "postings": [
            {"account": "Expenses:Operating", "amount": "1.00", "order": text, "sku": text}, {"account": "bank", "amount": "-1.00"}]},
    ]  # fmt: skip
    answer = client.post("/documents", bodies)
    assert answer.status_code == 201, answer.text
    for body in bodies:
        got = client.get("/documents", source=source, kind=body["kind"], number=text)
        assert got.status_code == 200 and got.json["body"]["memo"] == text
    profit = client.get("/profit", order=text).json
    assert profit["customer"] == text and profit["other"] == "1.00"
    assert client.get("/inventory").json == {"items": [], "next": None}
    assert not company.problems()
    entries, errors, options = loader.load_file(str(company.books / "main.beancount"))
    assert not errors and len([entry for entry in entries if type(entry).__name__ == "Transaction"]) == 3
    assert all(Path(name).is_relative_to(company.books) for name in options["include"])
    company.ledger.close()


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "\t", "\x00", "\u2028", "\x85", "\x7f", "\ud800", "\ufffe"])
def test_control_characters_are_refused(fixed: ApiClient, text: str) -> None:
    """A line break could begin a directive, so none gets in anywhere."""
    body = order(
        customer=f"x{text}", memo=f"x{text}", channel=f"x{text}", attributes={"a": f"x{text}"}, lines=[{"sku": f"x{text}", "quantity": "1"}]
    )
    answer = fixed.post("/documents", body)
    assert answer.status_code == 422 and set(faults(answer)) >= {"/customer", "/memo", "/channel", "/attributes", "/lines/0/sku"}


def test_numbers_with_slashes_can_be_asked_for(client: ApiClient) -> None:
    """In the path as they are, and by the query forms where the path would mean something else."""
    for number in ("A/1", "A//1", "x/profit", "订单/1", "a b", "50%", "?#"):
        assert client.post("/documents", order(number)).status_code == 201
        assert client.get("/profit", order=number).json["order"] == number
        assert client.get("/order", order=number).json["order"] == number
        assert client.get("/documents", source="shop", kind="order", number=number).json["body"]["number"] == number
    for path in ("/orders/A/1/profit", "/orders/A%2F1/profit", "/orders/A//1/profit", "/orders/shop/A/1/profit", "/orders/x/profit/profit"):
        assert client.get(path).status_code == 200, path
    assert client.get("/documents/shop/order/A/1").status_code == client.get("/documents/shop/order/x/profit").status_code == 200
    assert client.get("/orders/%E8%AE%A2%E5%8D%95%2F1").json["order"] == "订单/1"


def test_a_number_of_two_orders_is_ambiguous(client: ApiClient) -> None:
    """The candidates are named; source/number chooses."""
    client.post("/documents", [order(), order(source="web")])
    assert client.get("/orders/SO-1/profit").status_code == 409
    answer = client.post("/documents", PAY)
    assert (answer.status_code, answer.json["code"]) == (409, "ambiguous-reference") and "web/SO-1" in answer.text
    assert client.get("/orders/web/SO-1/profit").json["source"] == "web"
    assert client.post("/documents", {**PAY, "order": "web/SO-1"}).status_code == 201


def test_a_closed_period_is_closed(client: ApiClient, company: Company) -> None:
    """An entry by hand into it is 409 `closed`; documents that come late are posted on the first open day."""
    client.post("/documents", [BUY, order(), SHIP])
    close(company.ledger, "2026-03")
    answer = client.post("/documents", HAND)
    assert (answer.status_code, answer.json["code"]) == (409, "closed")
    late = client.post("/documents", PAY)
    assert (late.status_code, late.json["entries"][0]["date"]) == (201, "2026-04-01")
