"""A record that a run is about: its values, what a step lets one see and change, and what becomes of it."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from builder import forms
from builder.forms import Field, Form, World, computing
from builder.forms.rights import HIDE, READ
from builder.sources import Source, Sources
from core.db import Document, db
from core.errors import Forbidden, Problem
from core.i18n import text
from organization.models import Member
from runtime.approvals import subjects
from runtime.approvals.models import WorkflowRun
from runtime.approvals.subjects import EDIT, REQUIRE, Subject
from runtime.goals import created
from runtime.goals.models import Goal
from runtime.submissions import asking, creating, filling, submissions, worlds
from runtime.submissions.models import FieldValue, Submission
from runtime.submissions.pickers import Names

ORDER = (HIDE, READ, EDIT, REQUIRE)


class RecordSubject(Subject):
    """Read when it is first asked for: most decisions need nothing of it."""

    @cached_property
    def record(self) -> Submission:
        around = (Submission.version, Submission.submitter)
        return db.session.get_one(Submission, self.run.subject_id, options=[joinedload(one) for one in around])

    @property
    def form(self) -> Form:
        return forms.of(self.record.version.document["body"], self.record.version.digest)

    @property
    def address(self) -> tuple[str, Document]:
        return "forms.record", {"key": self.record.definition.key, "record_id": self.record.id}

    # ── what the engine asks ─────────────────────────────────────────────────────────────────────────────────────────

    def known(self) -> Sources:
        """Conditions are read by the form that the record was made with."""
        version, key = self.record.version, self.run.version.document["body"]["subject"]["form"]
        return {("form", key): Source("form", key, version.document, version.digest, version.id, version.number)}

    def values(self, row: str | None) -> Mapping[str, Any]:
        return forms.effective(self.form, self.record.values, self._world()).row

    def picked(self, row: str | None) -> Mapping[str, Any]:
        values = self.record.values
        found = {field.title["zh"]: values.get(field.name) for field in self.form.tops if field.widget != "table"}
        for table in self.form.tables:
            rows = [_by_title(table, cells) for cells in values.get(table.name) or ()]
            found[table.title["zh"]] = [rows[int(row)]] if row is not None and int(row) < len(rows) else rows
        return found

    def rows(self, table: str) -> int:
        names = [one.name for one in self.form.tables if one.title["zh"] == table]
        return len(self.record.values.get(names[0]) or ()) if names else 0

    def goal_owners(self, which: str) -> list[int]:
        goal = self.parent_goal() if which == "parent" else self.goal()
        if goal is None:
            return []
        leader = goal.member_id or goal.unit.head_id
        return [leader] if leader is not None else []

    def goal(self) -> Goal | None:
        """The goal that the record made, or else the one that was picked in it."""
        return created.made_by(f"{asking.KIND}:{self.record.id}") or self._picked_goal()

    def parent_goal(self) -> Goal | None:
        """What a goal of this record serves; of a record that makes none, the goal above the one that was picked."""
        picked = self._picked_goal()
        makes = any(entry.get("make") == "goal" for entry in self.form.body.get("creates", ()))
        return picked if makes or picked is None else _above(picked)

    def _picked_goal(self) -> Goal | None:
        """In a field for goals; or the goal that a picked record made."""
        for field in self.form.tops:
            value = self.record.values.get(field.name)
            if field.widget == "goal" and value:
                return db.session.get(Goal, value)
            if field.widget == "record" and value and (made := created.made_by(f"{asking.KIND}:{value}")):
                return made
        return None

    @property
    def summary(self) -> str:
        return self.record.named or self.run.title

    def stored(self) -> Document:
        return dict(self.record.values)

    def create_goals(self) -> Document:
        creating.make(self.record)
        db.session.flush()
        made = created.made_by(f"{asking.KIND}:{self.record.id}")
        return {"goal_id": made.id} if made else {}

    def _world(self) -> World:
        sender = self.run.submitter
        names = Names(self.run.company_id, sender)
        return worlds.of(sender, self.form, names, self.record)

    # ── fields ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def fields(self, said: Mapping[str, str], who: Member | None) -> dict[str, str]:
        """A step narrows what the form gives him, and never widens it."""
        roles = {who.role, *(grant.role for grant in who.grants)} if who else set()
        return {field.id: self._right(field, said, roles) for field in self.form.tops}

    def _right(self, field: Field, said: Mapping[str, str], roles: set[str]) -> str:
        own = forms.rights.may(self.form, field.id, roles)
        most = READ if own == EDIT and not field.typed else own
        wanted = said.get(field.id, said["*"])
        return min(wanted, most, key=ORDER.index) if most != EDIT else wanted

    def change(self, values: Document, rights: Mapping[str, str], by: Member, reason: str) -> Document:
        record, form = self.record, self.form
        place = filling.of(by, record.version, record.unit_id, record.client_id, record)
        present = filling.joined(form, record.kept, record.values)
        differing = {name: value for name, value in values.items() if value != present.get(name)}
        self._refuse(differing, rights)
        if not differing:
            return {}
        before = dict(record.values)
        typed = {field.name for field in form.tops if field.typed}
        laid = {name: value for name, value in {**present, **differing}.items() if name in typed and value is not None}
        why = reason or _("Filled in while it was decided on")
        submissions.correct(place, laid, seen=record.edits, by_id=by.id, reason=why, deciding=True)
        names = sorted({*before, *record.values})
        return {one: [before.get(one), record.values.get(one)] for one in names if _differs(one, before, record.values)}

    def _refuse(self, values: Mapping[str, Any], rights: Mapping[str, str]) -> None:
        by_name = {field.name: field for field in self.form.tops}
        for name in values:
            field = by_name.get(name)
            if field is None or rights.get(field.id) not in (EDIT, REQUIRE):
                title = text(field.title) if field else name
                raise Forbidden(_("“%(field)s” cannot be changed in this step.", field=title))

    def missing(self, rights: Mapping[str, str]) -> list[Problem]:
        needed = [field for field in self.form.tops if rights.get(field.id) == REQUIRE]
        empty = [field for field in needed if self.record.values.get(field.name) in (None, "", [])]
        return [
            Problem(f"/{field.name}", "required", _("“%(field)s” must be filled in here.", field=text(field.title)))
            for field in empty
        ]

    def put(self, field_id: str, formula: str, by: Member) -> Document:
        """Give a field the value of a formula over the record (the action `set`)."""
        field = self.form.fields[field_id]
        value = computing.value_of(forms.compiled(self.form, formula), self.values(None), self._world())
        return self.change({field.name: computing.stored(field, value)}, {field.id: EDIT}, by, "")

    # ── how it ended ─────────────────────────────────────────────────────────────────────────────────────────────────

    def ended(self) -> None:
        """What was agreed to is made; what was withdrawn is the sender's draft again."""
        if self.run.status == "finished":
            asking.make(self.form, self.record)
        elif self.run.status == "withdrawn":
            self.record.state = "draft"
            db.session.execute(sa.delete(FieldValue).where(FieldValue.submission_id == self.record.id))
            db.session.flush()

    def reopened(self) -> None:
        if self.record.state == "draft":
            raise Forbidden(_("It was withdrawn and is a draft again. Its sender can send it anew."))


def of_run(run: WorkflowRun) -> Subject:
    return RecordSubject(run)


def init_app(_app: Any) -> None:
    subjects.register(asking.KIND, of_run)


def _above(goal: Goal) -> Goal | None:
    """The goal that it serves; of a target the one that it was split from."""
    if goal.serves_id is not None or goal.parent is None:
        return goal.serves
    return db.session.scalar(sa.select(Goal).where(Goal.goal_set_id == goal.goal_set_id, Goal.node == goal.parent))


def _by_title(table: Field, cells: Mapping[str, Any]) -> Document:
    return {column.title["zh"]: cells.get(column.name) for column in table.columns}


def _differs(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    return bool(before.get(name) != after.get(name))
