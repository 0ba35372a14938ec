"""Value objects that are made by the hundred thousand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def value(cls: type[T]) -> type[T]:
    """Make `cls` a slotted dataclass that nobody changes: type checkers refuse to, as they do for a frozen one.

    Nothing guards it at run time, because that is what makes a frozen dataclass take three times as long to make; an order makes some
    thirty of these on its way.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
