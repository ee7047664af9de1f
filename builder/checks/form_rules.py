"""Rules of a form: they name what is there, their formulas hold, and no two pull one field in two directions."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from flask_babel import gettext as _

import formulas
from builder.checks.form_fields import no_field
from builder.expressions import other_kind, refused
from builder.forms import names, rules
from builder.forms.document import Field, Form
from builder.forms.widgets import CONDITIONAL
from builder.shape import pointer
from core.db import Document
from core.errors import Problem
from core.i18n import text
from formulas.nodes import Call, Compare, ItemColumn, Literal, Node
from formulas.nodes import Field as Name

KINDS = {"choice": "text", "choices": "text", "files": "text"}


def problems(form: Form) -> Iterator[Problem]:
    for position, rule in enumerate(form.body.get("rules", ())):
        place = ("body", "rules", position)
        yield from _check(form, rule, place) if "check" in rule else _actions(form, rule, place)
    yield from _conflicts(form)


def _check(form: Form, rule: Document, place: tuple[str | int, ...]) -> Iterator[Problem]:
    at = form.fields.get(rule["at"])
    if "then" in rule:
        yield Problem(pointer((*place, "then")), "rule", _("A rule either checks or does something. Make two of it."))
    if at is None:
        yield no_field(pointer((*place, "at")), rule["at"])
        return
    table = form.fields[at.table] if at.table else None
    for key in ("check", "when"):
        if key in rule:
            yield from formula(form, rule[key], pointer((*place, key)), table, wanted="bool")


def _actions(form: Form, rule: Document, place: tuple[str | int, ...]) -> Iterator[Problem]:
    yield from formula(form, rule["when"], pointer((*place, "when")), wanted="bool")
    for number, action in enumerate(rule["then"]):
        yield from _action(form, action, (*place, "then", number))


def _action(form: Form, action: Document, place: tuple[str | int, ...]) -> Iterator[Problem]:
    verbs = [verb for verb in rules.VERBS if verb in action]
    if len(verbs) != 1:
        yield Problem(pointer(place), "action", _("One action does one thing. Make several of it."))
        return
    target = action[verbs[0]]
    field = form.fields.get(target)
    known = field is not None or (target in form.parts and verbs[0] != "set")
    if not known:
        yield no_field(pointer((*place, verbs[0])), target)
    elif verbs[0] == "set" and field is not None:
        yield from _setting(form, action, field, place)


def _setting(form: Form, action: Document, field: Field, place: tuple[str | int, ...]) -> Iterator[Problem]:
    if field.table is not None or not field.typed:
        sentence = _("A rule can set fields that people fill, not columns or computed fields.")
        yield Problem(pointer((*place, "set")), "set", sentence)
    else:
        yield from formula(form, action["to"], pointer((*place, "to")), None, field)


# ── formulas ──────────────────────────────────────────────────────────────────────────────────────────────────────


def formula(
    form: Form,
    written: str,
    path: str,
    table: Field | None = None,
    target: Field | None = None,
    wanted: str | None = None,
) -> Iterator[Problem]:
    """What is wrong with a formula of the form; it gives what the target is, or what is wanted."""
    try:
        compiled = names.compiled(form, written, table)
    except formulas.FormulaError as error:
        yield refused(error, path)
        return
    if target is not None:
        wanted = KINDS.get(str(target.kind), target.kind)
    if wanted is not None and compiled.kind not in (wanted, "blank"):
        yield other_kind(path, wanted, compiled.kind)
    yield from _misused(form, compiled.tree, path, table)


def _misused(form: Form, tree: Node, path: str, table: Field | None) -> Iterator[Problem]:
    """Several choices in one comparison, a file in a sum: such a formula would be silently false."""
    limited = dict(_limited(form, table))
    for node, around in _with_calls(tree, None):
        field = limited.get(node.name) if isinstance(node, Name | ItemColumn) else None
        if field is not None and around not in CONDITIONAL[str(field.kind)]:
            allowed = ", ".join(sorted(CONDITIONAL[str(field.kind)]))
            sentence = _("“%(title)s” can only be asked with %(allowed)s.", title=field.title["zh"], allowed=allowed)
            yield Problem(path, "function", sentence)


def _limited(form: Form, table: Field | None) -> Iterator[tuple[str, Field]]:
    for field in form.fields.values():
        if field.kind in CONDITIONAL:
            owner = form.fields[field.table] if field.table else None
            name = names.normal(field.title["zh"])
            yield (f"{names.normal(owner.title['zh'])}.{name}" if owner else name), field
            if owner is not None and owner is table:
                yield f"本行.{name}", field


def _with_calls(node: Node, around: str | None) -> Iterator[tuple[Node, str | None]]:
    """Every node with the function that it is handed to."""
    yield node, around
    inner = node.name if isinstance(node, Call) else None
    for child in node.children:
        yield from _with_calls(child, inner)


# ── rules against each other ──────────────────────────────────────────────────────────────────────────────────────


class Saying(NamedTuple):
    """What one action says of one property of a field or part."""

    target: str
    property: str
    value: str
    path: str
    rule: Document


def _conflicts(form: Form) -> Iterator[Problem]:
    """Two rules that may hold together and say different things of one property of one field."""
    said: dict[tuple[str, str], list[Saying]] = defaultdict(list)
    for one in _sayings(form):
        earlier = said[one.target, one.property]
        for other in earlier:
            if one.value != other.value and not _exclusive(form, one.rule["when"], other.rule["when"]):
                yield _conflict(form, one, other)
        earlier.append(one)


def _sayings(form: Form) -> Iterator[Saying]:
    for position, rule in enumerate(form.body.get("rules", ())):
        actions = () if rule.get("off") else rule.get("then", ())
        for number, action in enumerate(actions):
            path = pointer(("body", "rules", position, "then", number))
            for verb in ("show", "hide"):
                if verb in action:
                    yield Saying(action[verb], "visible", verb, path, rule)
            if "set" in action:
                yield Saying(action["set"], "value", action["to"], path, rule)


def _conflict(form: Form, one: Saying, other: Saying) -> Problem:
    field = form.fields.get(one.target)
    sentence = _(
        "“%(first)s” and “%(second)s” say different things of “%(title)s” when both hold. Let one exclude the other.",
        first=text(other.rule.get("title")) or other.rule["when"],
        second=text(one.rule.get("title")) or one.rule["when"],
        title=field.title["zh"] if field else one.target,
    )
    return Problem(one.path, "conflict", sentence)


def _exclusive(form: Form, one: str, other: str) -> bool:
    """Whether two conditions never hold together, as far as can be seen: 阶段="甲" and 阶段="乙"."""
    try:
        left, right = (_equals(names.compiled(form, condition).tree) for condition in (one, other))
    except formulas.FormulaError:
        return False
    return left is not None and right is not None and left[0] == right[0] and left[1] != right[1]


def _equals(tree: Node) -> tuple[str, Any] | None:
    if isinstance(tree, Compare) and tree.operator == "=":
        match tree.args:
            case [Name() as name, Literal() as literal] | [Literal() as literal, Name() as name]:
                return name.name, literal.value
    return None
