"""What is wrong with a submission, in sentences for the person who fills it: at its field, with the remedy.

    values, unread = forms.read(form, request.form, world)
    judged = forms.judge(forms.effective(form, values, world), unread)
    judged.problems            empty: it may be stored
    judged.warnings            it may be sent all the same

A sentence names the remedy; limits are told as the field is typed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from jsonschema.exceptions import ValidationError

from builder.forms import posts, showing, values
from builder.forms.document import Field, Form
from builder.forms.effective import Effective, effective
from builder.forms.rules import Finding
from builder.forms.world import Values, World
from builder.shape import pointer
from core.errors import Invalid, Problem
from core.i18n import text


@dataclass(frozen=True)
class Judged:
    """Paths are JSON Pointers of the values: /resources/0/qty."""

    problems: list[Problem]
    warnings: list[Problem]
    infos: list[Problem]


def judge(state: Effective, unread: Sequence[Problem] = ()) -> Judged:
    """Each place is told once: what could not be read at all (`unread`, of a post), then the schema, then what the kind
    of field asks for, then the form's own checks."""
    found = [*unread, *_of_schema(state), *_of_fields(state), *_of_engine(state)]
    told = {problem.path: problem for problem in reversed(found)}
    problems = sorted(told.values(), key=lambda problem: _place(state.form, problem.path))
    by_level: dict[str, list[Problem]] = {"error": problems, "warning": _doubts(state), "info": []}
    for finding in state.findings:
        problem = _found(state.form, finding)
        if finding.rule["level"] != "error" or problem.path not in told:
            by_level[finding.rule["level"]].append(problem)
    return Judged(by_level["error"], by_level["warning"], by_level["info"])


def _place(form: Form, path: str) -> tuple[int, str]:
    """In the order of the page."""
    names = [field.name for field in form.order]
    name = path.split("/")[1] if path else ""
    return (names.index(name) if name in names else len(names), path)


# ── the schema ────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_schema(state: Effective) -> Iterator[Problem]:
    if state.validity.holds(state.values):
        return
    for error in state.validity.errors(state.values):
        yield from _told(state, error)


def _told(state: Effective, error: ValidationError) -> Iterator[Problem]:
    path, rule = pointer(error.absolute_path), str(error.validator)
    if rule == "required":
        missing = (name for name in error.validator_value if name not in error.instance)
        yield from (Problem(path + pointer([name]), rule, _("Fill this in.")) for name in missing)
    elif rule == "additionalProperties":
        for name in error.instance.keys() - error.schema["properties"].keys():
            sentence = _("“%(name)s” is not a field that can be sent here. Leave it out.", name=str(name)[:40])
            yield Problem(path + pointer([name]), "unknown", sentence)
    else:
        field = field_at(state.form, path)
        yield Problem(path, rule, _sentence(rule, error, field))


def _sentence(rule: str, error: ValidationError, field: Field | None) -> str:
    limit = error.validator_value
    if rule in LIMITS:
        return LIMITS[rule](showing.limit(field, limit) if field else str(limit))
    if rule == "type":
        return TYPES[limit]()
    if rule == "enum":
        return _("Choose one of the options.") if limit else _("There is nothing to choose here yet.")
    return _("Each may stand here once.") if rule == "uniqueItems" else error.message


LIMITS: dict[str, Callable[[str], str]] = {
    "minimum": lambda limit: _("Write %(least)s or more.", least=limit),
    "exclusiveMinimum": lambda limit: _("Write more than %(bound)s.", bound=limit),
    "maximum": lambda limit: _("Write %(most)s or less.", most=limit),
    "exclusiveMaximum": lambda limit: _("Write less than %(bound)s.", bound=limit),
    "minLength": lambda limit: _("Write at least %(least)s characters.", least=limit),
    "maxLength": lambda limit: _("Shorten this to %(most)s characters.", most=limit),
    "minItems": lambda limit: _("At least %(least)s entry belongs here.", least=limit),
    "maxItems": lambda limit: _("At most %(most)s entries belong here.", most=limit),
}
TYPES: dict[str, Callable[[], str]] = {
    "string": lambda: _("Write a text here."),
    "number": lambda: _("Write a number here."),
    "integer": lambda: _("Write a whole number."),
    "boolean": lambda: _("Choose yes or no."),
    "array": lambda: _("Several entries belong here, as a list."),
    "object": lambda: _("A row with its columns belongs here."),
}


def field_at(form: Form, path: str) -> Field | None:
    """The field or column of a place: /resources/0/qty is 数量."""
    parts = path.split("/")[1:]
    field = form.named.get(parts[0]) if parts else None
    if field is None or field.widget != "table" or len(parts) < 3:
        return field
    return next((column for column in field.columns if column.name == parts[2]), None)


def called(form: Form, path: str) -> str:
    """A place in words: 资源需求清单 · 第 1 行 · 数量."""
    parts = path.split("/")[1:]
    field = form.named.get(parts[0]) if parts else None
    if field is None:
        return ""
    words = [text(field.title)]
    if field.widget == "table" and len(parts) > 1 and parts[1].isdigit():
        words.append(_("row %(number)s", number=int(parts[1]) + 1))
        column = field_at(form, path)
        words += [text(column.title)] if column is not None and column is not field else []
    return " · ".join(words)


# ── the kinds of fields ───────────────────────────────────────────────────────────────────────────────────────────


def _of_fields(state: Effective) -> Iterator[Problem]:
    for field in state.form.tops:
        value = state.values.get(field.name)
        if value is None or field.id in state.hidden:
            continue
        if field.widget == "table":
            yield from _of_rows(state, field, value)
        elif sentence := _fault(state, field, value):
            yield Problem(pointer([field.name]), field.widget, sentence)


def _of_rows(state: Effective, table: Field, rows: Any) -> Iterator[Problem]:
    judged = [column for column in table.columns if values.judges(column)]
    if not judged or not isinstance(rows, list):
        return
    for number, row in enumerate(rows):
        for column in judged:
            value = row.get(column.name) if isinstance(row, dict) else None
            if value is not None and (sentence := _fault(state, column, value)):
                yield Problem(pointer([table.name, number, column.name]), column.widget, sentence)


def _fault(state: Effective, field: Field, value: Any) -> str | None:
    """What its kind finds wrong with a value of the right type; the schema tells of other types."""
    if not values.judges(field):
        return None
    return values.fault(field, value, state.options.get(field.id, ()), state.world)


# ── what the engine found ─────────────────────────────────────────────────────────────────────────────────────────


def _of_engine(state: Effective) -> Iterator[Problem]:
    if not state.steady:
        yield Problem("", "unsteady", _("The rules of this form contradict each other here. Tell whoever made it."))
    for (field_id, row), code in state.errors.items():
        if _is_required(state, field_id):
            yield _not_computed(state.form, field_id, row, code)


def _doubts(state: Effective) -> list[Problem]:
    """What cannot be computed and need not be: it is told all the same."""
    return [
        _not_computed(state.form, field_id, row, code)
        for (field_id, row), code in state.errors.items()
        if not _is_required(state, field_id)
    ]


def _is_required(state: Effective, field_id: str) -> bool:
    return state.form.fields[field_id].required and field_id not in state.hidden


def _not_computed(form: Form, field_id: str, row: int | None, code: str) -> Problem:
    path = path_of(form, form.fields[field_id], row)
    return Problem(path, code, _("This cannot be computed (%(code)s). Look at what it is made from.", code=code))


def _found(form: Form, finding: Finding) -> Problem:
    path = path_of(form, finding.field, finding.row)
    message = text(finding.rule["message"])
    if finding.error:
        message = _("%(message)s (It cannot be checked: %(code)s.)", message=message, code=finding.error)
    return Problem(path, finding.rule["id"], message)


def path_of(form: Form, field: Field, row: int | None = None) -> str:
    if field.table is None:
        return pointer([field.name])
    table = form.fields[field.table].name
    return pointer([table, field.name] if row is None else [table, row, field.name])


def accepted(form: Form, posted: posts.Posted, world: World) -> Effective:
    """A post that may be stored, as the form stands for it. Raises Invalid with a problem at each field."""
    values, unread = posts.read(form, posted, world)
    state = effective(form, values, world)
    if problems := judge(state, unread).problems:
        raise Invalid(problems)
    return state


def refused_changes(state: Effective, before: Values, sent: Values) -> list[Problem]:
    """What somebody tried to write that he may not: fields and cells that are read-only or unseen for him. `before` is
    what was stored, {} for a new submission; sending the same again, or what comes out anyway, is no change. Rows may
    be left out and added, their barred cells stay in their order."""
    barred = state.readonly | state.unseen
    found: list[Problem] = []
    for field in state.form.tops:
        if field.id in barred and _differs(field, before, sent, state.values if field.id in state.fixed else {}):
            found.append(_refused(f"/{field.name}"))
        found += _refused_cells(state, field, [column for column in field.columns if column.id in barred], before, sent)
    return found


def _refused_cells(
    state: Effective, table: Field, barred: Sequence[Field], before: Values, sent: Values
) -> Iterator[Problem]:
    """Each row that has something in a barred cell must be a row that stood there, behind the one before it."""
    left = _rows(before, table.name)
    becoming = _rows(state.values, table.name)
    for number, row in enumerate(_rows(sent, table.name) if barred else []):
        becomes = becoming[number] if number < len(becoming) else {}
        given = [field for field in barred if _differs(field, {}, row, becomes if field.id in state.fixed else {})]
        if not given:
            continue
        same = (at for at, stood in enumerate(left) if not any(_differs(one, stood, row, {}) for one in given))
        at = next(same, None)
        if at is None:
            yield from (_refused(f"/{table.name}/{number}/{one.name}") for one in given)
        else:
            left = left[at + 1 :]


def _rows(values: Values, table: str) -> list[Values]:
    rows = values.get(table)
    return [row if isinstance(row, dict) else {} for row in rows] if isinstance(rows, list) else []


def _differs(field: Field, before: Values, sent: Values, becomes: Values) -> bool:
    given = sent.get(field.name)
    return given is not None and given not in (before.get(field.name), becomes.get(field.name))


def _refused(path: str) -> Problem:
    return Problem(path, "readonly", _("You cannot change this field. Leave it out."))
