"""What the controls of the form designer are called: verbs and levels of rules, rights, widths, sources."""

from collections.abc import Sequence

from flask_babel import gettext as _

from builder.forms.creating import KINDS, ROWS, SOURCES
from core.db import Document
from core.i18n import text
from organization import roles

Choices = list[tuple[str, str]]


def op_words(op: str, kind: str) -> str:
    later = {"<": _("before"), "<=": _("until"), ">": _("after"), ">=": _("from")}
    words = {
        "=": _("is"),
        "<>": _("is not"),
        "<": _("less than"),
        "<=": _("at most"),
        ">": _("more than"),
        ">=": _("at least"),
        "contains": _("contains"),
        "blank": _("is empty"),
        "filled": _("is filled in"),
        "yes": _("is on"),
        "no": _("is off"),
    }
    return str(later[op] if kind == "date" and op in later else words[op])


def verb_words() -> Choices:
    return [
        ("show", _("show")),
        ("hide", _("hide")),
        ("require", _("require")),
        ("readonly", _("lock")),
        ("set", _("set")),
    ]


def level_words() -> Choices:
    return [("error", _("refuse")), ("warning", _("warn")), ("info", _("remark"))]


def may_words() -> Choices:
    return [("edit", _("may change")), ("read", _("may read")), ("hide", _("does not see"))]


def width_words() -> Choices:
    return [
        ("full", _("full width")),
        ("two_thirds", "2/3"),
        ("half", "1/2"),
        ("third", "1/3"),
        ("quarter", "1/4"),
    ]


def from_words() -> Choices:
    return [
        ("", _("nothing")),
        ("me", _("who fills it")),
        ("my_unit", _("his unit")),
        ("my_manager", _("his manager")),
        ("today", _("the day of today")),
        ("last", _("what he sent last")),
        ("formula", _("a formula")),
        ("link", _("a linked record")),
        ("slot_goal", _("the goal that is owed")),
    ]


def himself(widget: str) -> str:
    return {"person": _("who fills it"), "unit": _("his unit")}.get(widget, "")


def role_choices() -> Choices:
    return [(role.key, text(role.title)) for role in roles.ROLES.values()]


def verb_of(action: Document) -> str:
    return next(key for key in action if key != "to")


def twice(values: Sequence[str]) -> Choices:
    """Values that are their own words."""
    return [(value, value) for value in values]


def every_words() -> Choices:
    return [
        ("day", _("day")),
        ("week", _("week")),
        ("month", _("month")),
        ("quarter", _("quarter")),
        ("year", _("year")),
        ("ever", _("ever")),
    ]


def see_words() -> Choices:
    return [("own", _("he sent himself")), ("unit", _("of his unit and below")), ("all", _("of the company"))]


def does_words() -> Choices:
    return [("edit", _("correct")), ("delete", _("delete")), ("export", _("export"))]


def make_words() -> dict[str, str]:
    return {
        "fact": _("A figure of a metric"),
        "touch": _("A contact with a customer"),
        "task_done": _("A task is done"),
        "goal": _("A goal"),
        "check_in": _("A check-in of a goal"),
        "case": _("A case that somebody answers"),
        "asset": _("A knowledge asset"),
        "swap": _("A swap of tasks"),
    }


def creation_kinds(make: str) -> Choices:
    """What may be chosen as its kind; nothing where there are no kinds."""
    words = {
        "visit": _("visit"),
        "contact": _("contact"),
        "quote": _("quote"),
        "meeting": _("meeting"),
        "objective": _("Objective with key results"),
        "micro": _("Micro OKR"),
        "intelligence": _("Intelligence"),
        "suggestion": _("Suggestion"),
        "review": _("Review meeting"),
        "alert": _("Alert"),
        "loan": _("Loan"),
        "turnaround": _("Turnaround"),
    }
    return [(kind, words[kind]) for kind in KINDS.get(make, ())]


def source_words(make: str) -> Choices:
    """From which fields it is made."""
    words = {
        "value": _("Value from"),
        "day": _("Day from"),
        "product": _("Product from"),
        "unit": _("Unit from"),
        "customer": _("Customer from"),
        "contact_level": _("Level of the contact from"),
        "task": _("Task from"),
        "title": _("Title from"),
        "body": _("Text from"),
        "owner": _("Owner from"),
        "parent": _("Goal above from"),
        "goal": _("Goal from"),
        "window": _("First and last day from"),
        "until": _("Last day from"),
        "metric": _("Metric from"),
        "start": _("Start from"),
        "target": _("Wanted value from"),
        "weight": _("Weight from"),
        "witness": _("Witness from"),
        "confidence": _("Confidence from"),
        "note": _("Note from"),
    }
    return [(source, words[source]) for source in (ROWS if make == "key_result" else SOURCES[make])]
