"""The kinds of fields: how a field is asked for, which JSON it is stored as, what it is in a formula."""

from dataclasses import dataclass

CONDITIONAL = {
    "choices": frozenset({"CONTAINS", "ISBLANK"}),
    "files": frozenset({"ISBLANK"}),
}
"""Values that a formula may only hand to these functions: anything else would be silently false."""


@dataclass(frozen=True)
class Widget:
    """`shapes` are the JSON types of a value, `array of …` where there may be several. `kind` is number, text, choice,
    bool or date in a formula, or one of `CONDITIONAL`; None stands in no formula as itself (sub-tables, date ranges).
    `longest` bounds a text that has no limit of its own."""

    name: str
    shapes: tuple[str, ...]
    kind: str | None
    longest: int = 0
    typed: bool = True


NUMBERS = ("number", "integer")
STRINGS = ("string",)
IDS = ("integer", "array of integer")
FILES = ("string", "array of string")

WIDGETS = {
    widget.name: widget
    for widget in (
        Widget("text", STRINGS, "text", longest=500),
        Widget("long_text", STRINGS, "text", longest=10_000),
        Widget("rich_text", STRINGS, "text", longest=50_000),
        Widget("phone", STRINGS, "text", longest=30),
        Widget("email", STRINGS, "text", longest=254),
        Widget("url", STRINGS, "text", longest=2_000),
        Widget("number", NUMBERS, "number"),
        Widget("money", NUMBERS, "number"),
        Widget("percent", NUMBERS, "number"),
        Widget("slider", NUMBERS, "number"),
        Widget("rating", ("integer",), "number"),
        Widget("switch", ("boolean",), "bool"),
        Widget("date", STRINGS, "date", longest=10),
        Widget("date_time", STRINGS, "date", longest=16),
        Widget("date_range", ("array of string",), None, longest=10),
        Widget("choice", STRINGS, "choice", longest=200),
        Widget("choices", ("array of string",), "choices", longest=200),
        Widget("cascading", ("array of string",), "choices", longest=200),
        Widget("metric", STRINGS, "choice", longest=80),
        Widget("person", IDS, "choice"),
        Widget("unit", IDS, "choice"),
        Widget("product", IDS, "choice"),
        Widget("customer", IDS, "choice"),
        Widget("goal", IDS, "choice"),
        Widget("task", IDS, "choice"),
        Widget("record", IDS, "choice"),
        Widget("lookup", (*NUMBERS, "string", "boolean"), "any", longest=50_000, typed=False),
        Widget("table", ("array of object",), None),
        Widget("file", FILES, "files", longest=200),
        Widget("image", FILES, "files", longest=200),
        Widget("signature", STRINGS, "files", longest=200),
        Widget("serial", STRINGS, "text", longest=60, typed=False),
        Widget("location", ("array of number",), "files"),
    )
}

PICKERS = frozenset({"person", "unit", "product", "customer", "goal", "task", "record", "metric"})
CHOOSERS = frozenset({"choice", "choices", "cascading"})
RANGE_NAMES = ("开始", "结束")
"""A date range 期间 is 期间开始 and 期间结束 in formulas."""

_BY_SHAPE = {
    "string": "text",
    "number": "number",
    "integer": "number",
    "boolean": "switch",
    "array of object": "table",
    "array of string": "choices",
    "array of integer": "person",
    "array of number": "location",
}
_KIND_BY_SHAPE = {"number": "number", "integer": "number", "boolean": "bool"}


def shape_of(spec: dict[str, object]) -> str:
    """The JSON type of a property: `string`, `array of object` …"""
    items = spec.get("items")
    if spec["type"] != "array":
        return str(spec["type"])
    return f"array of {items['type']}" if isinstance(items, dict) else "array"


def plain(shape: str) -> Widget:
    """How a field that nobody has placed yet is asked for."""
    return WIDGETS[_BY_SHAPE.get(shape, "text")]


def kind_of(widget: Widget, shape: str) -> str | None:
    """What a value is in a formula. Several people or goals are a text of their names, as several choices are."""
    if widget.kind == "any":
        return _KIND_BY_SHAPE.get(shape, "text")
    if widget.kind == "choice" and shape.startswith("array"):
        return "choices"
    return widget.kind
