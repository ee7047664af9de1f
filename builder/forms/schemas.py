"""The effective schema of a submission: the data of the form without what is hidden, with what is required now.

It is plain JSON Schema 2020-12 and closed: what it does not name is refused. Never `if/then`: what applies was decided
before.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from builder.forms import widgets
from builder.forms.document import Field, Form
from builder.forms.names import MOST
from builder.forms.options import Option, walk
from core.db import Document

DIALECT = "https://json-schema.org/draft/2020-12/schema"
KEYWORDS = (
    "type",
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
)
"""Keywords of JSON Schema that a field may carry, beside `properties`, `items`, `required` and `default`."""

MOST_ROWS = 1_000
MOST_VALUES = 200
FORMATS = {"date": "date", "email": "email", "url": "uri"}

Offered = Mapping[str, Sequence[Option]]


def effective(form: Form, hidden: Collection[str], required: Collection[str], offered: Offered) -> Document:
    """`hidden` and `required` are ids of fields; `offered` the options that each choice has now."""
    return {"$schema": DIALECT, **_object(form.tops, hidden, required, offered)}


def _object(fields: Sequence[Field], hidden: Collection[str], required: Collection[str], offered: Offered) -> Document:
    seen = [field for field in fields if field.id not in hidden]
    return {
        "type": "object",
        "properties": {field.name: _property(field, hidden, required, offered) for field in seen},
        "required": [field.name for field in seen if field.id in required],
        "additionalProperties": False,
    }


def _property(field: Field, hidden: Collection[str], required: Collection[str], offered: Offered) -> Document:
    found = {keyword: field.spec[keyword] for keyword in KEYWORDS if keyword in field.spec} | _bounds(field)
    if field.widget == "table":
        return found | {"items": _object(field.columns, hidden, required, offered)}
    one: Document = {"type": field.shape.removeprefix("array of ")}
    if one["type"] == "string":
        one |= {"maxLength": field.spec.get("maxLength", field.type.longest or MOST_VALUES)}
    if field.widget in widgets.PICKERS and one["type"] == "integer":
        one |= {"minimum": 1, "maximum": MOST}
    if field.id in offered:
        one |= {"enum": [option.value for option in walk(offered[field.id])]}
    return found | ({"items": one} if field.spec["type"] == "array" else one)


def _bounds(field: Field) -> Document:
    """Limits of what has none of its own: nothing that is sent is without end."""
    spec = field.spec
    if spec["type"] in widgets.NUMBERS and field.widget not in widgets.PICKERS:
        least = {} if "minimum" in spec or "exclusiveMinimum" in spec else {"minimum": -MOST}
        return least | ({} if "maximum" in spec or "exclusiveMaximum" in spec else {"maximum": MOST})
    if field.widget == "date_range":
        return {"minItems": 2, "maxItems": 2}
    if field.widget == "location":
        return {"minItems": 2, "maxItems": 3}
    if spec["type"] == "array":
        most = MOST_ROWS if field.widget == "table" else MOST_VALUES
        return {"maxItems": spec.get("maxItems", most)}
    return {}


# ── for other systems ─────────────────────────────────────────────────────────────────────────────────────────────


def described(form: Form, hidden: Collection[str] = ()) -> Document:
    """What may be sent, with titles, formats and the titles of options: for OpenAPI and for export. What nobody types
    is left out."""
    gone = {*hidden, *(field.id for field in form.fields.values() if not field.typed)}
    required = {field.id for field in form.fields.values() if field.required}
    return _described(form.tops, _object(form.tops, gone, required, {}))


def _described(fields: Sequence[Field], schema: Document) -> Document:
    known = {field.name: field for field in fields}
    properties = {name: _titled(known[name], part) for name, part in schema["properties"].items()}
    return {**schema, "properties": properties}


def _titled(field: Field, part: Document) -> Document:
    words: dict[str, Any] = {"title": field.title["zh"]}
    if "default" in field.spec:
        words["default"] = field.spec["default"]
    if field.widget == "table":
        return {**words, **part, "items": _described(field.columns, part["items"])}
    extra: Document = {"format": FORMATS[field.widget]} if field.widget in FORMATS else {}
    if isinstance(field.spec.get("x-options"), list) and field.widget == "choice":
        extra["oneOf"] = [{"const": entry["id"], "title": entry["title"]["zh"]} for entry in field.spec["x-options"]]
    return {**words, **part, **extra}
