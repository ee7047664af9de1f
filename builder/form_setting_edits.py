"""Deeds on a form as a whole: who may send it and how often, who sees and changes which field, who sees which records,
a public link, cases that are tried before publishing."""

import re
from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from builder import form_data, form_tree
from builder.form_around import Around, Posted, gone, with_words
from builder.form_field_edits import placed, with_key
from core.db import Document
from core.errors import Invalid, Problem

EVERY = ("day", "week", "month", "quarter", "year", "ever")
MAY = ("hide", "read", "edit")
SEE = ("own", "unit", "all")
DOES = ("edit", "delete", "export")
OPS = ("=", "<>", "<", "<=", ">", ">=")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


# ── sending ───────────────────────────────────────────────────────────────────────────────────────────────────────


def limits(body: Document, posted: Posted, around: Around) -> Document:
    found = dict(body.get("limits", {}))
    if "has_roles" in posted:
        found = with_key(found, "roles", posted.getlist("roles") or None)
    for name in ("from", "until"):
        if name in posted:
            found = with_key(found, name, _day(posted, name))
    if "most" in posted:
        most = _count(posted, "most")
        found = with_key(found, "most", most)
        found = with_key(found, "every", (found.get("every") or "quarter") if most else None)
    if posted.get("every") in EVERY and "most" in found:
        found["every"] = posted["every"]
    if found.get("from", "") > found.get("until", "9999"):
        raise Invalid([Problem("/until", "limits", _("The last day lies before the first. Exchange them."))])
    return with_key(body, "limits", found or None)


def public(body: Document, posted: Posted, around: Around) -> Document:
    """Off, or a link with its own limits."""
    if posted.get("open") == "no":
        return with_key(body, "public", None)
    before = body.get("public", {"most_a_day": 100, "until": "2099-12-31"})
    most = _count(posted, "most_a_day") or before["most_a_day"]
    return {**body, "public": {"most_a_day": min(most, 10_000), "until": _day(posted, "until") or before["until"]}}


def workflow(body: Document, posted: Posted, around: Around) -> Document:
    """The flow that records go through; nobody decides on them where it is empty."""
    key = posted.get("flow", "")
    if key and ("workflow", key) not in around.known:
        raise gone(f"no workflow {key} in force")
    return with_key(body, "workflow", key or None)


def named_by(body: Document, posted: Posted, around: Around) -> Document:
    """The field that a record is called by."""
    return with_key(body, "named_by", posted.get("field") or None)


# ── rights ────────────────────────────────────────────────────────────────────────────────────────────────────────


def access(body: Document, posted: Posted, around: Around) -> Document:
    """What one role may do with one field; an empty role is everybody. Entries for roles go before those for all."""
    place, role, may = placed(body, posted.get("id", "")), posted.get("role", ""), posted.get("may", "")
    if may not in MAY:
        raise Invalid([Problem("/may", "choice", _("Choose one of the list."))])
    entries = [left for entry in body.get("access", ()) if (left := _but(entry, place.id, role))]
    if may != "edit" or _barred(entries, place.id):
        fresh: Document = {"id": form_tree.free_id(body, "a"), "fields": [place.id], "may": may}
        if role:
            entries = [{**fresh, "roles": [role]}, *entries]
        elif may != "edit":
            entries = [*entries, fresh]
    return with_key(body, "access", entries or None)


def _but(entry: Document, field_id: str, role: str) -> Document | None:
    """An entry without what it says of this field for this role; split where it says it of others too."""
    if field_id not in entry["fields"] or (entry.get("roles", [""]) != [role] and role not in entry.get("roles", ())):
        return entry
    fields = [other for other in entry["fields"] if other != field_id]
    return {**entry, "fields": fields} if fields else None


def _barred(entries: list[Document], field_id: str) -> bool:
    return any(field_id in entry["fields"] and "roles" not in entry for entry in entries)


def records_add(body: Document, posted: Posted, around: Around) -> Document:
    fresh: Document = {"id": form_tree.free_id(body, "v"), "see": "unit"}
    if posted.get("role"):
        fresh["roles"] = [posted["role"]]
    return {**body, "records": [*body.get("records", ()), fresh]}


def records(body: Document, posted: Posted, around: Around) -> Document:
    found = entry_of(body, "records", posted)
    if posted.get("see") in SEE:
        found = {**found, "see": posted["see"]}
    if "has_roles" in posted:
        found = with_key(found, "roles", posted.getlist("roles") or None)
    if "has_may" in posted:
        found = with_key(found, "may", [does for does in DOES if does in posted.getlist("may")] or None)
    return replaced(body, "records", found)


def records_where(body: Document, posted: Posted, around: Around) -> Document:
    """One condition of an entry: added, changed, or taken away."""
    found = entry_of(body, "records", posted)
    where = list(found.get("where", ()))
    at = posted.get("at", len(where), type=int)
    if posted.get("do") == "remove":
        where = [entry for position, entry in enumerate(where) if position != at]
    elif at < len(where):
        where[at] = _condition(body, posted, where[at])
    else:
        where.append(_condition(body, posted, {}))
    return replaced(body, "records", with_key(found, "where", where or None))


def _condition(body: Document, posted: Posted, before: Document) -> Document:
    first = next((place.id for place in form_data.beside(body, None)), "")
    field_id = posted.get("field") or before.get("field") or first
    place = placed(body, field_id)
    op = posted["op"] if posted.get("op") in OPS else before.get("op", "=")
    found: Document = {"field": field_id, "op": op}
    against = posted.get("is", before.get("is", ""))
    if against in ("me", "my_unit"):
        return {**found, "op": "=", "is": against}
    typed = posted.get("value", str(before.get("value", ""))).strip()
    return {**found, "value": _constant(place, typed)}


def _constant(place: form_data.Place, typed: str) -> Any:
    if place.spec["type"] in ("number", "integer"):
        try:
            return float(typed) if "." in typed else int(typed or 0)
        except ValueError:
            raise Invalid([Problem("/value", "format", _("Write a number."))]) from None
    if place.spec["type"] == "boolean":
        return typed.casefold() in ("1", "true", "是", "yes")
    return typed[:200]


# ── taking a line out ─────────────────────────────────────────────────────────────────────────────────────────────────


def entry_remove(body: Document, posted: Posted, around: Around) -> Document:
    """Of records, creates or cases."""
    part = posted.get("part", "")
    if part not in ("records", "creates", "cases"):
        raise gone(f"no list {part}")
    found = entry_of(body, part, posted)
    left = [entry for entry in body[part] if entry["id"] != found["id"]]
    return with_key(body, part, left or None)


# ── cases ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def case_title(body: Document, posted: Posted, around: Around) -> Document:
    return replaced(body, "cases", with_words(entry_of(body, "cases", posted), posted, "title", kept=True))


def with_case(body: Document, title: Document, roles: list[str], given: Document, expects: Document) -> Document:
    """What was filled in, kept with what became of it."""
    case: Document = {"id": form_tree.free_id(body, "q"), "title": title}
    if roles:
        case["roles"] = roles
    return {**body, "cases": [*body.get("cases", ()), {**case, "given": given, "expects": expects}]}


# ── small ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def entry_of(body: Document, part: str, posted: Posted) -> Document:
    found: Document | None = next((entry for entry in body.get(part, ()) if entry["id"] == posted.get("id")), None)
    if found is None:
        raise gone(f"no {posted.get('id')} in {part}")
    return found


def replaced(body: Document, part: str, found: Document) -> Document:
    return {**body, part: [found if entry["id"] == found["id"] else entry for entry in body[part]]}


def _day(posted: Posted, name: str) -> str | None:
    typed = posted.get(name, "").strip()
    if typed and not DAY.fullmatch(typed):
        raise Invalid([Problem(f"/{name}", "format", _("Write a day as 2025-01-31."))])
    return typed or None


def _count(posted: Posted, name: str) -> int | None:
    typed = posted.get(name, "").strip()
    if typed and (not typed.isdecimal() or int(typed[:6]) == 0 or len(typed) > 5):
        raise Invalid([Problem(f"/{name}", "format", _("Write a whole number."))])
    return int(typed) if typed else None


Deed = Callable[[Document, Posted, Around], Document]

DEEDS: dict[str, Deed] = {
    "limits": limits,
    "public": public,
    "named_by": named_by,
    "workflow": workflow,
    "access": access,
    "records_add": records_add,
    "records": records,
    "records_where": records_where,
    "entry_remove": entry_remove,
    "case_title": case_title,
}
