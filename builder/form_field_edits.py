"""Deeds on a field of a form and on the columns of a sub-table: adding, words, limits, what its kind has of its own."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from flask_babel import gettext as _

from builder import form_data, form_palette, form_tree, forms
from builder.form_around import Around, Posted, gone, one_of, with_words
from builder.form_data import Place
from builder.form_palette import Kind
from builder.forms import Field, options, renaming, values
from builder.forms.world import World
from core.db import Document
from core.errors import Invalid, Problem
from formulas.characters import normal_name

WITHIN = (
    ("text", "long_text", "rich_text", "phone", "email", "url"),
    ("number", "money", "percent", "slider"),
    ("date", "date_time"),
)
"""Kinds that a field may change between and keep its limits and values."""

FIRST_COLUMNS = (("text", "名称", "Item"), ("number", "数量", "Quantity"))
NUMBERS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "x-decimals")
WIDTHS = ("full", "two_thirds", "half", "third", "quarter")
PICKS = ("unit", "layer", "tag", "form")
END = 10_000


# ── adding ────────────────────────────────────────────────────────────────────────────────────────────────────────


def with_field(body: Document, kind: Kind, into: str, at: int) -> Document:
    """A fresh field and its item in the layout."""
    _must_be_possible(body, kind)
    field_id, item_id = form_tree.free_id(body, "f"), form_tree.free_id(body, "i")
    body = _with_data(body, None, kind, field_id)
    item: Document = {"id": item_id, "field": field_id, "widget": kind.key}
    if kind.key == "table":
        item["items"] = []
    body = {**body, "layout": form_tree.inserted(body["layout"], item, into, at)}
    return _with_first_columns(body, item_id) if kind.key == "table" else body


def with_column(body: Document, table: Document, kind: Kind, at: int) -> Document:
    """One more column of the sub-table whose item is given."""
    if not kind.column:
        raise Invalid([Problem("/what", "column", _("This cannot be a column. Put it beside the sub-table."))])
    field_id, item_id = form_tree.free_id(body, "f"), form_tree.free_id(body, "i")
    body = _with_data(body, table["field"], kind, field_id)
    item = {"id": item_id, "field": field_id, "widget": kind.key}
    return {**body, "layout": form_tree.inserted(body["layout"], item, table["id"], at)}


def column(body: Document, posted: Posted, around: Around) -> Document:
    """A column at the end of a sub-table; the new one stays last."""
    table = form_tree.find(body["layout"], posted.get("id", ""))
    if table is None or table.get("widget") != "table":
        raise gone(f"no sub-table {posted.get('id')}")
    return with_column(body, table, form_palette.KINDS[one_of(form_palette.KINDS, posted, "what")], END)


def _with_data(body: Document, table: str | None, kind: Kind, field_id: str, words: Document | None = None) -> Document:
    words = words or kind.title
    title = form_data.free_title(body, table, words["zh"])
    english = {"x-title-en": words["en"]} if title == words["zh"] else {}
    spec = {"x-id": field_id, "title": title, **english, **kind.spec}
    if kind.key == "lookup":
        spec["x-lookup"] = {"link": _records(body)[0].id, "field": "f1"}
    name = form_data.free_name(body, table, title)
    body = form_data.with_field(body, table, name, spec)
    return with_first_options(body, field_id) if "x-options" in kind.spec else body


def with_first_options(body: Document, field_id: str) -> Document:
    """Two to write over; a cascading choice has one below each."""
    place = placed(body, field_id)
    item_is_cascade = place.spec["type"] == "array" and "uniqueItems" not in place.spec
    for words in form_palette.FIRST_OPTIONS:
        option: Document = {"id": form_tree.free_id(body, "o"), "title": words}
        if item_is_cascade:
            option["options"] = [{"id": f"{option['id']}_1", "title": {"zh": "下级 1", "en": "Below 1"}}]
        given = [*placed(body, field_id).spec["x-options"], option]
        body = form_data.with_spec(body, field_id, {**place.spec, "x-options": given})
    return body


def _with_first_columns(body: Document, table_item: str) -> Document:
    for key, zh, en in FIRST_COLUMNS:
        table = form_tree.find(body["layout"], table_item)
        assert table is not None
        kind = form_palette.KINDS[key]
        named = Kind(key, {"zh": zh, "en": en}, kind.icon, spec=kind.spec)
        body = with_column(body, table, named, END)
    return body


def _must_be_possible(body: Document, kind: Kind) -> None:
    if kind.key == "lookup" and not _records(body):
        sentence = _("Add a linked record first: this shows a field of it.")
        raise Invalid([Problem("/what", "lookup", sentence)])


def _records(body: Document) -> list[Place]:
    links = {node["field"] for node in form_tree.walk(body["layout"]) if node.get("widget") == "record"}
    return [place for place in form_data.beside(body, None) if place.id in links]


def copied(body: Document, field_id: str, renamed: dict[str, str], table: str | None) -> Document:
    """A second field like the first, with the ids of `renamed` and a title of its own; its formula comes along."""
    place = placed(body, field_id)
    spec = _with_ids(place.spec, renamed)
    title = form_data.free_title(body, table, place.spec["title"])
    spec = {key: value for key, value in spec.items() if key != "x-title-en"} | {"title": title}
    body = form_data.with_field(body, table, form_data.free_name(body, table, title), spec)
    body = form_data.with_required(body, renamed[field_id], place.required)
    own = {field_id, *(inner["x-id"] for inner in _inner(place.spec))}
    copies = [
        {**entry, "field": renamed[entry["field"]]} for entry in body.get("computed", ()) if entry["field"] in own
    ]
    return {**body, "computed": [*body["computed"], *copies]} if copies else body


def _inner(spec: Document) -> Collection[Document]:
    columns: Document = spec.get("items", {}).get("properties", {})
    return columns.values()


def _with_ids(part: Any, renamed: dict[str, str]) -> Any:
    if isinstance(part, list):
        return [_with_ids(entry, renamed) for entry in part]
    if not isinstance(part, dict):
        return part
    return {
        key: renamed.get(value, value)
        if key in ("id", "x-id") and isinstance(value, str)
        else _with_ids(value, renamed)
        for key, value in part.items()
    }


# ── one field ─────────────────────────────────────────────────────────────────────────────────────────────────────


def field(body: Document, posted: Posted, around: Around) -> Document:
    """The controls of the panel; only what was posted is set."""
    place = placed(body, posted.get("id", ""))
    if posted.get("title", "").strip() not in ("", place.spec["title"]):
        body = _titled(body, place, posted["title"].strip()[:80], around)
        place = placed(body, place.id)
    if "has_required" in posted:
        body = form_data.with_required(body, place.id, "required" in posted)
        place = placed(body, place.id)
    body = _itemised(body, place.id, posted)
    spec = _specified(forms.of(body).fields[place.id], posted)
    if place.required and spec["type"] == "array" and spec.get("items", {}).get("type") == "object":
        spec.setdefault("minItems", 1)
    body = form_data.with_spec(body, place.id, spec)
    return _with_default(body, place.id, posted, around)


def _titled(body: Document, place: Place, title: str, around: Around) -> Document:
    """Formulas follow; the name by which values are sent follows until somebody has sent values."""
    others = [other for other in form_data.beside(body, place.table) if other.id != place.id]
    if normal_name(title) in {normal_name(other.spec["title"]) for other in others}:
        sentence = _("Another field is called “%(title)s” already. Choose another title.", title=title)
        raise Invalid([Problem("/title", "repeated", sentence)])
    if set(title) & set("[]【】"):
        raise Invalid([Problem("/title", "brackets", _("A title has no square brackets: formulas use them."))])
    body = renaming.renamed(body, place.id, title)
    if place.name in around.published:
        return body
    return form_data.rekeyed(body, place.id, form_data.free_name(body, place.table, title, but=place.name))


def _itemised(body: Document, field_id: str, posted: Posted) -> Document:
    item = form_tree.item_of(body["layout"], field_id)
    if item is None:
        raise gone(f"no item of {field_id}")
    known = forms.of(body).fields[field_id]

    def changed(found: Document) -> Sequence[Document]:
        found = worded(found, posted, ("hint", "placeholder", "unit"))
        if posted.get("width") in WIDTHS:
            found = {**found, "width": posted["width"]}
        if posted.get("widget") in kin(str(found["widget"])):
            found = {**found, "widget": posted["widget"]}
        if "step" in posted:
            found = with_key(found, "step", _number(known, posted, "step"))
        if "has_sum" in posted:
            found = with_key(found, "sum", posted.getlist("sum") or None)
        return [found]

    return {**body, "layout": form_tree.replaced(body["layout"], item["id"], changed)}


def kin(widget: str) -> Sequence[str]:
    return next((family for family in WITHIN if widget in family), (widget,))


def worded(whole: Document, posted: Posted, names: Sequence[str], kept: Sequence[str] = ()) -> Document:
    for name in names:
        whole = with_words(whole, posted, name, kept=name in kept)
    return whole


def _specified(known: Field, posted: Posted) -> Document:
    spec = dict(known.spec)
    if "title_en" in posted:
        spec = with_key(spec, "x-title-en", posted["title_en"].strip()[:80] or None)
    for name in NUMBERS:
        if name in posted:
            spec = with_key(spec, name, _number(known, posted, name))
    for name in COUNTS:
        if name in posted:
            spec = with_key(spec, name, _count(posted, name))
    for least, most in (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")):
        if least in spec and most in spec and spec[least] > spec[most]:
            raise Invalid([Problem(f"/{least}", "limits", _("The lower limit lies above the upper one."))])
    return _of_kind(spec, posted)


def _of_kind(spec: Document, posted: Posted) -> Document:
    """What only some kinds have: who may be picked, which files, how numbers run."""
    if "has_pick" in posted:
        pick: Document = {name: posted[f"pick_{name}"] for name in PICKS if posted.get(f"pick_{name}")}
        pick |= {"roles": posted.getlist("pick_roles")} if posted.getlist("pick_roles") else {}
        spec = with_key(spec, "x-pick", pick or None)
    if "has_files" in posted:
        files: Document = {"accept": posted.getlist("accept")} if posted.getlist("accept") else {}
        most = _count(posted, "most_mb")
        spec = with_key(spec, "x-files", files | ({"most_mb": min(max(most, 1), 50)} if most else {}) or None)
    if "has_serial" in posted:
        prefix = posted.get("prefix", "").strip()[:20]
        digits = min(max(_count(posted, "digits") or 4, 1), 9)
        each = posted["each"] if posted.get("each") in ("year", "month", "day", "ever") else "year"
        spec["x-serial"] = ({"prefix": prefix} if prefix else {}) | {"each": each, "digits": digits}
    if "lookup_link" in posted:
        spec["x-lookup"] = {"link": posted["lookup_link"], "field": posted.get("lookup_field") or "f1"}
    return spec


def _with_default(body: Document, field_id: str, posted: Posted, around: Around) -> Document:
    if "default" not in posted:
        return body
    known = forms.of(body).fields[field_id]
    given = known.spec.get("x-options")
    offered = options.listed(given) if isinstance(given, list) else ()
    try:
        value = values.parse(known, posted["default"], World(known=around.known), offered)
    except ValueError as error:
        raise Invalid([Problem("/default", "format", str(error))]) from None
    return form_data.with_spec(body, field_id, with_key(dict(known.spec), "default", value))


# ── small ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def placed(body: Document, field_id: str) -> Place:
    found = form_data.find(body, field_id)
    if found is None:
        raise gone(f"no field {field_id}")
    return found


def with_key(whole: Document, name: str, value: Any) -> Document:
    """With the value; without the key where there is none."""
    rest = {key: found for key, found in whole.items() if key != name}
    return rest if value is None else {**rest, name: value}


def _number(known: Field, posted: Posted, name: str) -> Any:
    """A limit as the field is typed: 20 in a percent field is 0.2. None for a blank."""
    try:
        return values.parse(known, posted[name], World())
    except ValueError as error:
        raise Invalid([Problem(f"/{name}", "format", str(error))]) from None


def _count(posted: Posted, name: str) -> int | None:
    typed = posted.get(name, "").strip()
    if not typed:
        return None
    if not typed.isdecimal() or len(typed) > 6:
        raise Invalid([Problem(f"/{name}", "format", _("Write a whole number."))])
    return int(typed)


Deed = Callable[[Document, Posted, Around], Document]

DEEDS: dict[str, Deed] = {
    "field": field,
    "column": column,
}
