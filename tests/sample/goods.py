"""What the sample company trades in."""

from __future__ import annotations

GOODS = {
    "TEA-LJ-100": (128_00, 160),
    "TEA-LJ-250": (298_00, 340),
    "TEA-TGY-250": (168_00, 340),
    "TEA-DHP-150": (228_00, 260),
    "TEA-PE-357": (268_00, 420),
    "TEA-QM-200": (138_00, 300),
    "TEA-JM-250": (88_00, 340),
    "MATCHA-40": (198_00, 90),
    "SENCHA-100": (118_00, 150),
    "CUP-GW-01": (88_00, 620),
    "茶巾": (38_00, 60),
    "TEA-BHYZ-100": (328_00, 180),
    "龙井礼盒": (680_00, 900),
    "TRAY-BAMBOO": (399_00, 2_400),
}
"""Longjing, Tieguanyin, Dahongpao, Pu'er, Keemun, jasmine, matcha, sencha, a lidded cup, a tea cloth, silver needle, a gift box of
Longjing, a tray: (retail price with 13 % VAT in cents, gross grams a unit)."""

EVERYDAY = tuple(GOODS)[:11]
WHOLESALE = (*tuple(GOODS)[:7], "SENCHA-100")
