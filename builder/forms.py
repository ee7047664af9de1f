"""A form as a page shows it and as a post is read: sections of fields, values or the problems of each field.

Numbers stay exact (`Decimal`): 7.2亿 is 720000000, 15 in a percent field is 0.15.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

import formulas
from builder import shape
from core.db import Document
from core.errors import Invalid, Problem
from core.i18n import money, percent

UNITS = {"": 1, "元": 1, "万": 10_000, "万元": 10_000, "亿": 100_000_000, "亿元": 100_000_000}
NUMBER = re.compile(r"([+-]?\d[\d,]*(?:\.\d+)?)\s*(%?)(\D*)")
MOST = Decimal(10) ** 15  # beyond this a float no longer tells one yuan from the next


@dataclass(frozen=True)
class Field:
    name: str
    id: str
    title: Document
    type: str
    widget: str
    hint: Document | None
    required: bool
    computed: bool
    default: Any


@dataclass(frozen=True)
class Section:
    title: Document | None
    fields: list[Field]


def sections(body: Document) -> list[Section]:
    """The layout with what each field needs, in order."""
    return [
        Section(section.get("title"), [_field(body, item) for item in section["items"]]) for section in body["layout"]
    ]


def read(body: Document, posted: Mapping[str, str]) -> dict[str, Any]:
    """The values of a post, computed fields included. Raises Invalid with a problem at each field (/base) that is
    missing, no number, or outside its limits."""
    fields = [field for section in sections(body) for field in section.fields if not field.computed]
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for field in fields:
        typed = (posted.get(field.name) or "").strip()
        if not typed:
            problems += [_missing(field)] if field.required else []
            continue
        try:
            values[field.name] = parse(typed, field)
        except ValueError as error:
            problems.append(Problem(f"/{field.name}", "format", str(error)))
    problems += _outside(body["data"], values, fields)
    if problems:
        raise Invalid(problems)
    return {**values, **_computed(body, values)}


def parse(typed: str, field: Field) -> Any:
    """One value as it was typed; ValueError with a sentence for the person."""
    if field.type == "string":
        return typed
    number = _number(typed, in_percent=field.widget == "percent")
    if abs(number) > MOST:
        raise ValueError(_("This is too large to compute with."))
    if field.type == "integer":
        if number != number.to_integral_value():
            raise ValueError(_("Write a whole number."))
        return int(number)
    return number


def _number(typed: str, *, in_percent: bool) -> Decimal:
    match = NUMBER.fullmatch(unicodedata.normalize("NFKC", typed).strip())
    if match is None or match[3] not in UNITS:
        raise ValueError(_("“%(typed)s” is not a number. Write it like 128万, 7.2亿 or 720000000.", typed=typed[:40]))
    number = Decimal(match[1].replace(",", "")) * UNITS[match[3]]
    return number / 100 if in_percent or match[2] else number


def _missing(field: Field) -> Problem:
    return Problem(f"/{field.name}", "required", _("Fill this in."))


def _outside(data: Document, values: Mapping[str, Any], fields: list[Field]) -> list[Problem]:
    """The limits of the data schema. What is missing was said already."""
    plain = {name: float(value) if isinstance(value, Decimal) else value for name, value in values.items()}
    widgets = {field.name: field.widget for field in fields}
    found = Draft202012Validator({**data, "required": []}).iter_errors(plain)
    return [
        Problem(shape.pointer(error.absolute_path), str(error.validator), _limit(error, widgets)) for error in found
    ]


def _limit(error: ValidationError, widgets: Mapping[str, str]) -> str:
    """The limit as the field is typed: 200% where the schema says 2."""
    widget = widgets.get(str(error.absolute_path[0])) if error.absolute_path else None
    written = {"percent": percent, "money": money}.get(widget or "", str)
    return shape.TELLERS[str(error.validator)](written(error.validator_value), error.instance)


def _computed(body: Document, values: Mapping[str, Any]) -> dict[str, Any]:
    """Fields that formulas give; formulas know the others by their titles."""
    properties = body["data"]["properties"]
    names = {spec["x-id"]: name for name, spec in properties.items()}
    row = {properties[name]["title"]: float(v) if isinstance(v, Decimal) else v for name, v in values.items()}
    found: dict[str, Any] = {}
    for entry in body.get("computed", ()):
        name = names[entry["field"]]
        value = formulas.compile(entry["formula"], formula_schema(body["data"])).evaluate(row)
        found[name] = row[properties[name]["title"]] = value
    return found


def formula_schema(data: Document) -> formulas.Schema:
    """What formulas of the form may name: its fields, by title."""
    kinds = {"integer": "number", "number": "number", "string": "text"}
    return formulas.Schema(fields={spec["title"]: kinds[spec["type"]] for spec in data["properties"].values()})


def _field(body: Document, item: Document) -> Field:
    properties, required = body["data"]["properties"], body["data"].get("required", ())
    name, spec = next((name, spec) for name, spec in properties.items() if spec["x-id"] == item["field"])
    title = {"zh": spec["title"], "en": spec.get("x-title-en", spec["title"])}
    computed = {entry["field"] for entry in body.get("computed", ())}
    return Field(
        name=name,
        id=spec["x-id"],
        title=title,
        type=spec["type"],
        widget=item["widget"],
        hint=item.get("hint"),
        required=name in required,
        computed=spec["x-id"] in computed,
        default=spec.get("default"),
    )
