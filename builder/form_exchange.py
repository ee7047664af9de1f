"""A form to and from others: titles of a spreadsheet, the pair of schemas that RJSF reads, a data dictionary."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _

from builder import form_data, form_edits, form_field_edits, form_palette, form_tree, forms
from builder.form_around import Around, Posted
from builder.forms import Field, Form
from core.db import Document
from core.errors import Invalid, Problem
from core.i18n import text

MOST = 100  # fields at once
ENDINGS = (
    ("money", ("金额", "费用", "单价", "预算", "收入", "成本", "价格")),
    ("percent", ("率", "占比", "比例")),
    ("date", ("日期", "日", "时间")),
    ("phone", ("电话", "手机")),
    ("email", ("邮箱", "邮件")),
    ("number", ("数量", "数", "次数", "人数", "台数")),
    ("long_text", ("说明", "备注", "理由", "描述", "内容")),
)


# ── titles of a spreadsheet ───────────────────────────────────────────────────────────────────────────────────────


def guessed(title: str, cells: Sequence[Any] = ()) -> str:
    """The kind of field that a column becomes: by what stands in it, otherwise by how its title ends."""
    known = [cell for cell in cells if cell not in (None, "")]
    ending = next((kind for kind, endings in ENDINGS if title.endswith(endings)), None)
    if known and all(isinstance(cell, dt.date) for cell in known):
        return "date"
    if known and all(isinstance(cell, bool) for cell in known):
        return "switch"
    if known and all(isinstance(cell, int | float) for cell in known):
        return ending if ending in ("money", "percent") else "number"
    if known and all(isinstance(cell, str) for cell in known):
        return ending if ending in ("phone", "email", "long_text") else "text"
    return ending or "text"


def with_header(body: Document, titles: Sequence[str], rows: Sequence[Sequence[Any]], table: str = "") -> Document:
    """A field for each title, at the end of the form; columns of a sub-table where `table` names its item."""
    wanted = [title.strip()[:80] for title in titles if title.strip()]
    if not wanted or len(wanted) > MOST:
        raise Invalid([Problem("/titles", "titles", _("Give between 1 and %(most)s titles in one line.", most=MOST))])
    for at, title in enumerate(wanted):
        kind = guessed(title, [row[at] for row in rows if at < len(row)])
        posted = Posted({"what": kind, "into": table} if table else {"what": kind})
        before = body
        body = form_edits.add(body, posted, Around())
        body = _named(body, form_edits.fresh(before, body), title)
    return body


def _named(body: Document, node_id: str | None, title: str) -> Document:
    node = form_tree.find(body["layout"], node_id or "")
    if node is None:
        return body
    place = form_data.find(body, node["field"])
    free = form_data.free_title(body, place.table if place else None, title.translate(BRACKETS))
    return form_field_edits.field(body, Posted({"id": node["field"], "title": free, "title_en": ""}), Around())


BRACKETS = str.maketrans("[]【】", "()()")


# ── RJSF ──────────────────────────────────────────────────────────────────────────────────────────────────────────

UI = {
    "long_text": "textarea",
    "rich_text": "textarea",
    "rating": "radio",
    "slider": "range",
    "choices": "checkboxes",
    "file": "file",
    "image": "file",
}


def as_rjsf(form: Form) -> Document:
    """{"schema", "uiSchema"}: what can be typed, in the order of the page."""
    schema = forms.described(form)
    return {"schema": schema, "uiSchema": {"ui:order": [*schema["properties"]], **dict(_ui(form, form.tops))}}


def _ui(form: Form, fields: Sequence[Field]) -> Iterator[tuple[str, Document]]:
    for known in fields:
        told: Document = {"ui:widget": UI[known.widget]} if known.widget in UI else {}
        if known.hint:
            told["ui:help"] = known.hint["zh"]
        if known.columns:
            told["items"] = dict(_ui(form, known.columns))
        if told:
            yield known.name, told


def with_rjsf(body: Document, pair: Any) -> Document:
    """The fields of a schema, at the end of the form; what has no like here becomes a text. Raises Invalid."""
    schema: Any = pair.get("schema") if isinstance(pair, dict) and "schema" in pair else pair
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict) or not 0 < len(properties) <= MOST:
        raise Invalid([Problem("/text", "rjsf", _("This is no JSON Schema of an object with properties."))])
    ui = pair.get("uiSchema", {}) if isinstance(pair, dict) else {}
    required = schema["required"] if isinstance(schema, dict) and isinstance(schema.get("required"), list) else []
    for name, spec in properties.items():
        if isinstance(spec, dict):
            body = _with_property(body, name, spec, ui.get(name, {}) if isinstance(ui, dict) else {}, name in required)
    return body


def _with_property(
    body: Document, name: str, spec: Document, ui: Document, required: bool, table: str = ""
) -> Document:
    kind = _kind(spec, ui)
    before = body
    into = {"into": table} if table else {}
    body = form_edits.add(body, Posted({"what": kind, **into}), Around())
    node = form_tree.find(body["layout"], form_edits.fresh(before, body) or "")
    if node is None:
        return body
    body = _named(body, node["id"], str(spec.get("title") or name)[:80])
    posted = {"id": node["field"], "hint": str(ui.get("ui:help", ""))[:200], "has_required": "1"}
    posted |= {"required": "1"} if required else {}
    posted |= {key: str(spec[key]) for key in LIMITS if isinstance(spec.get(key), int | float) and key in _limits(kind)}
    body = form_field_edits.field(body, Posted(posted), Around())
    return _filled(body, node, kind, spec, ui)


def _filled(body: Document, node: Document, kind: str, spec: Document, ui: Document) -> Document:
    """Options of a choice, columns of a sub-table."""
    if kind in ("choice", "choices"):
        given = spec if kind == "choice" else spec.get("items", {})
        titled = given.get("oneOf") or [{"const": value} for value in given.get("enum", [])]
        place = form_data.find(body, node["field"])
        options = [
            {"id": form_tree.free_id(body, "o"), "title": {"zh": str(one.get("title", one.get("const")))[:80]}}
            for one in titled
            if isinstance(one, dict)
        ]
        fresh = [{**option, "id": f"{option['id']}_{at}"} for at, option in enumerate(options, 1)]
        return form_data.with_spec(body, node["field"], {**place.spec, "x-options": fresh}) if place and fresh else body
    if kind != "table":
        return body
    for column in node["items"]:
        body = form_edits.remove(body, Posted({"id": column["id"]}), Around())
    items = spec.get("items", {})
    for name, inner in items.get("properties", {}).items():
        if isinstance(inner, dict) and form_palette.KINDS[_kind(inner, {})].column:
            body = _with_property(body, name, inner, {}, name in items.get("required", []), node["id"])
    return body


LIMITS = ("minimum", "maximum", "exclusiveMinimum", "minLength", "maxLength", "minItems", "maxItems")


def _limits(kind: str) -> Sequence[str]:
    if kind in ("number", "slider", "rating", "money"):
        return LIMITS[:3]
    return LIMITS[3:5] if kind in ("text", "long_text") else LIMITS[5:]


def _kind(spec: Document, ui: Document) -> str:
    """What a property is asked as."""
    widget = ui.get("ui:widget") if isinstance(ui, dict) else None
    match spec.get("type"):
        case "boolean":
            return "switch"
        case "integer" | "number":
            return "slider" if widget == "range" else "number"
        case "array":
            items = spec.get("items", {}) if isinstance(spec.get("items"), dict) else {}
            chosen = "enum" in items or "oneOf" in items
            return "choices" if chosen else "table" if items.get("type") == "object" else "file"
    if "enum" in spec or "oneOf" in spec:
        return "choice"
    formats = {"date": "date", "date-time": "date_time", "email": "email", "uri": "url"}
    return formats.get(str(spec.get("format")), "long_text" if widget == "textarea" else "text")


# ── data dictionary ───────────────────────────────────────────────────────────────────────────────────────────────


def dictionary(form: Form) -> tuple[list[str], list[list[Any]]]:
    """Header and rows: one for each field and column."""
    header = [
        _("Title"),
        _("In English"),
        _("Name"),
        _("Kind"),
        _("Required"),
        _("Limits"),
        _("Options"),
        _("Formula"),
        _("Hint"),
    ]
    return header, [_row(form, known) for known in form.fields.values()]


def _row(form: Form, known: Field) -> list[Any]:
    table = form.fields.get(known.table or "")
    title = f"{table.title['zh']}.{known.title['zh']}" if table else known.title["zh"]
    name = f"{table.name}[].{known.name}" if table else known.name
    limits = "; ".join(f"{key} {known.spec[key]}" for key in LIMITS if key in known.spec)
    given = known.spec.get("x-options", [])
    options = ", ".join(one["title"]["zh"] for one in given) if isinstance(given, list) else str(given.get("table", ""))
    kind = text(form_palette.KINDS[known.widget].title)
    required = _("yes") if known.required else ""
    return [title, known.title["en"], name, kind, required, limits, options, known.formula or "", text(known.hint)]
