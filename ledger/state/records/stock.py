"""Stock: lots, who took units of them, what is owed, pools, and the parts of kits."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.state.records.base import Record


@dataclass(slots=True)
class Sku(Record):
    """A SKU: its commodity code in the text, and the last known cost as total over quantity."""

    table = "sku"
    key = ("sku",)
    indexes = {"commodity": (("commodity",), "")}

    sku: str
    commodity: str
    last_total: int = 0
    last_quantity: int = 0


@dataclass(slots=True)
class KitPart(Record):
    """A component of a version of a kit: `quantity` (micro) of `part` in one `kit`, from `date` on."""

    table = "kit_part"
    key = ("document_seq", "line")
    indexes = {"kit": (("kit",), ""), "part": (("part",), "")}

    document_seq: int
    line: int
    kit: str
    date: str
    part: str
    quantity: int


@dataclass(slots=True)
class Lot(Record):
    """Units of one receipt on hand with what their value is made of.

    `root_id` is the bought lot that returned units stem from; `bought_for` and `tax` (creditable) are what the receipt cost in all,
    `charged` what late bills brought to it in landed cost. `foreign_amount` is `bought_for` and `tax` together, in the supplier's
    `currency`.
    `memo` is inbound cost that the books expensed: it moves with the units as `landed` does and is posted nowhere.
    `entered` is the day of the entry that brought the lot into these books where it is older than they are ("" for its own date).
    """

    table = "lot"
    key = ("id",)
    indexes = {
        "on_hand": (("sku", "warehouse"), "quantity > 0"),
        "pool": (("sku",), "quantity > 0"),
        "root": (("root_id",), "quantity > 0"),
        "document": (("document_seq",), ""),
    }

    id: int
    root_id: int
    document_seq: int
    line: int
    sku: str
    warehouse: str
    date: str
    label: str
    supplier: str | None
    unit_price: int
    received: int
    bought_for: int
    tax: int
    weight: int | None
    volume: int | None
    quantity: int
    goods: int
    landed: int
    variance: int
    charged: int = 0
    memo: int = 0
    entered: str = ""
    currency: str | None = None
    foreign_amount: int = 0

    @property
    def available(self) -> str:
        """Return the first day on which units can be taken from the lot: nothing leaves before the entry that brought it."""
        return self.entered or self.date

    @property
    def value(self) -> int:
        """Return what the units on hand stand for in the books, minor units."""
        return self.goods + self.landed + self.variance


@dataclass(slots=True)
class Consumption(Record):
    """Units of a lot that have left, with the cost they bear and who holds them.

    `held` is "sold" (an order has them: each component in its own role), or the role of the expense that bears them: "return_loss"
    (an order brought them back broken), "stock_loss" (counted short, damaged, sampled; no order). `shipment_id` is the document
    that took them: the shipment, or without an order the adjustment or supplier return.
    "goods_shipped" are an order's units on their way, whose cost waits for the delivery.
    `kit` is the SKU of the order line where the units are parts of a kit; `month` is the month whose average prices them at its closing.
    """

    table = "consumption"
    key = ("id",)
    indexes = {
        "root": (("root_id",), "quantity > 0"),
        "order": (("order_id",), "quantity > 0"),
        "taker": (("shipment_id",), "order_id IS NULL"),
    }

    id: int
    root_id: int
    lot_id: int
    order_id: int | None
    shipment_id: int | None
    line: int
    sku: str
    held: str
    quantity: int
    goods: int
    landed: int
    variance: int
    memo: int = 0
    kit: str | None = None
    month: str | None = None

    @property
    def sold_as(self) -> str:
        """Return the SKU that the order sold: the kit's where the units are parts of one."""
        return self.kit or self.sku


@dataclass(slots=True)
class Owed(Record):
    """Units that left before they came: quantity still owed by the stock, and the cost that was estimated for them.

    `beyond` is what the order bears for them beside the estimate: under average cost, units of a recalled receipt had cost the
    average, and the debt is for what the receipt itself had cost. `kit` is the SKU of the order line where the units are parts of a kit.
    """

    table = "owed"
    key = ("id",)
    indexes = {"stock": (("sku", "warehouse"), "quantity > 0"), "order": (("order_id",), "quantity > 0")}

    id: int
    sku: str
    warehouse: str
    order_id: int
    shipment_id: int
    line: int
    date: str
    held: str
    quantity: int
    estimate: int
    beyond: int = 0
    kit: str | None = None

    @property
    def sold_as(self) -> str:
        """Return the SKU that the order sold: the kit's where the units are parts of one."""
        return self.kit or self.sku


@dataclass(slots=True)
class Pool(Record):
    """What the stock of a SKU under average cost is worth beside its lots, by component: positive where the average is higher."""

    table = "pool"
    key = ("sku",)

    sku: str
    goods: int = 0
    landed: int = 0
    variance: int = 0
    memo: int = 0
