"""From a `[[document]]` of the mapping to the plan that makes such documents."""

from __future__ import annotations

from importers.condition_rules import read_conditions, read_group_condition
from importers.expressions import Expression
from importers.field_rules import read_field
from importers.plans import DocumentPlan, LinePlan, ObjectPlan
from importers.scope import Scope
from importers.toml_table import TomlTable
from ledger.documents import KINDS
from ledger.documents.base import Document
from ledger.documents.fields import Attributes, Member, Members, Spec, Text, declared

_ATTRIBUTE = Text()


class Constants:
    """`[constants]`: values for every document that has a field of that name and does not say otherwise."""

    def __init__(self, table: TomlTable) -> None:
        self._table = table
        self._values = {name: table.value(name) for name in table.names()}
        self._used: set[str] = set()

    def expression(self, name: str, spec: Spec, scope: Scope) -> Expression | None:
        """Return the constant for a document's field, None where there is none."""
        if name not in self._values:
            return None
        self._used.add(name)
        table = TomlTable({"constant": self._values[name]}, f"{self._table.where}, {name}")
        return read_field(table, spec, name, scope, per_row=False)

    def done(self) -> None:
        """Refuse constants that no document of the mapping took."""
        for name in self._values:
            if name not in self._used:
                raise self._table.fault(f"no document of this mapping takes {name} from here")


def read_document(table: TomlTable, constants: Constants, scope: Scope) -> DocumentPlan:
    """Return the plan of one `[[document]]`."""
    kind = table.text("kind")
    cls = KINDS.get(kind or "")
    if cls is None:
        raise table.fault(f"kind must be one of {', '.join(KINDS)}")
    table.where = f"{table.where} ({cls.kind})"
    keep = read_conditions(table, scope)
    group = read_group_condition(table, scope)
    whole = table.flag("whole")
    members = [(item.name, item.spec.of) for item in declared(cls) if isinstance(item.spec, Members)]
    lines_name, line_cls = members[0] if members else (None, object)
    lines = _lines(table, lines_name, line_cls, cls, scope) if lines_name else ()
    head = _object(table, cls, cls.kind, scope, constants=constants)
    scope.made.append(cls.kind)
    currency = next((expression for name, expression in head.fields if name == "currency"), None)
    return DocumentPlan(cls, head, lines_name if lines else None, lines, keep, currency, whole, group)


def _lines(table: TomlTable, name: str, line_cls: type[object], cls: type[Document], scope: Scope) -> tuple[LinePlan, ...]:
    plans = []
    for item in table.tables(name):
        once = item.flag("once")
        keep = read_conditions(item, scope)
        plans.append(LinePlan(_object(item, line_cls, f"{cls.kind}.{name}", scope, per_row=not once), keep, once))
    if not plans and any(item.name == name and item.required for item in declared(cls)):
        raise table.fault(f"needs [[document.{name}]]")
    return tuple(plans)


def _object(
    table: TomlTable,
    cls: type[object],
    name: str,
    scope: Scope,
    *,
    per_row: bool = False,
    constants: Constants | None = None,
) -> ObjectPlan:
    """Read the fields of one object; `constants` stand in for those that its table leaves out."""
    fields: list[tuple[str, Expression]] = []
    objects: list[tuple[str, ObjectPlan]] = []
    for item in declared(cls):
        where = f"{name}.{item.name}"
        if isinstance(item.spec, Members):
            continue
        if not table.has(item.name):
            table.value(item.name)
            constant = constants.expression(item.name, item.spec, scope) if constants else None
            if constant:
                fields.append((item.name, constant))
            elif item.required:
                raise table.fault(f'needs {item.name} = {{ column = "..." }}')
        elif isinstance(item.spec, Member):
            objects.append((item.name, _object(table.table(item.name), item.spec.of, where, scope)))
        elif isinstance(item.spec, Attributes):
            objects.append((item.name, _attributes(table.table(item.name), where, scope)))
        else:
            expression = read_field(table.table(item.name), item.spec, where, scope, per_row=per_row)
            fields.append((item.name, expression))
    table.done()
    return ObjectPlan(tuple(fields), tuple(objects))


def _attributes(table: TomlTable, name: str, scope: Scope) -> ObjectPlan:
    return ObjectPlan(
        tuple((key, read_field(table.table(key), _ATTRIBUTE, f"{name}.{key}", scope, per_row=False)) for key in table.names())
    )
