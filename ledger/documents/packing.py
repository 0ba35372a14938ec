"""How documents are pickled where many are: their values alone, for what dataclasses do by themselves takes twice as long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from ledger.documents import INTERNAL, KINDS
from ledger.documents.fields import Member, Members, declared

Reducer = Callable[[Any], tuple[Any, ...]]


def reducers() -> Mapping[type[Any], Reducer]:
    """Return a pickler's `dispatch_table` for every kind of document and the objects inside; to read them back needs none."""
    found: dict[type[Any], Reducer] = {}
    waiting: list[type[Any]] = [*KINDS.values(), *INTERNAL.values()]
    while waiting:
        cls = waiting.pop()
        if cls not in found:
            found[cls] = _reducer(cls)
            waiting += [item.spec.of for item in declared(cls) if isinstance(item.spec, (Member, Members))]
    return found


def _reducer(cls: type[Any]) -> Reducer:
    names = [item.attribute for item in declared(cls)]
    assert len(names) > 1, "attrgetter gives the bare value of a single name"
    values_of = attrgetter(*names)
    return lambda made: (_made, (cls, values_of(made)))


def _made(cls: type[Any], values: tuple[Any, ...]) -> Any:
    made = object.__new__(cls)
    for put, value in zip(_puts(cls), values, strict=True):
        put(made, value)
    return made


def _puts(cls: type[Any]) -> list[Callable[[Any, Any], None]]:
    known = _PUTS.get(cls)
    if known is None:
        # A frozen object's slots are filled as its own `__init__` does it: below its `__setattr__`.
        known = _PUTS[cls] = [getattr(cls, item.attribute).__set__ for item in declared(cls)]
    return known


_PUTS: dict[type[Any], list[Callable[[Any, Any], None]]] = {}
