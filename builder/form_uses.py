"""Who in a form needs a field: formulas that name it, fields that follow it, rights and effects that go by it."""

from collections.abc import Collection, Iterator
from typing import Any

from flask_babel import gettext as _

from builder import form_data, form_tree
from builder.forms import renaming
from core.db import Document
from core.i18n import text

PROBE = "\u2021"


def naming(body: Document, gone: Collection[str]) -> list[str]:
    """What would be left without one of these fields, in words, each once."""
    return list(dict.fromkeys([*_formulas(body, gone), *_followers(body, gone), *_goers(body, gone)]))


def _formulas(body: Document, gone: Collection[str]) -> Iterator[str]:
    """A formula names a field when renaming the field would write it anew."""
    before = [*_texts(body)]
    for field_id in gone:
        place = form_data.find(body, field_id)
        probed = renaming.renamed(body, field_id, place.spec["title"] + PROBE) if place else body
        for (owners, words, old), (_owners, _words, new) in zip(before, _texts(probed), strict=True):
            if old != new and not owners & set(gone):
                yield words


def _texts(body: Document) -> Iterator[tuple[frozenset[str], str, tuple[Any, ...]]]:
    """Every place with formulas: the fields that take it with them, what it is called, its texts."""
    for number, rule in enumerate(body.get("rules", ()), 1):
        owners = frozenset({rule["at"]} if "check" in rule else ())
        texts = (rule.get("when"), rule.get("check"), *(action.get("to") for action in rule.get("then", ())))
        yield owners, text(rule.get("title")) or _("rule %(number)s", number=number), texts
    for entry in body.get("computed", ()):
        words = _("the formula of “%(title)s”", title=_title(body, entry["field"]))
        yield frozenset({entry["field"]}), words, (entry["formula"],)
    for entry in body.get("prefill", ()):
        words = _("the first value of “%(title)s”", title=_title(body, entry["field"]))
        yield frozenset({entry["field"]}), words, (entry.get("formula"),)
    for entry in body.get("creates", ()):
        yield frozenset(), _("what sending it creates"), (entry.get("when"),)


def _followers(body: Document, gone: Collection[str]) -> Iterator[str]:
    """Fields that look something up by the field, or choose by it."""
    for place in form_data.fields(body):
        options = place.spec.get("x-options")
        match = options.get("match", {}).values() if isinstance(options, dict) else ()
        if place.id not in gone and {place.spec.get("x-lookup", {}).get("link"), *match} & set(gone):
            yield _("the field “%(title)s”", title=place.spec["title"])
    for entry in body.get("prefill", ()):
        if entry["field"] not in gone and entry.get("link") in gone:
            yield _("the first value of “%(title)s”", title=_title(body, entry["field"]))


def _goers(body: Document, gone: Collection[str]) -> Iterator[str]:
    """Taking a condition away would show more records; an effect would miss its value."""
    if any(condition["field"] in gone for entry in body.get("records", ()) for condition in entry.get("where", ())):
        yield _("who sees which records")
    if any(_sources(entry) & set(gone) for entry in body.get("creates", ())):
        yield _("what sending it creates")


def _sources(entry: Document) -> set[str]:
    """The fields that something is made from."""
    rows = entry.get("rows", {"from": {}})
    return {*entry["from"].values(), *rows["from"].values(), *filter(None, [rows.get("table")])}


def _title(body: Document, field_id: str) -> str:
    place = form_data.find(body, field_id)
    return str(place.spec["title"]) if place else field_id


# ── taking out ────────────────────────────────────────────────────────────────────────────────────────────────────


def without(body: Document, node: Document, gone: Collection[str]) -> Document:
    """The body without a node and its fields, and without what rules, rights and cases say of them."""
    parts = {entry["id"] for entry in form_tree.walk([node])} | set(gone)
    body = {**body, "layout": _without_sums(form_tree.removed(body["layout"], node["id"]), gone)}
    places = [place for field_id in gone if (place := form_data.find(body, field_id))]
    for place in sorted(places, key=lambda place: place.table is None):
        body = _without_value(form_data.without(body, place.id), place, form_data.find(body, place.table or ""))
    kept: Document = {
        "rules": [left for rule in body.get("rules", ()) if (left := _rule_left(rule, parts))],
        "computed": [entry for entry in body.get("computed", ()) if entry["field"] not in gone],
        "prefill": [entry for entry in body.get("prefill", ()) if entry["field"] not in gone],
        "access": [left for entry in body.get("access", ()) if (left := _entry_left(entry, gone))],
    }
    found: Document = {key: kept.get(key, value) for key, value in body.items() if kept.get(key) != []}
    return {key: value for key, value in found.items() if key != "named_by" or value not in gone}


def _without_sums(nodes: form_tree.Nodes, gone: Collection[str]) -> list[Document]:
    found = []
    for node in nodes:
        if "sum" in node:
            sums = [column for column in node["sum"] if column not in gone]
            node = {key: value for key, value in node.items() if key != "sum"} | ({"sum": sums} if sums else {})
        found.append({**node, "items": _without_sums(node["items"], gone)} if "items" in node else node)
    return found


def _rule_left(rule: Document, parts: Collection[str]) -> Document | None:
    if "check" in rule:
        return None if rule["at"] in parts else rule
    left = [
        action for action in rule["then"] if not {value for key, value in action.items() if key != "to"} & set(parts)
    ]
    return {**rule, "then": left} if left else None


def _entry_left(entry: Document, gone: Collection[str]) -> Document | None:
    left = [field_id for field_id in entry["fields"] if field_id not in gone]
    return {**entry, "fields": left} if left else None


def _without_value(body: Document, place: form_data.Place, table: form_data.Place | None) -> Document:
    if "cases" not in body:
        return body
    return {**body, "cases": [_case_left(case, place, table) for case in body["cases"]]}


def _case_left(case: Document, place: form_data.Place, table: form_data.Place | None) -> Document:
    expects = dict(case["expects"])
    if "values" in expects:
        expects["values"] = _values_left(expects["values"], place, table)
    if "hidden" in expects:
        expects["hidden"] = [field_id for field_id in expects["hidden"] if field_id != place.id]
    for key in ("problems", "warnings"):
        if key in expects and table is None:
            expects[key] = [path for path in expects[key] if path.split("/")[1:2] != [place.name]]
    return {**case, "given": _values_left(case["given"], place, table), "expects": expects}


def _values_left(values: Document, place: form_data.Place, table: form_data.Place | None) -> Document:
    if table is None:
        return {name: value for name, value in values.items() if name != place.name}
    rows = values.get(table.name)
    if not isinstance(rows, list):
        return values
    return {**values, table.name: [_values_left(row, place, None) for row in rows if isinstance(row, dict)]}
