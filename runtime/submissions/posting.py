"""What a page posts, as values: read by the form, with files stored and with what the page did not ask for kept.

A page asks for some fields only: others are hidden by a rule, fixed, or not for this person. It says which it asked for
(`given`), so that a field that was emptied is told from one that was not there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from builder import forms
from builder.form_page import place as posted_name
from builder.forms import Field, Form
from builder.forms.rights import EDIT
from core.errors import Invalid, Problem
from runtime.submissions import attachments, filling, held
from runtime.submissions.filling import Filling

Posted = MultiDict[str, str]


@dataclass(frozen=True)
class Sent:
    """`unread` are problems of what could not be read, `raw` what was typed there, by posted name; `rows` how many
    lines of each sub-table were posted, empty ones too."""

    values: Mapping[str, Any]
    unread: list[Problem]
    raw: Mapping[str, str]
    rows: Mapping[str, int]


def read(place: Filling, posted: Posted, uploads: MultiDict[str, FileStorage] | None = None) -> Sent:
    """Stores the files that came along; a file that cannot be taken is a problem at its field."""
    everything: Posted = MultiDict(posted)
    refused = _keep(place, everything, uploads or MultiDict())
    values, unread = forms.read(place.form, everything, place.world, _held(place, posted))
    problems = [*refused, *unread]
    raw = {name: everything[name] for name in map(posted_name, unread) if name in everything}
    rows = {table.name: _lines(table, posted) for table in place.form.tables}
    return Sent({**_not_asked(place, posted), **values}, problems, raw, rows)


def his(place: Filling, posted: Posted) -> Posted:
    """A post without the fields and cells that are not his to write. Sending them is refused in words; a draft leaves
    them out, so that it cannot say afterwards that they stood there."""
    roles = place.world.who.roles
    barred = {field.id for field in place.form.fields.values() if forms.rights.may(place.form, field.id, roles) != EDIT}
    fields = {name: named(place.form, name) for name in posted}
    kept = (
        (name, value) for name, value in posted.items(multi=True) if (at := fields[name]) is None or at.id not in barred
    )
    allowed: Posted = MultiDict(kept)
    if "given" in posted:
        allowed["given"] = " ".join(one for one in posted["given"].split() if one not in barred)
    return allowed


def _lines(table: Field, posted: Posted) -> int:
    start = f"{table.name}-"
    return len({name.removeprefix(start).partition("-")[0] for name in posted if name.startswith(start)})


def given(place: Filling, asked: Posted) -> dict[str, Any]:
    """What the address of a form brings for some of its fields."""
    values, _unread = forms.read(place.form, asked, place.world)
    named_in_it = {name.partition("-")[0] for name in asked}
    return {name: value for name, value in values.items() if name in named_in_it}


def _held(place: Filling, posted: Posted) -> forms.Stood:
    return held.stood(lambda: filling.begin(place, {}), posted.get("given", "").split())


def _not_asked(place: Filling, posted: Posted) -> dict[str, Any]:
    if "given" not in posted:
        return {}
    asked = set(posted["given"].split())
    left = [field for field in place.form.tops if field.typed and field.id not in asked]
    before = filling.begin(place, {}) if left else {}
    return {field.name: before[field.name] for field in left if field.name in before}


def _keep(place: Filling, posted: Posted, uploads: MultiDict[str, FileStorage]) -> list[Problem]:
    problems: list[Problem] = []
    for name, upload in uploads.items(multi=True):
        field = named(place.form, name)
        if upload.filename and field is not None and field.widget in attachments.FILES:
            try:
                kept = attachments.keep(place, field, upload.read(), upload.filename)
            except Invalid as invalid:
                problems += [Problem("/" + name.replace("-", "/"), one.code, one.message) for one in invalid.problems]
            else:
                posted.setlist(name, [*posted.getlist(name), kept.name] if field.several else [kept.name])
    return problems


def named(form: Form, name: str) -> Field | None:
    """The field or column of a posted name: resources-0-photo is the column photo."""
    top, _dash, rest = name.partition("-")
    field = form.named.get(top)
    if field is None or field.widget != "table":
        return field
    column = rest.partition("-")[2]
    return next((one for one in field.columns if one.name == column), None)
