"""Moving records to the published version in the browser: matching, preview, progress, taking it back."""

from typing import Any

from flask import Response, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from builder import definitions, forms
from builder.forms import Form
from builder.models import Definition, DefinitionVersion
from core import access
from core.db import db
from core.errors import NotFound
from core.htmx import go_to, htmx
from core.jobs import Outbox
from runtime.submissions import filling, sights
from runtime.submissions.migrating import matching, moving
from runtime.submissions.migrating.matching import Matching
from runtime.submissions.migrating.models import RecordMigration
from runtime.submissions.views import bp

PUBLISHES = "definitions.publish"


@bp.get("/<key>/migrate")
@access.needs(PUBLISHES)
def migrate(key: str) -> str:
    """What would become of the records; with to=draft under the draft, before it is published."""
    definition = _definition(key)
    counted, end, form = moving.counted(definition), _end(definition), _form(definition)
    old = [(version, count) for version, count in counted if version.id != end.id or _drafted()]
    start = next((version for version, _count in old if version.number == request.args.get("from", type=int)), None)
    start = start or (old[-1][0] if old else None)
    match = _match(filling.form_of(start), form) if start else None
    return render_template(
        "runtime/submissions/migrating/match.html",
        definition=definition,
        end=end,
        drafted=_drafted(),
        old=old,
        start=start,
        match=match,
        preview=moving.preview(match, start) if match and start else None,
        migrations=moving.of_definition(definition.id),
        listed=matching.listed,
        differs=matching.differs,
    )


@bp.post("/<key>/migrate")
@access.needs(PUBLISHES)
def migrate_begin(key: str) -> Response:
    definition = _definition(key)
    start, end = _version(definition, request.form.get("from", 0, type=int)), _end(definition)
    match = _match(filling.form_of(start), filling.form_of(end))
    migration = moving.begin(match, start, end, by=current_user)
    db.session.commit()
    return go_to(url_for(".migration", key=key, migration_id=migration.id))


@bp.get("/<key>/migrate/<int:migration_id>")
@access.needs(PUBLISHES)
def migration(key: str, migration_id: int) -> Response:
    """How far it is. htmx asks again until it is over; so may the person."""
    found = _migration(key, migration_id)
    page = "_progress.html" if htmx else "progress.html"
    words = {"migration": found, "key": key, "job": _job(found), "definition": _definition(key)}
    return make_response(render_template(f"runtime/submissions/migrating/{page}", **words))


@bp.post("/<key>/migrate/<int:migration_id>/undo")
@access.needs(PUBLISHES)
def migrate_undo(key: str, migration_id: int) -> Response:
    moving.take_back(_migration(key, migration_id), by=current_user)
    db.session.commit()
    flash(_("The records go back to how they were."))
    return go_to(url_for(".migration", key=key, migration_id=migration_id))


# ── what the pages share ─────────────────────────────────────────────────────────────────────────────────────────────


def _definition(key: str) -> Definition:
    found = definitions.find(current_user.company_id, "form", key)
    if found is None:
        raise NotFound(_("There is no such form, or it is not published for your unit."))
    return found


def _drafted() -> bool:
    return request.values.get("to") == "draft"


def _end(definition: Definition) -> DefinitionVersion:
    found = sights.version_of(definition.company_id, definition.key)
    if found is None:
        raise NotFound(_("There is no such form, or it is not published for your unit."))
    return found


def _form(definition: Definition) -> Form:
    """What the records would go to: the published version, or the draft."""
    draft = definitions.draft_of(definition) if _drafted() else None
    if _drafted() and (draft is None or definitions.check_draft(draft)):
        raise NotFound(_("There is no draft that could be published. Mend it first."))
    return forms.of(draft.document["body"]) if draft else filling.form_of(_end(definition))


def _version(definition: Definition, number: int) -> DefinitionVersion:
    asked = select(DefinitionVersion).where(DefinitionVersion.definition_id == definition.id)
    return db.session.scalar(asked.where(DefinitionVersion.number == number)) or abort(404)


def _match(old: Form, new: Form) -> Matching:
    """What was chosen in the page: field-f3 = f7, option-f3-price = gift."""
    given: Any = request.values
    fields = {field_id: given[f"field-{field_id}"] for field_id in old.fields if f"field-{field_id}" in given}
    options = {
        field.id: {
            option.value: given[name]
            for option in matching.listed(field)
            if given.get(name := f"option-{field.id}-{option.value}")
        }
        for field in old.fields.values()
    }
    return matching.chosen(old, new, fields, options)


def _migration(key: str, migration_id: int) -> RecordMigration:
    found = db.session.get(RecordMigration, migration_id)
    if found is None or found.company_id != current_user.company_id or found.to_version.definition.key != key:
        raise NotFound(_("These records were never moved."))
    return found


def _job(migration: RecordMigration) -> Outbox | None:
    deed = "undo" if migration.state in ("undoing", "undone") else "move"
    return db.session.scalar(select(Outbox).where(Outbox.key == f"record_migration:{migration.id}:{deed}"))
