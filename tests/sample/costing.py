"""How goods are costed: a set for the summer that is sold as one, and tea cloths at average from the day on which they share a drawer."""

from __future__ import annotations

from tests.sample.trader import LAST, Trader


def cost(trader: Trader) -> None:
    """Note both on the last day: they price what July brings."""
    parts = [{"sku": "MATCHA-40", "quantity": "1"}, {"sku": "CUP-GW-01", "quantity": "1"}, {"sku": "茶巾", "quantity": "1"}]
    trader.add("kit", "warehouse", "KIT-1", LAST, sku="抹茶套装", components=parts, memo="夏季抹茶套装 matcha set")
    reason = "各批茶巾同柜存放 cloths of all deliveries lie in one drawer"
    trader.add("costing_change", "accounts", "COST-1", LAST, sku="茶巾", method="average", reason=reason)
