"""Random histories of an order business: documents up to ten days out of date order, oversold stock, late freight, returns, replays."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from ledger.work import UNPRICED

FIRST_DAY = datetime.date(2026, 1, 15)
SKUS = ("TEA-01", "CUP-02", "龙井 2026")
KIT = "SET"
METHODS = ("fifo", "average", "specific", "month-average")
MILLION = 1_000_000
SOURCE = "shop"

Action = tuple[str, int, int, int, int]
"""(kind, which, how many, money, days back): small integers that shrink well."""

KINDS = (
    "purchase", "purchase", "order", "order", "payment", "shipment", "shipment", "inbound", "outbound", "early_freight",
    "return", "refund", "allowance", "replay", "entry", "overship", "adjustment", "payout",
    "receipt", "receipt", "invoice", "invoice", "supplier_return", "transfer", "cancellation", "settlement", "write_off", "purchase_order",
    "supplier_payment", "delivery", "delivery", "transfer", "transfer_receipt", "opening", "correction", "correction", "correction",
    "kit", "kit_order", "kit_order", "costing_change",
)  # fmt: skip

_numbers = (st.integers(0, 40), st.integers(1, 12), st.integers(0, 9_999), st.integers(0, 10))
actions: st.SearchStrategy[list[Action]] = st.lists(
    st.tuples(st.sampled_from([*KINDS, "coupon_order"]), *_numbers), min_size=5, max_size=45
)
openings: st.SearchStrategy[list[Action]] = st.lists(st.tuples(st.just("opening"), *_numbers), min_size=1, max_size=2)
"""What a history may begin with."""

_back_and_forth = (
    "shipment", "payment", "return", "return", "return", "allowance", "allowance", "refund", "cancellation", "correction", "correction",
    "payout",
)  # fmt: skip
_few = (st.integers(0, 4), *_numbers[1:])
_sold = st.tuples(
    st.tuples(st.sampled_from(["coupon_order", "coupon_order", "order"]), *_numbers),
    st.tuples(st.just("shipment"), st.integers(0, 1), *_numbers[1:]),
)
histories_of_returns: st.SearchStrategy[list[Action]] = st.builds(
    lambda sold, rest: [*(action for pair in sold for action in pair), *rest],
    st.lists(_sold, min_size=1, max_size=2),
    st.lists(st.tuples(st.sampled_from(_back_and_forth), *_few), min_size=6, max_size=30),
)
"""Histories of few orders, most with a platform's coupon, of which much comes back, is called off, allowed and corrected."""

ABROAD = (1, 2, 6, 7, 11, 12, 16, 17, 21, 22, 26, 27, 31, 32, 36, 37)
"""Choices by which a document that chooses its currency is in a foreign one."""

_abroad = (st.sampled_from(ABROAD), *_numbers[1:])
_trade = st.tuples(
    *(
        st.tuples(st.just(kind), *_abroad)
        for kind in ("supplier_payment", "purchase", "order", "supplier_payment", "receipt", "order", "shipment", "payment", "invoice")
    )
)
_often = ("shipment", "payment", "return", "settlement", "write_off", "supplier_payment", "receipt", "invoice", "supplier_return")
histories_abroad: st.SearchStrategy[list[Action]] = st.builds(
    lambda trade, rest: [*trade, *rest],
    _trade,
    st.lists(st.tuples(st.sampled_from([*KINDS, "coupon_order", *_often]), *_abroad), max_size=35),
)
"""Histories that pay ahead, buy, receive, are billed, sell, ship and are paid in foreign currencies from the start."""


CURRENCY_FIRST = frozenset(["order", "purchase", "purchase_order", "settlement", "supplier_payment", "freight_bill", "opening"])
"""Kinds that choose their currency by themselves; others follow what they are about."""


def money(cents: int) -> str:
    """Write cents as a decimal string."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def corrected(body: dict[str, Any], number: int, many: int, cents: int) -> dict[str, Any]:
    """Return a document with another amount, price or quantity, as a correction."""
    made = {**body, "corrects": True}
    made.setdefault("reason", "typing error")
    made["memo"] = f"correction {number}"
    if body["kind"] in ("payment", "refund", "settlement", "supplier_payment", "write_off"):
        made["amount"] = money(cents + many)
        made.pop("tax", None)
    elif body["kind"] == "entry":
        made["postings"] = [{**p, "amount": money(cents if i == 0 else -cents)} for i, p in enumerate(body["postings"])]
    elif body["kind"] == "payout":
        first = body["lines"][0]
        change = cents % 500
        made["lines"] = [{**first, "amount": money(_cents(first["amount"]) + change)}, *body["lines"][1:]]
        made["net"] = money(_cents(body["net"]) + change)
    elif body["kind"] == "kit":
        made["components"] = [{**body["components"][0], "quantity": f"{many}"}, *body["components"][1:]]
    elif body.get("lines"):
        fewer = max(1, many // 4) if body["kind"] == "return" else many
        made["lines"] = [_other_line(body["lines"][0], fewer, cents), *body["lines"][1:]]
    elif body["kind"] == "shipment":
        made["estimated_freight"] = money(cents % 700)
    return made


def _other_line(line: dict[str, Any], many: int, cents: int) -> dict[str, Any]:
    made = dict(line)
    if many % 3 and "unit_price" in line:
        made["unit_price"] = money(cents)
    elif many % 3 and "amount" in line:
        made["amount"] = money(cents if _cents(line["amount"]) >= 0 else -cents)
    elif "quantity" in line:
        sign = "-" if line["quantity"].startswith("-") else ""
        made["quantity"] = f"{sign}{many}"
        if line.get("parts"):
            parts = line["parts"]
            made["parts"] = [{**one, "quantity": _units(many * _millionths(one["quantity"]) // 2)} for one in parts]
    return made


def _cents(text: str) -> int:
    return int(text.replace(".", ""))


def abroad(number: int, currency: str) -> dict[str, Any]:
    """Return the currency and rate of a foreign document: a rate that differs from one to the next."""
    return {"currency": currency, "rate": f"{6 + number * 37 % 3}.{number * 7919 % 10**4:04d}"}


def _millionths(quantity: str) -> int:
    whole, _, fraction = quantity.partition(".")
    return int(whole + fraction.ljust(6, "0"))


def _units(quantity: int) -> str:
    return f"{quantity // MILLION}.{quantity % MILLION:06d}"


@dataclass
class Shop:
    """Turns actions into document bodies that mostly make sense."""

    day: int = 0
    bodies: list[dict[str, Any]] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)
    purchases: list[str] = field(default_factory=list)
    shipments: list[tuple[str, str]] = field(default_factory=list)
    purchase_orders: list[str] = field(default_factory=list)
    transfers: list[tuple[str, str]] = field(default_factory=list)
    receipts: list[tuple[str, str, str | None]] = field(default_factory=list)
    foreign: dict[str, str] = field(default_factory=dict)
    """The currency of documents that are in a foreign one, by number."""
    lots: Callable[[str, str, str], list[tuple[str, int]]] = lambda _sku, _warehouse, _date: []
    specific: Callable[[str], bool] = lambda _sku: False
    parts: Callable[[str, str], dict[str, int]] = lambda _order, _sku: {}
    date: str = ""

    def documents(self, history: list[Action]) -> Iterator[dict[str, Any]]:
        """Yield the history's documents in the order in which they are recorded."""
        for number, (kind, which, many, cents, back) in enumerate(history):
            self.day += 1
            date = FIRST_DAY + datetime.timedelta(days=self.day - back)
            self.date = date.isoformat()
            body = getattr(self, f"_{kind}")(number, which, many, cents)
            if body is not None and "source" not in body:
                body = self._in_its_currency(number, which, body)
            if body is not None:
                yield body if "source" in body else {"source": SOURCE, "number": f"D-{number}", "date": date.isoformat(), **body}

    def _in_its_currency(self, number: int, which: int, body: dict[str, Any]) -> dict[str, Any]:
        """Let some documents be in a foreign currency, and those about them follow."""
        kind = body["kind"]
        about = [body.get("order"), body.get("purchase_order"), *body.get("receipts", ()), *(x.get("order") for x in body.get("lines", ()))]
        currency = next((self.foreign[name] for name in about if name in self.foreign), None)
        first = kind in CURRENCY_FIRST or (kind == "receipt" and "purchase_order" not in body)
        if (first and which % 5 in (1, 2)) or (kind == "entry" and which % 10 == 1):
            currency = "EUR" if which % 15 == 2 else "USD"
        if currency is None:
            return body
        if kind == "opening":
            body.pop("year_to_date")
            self.foreign |= {f"{letter}-{number}": currency for letter in "LORDI"}
        elif first or kind == "receipt":
            self.foreign[f"D-{number}"] = currency
        made = abroad(number, currency)
        return body | ({"rate": made["rate"]} if kind in UNPRICED else made)

    def _purchase(self, number: int, which: int, many: int, cents: int) -> dict[str, Any]:
        self.purchases.append(f"D-{number}")
        first = {"sku": SKUS[which % 3], "quantity": f"{many}", "tax_rate": "0.13", "weight_kg": f"{many}.5"}
        first |= {"amount": money(cents)} if which % 2 else {"unit_price": f"{cents // 100}.{cents % 100:02d}37"}
        lines = [first]
        if which % 5 == 0:
            lines.append({"sku": SKUS[(which + 1) % 3], "quantity": f"{many}.25", "amount": money(cents + 1), "creditable": False})
            lines[1] |= {"tax": "0.77", "weight_kg": "1"}
        return {"kind": "purchase", "supplier": f"Supplier {which % 2}", "lines": lines}

    def _order(self, number: int, which: int, many: int, cents: int) -> dict[str, Any]:
        lines: list[dict[str, Any]] = [
            {"sku": SKUS[which % 3], "quantity": f"{many}", "unit_price": money(cents), "tax_rate": "0.13"},
        ]
        if which % 3 == 0:
            lines.append({"sku": SKUS[(which + 1) % 3], "quantity": "3", "amount": money(cents // 2 + 100), "discount": "1.00"})
        if which % 7 == 0:
            lines.append({"sku": "SERVICE", "quantity": "1", "amount": "5.01", "type": "service", "tax_rate": "0.06"})
        if which % 5 == 0:
            lines.append(
                {"sku": SKUS[which % 3], "quantity": "2", "amount": "7.99", "discount": "7.99", "type": "gift", "tax_rate": "0.13"}
            )
        if which % 11 == 0:
            lines.append({"sku": "DROP", "quantity": "3", "amount": "10.00", "cost": "7.01"})
        body: dict[str, Any] = {"kind": "order", "customer": f"Customer {which % 4}", "lines": lines}
        body["prices_include_tax"] = which % 2 == 0
        if which % 4 == 0:
            body |= {"channel": "tmall", "shipping": {"amount": "8.88", "tax_rate": "0.06"}}
        if which % 8 == 0:
            body |= {"discount": "0.07", "discount_funded_by": "platform" if which % 16 == 0 else "seller"}
        if which % 12 == 0:
            body["tax_collected_by"] = "marketplace"
        self.orders.append({"number": f"D-{number}", "lines": lines})
        return body

    def _coupon_order(self, number: int, which: int, many: int, cents: int) -> dict[str, Any]:
        """Return an order of which the platform pays nothing, a third, two thirds or all of the first line."""
        body = self._order(number, which, many, cents)
        return body | {"channel": "tmall", "discount": money(cents * many * (which % 4) // 3), "discount_funded_by": "platform"}

    def _pick(self, which: int) -> dict[str, Any] | None:
        return self.orders[which % len(self.orders)] if self.orders else None

    def _kit(self, _number: int, which: int, many: int, _cents: int) -> dict[str, Any]:
        parts = [{"sku": SKUS[which % 3], "quantity": f"{1 + many % 3}"}, {"sku": SKUS[(which + 1) % 3], "quantity": "0.25"}]
        return {"kind": "kit", "sku": KIT, "components": parts[: 1 + which % 2]}

    def _kit_order(self, number: int, which: int, many: int, cents: int) -> dict[str, Any]:
        lines = [{"sku": KIT, "quantity": f"{many}", "unit_price": money(cents)}]
        if which % 2:
            lines.append({"sku": SKUS[which % 3], "quantity": "2", "amount": money(cents)})
        self.orders.append({"number": f"D-{number}", "lines": lines})
        return {"kind": "order", "customer": f"Customer {which % 4}", "lines": lines}

    def _costing_change(self, _number: int, which: int, many: int, _cents: int) -> dict[str, Any]:
        of_sku = {"sku": SKUS[which % 3]} if many % 2 else {}
        return {"kind": "costing_change", "method": METHODS[which % 4], "reason": "as agreed", **of_sku}

    def _named(self, sku: str, warehouse: str, quantity: int) -> list[dict[str, Any]]:
        """Return lines for a quantity (millionths) that name the lots on hand for it, oldest first; one without a lot where none is."""
        named: list[dict[str, Any]] = []
        for label, held in self.lots(sku, warehouse, self.date):
            part = min(quantity, held)
            if part:
                named.append({"sku": sku, "quantity": _units(part), "lot": label})
                quantity -= part
        return named or [{"sku": sku, "quantity": _units(quantity)}]

    def _identified(self, order: str, line: dict[str, Any], warehouse: str) -> list[dict[str, Any]]:
        """Return an order's line as shipment lines with the lots that specific identification wants."""
        quantity = _millionths(line["quantity"]) - _millionths(line.get("shipped", "0"))
        parts = {sku: per_kit for sku, per_kit in self.parts(order, line["sku"]).items() if self.specific(sku)}
        if parts:
            named = [one for sku, per_kit in parts.items() for one in self._named(sku, warehouse, quantity * per_kit // MILLION)]
            with_lots = [one for one in named if "lot" in one]
            return [{"sku": line["sku"], "quantity": _units(quantity)} | ({"parts": with_lots} if with_lots else {})]
        if self.specific(line["sku"]) and line["sku"] in SKUS:
            return self._named(line["sku"], warehouse, quantity)
        return [{"sku": line["sku"], "quantity": _units(quantity)}]

    def _payment(self, _number: int, which: int, many: int, cents: int) -> dict[str, Any] | None:
        order = self._pick(which)
        if order is None:
            return None
        amount = cents * many // 2 + 1
        fee = money(min(amount, 3))
        account = "clearing:tmall" if which % 3 == 0 else "bank"
        return {"kind": "payment", "order": order["number"], "amount": money(amount), "account": account, "fee": fee}

    def _purchase_order(self, number: int, _which: int, _many: int, _cents: int) -> dict[str, Any]:
        self.purchase_orders.append(f"D-{number}")
        return {"kind": "purchase_order", "supplier": "Supplier 0"}

    def _receipt(self, number: int, which: int, many: int, cents: int) -> dict[str, Any]:
        sku = SKUS[which % 3]
        order = self.purchase_orders[-1] if self.purchase_orders and which % 2 else None
        self.receipts.append((f"D-{number}", sku, order))
        line = {"sku": sku, "quantity": f"{many}", "unit_price": money(cents), "weight_kg": "2"}
        of_order = {"purchase_order": order} if order else {}
        return {"kind": "receipt", "supplier": "Supplier 0", "lines": [line], **of_order}

    def _invoice(self, _number: int, which: int, many: int, cents: int) -> dict[str, Any] | None:
        line = {"quantity": f"{many}", "unit_price": money(cents + 20), "tax_rate": "0.13", "creditable": which % 7 != 0}
        if which % 3 == 0 and self.purchase_orders:
            order = self.purchase_orders[-1]
            return {
                "kind": "supplier_invoice",
                "supplier": "Supplier 0",
                "purchase_order": order,
                "lines": [line | {"sku": SKUS[which % 3]}],
            }
        if not self.receipts:
            return None
        receipt, sku, _ = self.receipts[which % len(self.receipts)]
        return {"kind": "supplier_invoice", "supplier": "Supplier 0", "receipts": [receipt], "lines": [line | {"sku": sku}]}

    def _supplier_return(self, _number: int, which: int, many: int, _cents: int) -> dict[str, Any] | None:
        quantity = f"{max(1, many // 4)}"
        if which % 2 and self.receipts:
            receipt, sku, _ = self.receipts[which % len(self.receipts)]
            return {"kind": "supplier_return", "receipt": receipt, "lines": [{"sku": sku, "quantity": quantity}]}
        if not self.purchases:
            return None
        purchase = self.purchases[which % len(self.purchases)]
        return {"kind": "supplier_return", "purchase": purchase, "lines": [{"sku": SKUS[which % 3], "quantity": quantity}]}

    def _supplier_payment(self, _number: int, _which: int, _many: int, cents: int) -> dict[str, Any]:
        return {"kind": "supplier_payment", "supplier": "Supplier 0", "amount": money(cents + 1), "account": "bank"}

    def _transfer(self, number: int, which: int, many: int, _cents: int) -> dict[str, Any]:
        sku, quantity = SKUS[which % 3], max(1, many // 3)
        named = self.specific(sku) or which % 4 == 0
        lines = self._named(sku, "main", quantity * MILLION) if named else [{"sku": sku, "quantity": f"{quantity}"}]
        body: dict[str, Any] = {"kind": "transfer", "from": "main", "to": "north", "lines": lines, "received": many % 2 == 0}
        if not body["received"]:
            self.transfers.append((f"D-{number}", sku))
        return body

    def _transfer_receipt(self, _number: int, which: int, many: int, _cents: int) -> dict[str, Any] | None:
        if not self.transfers:
            return None
        transfer, sku = self.transfers[which % len(self.transfers)]
        if many % 4 == 0:
            return {"kind": "stock_adjustment", "reason": "lost", "transfer": transfer, "lines": [{"sku": sku, "quantity": "-1"}]}
        lines = {"lines": [{"sku": sku, "quantity": "1"}]} if many % 2 else {}
        return {"kind": "transfer_receipt", "transfer": transfer, **lines}

    def _cancellation(self, _number: int, which: int, many: int, _cents: int) -> dict[str, Any] | None:
        order = self._pick(which)
        if order is None:
            return None
        lines = {"lines": [{"sku": order["lines"][0]["sku"], "quantity": "1"}]} if many % 2 else {}
        return {"kind": "cancellation", "order": order["number"], **lines}

    def _settlement(self, _number: int, which: int, _many: int, cents: int) -> dict[str, Any]:
        return {"kind": "settlement", "customer": f"Customer {which % 4}", "amount": money(cents // 3 + 1), "account": "bank"}

    def _write_off(self, _number: int, which: int, _many: int, cents: int) -> dict[str, Any] | None:
        order = self._pick(which)
        amount = cents // 50 + 1
        return {"kind": "write_off", "order": order["number"], "amount": money(amount), "tax": money(amount // 9)} if order else None

    def _payout(self, _number: int, which: int, many: int, cents: int) -> dict[str, Any] | None:
        order = self._pick(which)
        if order is None:
            return None
        of_order = {"order": order["number"]}
        lines = [
            {"type": "sale", "amount": money(cents), **of_order},
            {"type": "fee", "amount": money(-many), "tax": "0.01", **of_order},
            {"type": ("advertising", "subsidy", "reserve_hold", "adjustment")[many % 4], "amount": money(-cents // 9)},
        ]
        if many % 3 == 1:
            lines.append({"type": "reserve_release", "amount": money(cents // 8)})
        if which % 5 == 0:
            lines.append({"type": ("refund", "chargeback", "chargeback_lost")[many % 3], "amount": money(-cents // 7), **of_order})
        elif which % 5 == 1:
            kind, amount = (("chargeback", -cents), ("chargeback_won", cents // 9), ("chargeback_lost", 0))[many % 3]
            lines.append({"type": kind, "amount": money(amount), **of_order})
        net = sum(int(line["amount"].replace(".", "")) for line in lines)
        return {"kind": "payout", "channel": "tmall", "account": "bank", "net": money(net), "lines": lines}

    def _shipment(self, number: int, which: int, many: int, cents: int) -> dict[str, Any] | None:
        order = self._pick(which)
        if order is None:
            return None
        body: dict[str, Any] = {"kind": "shipment", "order": order["number"], "estimated_freight": money(cents // 10)}
        body |= {"tracking": f"T-{number}", "weight_kg": "1.5", "carrier": "SF", "warehouse": "north" if which % 5 == 0 else "main"}
        if many % 2:
            quantity = max(1, many // 3)
            body["lines"] = [{"sku": order["lines"][0]["sku"], "quantity": f"{quantity}"}]
        if self.specific("") or any(self.specific(sku) for sku in SKUS):
            lines = body.get("lines", order["lines"])
            body["lines"] = [one for line in lines for one in self._identified(order["number"], line, body["warehouse"])]
        self.shipments.append((f"D-{number}", order["number"]))
        return body

    def _delivery(self, _number: int, which: int, many: int, _cents: int) -> dict[str, Any] | None:
        if not self.shipments:
            return None
        shipment, order = self.shipments[which % len(self.shipments)]
        named = {"shipment": shipment} if many % 2 else {}
        return {"kind": "delivery", "order": order, **named}

    def _overship(self, _number: int, which: int, _many: int, _cents: int) -> dict[str, Any] | None:
        order = self._pick(which)
        lines = [{"sku": order["lines"][0]["sku"], "quantity": "999"}] if order else []
        return {"kind": "shipment", "order": order["number"], "lines": lines} if order else None

    def _inbound(self, _number: int, which: int, many: int, cents: int) -> dict[str, Any]:
        known = self.purchases[which % len(self.purchases) :][:2] if self.purchases and which % 6 else []
        names = known or [f"D-{_number + 1 + which % 3}"]
        basis = ("quantity", "value", "weight", "equal")[many % 4]
        amount = cents if which % 5 else -cents
        line = {"amount": money(amount), "tax_rate": "0.09", "direction": "inbound", "basis": basis, "purchases": names}
        return {"kind": "freight_bill", "carrier": "Sea", "lines": [line]}

    def _outbound(self, _number: int, which: int, many: int, cents: int) -> dict[str, Any] | None:
        if not self.shipments:
            return None
        picked = dict.fromkeys(self.shipments[(which + i) % len(self.shipments)] for i in range(1 + many % 3))
        direction = "return" if which % 9 == 0 else "outbound"
        line: dict[str, Any] = {"amount": money(cents), "tax_rate": "0.09", "direction": direction}
        if which % 3:
            line |= {"shipments": [name for name, _ in picked], "basis": ("quantity", "weight", "equal")[which % 3]}
        else:
            line |= {"orders": list(dict.fromkeys(order for _, order in picked)), "basis": "equal"}
        return {"kind": "freight_bill", "carrier": "SF", "lines": [line]}

    def _early_freight(self, number: int, which: int, many: int, cents: int) -> dict[str, Any]:
        later = [f"T-{number + 1 + i}" for i in range(1 + which % 3)]
        line = {"amount": money(cents), "direction": "outbound", "tracking": later, "basis": ("weight", "equal")[many % 2]}
        return {"kind": "freight_bill", "carrier": "SF", "lines": [line]}

    def _return(self, _number: int, which: int, many: int, _cents: int) -> dict[str, Any] | None:
        order = self._pick(which)
        if order is None:
            return None
        line = order["lines"][many % len(order["lines"])]
        quantity = max(1, many // 4)
        lines = [{"sku": line["sku"], "quantity": f"{quantity}", "restock": which % 3 != 0}]
        return {"kind": "return", "order": order["number"], "lines": lines}

    def _refund(self, _number: int, which: int, _many: int, cents: int) -> dict[str, Any] | None:
        order = self._pick(which)
        account = "clearing:tmall" if which % 2 else "bank"
        return {"kind": "refund", "order": order["number"], "amount": money(cents + 1), "account": account} if order else None

    def _allowance(self, _number: int, which: int, _many: int, cents: int) -> dict[str, Any] | None:
        body = self._refund(_number, which, _many, cents // 20)
        return body | {"against": "allowance"} if body else None

    def _entry(self, _number: int, which: int, _many: int, cents: int) -> dict[str, Any]:
        order = self._pick(which) if which % 2 else None
        tagged = {"order": order["number"]} if order else {}
        postings = [
            {"account": "operating", "amount": money(cents), **tagged},
            {"account": "bank", "amount": money(-cents)},
        ]
        return {"kind": "entry", "postings": postings, "narration": 'Rent "quoted" \\ back'}

    def _adjustment(self, _number: int, which: int, many: int, cents: int) -> dict[str, Any]:
        gone = which % 2 == 0
        if gone and (self.specific(SKUS[which % 3]) or many % 3 == 0):
            named = self._named(SKUS[which % 3], "main", max(1, many // 2) * MILLION)
            lines = [one | {"quantity": f"-{one['quantity']}"} for one in named]
            return {"kind": "stock_adjustment", "reason": "counted", "lines": lines}
        line: dict[str, Any] = {"sku": SKUS[which % 3], "quantity": f"{'-' if gone else ''}{max(1, many // 2)}"}
        if not gone and many % 2:
            line["unit_cost"] = money(cents)
        return {"kind": "stock_adjustment", "reason": "counted", "lines": [line]}

    def _correction(self, number: int, which: int, many: int, cents: int) -> dict[str, Any] | None:
        if not self.bodies:
            return None
        known = {(body["kind"], body["number"]): body for body in self.bodies}
        return corrected(list(known.values())[-1 - which % len(known)], number, many, cents)

    def _replay(self, _number: int, which: int, _many: int, _cents: int) -> dict[str, Any] | None:
        return self.bodies[which % len(self.bodies)] if self.bodies else None

    def _opening(self, number: int, which: int, many: int, cents: int) -> dict[str, Any]:
        """Open with lots, orders in mid-life and open items that later actions go on with."""
        label, order, other = f"L-{number}", f"O-{number}", f"R-{number}"
        day = (FIRST_DAY - datetime.timedelta(days=which)).isoformat()
        lots: list[dict[str, Any]] = [{"sku": SKUS[which % 3], "quantity": f"{many}", "amount": money(cents), "supplier": "Supplier 0"}]
        lots[0] |= {"label": label, "landed": money(cents // 7), "date": day} if which % 2 else {"weight_kg": "1"}
        lots.append(
            {"sku": SKUS[(which + 1) % 3], "quantity": "2.5", "unit_price": "3.3333", "warehouse": "north" if which % 5 else "main"}
        )
        items: list[dict[str, Any]] = [
            {"kind": "receivable", "party": f"Customer {which % 4}", "document": other, "amount": money(cents + 1), "tax": "0.01"},
            {"kind": "payable", "party": "Supplier 0", "document": f"I-{number}", "amount": money(cents + 2)},
            {"kind": "clearing", "party": "tmall", "document": order, "order": order, "amount": money(cents + 3), "fee": "0.03"},
        ]
        if which % 4 == 1:
            lots[0]["received"] = f"{many + 2}"
            items.append({"kind": "grir", "party": "Supplier 0", "document": label, "sku": lots[0]["sku"], "quantity": f"{many + 1}"})
            items[-1]["amount"] = money(cents + 4)
            self.receipts.append((label, lots[0]["sku"], None))
        else:
            self.purchases.append(label if which % 2 else f"D-{number}")
        if which % 3 == 0:
            items.append({"kind": "customer_deposit", "party": f"Customer {which % 4}", "document": order, "amount": "0.50"})
        elif which % 3 == 1:
            items.append({"kind": "dispute", "party": f"Customer {which % 4}", "document": order, "amount": money(cents // 9 + 1)})
            items.append({"kind": "reserve", "party": "tmall", "document": f"RS-{number}", "amount": money(cents // 8 + 1)})
        body: dict[str, Any] = {"kind": "opening", "lots": lots, "open_items": items}
        body["open_orders"] = [self._open_order(order, which, many, cents)]
        body["balances"] = [{"account": "bank", "amount": money(cents)}]
        body["year_to_date"] = [{"account": "sales", "amount": money(-cents)}, {"account": "fees", "amount": "1.00", "month": "2026-01"}]
        self.orders.append({"number": other, "lines": [{"sku": "NONE", "quantity": "1"}]})
        return body

    def _open_order(self, number: str, which: int, many: int, cents: int) -> dict[str, Any]:
        first: dict[str, Any] = {"sku": SKUS[which % 3], "quantity": f"{many}", "unit_price": money(cents), "tax_rate": "0.13"}
        shipped = (0, many // 2, many)[which % 3]
        first |= {"shipped": f"{shipped}", "returned": f"{shipped // 3}"}
        if shipped and which % 2:
            first["shipped_cost"] = money(cents // 2 + 1)
        if which % 3 == 1 and which % 5 == 0 and shipped:
            first["recognised"] = money(cents * many // (3 if which % 2 else 2))
        lines = [first]
        if which % 4 == 0:
            lines.append({"sku": SKUS[(which + 1) % 3], "quantity": "3", "amount": money(cents // 2 + 100), "discount": "1.00"})
            lines.append({"sku": "DROP", "quantity": "3", "amount": "10.00", "cost": "7.01", "shipped": "2", "returned": "1"})
        if which % 6 == 1:
            lines.append({"sku": KIT, "quantity": f"{many}", "amount": money(cents), "shipped": f"{many // 2}"})
            lines[-1] |= {"shipped_cost": money(cents // 3)} if many % 2 else {}
        paid = money(cents * (which % 5) * many // 3)
        order: dict[str, Any] = {"number": number, "customer": f"Customer {which % 4}", "channel": "tmall", "lines": lines, "paid": paid}
        order |= {"shipping": {"amount": "8.88", "tax_rate": "0.06"}} if which % 2 else {"discount": "0.05"}
        if shipped and which % 7:
            order["shipment"] = {"number": f"S-{number}", "date": FIRST_DAY.isoformat(), "accrued_freight": money(cents // 9)}
            self.shipments.append((f"S-{number}", number))
        self.orders.append({"number": number, "lines": lines})
        return order
