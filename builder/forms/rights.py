"""Who may see and change which field, and which records a role sees."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from builder.forms.document import Field, Form
from builder.forms.world import Who
from core.db import Document

HIDE, READ, EDIT = "hide", "read", "edit"


@dataclass(frozen=True)
class Condition:
    """A field against a value; `op` is =, <>, <, <=, > or >=."""

    field: Field
    op: str
    value: Any


@dataclass(frozen=True)
class Sight:
    """Records that a role sees: `see` is own, unit (and below) or all; of these, those that meet every condition of
    `where`; `may` holds edit, delete, export."""

    see: str
    where: tuple[Condition, ...]
    may: frozenset[str]


def may(form: Form, field_id: str, roles: Collection[str]) -> str:
    """hide, read or edit. A column has its own rights and never more than its sub-table."""
    table = form.fields[field_id].table if field_id in form.fields else None
    own = _entry(form, field_id, roles)
    return own if table is None else min(own, _entry(form, table, roles), key=(HIDE, READ, EDIT).index)


def _entry(form: Form, field_id: str, roles: Collection[str]) -> str:
    for entry in form.body.get("access", ()):
        if field_id in entry["fields"] and _fits(entry, roles):
            return str(entry["may"])
    return EDIT


def barred(form: Form, roles: Collection[str]) -> dict[str, str]:
    """hide or read, by the id of every field that the person may not edit."""
    if not form.body.get("access"):
        return {}
    rights = {field_id: may(form, field_id, roles) for field_id in form.fields}
    return {field_id: right for field_id, right in rights.items() if right != EDIT}


def records(form: Form, who: Who) -> list[Sight]:
    """What this person sees beyond what he sent himself, which everybody sees."""
    return [
        Sight(
            entry["see"],
            tuple(_condition(form, condition, who) for condition in entry.get("where", ())),
            frozenset(entry.get("may", ())),
        )
        for entry in form.body.get("records", ())
        if _fits(entry, who.roles)
    ]


def _condition(form: Form, given: Document, who: Who) -> Condition:
    himself = {"me": who.member_id, "my_unit": who.unit_id}
    value = himself[given["is"]] if "is" in given else given["value"]
    return Condition(form.fields[given["field"]], given["op"], value)


def _fits(entry: Document, roles: Collection[str]) -> bool:
    return "roles" not in entry or not set(entry["roles"]).isdisjoint(roles)
