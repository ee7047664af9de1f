"""A form as it stands for one person and these values: what he sees, must fill, may change, and what is computed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from builder.forms import computing, names, options, rich, rights, rules, schemas, soundness
from builder.forms.document import Field, Form, knowing
from builder.forms.options import Option
from builder.forms.rules import Finding
from builder.forms.validity import Validity
from builder.forms.world import Values, World
from core.db import Document


@dataclass(frozen=True)
class Effective:
    """`values` are what is stored: typed, set by rules, computed; `row` the same as formulas see it; `kept` what
    hidden fields held, by name, columns as rows of what was taken out. `hidden`, `unseen` (by the person's rights),
    `required`, `readonly` are ids of fields, `fixed` those whose value a formula, a linked record, the store or a rule
    gives; `parts` are ids of hidden parts and items of the layout. `errors` are codes such as #DIV/0! by (field id,
    row)."""

    form: Form
    world: World
    values: Mapping[str, Any]
    row: Mapping[str, Any]
    kept: Mapping[str, Any]
    hidden: frozenset[str]
    parts: frozenset[str]
    unseen: frozenset[str]
    required: frozenset[str]
    readonly: frozenset[str]
    fixed: frozenset[str]
    options: Mapping[str, tuple[Option, ...]]
    errors: Mapping[tuple[str, int | None], str]
    findings: list[Finding]
    steady: bool

    @property
    def schema(self) -> Document:
        """Closed JSON Schema of this submission; hidden fields are not in it."""
        return self.validity.schema

    @property
    def digest(self) -> str:
        """Hash of the schema, kept with the record."""
        return self.validity.digest

    @cached_property
    def validity(self) -> Validity:
        key = ("validity", self.hidden, self.required, tuple(self._offered()))
        return self.form.once(key, self._validity)

    def _offered(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        for field_id, known in self.options.items():
            yield field_id, tuple(option.value for option in options.walk(known))

    def _validity(self) -> Validity:
        return Validity(schemas.effective(self.form, self.hidden, self.required, self.options))

    @cached_property
    def sums(self) -> dict[str, dict[str, float]]:
        """Below each sub-table, by id of the table and of the column."""
        return computing.sums(self.form, self.values)

    def shows(self, identity: str) -> bool:
        """Whether the person sees a field, or a part of the layout."""
        return identity not in self.hidden and identity not in self.parts and identity not in self.unseen


def effective(form: Form, values: Values, world: World) -> Effective:
    """Raises Invalid for values that no form could have sent: NaN, nesting without end."""
    soundness.refuse(values)
    form, values = knowing(form, world.known), rich.cleaned(form, values)
    settled = rules.settle(form, looked_up(form, values, world), world)
    barred = rights.barred(form, world.who.roles)
    hidden = settled.outcome.hidden.intersection(form.fields)
    readonly = _readonly(form, settled, barred)
    return Effective(
        form=form,
        world=world,
        values=settled.computed.values,
        row=settled.computed.row,
        kept=_kept(form, values, hidden),
        hidden=hidden,
        parts=settled.outcome.hidden - hidden,
        unseen=frozenset(field_id for field_id, right in barred.items() if right == rights.HIDE),
        required=_required(form, settled) - hidden - readonly,
        readonly=readonly,
        fixed=form.untyped.union(settled.outcome.sets),
        options=_offered(form, settled.computed.row, world),
        errors=settled.computed.errors,
        findings=rules.findings(form, settled, world),
        steady=settled.steady,
    )


def looked_up(form: Form, values: Values, world: World) -> dict[str, Any]:
    """The values with those that are looked up in linked records, whatever was sent for them."""
    found = dict(values)
    for field in form.tops:
        if field.widget == "lookup":
            found.pop(field.name, None)
            value = _of_record(form, field, values, world)
            if value is not None:
                found[field.name] = value
    return found


def _of_record(form: Form, field: Field, values: Values, world: World) -> Any:
    sought = field.spec.get("x-lookup", {})
    link = form.fields.get(sought.get("link", ""))
    record = values.get(link.name) if link else None
    return world.looked_up(link, record, sought["field"]) if link and names.is_id(record) else None


def _readonly(form: Form, settled: rules.Settled, barred: Mapping[str, str]) -> frozenset[str]:
    """What he cannot change: nobody types it, a rule has set or locked it, or his rights end before it."""
    outcome = settled.outcome
    return form.untyped.union(barred, outcome.sets, outcome.readonly & form.fields.keys())


def _required(form: Form, settled: rules.Settled) -> frozenset[str]:
    return form.required.union(settled.outcome.required & form.fields.keys())


def _offered(form: Form, row: Mapping[str, Any], world: World) -> dict[str, tuple[Option, ...]]:
    spoken: dict[str, Any] = {}
    if any("match" in field.spec["x-options"] for field in form.choosers):
        spoken = {field.id: row.get(names.normal(field.title["zh"])) for field in form.tops}
    return {field.id: _options(form, field, spoken, world) for field in form.choosers}


def _options(form: Form, field: Field, spoken: Mapping[str, Any], world: World) -> tuple[Option, ...]:
    """Options that the form itself lists are read once."""
    if not isinstance(field.spec["x-options"], list):
        return options.of(form, field, spoken, world)
    return form.once(("options", field.id), lambda: options.of(form, field, spoken, world))


def offered_to_all(form: Form, field: Field, world: World) -> tuple[Option, ...]:
    """Every option that a choice may ever have, whatever stands in the other fields."""
    return _options(form, field, {}, world) if "x-options" in field.spec else ()


def _kept(form: Form, values: Values, hidden: frozenset[str]) -> dict[str, Any]:
    """What stands in hidden fields: shown as such with the record, never judged, never sent."""
    kept: dict[str, Any] = {}
    for field in form.tops:
        value = values.get(field.name)
        if value is None:
            continue
        if field.id in hidden:
            kept[field.name] = value
        elif gone := [column.name for column in field.columns if column.id in hidden]:
            rows = [{name: row[name] for name in gone if name in row} for row in value if isinstance(row, dict)]
            if any(rows):
                kept[field.name] = rows
    return kept
