"""Fields that formulas give, columns of sub-tables and their sums included.

A column is computed for all rows at once. A formula has no value while a field that it names outside ISBLANK and
COALESCE is blank: MIN(1.5, blank) must not become a score. What cannot be computed (#DIV/0!) has no value either and
is told by its code.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import formulas
from builder.expressions import Filled
from builder.forms import names
from builder.forms.document import Field, Form
from builder.forms.world import Values, World
from formulas.schema import OWN_ROW

OWN = f"{OWN_ROW}."


@dataclass(frozen=True)
class Computed:
    """`values` with what was computed; `row` is the same as formulas see it; `errors` by (field id, row number)."""

    values: dict[str, Any]
    row: dict[str, Any]
    errors: Mapping[tuple[str, int | None], str] = field(default_factory=dict)


def compute(form: Form, values: Values, world: World, hidden: Collection[str] = ()) -> Computed:
    """Computed fields anew, whatever stood in them; `hidden` ones are left out. What comes in stays as it is."""
    found = {name: value for name, value in values.items() if not _is_computed(form, name)}
    row = names.row(form, found, world)
    errors: dict[tuple[str, int | None], str] = {}
    for target in order(form):
        if isinstance(target, str):
            row[target] = _used(form, target, row, world)
        elif target.id in hidden:
            continue
        elif target.table is None:
            value = _one(form, target, row, world, errors)
            _keep(found, target.name, value)
            row.update(names.spoken(target, value, world))
        else:
            _column(form, target, found, row, world, errors)
    return Computed(found, row, errors)


def _is_computed(form: Form, name: str) -> bool:
    known = form.named.get(name)
    return known is not None and known.computed


def _used(form: Form, name: str, row: Mapping[str, Any], world: World) -> Any:
    """What a table or formula gives for the fields that it is asked with; errors are blanks for those who use it."""
    columns = {spelled: [row.get(spelled)] for spelled in form.scope.keys}
    value = Filled(form.scope, columns, 1, world.today).result(name).value(0)
    return None if isinstance(value, formulas.ErrorValue) else value


def _keep(values: dict[str, Any], name: str, value: Any) -> None:
    if value is None:
        values.pop(name, None)
    else:
        values[name] = value


def _one(form: Form, target: Field, row: Mapping[str, Any], world: World, errors: dict[Any, str]) -> Any:
    found = value_of(names.sound(form, str(target.formula), None, decimals(target)), row, world)
    if isinstance(found, formulas.ErrorValue):
        errors[target.id, None] = str(found)
        return None
    return stored(target, found)


def value_of(formula: formulas.Formula | None, row: Mapping[str, Any], world: World) -> Any:
    """The value of a formula for a form as it stands; None while what it needs is blank."""
    if formula is None or any(row.get(name) is None for name in formula.required_names):
        return None
    return formula.evaluate(row, today=world.today)


def _column(
    form: Form, target: Field, values: dict[str, Any], row: dict[str, Any], world: World, errors: dict[Any, str]
) -> None:
    table = form.fields[str(target.table)]
    spoken = row[names.normal(table.title["zh"])]
    formula = names.sound(form, str(target.formula), table, decimals(target))
    if not spoken or formula is None:
        return
    found = [stored(target, value) for value in column_of(form, formula, spoken, row, world)]
    name = names.normal(target.title["zh"])
    rows = []
    for at, (entry, value) in enumerate(zip(values[table.name], found, strict=True)):
        if isinstance(value, formulas.ErrorValue):
            errors[target.id, at], value = str(value), None
        spoken[at][name] = value
        kept = dict(entry) if isinstance(entry, dict) else {}
        _keep(kept, target.name, value)
        rows.append(kept)
    values[table.name] = rows


def column_of(
    form: Form, formula: formulas.Formula, rows: Sequence[Mapping[str, Any]], row: Mapping[str, Any], world: World
) -> list[Any]:
    """The value of a formula for each row of a sub-table; None where a cell or field that it needs is blank."""
    columns: dict[str, Any] = {}
    for name in formula.names:
        if name.startswith(OWN):
            columns[name] = [cells.get(name.removeprefix(OWN)) for cells in rows]
        elif name in row:
            columns[name] = [row[name]] * len(rows)
        else:  # 子表.列
            table = next(table for table in form.tables if name.startswith(f"{names.normal(table.title['zh'])}."))
            spoken = names.normal(table.title["zh"])
            columns[spoken] = [row[spoken]] * len(rows)
    found = formula.evaluate_batch(columns, len(rows), today=world.today).to_list()
    needed = [columns[name] for name in formula.required_names if name in columns]
    if not needed:
        return found
    return [value if all(column[at] is not None for column in needed) else None for at, value in enumerate(found)]


def stored(target: Field, value: Any) -> Any:
    """A value of the formula language as the field keeps it."""
    if isinstance(value, formulas.ErrorValue) or value is None:
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    return value if isinstance(value, str | bool) else value.isoformat()


def decimals(target: Field) -> int | None:
    """How a formula rounds: as the field asks, a percentage by its digits as people see it."""
    found: int | None = target.spec.get("x-decimals")
    if found is None:
        return 0 if target.shape == "integer" else None
    return found + 2 if target.widget == "percent" else found


def sums(form: Form, values: Values) -> dict[str, dict[str, float]]:
    """Below each sub-table the sums of the columns that ask for one, by id of the table and of the column."""
    return {table.id: _sums(form, table, values.get(table.name)) for table in form.tables if table.sums}


def _sums(form: Form, table: Field, rows: Any) -> dict[str, float]:
    rows = [entry for entry in rows if isinstance(entry, dict)] if isinstance(rows, list) else []
    wanted = [form.fields[identity] for identity in table.sums if identity in form.fields]
    return {column.id: round(sum(_numbers(rows, column.name)), 6) for column in wanted}


def _numbers(rows: list[Mapping[str, Any]], name: str) -> Iterator[float]:
    for entry in rows:
        value = entry.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield value


# ── in which order ────────────────────────────────────────────────────────────────────────────────────────────────


def order(form: Form) -> list[Field | str]:
    """Computed fields and names that the form uses, each behind what it is made from; circles are left out."""
    return form.once("order", lambda: _ordered(form))[0]


def circle(form: Form) -> list[str]:
    """Titles of what is computed from each other, the first one again at the end; empty when there is no circle."""
    return form.once("order", lambda: _ordered(form))[1]


def _ordered(form: Form) -> tuple[list[Field | str], list[str]]:
    made: dict[str, Field | str] = {name_of(form, entry): entry for entry in form.fields.values() if entry.computed}
    made |= {name: name for name in form.scope.uses}
    done: list[str] = []
    circles: list[list[str]] = []

    def visit(name: str, trail: list[str]) -> None:
        if name in trail:
            circles.append([*trail[trail.index(name) :], name])
        elif name not in done:
            for read in sorted(reads(form, made[name]) & made.keys()):
                visit(read, [*trail, name])
            done.append(name)

    for name in made:
        visit(name, [])
    circling = {name for found in circles for name in found}
    return [made[name] for name in done if name not in circling], circles[0] if circles else []


def name_of(form: Form, target: Field) -> str:
    """What other formulas call a field: 合计, and 明细.费用 for a column."""
    name = names.normal(target.title["zh"])
    return name if target.table is None else f"{names.normal(form.fields[target.table].title['zh'])}.{name}"


def reads(form: Form, target: Field | str) -> frozenset[str]:
    """What goes into a computed field or a used name; cells of its own row as those of its table. Empty for a formula
    that is wrong."""
    if isinstance(target, str):
        return frozenset().union(*(formula.names for formula in form.scope.uses[target].inputs.values()))
    table = form.fields[target.table] if target.table else None
    formula = names.sound(form, str(target.formula), table, decimals(target))
    own = f"{names.normal(table.title['zh'])}." if table else OWN
    found = formula.names if formula else ()
    return frozenset(own + name.removeprefix(OWN) if name.startswith(OWN) else name for name in found)
