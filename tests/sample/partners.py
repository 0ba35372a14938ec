"""With whom the sample company deals: customers, the channels they order through, suppliers, carriers."""

from __future__ import annotations

from dataclasses import dataclass

RETAIL_CUSTOMERS = ("林悦", "王芳", "陈晓东", "周敏", "赵一鸣", "孙丽华", "黄志强", "吴倩", "何俊", "郑雅文", "Chen Wei")
ABROAD = {
    "Emma Clarke": "GB", "Lukas Bauer": "DE", "Sofia Rossi": "IT", "James O'Neill": "IE", "Amélie Laurent": "FR",
    "Hannah Lindqvist": "SE", "Nordic Leaf ApS": "DK", "Golden Gate Tea Society": "US",
}  # fmt: skip
COMPANIES = {
    "云栖茶馆": "顾佳", "江南礼品有限公司": "顾佳", "沪上清心茶舍": "顾佳", "京华酒店用品有限公司": "Mia Song",
    "Lin & Co": "Mia Song", "Harbour Tea House (Shanghai) Ltd": "Mia Song",
}  # fmt: skip
ON_STATEMENT = {"沪上清心茶舍": (4, 5, 6), "京华酒店用品有限公司": (6,)}
"""Companies that pay several orders at once, by statement, and the months in which they do: each month, or by the quarter."""

SUPPLIERS = {"XH": "西湖龙井茶叶合作社", "SM": "Southern Mountain Tea Co., Ltd.", "UJ": "Uji Leaf K.K.", "JD": "景德镇青瓷坊"}
TERMS = {"XH": 30, "SM": 30, "UJ": 7, "JD": 15}
"""Days that a supplier waits for its money; carriers wait for `CARRIERS_WAIT`."""
CARRIERS_WAIT = 15

SF, YTO, DHL, SEA = "SF 顺丰", "YTO 圆通", "DHL", "Ocean Bridge 海桥货代"
RATES = {SF: (11_00, 1_80, "SF", 10**12), YTO: (6_40, 1_50, "YT", 10**13), DHL: (118_00, 44_00, "", 10**10)}
"""What a parcel is expected to cost: first kilogram, each further one; and how tracking numbers begin and how many there can be."""

STRAY = {3: "SF200300554106", 4: "SF200400817325"}
"""Tracking numbers that the carrier bills for a month and nobody knows: the second one's parcel is recorded later."""

HOME, SHENZHEN = "main", "深圳仓"
"""The warehouses: the store room, and one near the airport for what goes abroad."""


@dataclass(frozen=True)
class Channel:
    """Where orders come from: tax rate, whether prices hold the tax, and what the way of paying keeps (per mille)."""

    name: str
    prefix: str
    rate: str
    inclusive: bool
    account: str
    fee: int
    fee_tax: int


TMALL = Channel("tmall", "TM", "0.13", True, "clearing:tmall", 56, 60)
JD = Channel("jd", "JD", "0.13", True, "clearing:jd", 68, 60)
SHOPIFY = Channel("shopify", "SH", "0", False, "clearing:shopify", 34, 0)
TRADE = Channel("wholesale", "WS", "0.13", False, "bank", 0, 0)
