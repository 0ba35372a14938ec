"""Every question of the contract over the sample books: answers are as described, tie to each other, and come as tables too."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from beancount import loader
from python_calamine import CalamineWorkbook

from api.app import create_app
from importers.run import import_paths
from tests.api_client import ApiClient
from tests.company import Company

SAMPLE = sorted((Path(__file__).parents[2] / "books" / "sample").glob("*.ndjson"))
STATEMENTS = ("income", "balance-sheet", "cash-flow", "trial-balance", "general-ledger")
DIMENSIONS = ("sku", "category", "customer", "channel", "month", "carrier", "supplier", "order")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """Lend a company that holds the sample."""
    folder = tmp_path_factory.mktemp("sample")
    company = Company(folder / "books", f"sqlite:///{folder / 'store.db'}")
    assert SAMPLE and not import_paths(company.ledger, SAMPLE).refused
    yield company
    company.ledger.close()


@pytest.fixture(scope="module")
def client(company: Company) -> ApiClient:
    """Lend a client that may do everything."""
    return ApiClient(create_app(company.ledger), company.ledger.tokens.create("test", ["admin"]))


@pytest.fixture(scope="module")
def spec(client: ApiClient) -> dict[str, Any]:
    """Lend the OpenAPI description."""
    found: dict[str, Any] = client.get("/openapi.json").json
    return found


@pytest.fixture(scope="module")
def numbers(client: ApiClient) -> list[str]:
    """Lend the newest orders' numbers."""
    return [item["order"] for item in client.get("/orders", limit="30").json["items"]]


def ask(client: ApiClient, spec: dict[str, Any], path: str, template: str | None = None, **query: str) -> dict[str, Any]:
    """Ask, compare the answer with its description, and return it."""
    answer = client.get(path, **query)
    assert answer.status_code == 200, answer.text
    operation = spec["paths"]["/api/v1" + (template or path)]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    found: dict[str, Any] = answer.json
    jsonschema_rs.validate({**schema, "components": spec["components"]}, found)
    return found


def test_orders(client: ApiClient, spec: dict[str, Any], numbers: list[str]) -> None:
    """A page as described, each order's profit and detail as described, and the page's figures are the order's own."""
    page = ask(client, spec, "/orders", limit="30")
    for item in page["items"]:
        reference = item["order"]
        profit = ask(client, spec, f"/orders/{reference}/profit", "/orders/{reference}/profit")
        assert item == {name: value for name, value in profit.items() if name in item}
        assert profit["entries"] or profit["revenue"] == "0.00"
        told = ask(client, spec, "/profit", order=reference, revisions="true")
        page = ask(client, spec, f"/orders/{reference}/revisions", "/orders/{reference}/revisions", limit="500")
        assert told == profit | {"revisions": page["items"]} and page == ask(client, spec, "/revisions", order=reference, limit="500")
        assert ([one["contribution_after"] for one in page["items"]] or ["0.00"])[-1] == profit["contribution"]
    for number in numbers[:5]:
        detail = ask(client, spec, f"/orders/{number}", "/orders/{reference}")
        assert detail == ask(client, spec, "/order", order=number)
        for document in detail["documents"]:
            source, kind, name = document["document"].split("/", 2)
            found = ask(client, spec, f"/documents/{source}/{kind}/{name}", "/documents/{source}/{kind}/{number}")
            assert found == ask(client, spec, "/documents", source=source, kind=kind, number=name)


def test_pages_join_to_the_whole(client: ApiClient, spec: dict[str, Any]) -> None:
    """Following `next` gives every order once, in every order of sorting."""
    for sort in ("date", "-margin", "contribution"):
        seen: list[str] = []
        after: dict[str, str] = {}
        while True:
            page = ask(client, spec, "/orders", limit="50", sort=sort, **after)
            seen += [f"{item['source']}/{item['order']}" for item in page["items"]]
            if page["next"] is None:
                break
            after = {"after": page["next"]}
        assert len(seen) == len(set(seen)) > 100


def test_filters(client: ApiClient, spec: dict[str, Any]) -> None:
    """Customer, channel, state and days narrow the list."""
    first = ask(client, spec, "/orders", limit="1")["items"][0]
    for name in ("customer", "channel", "state"):
        found = ask(client, spec, "/orders", **{name: first[name]})["items"]
        assert found and all(item[name] == first[name] for item in found)
    for query in ({"from_": "2026-04-01", "to": "2026-04-30"}, {"period": "2026-04"}):
        found = ask(client, spec, "/orders", **query)["items"]
        assert found and all(item["date"].startswith("2026-04") for item in found)


@pytest.mark.parametrize("by", DIMENSIONS)
def test_profit_ties_to_the_income_statement(client: ApiClient, spec: dict[str, Any], by: str) -> None:
    """items + unallocated = total = income statement, to the cent."""
    table = ask(client, spec, "/profit", by=by, period="2026-04")
    income = ask(client, spec, "/statements/income", "/statements/{name}", period="2026-04")
    assert table["total"]["net"] == next(line["amount"] for line in income["lines"] if line["id"] == "net-income")
    items, after = table["items"], table["next"]
    while after is not None:
        page = ask(client, spec, "/profit", by=by, period="2026-04", after=after)
        items, after = items + page["items"], page["next"]

    def cents(text: str) -> int:
        return int(text.replace(".", ""))

    assert sum(cents(item["net"]) for item in items) + cents(table["unallocated"]["net"]) == cents(table["total"]["net"])


@pytest.mark.parametrize("by", DIMENSIONS)
def test_cohorts_are_told_by_every_dimension(client: ApiClient, spec: dict[str, Any], by: str) -> None:
    """Orders of April, whenever their profit was posted: by each dimension the same total, that of the list of these orders."""
    table = ask(client, spec, "/profit", by=by, period="2026-04", cohort="true")
    months = ask(client, spec, "/profit", by="month", period="2026-04", cohort="true")
    assert [item["key"] for item in months["items"]] == ["2026-04"] and table["total"] == months["total"]
    assert months["items"][0]["net"] == months["total"]["net"] and months["unallocated"]["net"] == "0.00"
    assert "cohort" not in ask(client, spec, "/profit", by=by, period="2026-04", cohort="false")


@pytest.mark.parametrize("by", ["channel", "month", "category", "carrier", "supplier"])
def test_operating_costs_are_shared_as_described(client: ApiClient, spec: dict[str, Any], by: str) -> None:
    """The sample states no driver, so all of it is unallocated; as a table the two figures are columns."""
    table = ask(client, spec, "/profit", by=by, period="2026-Q2", operating="true")
    assert table["unallocated"]["operating"] == table["total"]["operating"] and table["drivers"]
    assert {one["driver"] for one in table["drivers"]} == {None}
    rows = list(csv.DictReader(io.StringIO(client.get("/profit", by=by, period="2026-Q2", operating="true", format="csv").text)))
    assert rows[-1]["operating_profit"] == table["total"]["operating_profit"]


@pytest.mark.parametrize("name", STATEMENTS)
def test_statements(client: ApiClient, spec: dict[str, Any], name: str) -> None:
    """As JSON, CSV and XLSX, by argument and by Accept: the same figures."""
    found = ask(client, spec, f"/statements/{name}", "/statements/{name}", period="2026-Q2")
    by_argument = client.get(f"/statements/{name}", period="2026-Q2", format="csv")
    assert by_argument.mimetype == "text/csv" and f"{name}-2026-Q2.csv" in by_argument.headers["Content-Disposition"]
    headers = {**client.headers, "Accept": "text/csv"}
    by_accept = client.client.get(f"/api/v1/statements/{name}?period=2026-Q2", headers=headers)
    assert by_accept.data == by_argument.data and "Accept" in by_accept.headers["Vary"]
    rows = list(csv.DictReader(io.StringIO(by_argument.text)))
    totals = [line for line in found["lines"] if not line["accounts"]]
    assert [line["amount"] for line in totals] == [
        row["amount"] for row in rows if row["label"] in {line["label"] for line in totals} and not row.get("account")
    ]
    book = client.get(f"/statements/{name}", period="2026-Q2", format="xlsx")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.data)).get_sheet_by_index(0).to_python()
    assert len(sheet) == len(rows) + 1 and sheet[0] == list(rows[0])


def test_general_ledger_of_an_account(client: ApiClient, spec: dict[str, Any]) -> None:
    """Page by page from opening to closing."""
    query = {"account": "bank", "limit": "40", "period": "2026-05"}
    page = ask(client, spec, "/statements/general-ledger", "/statements/{name}", **query)
    closing = page["closing"]
    while page["next"] is not None:
        page = ask(client, spec, "/statements/general-ledger", "/statements/{name}", after=page["next"], **query)
    assert page["lines"][-1]["balance"] == closing


def test_the_rest(client: ApiClient, spec: dict[str, Any]) -> None:
    """Stock, stages, customers, alerts, entries: as described."""
    stock = ask(client, spec, "/inventory")
    assert stock["items"] and all(item["lots"] or item["owed"] != "0" for item in stock["items"])
    sku = stock["items"][0]["sku"]
    assert {item["sku"] for item in ask(client, spec, "/inventory", sku=sku)["items"]} == {sku}
    assert ask(client, spec, "/stages")["items"] and ask(client, spec, "/customers", limit="3")["next"]
    ask(client, spec, "/alerts")
    entries = ask(client, spec, "/entries", limit="20", account="bank")["items"]
    assert len(entries) == 20
    voucher = entries[3]["voucher"]
    assert ask(client, spec, f"/entries/{voucher}", "/entries/{voucher}") == entries[3]
    assert ask(client, spec, "/health")["status"] == "ok"


@pytest.mark.parametrize("path", ["/orders", "/profit?by=sku", "/inventory", "/customers"])
def test_lists_as_tables(client: ApiClient, path: str) -> None:
    """Lists come as CSV too."""
    joined = path + ("&" if "?" in path else "?") + "format=csv"
    answer = client.get(joined)
    assert answer.status_code == 200 and len(list(csv.DictReader(io.StringIO(answer.text)))) > 2


MISUNDERSTOOD = [
    "/orders?colour=red", "/orders?limit=0", "/orders?limit=501", "/orders?limit=many", "/orders?limit=1&limit=2", "/orders?after=x",
    "/orders?sort=price", "/orders?state=done", "/orders?from=yesterday", "/orders?from=2026-05-01&to=2026-04-01", "/orders?customer=",
    "/orders?period=2026&from=2026-01-01", "/orders?customer=a%00b", "/orders?customer=" + "x" * 400, "/orders/nobody?x=1", "/profit",
    "/profit?by=colour", "/profit?by=sku&order=x", "/profit?order=x&period=2026", "/profit?by=sku&period=2026-13", "/health?x=1",
    "/profit?by=sku&cohort=yes", "/profit?order=x&cohort=true", "/profit?by=sku&cohort=true&from=2026-04-03",
    "/profit?by=sku&operating=true", "/profit?by=channel&operating=true&cohort=true", "/profit?by=sku&revisions=true",
    "/profit?order=x&revisions=yes", "/orders/nobody/revisions?period=2026", "/revisions",
    "/statements/income?period=x", "/statements/income?account=bank", "/statements/income?format=pdf", "/inventory?sku=%0A",
    "/stages?limit=5", "/alerts?x=1", "/documents?source=a&kind=order", "/export?x=1", "/metrics?x=1", "/audit/verify?x=1",
]  # fmt: skip
MISSING = [
    "/orders/nobody/profit", "/orders/nobody/revisions", "/revisions?order=nobody",
    "/orders/nobody", "/profit?order=nobody", "/order?order=nobody", "/statements/nothing",
    "/entries?account=nothing", "/statements/general-ledger?account=Assets:None", "/entries/nothing",
    "/documents/shop/order/nothing", "/documents/shop/nothing/x",
]  # fmt: skip


@pytest.mark.parametrize("path", [*MISUNDERSTOOD, *MISSING])
def test_questions_that_cannot_be_answered(client: ApiClient, path: str) -> None:
    """Unknown arguments and values are 422, what is not there is 404, always with a sentence."""
    answer = client.get(path)
    expected = (422, "invalid-query") if path in MISUNDERSTOOD else (404, "not-found")
    assert (answer.status_code, answer.json["code"]) == expected, answer.text
    assert answer.json["detail"] and answer.mimetype == "application/problem+json"


def test_export_is_the_whole_books(client: ApiClient, company: Company, tmp_path: Path) -> None:
    """A zip of plain text that stock Beancount loads without a fault; the store and its secrets are not in it."""
    with client.get("/export") as answer:
        assert (answer.status_code, answer.mimetype) == (200, "application/zip")
        archive = zipfile.ZipFile(io.BytesIO(answer.data))
    names = archive.namelist()
    assert {"main.beancount", "accounts.beancount", "manual.beancount", "prices.beancount", "journal/index.beancount"} <= set(names)
    assert "journal/2026/2026-04.beancount" in names and "journal/2026/2026-04.documents.ndjson" in names
    assert not [name for name in names if name.startswith(".") or "store" in name]
    archive.extractall(tmp_path)
    entries, errors, _ = loader.load_file(str(tmp_path / "main.beancount"))
    assert not errors and entries
    assert (tmp_path / "journal/2026/2026-04.beancount").read_bytes() == (company.books / "journal/2026/2026-04.beancount").read_bytes()


def test_audit_verify(client: ApiClient, spec: dict[str, Any], company: Company) -> None:
    """Everything agrees; after a change behind our back it does not, and the file is named."""
    assert ask(client, spec, "/audit/verify") == {"ok": True, "seq": company.ledger.health()["seq"], "problems": []}
    path = company.books / "journal/2026/2026-04.beancount"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"0.00 CNY", b"9.00 CNY", 1).replace(b"2026-04", b"2026-05", 1))
    try:
        found = ask(client, spec, "/audit/verify")
        assert not found["ok"] and "2026-04.beancount" in str(found["problems"])
    finally:
        path.write_bytes(before)
