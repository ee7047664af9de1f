"""Moving the records of one version of a form to another: previewed, done by a job in slices, taken back.

A record is moved only where the new version accepts its values; any other stays as it was made and is listed with the
reason. The former values stand in the audit. Rules flush and never commit.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from builder import forms
from builder.forms import Effective, Field, Form
from builder.models import Definition, DefinitionVersion
from core import audit, clock, jobs
from core.audit import AuditEvent
from core.db import Document, db
from core.errors import Conflict, Invalid, Problem
from organization.models import Member
from runtime.submissions import attachments, field_values, filling, submissions, worlds
from runtime.submissions.migrating import matching
from runtime.submissions.migrating.matching import CannotGo, Matching
from runtime.submissions.migrating.models import MigratedRecord, RecordMigration
from runtime.submissions.models import Submission
from runtime.submissions.pickers import Names

JOB = "runtime.submissions.migrating.jobs.move"
UNDO = "runtime.submissions.migrating.jobs.undo"
PREVIEWED = 300
SAMPLES = 3
REASONS = 100
MOVED, RESTORED = "submission.migrate", "submission.restore"


# ── what it would do ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Worlds:
    """What the senders of many records know, each looked up once."""

    names: Names
    made: dict[tuple[int | None, str], forms.World] = field(default_factory=dict)

    def of(self, record: Submission, form: Form) -> forms.World:
        key = record.submitter_id, form.digest
        if key not in self.made:
            sender = record.submitter
            world = worlds.of(sender, form, self.names) if sender else worlds.of_stranger(self.names)
            known = next(iter(self.made.values()), world).known
            self.made[key] = replace(world, known=known)
        return self.made[key]


@dataclass
class Line:
    """A field of the old version: where it goes, some of its values before and after, how many go and cannot."""

    field: Field
    target: Field | None
    samples: list[tuple[str, str]] = field(default_factory=list)
    goes: int = 0
    cannot: dict[str, int] = field(default_factory=dict)


@dataclass
class Preview:
    """Of the newest PREVIEWED records. `refused` are (record, why)."""

    lines: list[Line]
    looked_at: int = 0
    goes: int = 0
    refused: list[tuple[Any, str]] = field(default_factory=list)


def counted(definition: Definition) -> list[tuple[DefinitionVersion, int]]:
    """The versions that records were made with, and how many each."""
    asked = (
        select(DefinitionVersion, func.count(Submission.id))
        .join(Submission, Submission.version_id == DefinitionVersion.id)
        .where(Submission.definition_id == definition.id, Submission.state == "submitted")
        .group_by(DefinitionVersion.id)
        .order_by(DefinitionVersion.number)
    )
    return [(version, count) for version, count in db.session.execute(asked)]


def preview(match: Matching, version: DefinitionVersion) -> Preview:
    """What would become of the records of a version."""
    found = Preview([Line(old, match.target(old)) for old in match.old.fields.values() if old.typed])
    ground = Worlds(Names(version.definition.company_id, None))
    records = db.session.scalars(_of(version).order_by(Submission.id.desc()).limit(PREVIEWED)).all()
    ground.names.learn_all(match.old, [record.values for record in records])
    for record in records:
        found.looked_at += 1
        for line in found.lines:
            _tell(line, match, record, ground)
        try:
            _judged(match, record, ground)
            found.goes += 1
        except CannotGo as why:
            found.refused.append((record, str(why)))
    return found


def _tell(line: Line, match: Matching, record: Submission, worlds_of: Worlds) -> None:
    if line.target is None or line.field.widget == "table":
        return
    world = worlds_of.of(record, match.old)
    for value in _values(match.old, line.field, record.values):
        try:
            made = matching.value_of(match, line.field, line.target, value, world)
        except CannotGo as why:
            line.cannot[str(why)] = line.cannot.get(str(why), 0) + 1
            continue
        line.goes += 1
        if len(line.samples) < SAMPLES:
            line.samples.append((_said(line.field, value, world), _said(line.target, made, world)))


def _values(form: Form, at: Field, values: Mapping[str, Any]) -> Iterator[Any]:
    rows = values.get(form.fields[at.table].name, ()) if at.table else (values,)
    yield from (row[at.name] for row in rows if row.get(at.name) is not None)


def _said(at: Field, value: Any, world: forms.World) -> str:
    return forms.shown(at, value, world, matching.listed(at))


# ── doing it ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def begin(match: Matching, start: DefinitionVersion, end: DefinitionVersion, *, by: Member) -> RecordMigration:
    """Queue it. Raises Invalid for a target that is not in force, Conflict while another one runs."""
    if end.state != "published" or start.definition_id != end.definition_id or start.id == end.id:
        raise Invalid([Problem("/to", "version", _("Records go to the published version, from another one."))])
    running = select(RecordMigration.id).where(RecordMigration.definition_id == start.definition_id)
    if db.session.scalar(running.where(RecordMigration.state.in_(("queued", "undoing"))).limit(1)):
        raise Conflict(_("Records of this form are being moved already. Wait until that is done."))
    migration = RecordMigration(
        company_id=by.company_id,
        definition_id=start.definition_id,
        from_version_id=start.id,
        to_version_id=end.id,
        matched=match.as_json(),
        state="queued",
        moved=0,
        refused=0,
        reasons=[],
        by_id=by.id,
        created_at=clock.now(),
    )
    db.session.add(migration)
    db.session.flush()
    audit.record("records.migrate", f"record_migration:{migration.id}", by_id=by.id, after=migration.matched)
    jobs.enqueue(JOB, {"migration_id": migration.id}, key=f"record_migration:{migration.id}:move")
    return migration


def move_some(migration: RecordMigration, after: int, most: int) -> int | None:
    """The next records behind an id; the id of the last one looked at, None when there is none left."""
    match = match_of(migration)
    records = db.session.scalars(
        _of(migration.from_version).where(Submission.id > after).order_by(Submission.id).limit(most)
    ).all()
    ground = Worlds(Names(migration.company_id, None))
    ground.names.learn_all(match.old, [record.values for record in records])
    for record in records:
        try:
            _move(migration, match, record, _judged(match, record, ground))
        except CannotGo as why:
            _refuse(migration, record, str(why))
    return records[-1].id if records else None


def match_of(migration: RecordMigration) -> Matching:
    told = migration.matched
    old, new = filling.form_of(migration.from_version), filling.form_of(migration.to_version)
    return Matching(old, new, told["fields"], told["options"])


def _of(version: DefinitionVersion) -> sa.Select[tuple[Submission]]:
    found = select(Submission).where(Submission.version_id == version.id, Submission.state == "submitted")
    return found.options(joinedload(Submission.submitter).joinedload(Member.unit), joinedload(Submission.unit))


def _judged(match: Matching, record: Submission, worlds_of: Worlds) -> Effective:
    """The record under the new version. Raises CannotGo with what that refuses first."""
    world = worlds_of.of(record, match.new)
    values = matching.moved(match, filling.joined(match.old, record.kept, record.values), world)
    state = forms.effective(match.new, values, world)
    problems = forms.judge(state, ()).problems
    if problems:
        named = forms.field_at(match.new, problems[0].path)
        where = f"{named.spec['title']}: " if named else ""
        raise CannotGo(where + problems[0].message)
    return state


def _move(migration: RecordMigration, match: Matching, record: Submission, state: Effective) -> None:
    before = _kept_by_audit(record)
    numbers = _numbers(match, record)
    record.version_id, record.effective = migration.to_version_id, state.digest
    record.values, record.kept = {**state.values, **numbers}, dict(state.kept)
    record.named = submissions.name_of(state, record.values)
    db.session.flush()
    field_values.write(record, match.new, anew=True)
    attachments.hand_over(match.new, record)
    audit.record(MOVED, _subject(record), by_id=migration.by_id, before=before, after=_kept_by_audit(record))
    db.session.add(MigratedRecord(migration_id=migration.id, submission_id=record.id, edits=record.edits))
    migration.moved += 1


def _numbers(match: Matching, record: Submission) -> Document:
    """A record keeps the serial numbers that it was given."""
    serials = ((one, match.target(one)) for one in match.old.tops if one.widget == "serial")
    kept = ((one, target) for one, target in serials if target and target.widget == "serial")
    return {target.name: record.values[one.name] for one, target in kept if one.name in record.values}


def _kept_by_audit(record: Submission) -> Document:
    return {"values": record.values, "kept": record.kept, "version": record.version_id}


def _subject(record: Submission) -> str:
    return f"submission:{record.id}"


def _refuse(migration: RecordMigration, record: Submission, why: str) -> None:
    migration.refused += 1
    if len(migration.reasons) < REASONS:
        named = record.named or f"#{record.id}"
        migration.reasons = [*migration.reasons, {"record": record.id, "name": named, "why": why}]


# ── taking it back ───────────────────────────────────────────────────────────────────────────────────────────────────


def take_back(migration: RecordMigration, *, by: Member) -> None:
    """Queue that every record goes back to how it was, but those that were corrected since. Raises Conflict."""
    if migration.state != "done":
        raise Conflict(_("Only what is done can be taken back."), f"migration {migration.id} is {migration.state}")
    migration.state = "undoing"
    audit.record("records.migrate_back", f"record_migration:{migration.id}", by_id=by.id)
    jobs.enqueue(UNDO, {"migration_id": migration.id, "by_id": by.id}, key=f"record_migration:{migration.id}:undo")


def restore_some(migration: RecordMigration, after: int, most: int, *, by_id: int) -> int | None:
    """The next records behind an id, as they were before; the id of the last one, None when there is none left."""
    rows = db.session.execute(
        select(MigratedRecord, Submission)
        .join(Submission, Submission.id == MigratedRecord.submission_id)
        .where(MigratedRecord.migration_id == migration.id, MigratedRecord.submission_id > after)
        .order_by(MigratedRecord.submission_id)
        .limit(most)
    ).all()
    form = filling.form_of(migration.from_version)
    for moved, record in rows:
        if record.edits == moved.edits and record.state == "submitted":
            _restore(record, form, _before(record), by_id)
            migration.moved -= 1
    return rows[-1][1].id if rows else None


def _before(record: Submission) -> Document:
    """What stood there; nothing where a person's data had to go meanwhile."""
    asked = select(AuditEvent).where(AuditEvent.subject == _subject(record), AuditEvent.action == MOVED)
    event = db.session.scalar(asked.order_by(AuditEvent.id.desc()).limit(1))
    return (event.value.before if event and event.value else None) or {}


def _restore(record: Submission, form: Form, before: Document, by_id: int) -> None:
    if not before:
        return
    left = _kept_by_audit(record)
    record.values, record.kept, record.version_id = before["values"], before["kept"], before["version"]
    db.session.flush()
    field_values.write(record, form, anew=True)
    audit.record(RESTORED, _subject(record), by_id=by_id, before=left, after=before)


def of_definition(definition_id: int, limit: int = 20) -> Sequence[RecordMigration]:
    """Newest first."""
    asked = select(RecordMigration).where(RecordMigration.definition_id == definition_id)
    asked = asked.options(joinedload(RecordMigration.by), joinedload(RecordMigration.from_version))
    asked = asked.options(joinedload(RecordMigration.to_version))
    return db.session.scalars(asked.order_by(RecordMigration.id.desc()).limit(limit)).all()
