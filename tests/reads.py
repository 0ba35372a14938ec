"""Every reading request of the API, by its route: what the tests of rows visited and the benchmark ask.

A new route without a row here fails `tests/integration/test_reads.py`. `{order}`, `{voucher}` and `{bill}` are put in by whoever asks.
"""

from __future__ import annotations

READS: dict[str, tuple[str, ...]] = {
    "/health": ("/health",),
    "/metrics": ("/metrics",),
    "/periods": ("/periods", "/periods?limit=1"),
    "/documents/<source>/<kind>/<path:number>": ("/documents/shop/order/{order}", "/documents/carriers/freight_bill/{bill}"),
    "/documents": ("/documents?source=shop&kind=shipment&number={order}",),
    "/entries": (
        "/entries?limit=20",
        "/entries?account=bank&limit=20",
        "/entries?account=vat_output&limit=20",
        "/entries?account=payable:carrier&limit=2",
        "/entries?account=Assets:Inventory:SKU003&limit=20",
        "/entries?order={order}",
        "/entries?order={order}&account=receivable",
        "/entries?order={order}&period=2026-02",
        "/entries?period=2026&limit=20",
        "/entries?period=2026-02&limit=20",
        "/entries?from=2026-02-03&to=2026-02-03&limit=10",
        "/entries?period=2026-02&account=bank&limit=20",
        "/entries?period=2026-02&account=payable:carrier&limit=2",
    ),
    "/entries/<path:voucher>": ("/entries/{voucher}",),
    "/orders": (
        "/orders?limit=20",
        "/orders?sort=date&limit=20",
        *(f"/orders?sort={sign}{name}&limit=20" for name in ("revenue", "gross_profit", "contribution", "margin") for sign in ("", "-")),
        "/orders?customer=Customer 00003&limit=5",
        "/orders?customer=Customer 00003&sort=-margin&limit=5",
        "/orders?channel=jd&limit=20",
        "/orders?channel=jd&sort=-margin&limit=20",
        "/orders?channel=nowhere&sort=-margin&limit=20",
        "/orders?state=estimated&limit=20",
        "/orders?state=estimated&sort=-margin&limit=20",
        "/orders?state=final&limit=20",
        "/orders?state=final&sort=contribution&limit=20",
        "/orders?period=2026-02&limit=20",
        "/orders?period=2026-02&sort=-margin&limit=20",
        "/orders?from=2026-02-03&to=2026-02-03&sort=-revenue&limit=5",
        "/orders?channel=jd&state=estimated&limit=20",
        "/orders?channel=jd&state=final&limit=20",
        "/orders?channel=nowhere&state=final&period=2026-02&limit=20",
        "/orders?channel=jd&state=final&period=2026-02&sort=margin&limit=20",
        "/orders?customer=Customer 00003&channel=jd&limit=20",
    ),
    "/orders/<path:reference>": ("/orders/{order}",),
    "/order": ("/order?order={order}",),
    "/orders/<path:reference>/profit": ("/orders/{order}/profit", "/orders/{order}/profit?revisions=true"),
    "/orders/<path:reference>/revisions": ("/orders/{order}/revisions",),
    "/revisions": ("/revisions?order={order}",),
    "/profit": (
        "/profit?order={order}",
        "/profit?order={order}&revisions=true",
        *(f"/profit?by={name}" for name in ("sku", "category", "channel", "month", "carrier", "supplier")),
        *(f"/profit?by={name}&period=2026-02" for name in ("sku", "category", "channel", "month", "carrier", "supplier")),
        *(f"/profit?by={name}&from=2026-01-20&to=2026-02-10" for name in ("sku", "channel", "month", "carrier", "supplier")),
        *(f"/profit?by={name}&operating=true" for name in ("channel", "month", "carrier")),
        *(f"/profit?by={name}&cohort=true&period=2026-02" for name in ("sku", "channel", "month", "carrier", "supplier")),
        *(f"/profit?by={name}&limit=20" for name in ("customer", "order")),
        *(f"/profit?by={name}&period=2026-02&limit=20" for name in ("customer", "order")),
        *(f"/profit?by={name}&period=2026&limit=20" for name in ("customer", "order")),
        *(f"/profit?by={name}&period=2026-Q1&limit=20" for name in ("customer", "order")),
        *(f"/profit?by={name}&from=2026-02-03&to=2026-02-04&limit=20" for name in ("customer", "order")),
        *(f"/profit?by={name}&cohort=true&limit=20" for name in ("customer", "order")),
        *(f"/profit?by={name}&cohort=true&period=2026-02&limit=20" for name in ("customer", "order")),
        "/profit?by=channel&cohort=true&from=2026-01-20&to=2026-02-10",
    ),
    "/statements/<name>": (
        *(
            f"/statements/{name}?{days}"
            for name in ("income", "balance-sheet", "cash-flow", "trial-balance", "general-ledger")
            for days in ("period=2026", "period=2026-Q1", "period=2026-02", "from=2026-01-20&to=2026-02-10")
        ),
        *(f"/statements/{name}?period=2026-02&layout=cas" for name in ("income", "balance-sheet")),
        "/statements/freight-policies?period=2026-02",
        "/statements/general-ledger?account=bank&limit=20",
        "/statements/general-ledger?account=bank&period=2026-02&limit=20",
        "/statements/general-ledger?account=payable:carrier&limit=2",
        "/statements/general-ledger?account=Assets:Inventory:SKU003&limit=20",
        "/statements/general-ledger?account=Assets:Inventory:SKU003&from=2026-02-03&to=2026-02-20&limit=2",
    ),
    "/inventory": (
        "/inventory?limit=5",
        "/inventory?sku=SKU003",
        "/inventory?warehouse=main&limit=5",
        "/inventory?warehouse=nowhere",
    ),
    "/customers": ("/customers?limit=20", "/customers?period=2026-02&limit=20", "/customers?period=2026&limit=20"),
    "/stages": ("/stages", "/stages?period=2026-02"),
    "/alerts": ("/alerts",),
}

READS_ALL = {
    "/export": "all the books are the answer",
    "/audit/verify": "it recomputes everything, in a process of its own",
    "/openapi.json": "describes the API, reads no store",
}
"""Routes that read everything, or nothing, with the reason."""

SUMS_OF_MONTHS = "several kept sums make one: a row for each customer or order of each month"
POSTINGS_OF_DAYS = "customers and orders are not kept by day: the postings of at most 60 days"
ORDERS_OF_DAYS = "cohorts are not kept by day: the orders of at most 60 days"

READS_MORE = {
    "/profit?by=customer&period=2026-Q1&limit=20": SUMS_OF_MONTHS,
    "/profit?by=order&period=2026-Q1&limit=20": SUMS_OF_MONTHS,
    "/profit?by=order&period=2026&limit=20": SUMS_OF_MONTHS,
    "/profit?by=customer&cohort=true&period=2026-02&limit=20": SUMS_OF_MONTHS,
    "/profit?by=customer&from=2026-02-03&to=2026-02-04&limit=20": POSTINGS_OF_DAYS,
    "/profit?by=order&from=2026-02-03&to=2026-02-04&limit=20": POSTINGS_OF_DAYS,
    "/profit?by=channel&cohort=true&from=2026-01-20&to=2026-02-10": ORDERS_OF_DAYS,
}
"""Requests that read more the more orders there are: what, and why."""
