"""What the formula editor shows of an expression: its names with their values, what is wrong and how to put it right,
the results for three people before and after, and how one of them comes about.

Pure but for the wording: a view hands in the texts, the rows of the people and what is in force.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import formulas
from builder import formula_cautions, remedies
from builder.compiled import Result
from builder.expressions import Expression, Filled, Scope, number_named
from builder.formula_values import shown
from builder.remedies import Fault, Remedy
from builder.samples import NOBODY, Rows
from builder.scopes import PLACES, Name
from builder.sources import Sources
from core.db import Document
from core.errors import Invalid
from core.i18n import language, text


@dataclass(frozen=True)
class Setting:
    """Where an expression stands: its names, what it uses, what it must give.

    `constants` are values of names that are the same for everybody (parameters), by key. `hold` refuses a result
    where an input is blank.
    """

    names: tuple[Name, ...]
    uses: Sequence[Document] = ()
    wanted: str | None = "number"
    constants: Mapping[str, float] = field(default_factory=dict)
    decimals: int | None = None
    hold: bool = False

    def scope(self, known: Sources) -> Scope:
        return Scope(self.names, self.uses, known)


@dataclass(frozen=True)
class Text:
    """A text where it stands: the published one and the draft may use different things."""

    typed: str
    setting: Setting


def of_place(
    place: str, uses: Sequence[Document] = (), numbers: Sequence[str] = (), wanted: str | None = "number"
) -> Setting:
    """A place of `scopes.PLACES`; `numbers` are names that the document itself adds there; `wanted` None takes what
    comes."""
    return Setting((*PLACES[place], *map(number_named, numbers)), uses, wanted)


def of_formula(body: Document) -> Setting:
    """The expression of a definition of kind formula."""
    named = [*body["inputs"], *body.get("parameters", ())]
    names = tuple(Name(entry["as"], entry["id"], entry.get("type", "number"), _note(entry)) for entry in named)
    constants = {entry["id"]: float(entry["default"]) for entry in body.get("parameters", ())}
    result = body["result"]
    hold = body.get("on_missing", "hold") == "hold"
    return Setting(names, body.get("uses", ()), result["type"], constants, result.get("decimals"), hold)


def _note(entry: Document) -> Document:
    label: Document = entry.get("label", {})
    return {} if label.get("zh") == entry["as"] and language() == "zh" else label


# ── judging ───────────────────────────────────────────────────────────────────────────────────────────────────────


def judge(typed: str, setting: Setting, known: Sources) -> Expression | Fault:
    """The compiled expression, or what is wrong with the text."""
    scope = setting.scope(known)
    try:
        return scope.compile(typed, setting.wanted, decimals=setting.decimals)
    except Invalid as refused:
        error = refused.__cause__
        if isinstance(error, formulas.FormulaError) and error.code == "E_NAME" and scope.problems:
            return Fault(
                error.start, error.end, scope.problems[0].message
            )  # the name that is missing could not be made
        if isinstance(error, formulas.FormulaError):
            return Fault(error.start, error.end, error.text(language()), _remedies(typed, error, scope))
        return Fault(0, len(typed), refused.problems[0].message)


def _remedies(typed: str, error: formulas.FormulaError, scope: Scope) -> list[Remedy]:
    if error.code in ("E_SCHEMA", "E_LIMIT"):  # about the names, or about a text too long to try things on
        return []
    return remedies.of(typed, error, scope.schema)


# ── computing ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Results:
    """An expression over rows."""

    expression: Expression
    filled: Filled
    values: list[Any]
    missing: Mapping[str, Any]

    def missing_names(self, row: int) -> list[str]:
        return [name for name, mask in self.missing.items() if mask[row]]


def compute(expression: Expression, setting: Setting, rows: Rows, today: dt.date) -> Results:
    """One value a row, None where it is blank or held. Raises FormulaError when a row brings the wrong kind."""
    count = len(rows)
    columns = {key: rows.columns.get(key, [None] * count) for key in expression.scope.keys.values()}
    columns |= {key: [value] * count for key, value in setting.constants.items()}
    filled = Filled(expression.scope, columns, count, today)
    values = filled.compute(expression.formula).to_list()
    missing = {name: filled.blank(name) for name in expression.formula.required_names}
    if setting.hold:
        values = [None if any(mask[at] for mask in missing.values()) else v for at, v in enumerate(values)]
    return Results(expression, filled, values, missing)


def best_middle_worst(judged_by: Text, known: Sources, rows: Rows, today: dt.date) -> list[int]:
    """Where the rows stand whose results the editor shows; the first three where the text gives no numbers."""
    judged = judge(judged_by.typed, judged_by.setting, known)
    first = list(range(min(3, len(rows))))
    if isinstance(judged, Fault) or not rows:
        return first
    try:
        return _extremes(compute(judged, judged_by.setting, rows, today).values) or first
    except formulas.FormulaError:
        return first


def _extremes(values: Sequence[Any]) -> list[int]:
    numbers = [(value, at) for at, value in enumerate(values) if isinstance(value, float)]
    if len(numbers) < min(3, len(values)):
        return []
    ranked = [at for _value, at in sorted(numbers, key=lambda pair: -pair[0])]
    return list(dict.fromkeys((ranked[0], ranked[(len(ranked) - 1) // 2], ranked[-1])))


# ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Chip:
    """A name to click: what is inserted, what it means, what it is for the chosen person."""

    name: str
    inserts: str
    note: str
    type: str
    value: str
    source: str = ""  # inputs, parameters, uses


@dataclass(frozen=True)
class Outcome:
    """One person's result by the published text and by the draft."""

    name: str
    before: str
    after: str
    changed: bool
    missing: list[str]


@dataclass(frozen=True)
class Line:
    """A step of 为什么: a part of the formula, its value, where a name's value comes from, the steps below."""

    source: str
    value: str
    note: str = ""
    lines: Sequence["Line"] = ()


@dataclass(frozen=True)
class Shown:
    """Everything that changes while somebody types."""

    fault: Fault | None
    outcomes: Sequence[Outcome] = ()
    lines: Line | None = None
    chips: Sequence[Chip] = ()
    cautions: Sequence[Fault] = ()


def show(draft: Text, before: Text | None, rows: Rows, person: int, known: Sources, today: dt.date) -> Shown:
    """`rows` are the people beside each other; `person` is the one whose values stand under the names."""
    person = min(max(person, 0), max(len(rows) - 1, 0))
    judged = judge(draft.typed, draft.setting, known)
    try:
        chips = chips_of(draft.setting, rows, person, known, today)
        published = _published(before, rows, known, today)
        if isinstance(judged, Fault):
            held = [Outcome(name, value, "—", False, []) for name, value in published]
            return Shown(judged, held, None, chips)
        results = compute(judged, draft.setting, rows, today)
    except formulas.FormulaError as error:  # a row brings a text where a number belongs
        return Shown(judged if isinstance(judged, Fault) else Fault(0, 0, error.text(language())))
    lines = explain(results, person, today) if len(rows) else None
    cautions = formula_cautions.of(draft.typed, judged.scope.schema)
    return Shown(None, _outcomes(results, [value for _name, value in published], rows), lines, chips, cautions)


def refused(found: Shown, fault: Fault) -> Shown:
    """The same with a fault that the text alone does not show: what is published stays, the draft gives nothing."""
    held = [replace(outcome, after="—", changed=False, missing=[]) for outcome in found.outcomes]
    return Shown(fault, held, None, found.chips)


def _published(before: Text | None, rows: Rows, known: Sources, today: dt.date) -> list[tuple[str, str]]:
    """What each person gets by what is in force."""
    values: list[Any] = [None] * len(rows)
    judged = judge(before.typed, before.setting, known) if before else None
    if before is not None and isinstance(judged, Expression):
        values = compute(judged, before.setting, rows, today).values
    return [(name, shown(value)) for name, value in zip(rows.names, values, strict=True)]


def _outcomes(results: Results, before: Sequence[str], rows: Rows) -> list[Outcome]:
    found = []
    for at, name in enumerate(rows.names):
        after, held = shown(results.values[at]), results.values[at] is None
        missing = results.missing_names(at) if held else []
        found.append(Outcome(name, before[at], after, before[at] != after, missing))
    return found


def chips_of(setting: Setting, rows: Rows, person: int, known: Sources, today: dt.date) -> list[Chip]:
    """The names of the place in their order, then what `uses` brings."""
    scope = setting.scope(known)
    one = rows.take([person]) if len(rows) else NOBODY
    columns = {key: one.columns.get(key, [None]) for key in scope.keys.values()}
    columns |= {key: [value] for key, value in setting.constants.items()}
    filled = Filled(scope, columns, 1, today)
    own = [_own_chip(name, setting, columns) for name in setting.names]
    return own + [_used_chip(name, scope, filled, bool(len(rows))) for name in scope.uses]


def _own_chip(name: Name, setting: Setting, columns: Mapping[str, Sequence[Any]]) -> Chip:
    source = "parameters" if name.key in setting.constants else "inputs"
    value = shown(next(iter(columns.get(name.key, ())), None))  # of two inputs with one name the scope knows one
    return Chip(name.zh, remedies.written(name.zh), text(name.note), name.type, value, source)


def _used_chip(name: str, scope: Scope, filled: Filled, has_person: bool) -> Chip:
    use = scope.uses[name]
    value = shown(_result(filled, name).value(0)) if has_person else "—"
    return Chip(name, remedies.written(name), use.target.title, scope.fields[name], value, "uses")


def _result(filled: Filled, name: str) -> Result:
    return filled.result(name)


def explain(results: Results, row: int, today: dt.date) -> Line | None:
    """为什么: the steps of one row, with the table row or formula version behind a name that is used."""
    formula = results.expression.formula
    values = {name: _value(results.filled, name, row) for name in formula.names}
    try:
        step = formula.explain(values, today)
    except formulas.FormulaError:  # a table or formula that is used gave an error: its own line says so
        lines = [Line(name, shown(value), _origin(results.filled, name, row)) for name, value in values.items()]
        return Line(results.expression.text, shown(results.values[row]), lines=lines)
    return replace(_line(step, results.filled, row), value=shown(results.values[row]))


def _value(filled: Filled, name: str, row: int) -> Any:
    return _result(filled, name).value(row) if name in filled.scope.uses else filled.column(name)[row]


def _line(step: formulas.Step, filled: Filled, row: int) -> Line:
    below = [_line(arg, filled, row) for arg in step.args if arg.name]
    return Line(step.source, shown(step.value), _origin(filled, step.name, row), below)


def _origin(filled: Filled, name: str, row: int) -> str:
    """Title and row of the table, or the formula, that a name's value comes from."""
    use = filled.scope.uses.get(name)
    if use is None:
        return ""
    fired = _result(filled, name).row_id(row)
    version = f" v{use.source.number}" if use.source.number else ""
    return f"{use.target.title}{version}" + (f" · {_row_name(use.source.document, fired)}" if fired else "")


def _row_name(table: Document, row_id: str) -> str:
    """The conditions of a row, as its readers know it."""
    rows: list[Document] = table["body"].get("rows", [])
    row = next((entry for entry in rows if entry.get("id") == row_id), {})
    cells = [str(cell).strip('"“”') for cell in row.get("when", {}).values() if cell not in ("-", "")]
    return " · ".join(cells) or row_id
