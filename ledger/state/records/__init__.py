"""What the ledger remembers between documents: one mutable record class a table, and how each is found.

Money is in minor units of the books' currency, quantities, prices, weights and volumes in millionths, days are ISO text. The store
derives its tables from these classes; the rules change them only through `State.edit`, so that a refused document leaves no trace.
"""

from __future__ import annotations

from typing import Any

from ledger.state.records.base import Record
from ledger.state.records.formulas import CostingEffect, CostingMethod, MonthStock, Provisional
from ledger.state.records.freight import Billed, FreightMonth, Shipment, ShipmentLine, Waiting, WaitingReference
from ledger.state.records.journal import OPENED_BEFORE, Account, DocumentRow, Head, JournalMonth, Opened, VoucherCounter
from ledger.state.records.orders import PROFIT_FIELDS, Allowance, Cancelled, Carried, Order, OrderLine, OrderLinePart, Stage
from ledger.state.records.settling import Cleared, Invoiced, PartyBalance, PayoutMatch, Received
from ledger.state.records.stock import Consumption, KitPart, Lot, Owed, Pool, Sku

__all__ = [
    "OPENED_BEFORE",
    "PROFIT_FIELDS",
    "RECORDS",
    "Account",
    "Allowance",
    "Billed",
    "Cancelled",
    "Carried",
    "Cleared",
    "Consumption",
    "CostingEffect",
    "CostingMethod",
    "DocumentRow",
    "FreightMonth",
    "Head",
    "Invoiced",
    "JournalMonth",
    "KitPart",
    "Lot",
    "MonthStock",
    "Opened",
    "Order",
    "OrderLine",
    "OrderLinePart",
    "Owed",
    "PartyBalance",
    "PayoutMatch",
    "Pool",
    "Provisional",
    "Received",
    "Record",
    "Shipment",
    "ShipmentLine",
    "Sku",
    "Stage",
    "VoucherCounter",
    "Waiting",
    "WaitingReference",
]

RECORDS: tuple[type[Any], ...] = (
    DocumentRow, Order, Carried, PartyBalance, OrderLine, Cancelled, Allowance, Shipment, ShipmentLine, Lot, Consumption, Owed, Received,
    Invoiced, Cleared, PayoutMatch, Waiting, WaitingReference, Billed, Sku, Pool, CostingMethod, CostingEffect, MonthStock, Provisional,
    KitPart, OrderLinePart, Account, Stage, Head, VoucherCounter, JournalMonth, FreightMonth, Opened,
)  # fmt: skip
"""All of them, in the sequence in which they are written."""
