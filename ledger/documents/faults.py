"""What is wrong with an object from JSON: every fault at once, each with a JSON pointer. It finds one wherever `objects` cannot read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger import limits
from ledger.documents.fields import Declared, Member, Members, declared
from ledger.errors import FieldError


def faults_of(cls: type[Any], body: object, digits: int) -> list[FieldError]:
    """Return every fault of a JSON object that is to be a `cls`, by JSON pointer."""
    reading = _Reading(digits)
    reading.read(cls, body, "")
    return reading.errors


@dataclass(slots=True)
class _Reading:
    """One pass over one document that is not right: its currency's decimals and the faults found so far."""

    digits: int
    errors: list[FieldError] = field(default_factory=list)

    def read(self, cls: type[Any], body: object, pointer: str) -> Any:
        """Read an object; None where it has faults. What is wrong between fields is only told where each by itself is right."""
        if not isinstance(body, Mapping):
            self._fault(pointer, "must be an object")
            return None
        before = len(self.errors)
        fields = declared(cls)
        values = {item.attribute: self._value(item, body[item.name], pointer) for item in fields if self._given(item, body, pointer)}
        known = {item.name for item in fields}
        for name in body:
            if name not in known:
                self._fault(
                    f"{pointer}/{_escape(str(name)[:40])}",
                    "is not a field of this object; known are " + ", ".join(sorted(known)),
                )
        if len(self.errors) > before:
            return None
        made = cls(**values)
        check = getattr(made, "faults", None)
        if check is not None:
            for name, detail in check():
                self._fault(f"{pointer}/{name}" if name else pointer, detail)
        return made if len(self.errors) == before else None

    def _given(self, item: Declared, body: Mapping[str, Any], pointer: str) -> bool:
        if item.name in body and not (body[item.name] is None and not item.required):
            return True
        if item.required:
            self._fault(f"{pointer}/{item.name}", "is required")
        return False

    def _value(self, item: Declared, value: object, above: str) -> Any:
        spec, pointer = item.spec, f"{above}/{item.name}"
        if isinstance(spec, Members):
            return self._items(spec, value, pointer)
        if isinstance(spec, Member):
            return self.read(spec.of, value, pointer)
        try:
            return spec.read(value, self.digits)
        except ValueError as error:
            self._fault(pointer, str(error))
            return None

    def _items(self, spec: Members, value: object, pointer: str) -> tuple[Any, ...]:
        if not isinstance(value, list) or not value:
            self._fault(pointer, "must be a list with at least one item")
            return ()
        if len(value) > limits.LINES_MAX:
            self._fault(pointer, f"must have at most {limits.LINES_MAX} items")
            return ()
        return tuple(self.read(spec.of, item, f"{pointer}/{i}") for i, item in enumerate(value))

    def _fault(self, pointer: str, detail: str) -> None:
        self.errors.append(FieldError(pointer, detail))


def _escape(name: str) -> str:
    """Escape a name for a JSON pointer (RFC 6901, 3)."""
    return name.replace("~", "~0").replace("/", "~1")
