"""Conditions of rules as sentences: 目标关联度评分 不超过 2 并且 类型 是 新品. Any other formula stays one.

form_conditions.read('目标关联度评分<=2', form)      [Clause("f1", "<=", "2")], "and"
form_conditions.write(form, clauses, "and")         back to the text
"""

from collections.abc import Sequence
from typing import NamedTuple

import formulas
from builder.forms import Field, Form
from builder.forms.names import ME, MY_UNIT, normal
from builder.forms.renaming import written
from formulas.nodes import Call, Compare, Literal, Negative, Node, Percent
from formulas.nodes import Field as Name
from formulas.parser import parse

JOINED = {"and": "AND", "or": "OR"}
OPPOSITE = {"blank": "filled", "yes": "no"}
BY_KIND = {
    "number": ("=", "<>", "<", "<=", ">", ">=", "blank", "filled"),
    "date": ("=", "<>", "<", "<=", ">", ">=", "blank", "filled"),
    "choice": ("=", "<>", "blank", "filled"),
    "text": ("=", "<>", "contains", "blank", "filled"),
    "choices": ("contains", "blank", "filled"),
    "files": ("blank", "filled"),
    "bool": ("yes", "no"),
}
HIMSELF = {"person": ME, "unit": MY_UNIT}
"""What a person and a unit may be compared with beside a name."""
ALONE = frozenset({"blank", "filled", "yes", "no"})
"""They need no value."""


class Clause(NamedTuple):
    """`value` as it is typed: 2, 15%, 新品, 2025-01-31."""

    field: str
    op: str
    value: str = ""


def asked(form: Form) -> list[Field]:
    """What a sentence may be about: fields of the form itself."""
    return [field for field in form.tops if field.kind in BY_KIND]


def ops(field: Field) -> Sequence[str]:
    return BY_KIND[str(field.kind)]


# ── to a formula ──────────────────────────────────────────────────────────────────────────────────────────────────


def write(form: Form, clauses: Sequence[Clause], joined: str = "and") -> str:
    texts = [_text(form.fields[clause.field], clause) for clause in clauses]
    return texts[0] if len(texts) == 1 else f"{JOINED[joined]}({', '.join(texts)})"


def _text(field: Field, clause: Clause) -> str:
    name = written(field.title["zh"])
    match clause.op:
        case "blank":
            return f"ISBLANK({name})"
        case "filled":
            return f"NOT(ISBLANK({name}))"
        case "yes":
            return name
        case "no":
            return f"NOT({name})"
        case "contains":
            return f"CONTAINS({name}, {_quoted(clause.value)})"
    return f"{name}{clause.op}{_value(field, clause.value)}"


def _value(field: Field, typed: str) -> str:
    if field.kind == "number":
        number = typed.strip().replace(",", "")
        return f"{number}%" if field.widget == "percent" and not number.endswith("%") else number or "0"
    if field.kind == "date":
        return f"DATE({', '.join(str(int(part)) for part in (typed or '2025-01-01').split('-'))})"
    return typed.strip() if typed.strip() == HIMSELF.get(field.widget) else _quoted(typed)


def _quoted(text: str) -> str:
    plain = text.replace('"', "”")
    return f'"{plain}"'


def usual(field: Field) -> Clause:
    """What a new sentence about a field begins with."""
    titles = field.spec.get("x-options")
    first = titles[0]["title"]["zh"] if isinstance(titles, list) and titles else ""
    start = {"number": Clause(field.id, "<=", "0"), "date": Clause(field.id, "<=", "2025-12-31")}
    start |= {"choice": Clause(field.id, "=", first) if first else Clause(field.id, "filled")}
    start |= {"bool": Clause(field.id, "yes"), "choices": Clause(field.id, "filled")}
    return start.get(str(field.kind), Clause(field.id, "filled"))


# ── from a formula ────────────────────────────────────────────────────────────────────────────────────────────────


def read(text: str, form: Form) -> tuple[list[Clause], str] | None:
    """The clauses and how they are joined; None for a formula that no sentence says, or that cannot be read."""
    try:
        tree = parse(text)
    except formulas.FormulaError:
        return None
    joined = next((key for key, name in JOINED.items() if isinstance(tree, Call) and tree.name == name), None)
    parts = tree.children if joined else [tree]
    found = [_clause(part, text, form) for part in parts]
    clauses = [clause for clause in found if clause is not None]
    return (clauses, joined or "and") if len(clauses) == len(parts) else None


def _clause(node: Node, text: str, form: Form) -> Clause | None:
    match node:
        case Name():
            return _alone(node, "yes", form)
        case Call(name="NOT", args=[inner]):
            found = _clause(inner, text, form)
            return found._replace(op=OPPOSITE[found.op]) if found is not None and found.op in OPPOSITE else None
        case Call(name="ISBLANK", args=[Name() as name]):
            return _alone(name, "blank", form)
        case Call(name="CONTAINS", args=[Name() as name, Literal(value=str(value))]):
            return _about(name, "contains", value, form)
        case Compare(args=[Name() as name, right]):
            typed = right.name if isinstance(right, Name) and _is_himself(name, right, form) else _typed(right, text)
            return None if typed is None else _about(name, node.operator, typed, form)
    return None


def _is_himself(name: Name, right: Name, form: Form) -> bool:
    return any(normal(at.title["zh"]) == name.name and HIMSELF.get(at.widget) == right.name for at in asked(form))


def _alone(node: Name, op: str, form: Form) -> Clause | None:
    return _about(node, op, "", form)


def _about(node: Name, op: str, value: str, form: Form) -> Clause | None:
    field = next((field for field in asked(form) if normal(field.title["zh"]) == node.name), None)
    return Clause(field.id, op, value) if field is not None and op in ops(field) else None


def _typed(node: Node, text: str) -> str | None:
    """A value as it stands in the control."""
    match node:
        case Literal(value=str(value)):
            return value
        case Literal() | Percent(arg=Literal()) | Negative(arg=Literal()):
            return text[node.start : node.end].strip()
        case Call(name="DATE", args=[Literal() as year, Literal() as month, Literal() as day]):
            parts = (year.value, month.value, day.value)
            if all(isinstance(part, float) for part in parts):
                return f"{int(year.value):04}-{int(month.value):02}-{int(day.value):02}"
    return None
