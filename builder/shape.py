"""Is a document of its kind's shape? Judged by `schemas/<kind>.schema.json`, answered in sentences for the author."""

import json
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource

from core.db import Document
from core.errors import Problem

SCHEMAS = Path(__file__).parent / "schemas"
COMMON = "guantong:defs/common"


def kinds() -> list[str]:
    return sorted(file.name.removesuffix(".schema.json") for file in SCHEMAS.glob("*.schema.json"))


def problems(document: Any) -> list[Problem]:
    """Everything that is wrong with the shape, in the order of the text."""
    if not isinstance(document, dict):
        return [Problem("", "type", _("A definition is an object: { … }."))]
    kind = document.get("kind")
    if kind not in kinds():
        return [
            Problem("/kind", "kind", _("There is no kind “%(kind)s”. Known: %(known)s.", kind=kind, known=_known()))
        ]
    found = (problem for error in validator(kind).iter_errors(document) for problem in _tell(error))
    return sorted(set(found), key=lambda problem: [_sortable(part) for part in problem.path.split("/")])


@cache
def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(schema(kind), registry=_registry())


@cache
def schema(kind: str) -> Document:
    text = (SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


@cache
def common() -> Document:
    return dict(json.loads((SCHEMAS / "defs" / "common.schema.json").read_text(encoding="utf-8")))


@cache
def _registry() -> Registry[Any]:
    return Registry().with_resource(COMMON, Resource.from_contents(common()))


def pointer(parts: Any) -> str:
    """A JSON Pointer (RFC 6901) of keys and positions."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _known() -> str:
    return ", ".join(kinds())


def _sortable(part: str) -> tuple[int, str]:
    return (int(part), "") if part.isdigit() else (-1, part)


def _tell(error: ValidationError) -> Iterator[Problem]:
    place = pointer(error.absolute_path)
    rule = str(error.validator)
    if rule == "required":
        yield from _missing(place, error)
    elif rule == "unevaluatedProperties":
        yield from _unknown(place, error)
    else:
        teller = TELLERS.get(rule)
        yield Problem(place, rule, teller(error.validator_value, error.instance) if teller else error.message)


def _missing(place: str, error: ValidationError) -> Iterator[Problem]:
    for key in error.validator_value:
        if key not in error.instance:
            yield Problem(place + pointer([key]), "required", _("“%(key)s” is missing. Add it.", key=key))


def _unknown(place: str, error: ValidationError) -> Iterator[Problem]:
    known = sorted(_properties(error.schema))
    for key in error.instance:
        if key in known:
            continue
        near = get_close_matches(key, known, 1)
        yield Problem(place + pointer([key]), "unknown", _not_known(key, near, known))


def _not_known(key: str, near: list[str], known: list[str]) -> str:
    if near:
        return _("“%(key)s” is not known here. Did you mean “%(near)s”?", key=key, near=near[0])
    return _("“%(key)s” is not known here. Known are: %(known)s.", key=key, known=", ".join(known))


def _properties(part: Any) -> set[str]:
    """The keys that an object may have here, its reference included."""
    found = set(part.get("properties", ()))
    if "$ref" in part:
        found |= _properties(_registry().resolver().lookup(part["$ref"]).contents)
    return found


def _words(values: list[Any]) -> str:
    return ", ".join(str(value) for value in values)


def _wanted_type(wanted: Any, value: Any) -> str:
    names = {
        "object": _("an object { … }"),
        "array": _("a list [ … ]"),
        "string": _("a text in quotes"),
        "number": _("a number"),
        "integer": _("a whole number"),
        "boolean": _("true or false"),
        "null": "null",
    }
    wanted = wanted if isinstance(wanted, list) else [wanted]
    return _("Write %(wanted)s here.", wanted=" / ".join(names[name] for name in wanted))


def _written(pattern: str) -> str:
    """How a text is to be written, by the pattern that it misses."""
    if "[0-5][0-9]" in pattern:
        return _("Write a time of day as 08:00.")
    if pattern.startswith("^[0-9]+"):
        return _("Write a version as 1.0.0.")
    if "\\." in pattern:
        return _("Write small letters, digits and _, with at most one dot: medical.sales_amount.")
    return _("Write small letters, digits and _, a letter first: director_visit.")


def _also_wanted(wanted: dict[str, list[str]], value: Any) -> str:
    """What belongs together: the first thing that stands alone."""
    alone = ((key, other) for key, others in wanted.items() if key in value for other in others if other not in value)
    key, other = next(alone)
    return _("“%(key)s” also needs “%(other)s”. Add it.", key=key, other=other)


TELLERS: dict[str, Callable[[Any, Any], str]] = {
    "type": _wanted_type,
    "enum": lambda allowed, value: _(
        "“%(value)s” is not a choice here. Choose one of: %(allowed)s.", value=value, allowed=_words(allowed)
    ),
    "const": lambda wanted, value: _("Only “%(wanted)s” may stand here.", wanted=wanted),
    "pattern": lambda pattern, value: _written(pattern),
    "minLength": lambda least, value: _("This may not be empty."),
    "maxLength": lambda most, value: _("Shorten this to %(most)s characters.", most=most),
    "dependentRequired": _also_wanted,
    "maxItems": lambda most, value: _("At most %(most)s entries belong here.", most=most),
    "minItems": lambda least, value: _("At least %(least)s entry belongs here.", least=least),
    "minProperties": lambda least, value: _("At least %(least)s entry belongs here.", least=least),
    "uniqueItems": lambda wanted, value: _("The same entry stands here twice. Keep one."),
    "minimum": lambda least, value: _("Write %(least)s or more.", least=least),
    "exclusiveMinimum": lambda bound, value: _("Write more than %(bound)s.", bound=bound),
    "exclusiveMaximum": lambda bound, value: _("Write less than %(bound)s.", bound=bound),
    "maximum": lambda most, value: _("Write %(most)s or less.", most=most),
}
