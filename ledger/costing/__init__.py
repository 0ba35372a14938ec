"""Stock and cost: lots are only ever reduced, every late cost is money on the stock account (IAS 2.10-11 and 25; design, section 3)."""
