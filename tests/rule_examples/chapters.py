"""The words of docs/RULES.md that stand in no docstring: how to read it, its chapters, titles and sentences for people."""

from __future__ import annotations

CHAPTERS = (
    ("Selling", "orders taxes payments shipments recognition stages cancellations returns refunds allowances given_back settlements"),
    ("Buying", "purchases receipts supplier_invoices supplier_returns supplier_payments"),
    ("Freight", "freight freight_charge freight_waiting freight_targets"),
    ("Payouts of platforms", "payouts reserves disputes"),
    ("Stock and cost", "issue withdraw late give_back stock_adjustments transfers kits costing_changes month_averages"),
    (
        "Starting in mid-life",
        "openings opening_orders opening_lots opening_items opening_costs opening_receipts opening_names",
    ),
    ("The books", "hand_entries period_closes estimate_reversals"),
    ("Foreign currency", "translation conversion invoice_parts revaluations"),
    (
        "Corrections",
        "corrections/orders corrections/shipments corrections/money corrections/cancellations corrections/returns "
        "corrections/purchases corrections/supplier_invoices corrections/freight_bills corrections/stock corrections/kits",
    ),
)
"""What stands where: modules of rules and costing. Those that no chapter names stand in the last one."""

LAST_CHAPTER = "Further rules"

TITLES: dict[str, tuple[str | None, str]] = {
    "totals": (
        "Discounts",
        "A seller's discount is shared over the lines by their net amount and lowers revenue and the tax base. What the platform pays of "
        "the price stays revenue, and the platform owes it.",
    ),
    "allow": (
        "Allowances",
        "An allowance takes money off the price of what the customer keeps: off the goods, each tax rate by its part, and off shipping "
        "only beyond them. It cannot be more than the customer was charged for that.",
    ),
    "follow_returns": (
        "What of a return is not the customer's",
        "A return is posted at the order's own prices. The platform's part of the price goes back to the platform, by what came back of "
        "the goods; and where what is still kept cannot bear the allowances any more, the rest of them is taken off again, so that nothing "
        "is given back twice.",
    ),
    "line_taxes": (
        "Tax of several lines",
        "Tax is computed once per rate on all lines together, and then shared to the lines, so that no cent is gained or lost.",
    ),
    "recognise": (
        "Shipped in parts",
        "Each shipment earns the line's total times shipped over ordered, less what was earned before; the last one takes what is left. "
        "What the customer pays for shipping follows the value of the goods.",
    ),
    "post_revenue": (
        "Gift cards and gifts",
        "A gift card that is sold is owed until it pays for another order. A gift earns nothing and costs the order that it is sent with.",
    ),
    "release_advance": (
        "Advance and receivable",
        "A shipment uses up what the customer has paid ahead, and the rest is due: an order never has an advance and a receivable at once.",
    ),
    "bring": (
        "Freight of returned goods",
        "What it costs to bring goods back is freight of their order, as the way out is.",
    ),
    "to_order": (
        "Accrued freight is released",
        "A shipment's first freight bill releases all that was accrued for it; the difference stays on the order, and later bills add.",
    ),
    "park": (
        "Inbound freight before the purchase is known",
        "Freight that is billed before its purchase is in the books is an asset on its way, and becomes cost of the goods when they come.",
    ),
    "arrived": (
        "Outbound freight before the parcel is known",
        "Freight whose parcel nobody knows is an expense without order, and an alert. It moves to the order when the shipment is posted.",
    ),
    "share_over_lots": (
        "One charge over several goods",
        "An inbound charge is shared over what was bought by quantity, weight, volume or value, or equally by line.",
    ),
    "share_over_loads": (
        "One charge over several orders",
        "An outbound charge is shared over orders by shipped quantity, weight or net value, or equally.",
    ),
    "_to_role": (
        None,
        "The whole line, less its input tax, goes to the account of its type: advertising, freight out, the platform's tax, fees.",
    ),
    "translate": (
        "Orders in a foreign currency",
        "An order's own amounts stay in its currency. A balance grows at the rate of the day and shrinks by its share of what it is "
        "carried at. What was paid ahead keeps its rate in revenue, what comes back leaves at the rate it was earned at. The rest is an "
        "exchange difference, below gross profit.",
    ),
    "in_base": (
        "Bought in a foreign currency",
        "Goods and tax are converted at the rate of the day; what was paid ahead keeps the rate of that payment.",
    ),
    "purchase_in_base": (
        "Bought with a prepayment in a foreign currency",
        "Goods use what was paid ahead first, at the rate of that payment; tax uses what they leave. The rest is at the rate of the day.",
    ),
    "_estimates": (
        "Received with a prepayment in a foreign currency",
        "Goods that come before their invoice use what was paid ahead, too: that part keeps the rate of the payment and is not owed in "
        "GR/IR; the rest is at the receipt's rate.",
    ),
    "_paid_ahead": (
        "Invoiced with a prepayment in a foreign currency",
        "The invoice clears what GR/IR holds, and nothing is owed for what the receipt found paid. What was paid after the receipt pays "
        "GR/IR, with an exchange difference; what the goods do not need after all is paid ahead again.",
    ),
    "price_difference": (
        "Price or exchange",
        "Where receipt and invoice are in a foreign currency, the difference in its units, at the receipt's rate, is price; the rest of "
        "the difference is exchange and no cost of the goods.",
    ),
    "_pay_foreign": (
        "Suppliers paid in a foreign currency",
        "What is owed is settled at its carrying value. What is paid beyond that is paid ahead and keeps its rate.",
    ),
    "_in_base": (
        "An entry in two currencies",
        "Postings in the entry's currency are converted at its rate; the whole balances in the currency of the books.",
    ),
    "issue": ("First in, first out", "Units leave out of the oldest lots that were there on the day of the shipment."),
    "cover": (
        "Sold before it came, and covered",
        "What is sold before it came is owed by the stock, at the last known cost. The next units pay it, oldest debt first; the "
        "difference to what they really cost is the order's.",
    ),
    "withdraw": (
        "Moving average",
        "All units of one article, in all own warehouses, cost the same; the last ones take what is left. Lots are reduced first in, first "
        "out underneath, and the difference is money on the stock account.",
    ),
    "_take": (
        "A lot leaves in parts",
        "Units take their share of each part of the lot's value, rounded to whole cents; the last ones take all that is left.",
    ),
    "spread": (
        "Late cost",
        "What is billed after the goods came is shared over all of them, wherever they are now: on hand it is stock, sold it is cost of "
        "the orders that hold them, broken or lost it is that loss.",
    ),
    "give_back": (
        "Cost of returned goods: restocked, broken, never received",
        "Goods come back at the cost that their own order bears, late cost included. Broken ones are a loss of that order. What was owed "
        "and never came is owed no more.",
    ),
}
"""Title and sentence, for people, of functions that are not the rule of a kind and whose docstring speaks of code."""

HEAD = """# Rules

What each document posts, with its source, in figures. `make docs` writes this page: the sentences and examples stand beside the code of
each rule, every example is posted by the program when the page is written, and a test compares each posting with what the example
claims. So the tables are what the program does.

**How to read an example.** The first table lists the documents in the order in which they come, and what each one says. Below it stands
the entry that a document makes: debit, credit, and the order that a posting belongs to. The profit of an order is the sum of its
postings to income and expense. *Of* says what else a posting names: units of a lot (a minus: they leave), goods, customer, supplier,
carrier or channel, the document that an open item is of. A posting on stock without units is money that the lot carries beside its unit
price: late freight, a price difference, a remainder. What the example does not look at makes entries, too; they are left out.

**Accounts** are those of the chart `ifrs`, with their Chinese names. The sentences name them by role (`receivable`); the table at the
end has the account of each role. Amounts are in CNY, net of tax unless a line says otherwise; 13 % is VAT on goods, 9 % on freight.

**Sources** are IFRS standards (IFRS, IAS, IFRIC, Conceptual Framework) and Chinese ones (CAS 企业会计准则 by article, 小企业会计准则,
财会 circulars of the Ministry of Finance) by paragraph; EN 16931 is the European standard of electronic invoices.

**Late knowledge goes forward.** A posted entry never changes. What becomes known later is an entry of its own on the day it is known
(the first open day, where its period is closed), on the orders that it concerns (IAS 8.36).
"""
