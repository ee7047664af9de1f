"""待办, 已办, 抄送, 我发起的: the four lists of a person, page by page by key.

A page costs two statements beside the one for who is signed in: the rows, and what the list can be narrowed to; that of
what he began one more, for where each stands now.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import inspect, select
from sqlalchemy.orm import aliased, column_property

from builder.models import Definition
from core import clock
from core.db import db
from core.i18n import text
from organization import members, paging
from organization.models import MENU, Member, OrgUnit
from runtime.approvals.models import RunReader, WorkflowRun, WorkItem

WAITING, DONE, COPIED, STARTED = LISTS = ("waiting", "done", "copied", "started")
NEVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Asked:
    """What a list is narrowed to."""

    words: str = ""
    definition_id: int | None = None
    unit_id: int | None = None
    overdue: bool = False


@dataclass(frozen=True)
class Standing:
    """Where a run waits: the step, and for whom."""

    step: str
    people: list[str]


@dataclass(frozen=True)
class Inbox:
    """`definitions` and `units` are what the whole list can be narrowed to, as (id, words); `standing` is by run."""

    name: str
    asked: Asked
    page: paging.Page
    definitions: list[tuple[int, str]]
    units: list[tuple[int, str]]
    standing: dict[int, list[Standing]] = field(default_factory=dict)


def find(member: Member, name: str, asked: Asked, *, after: int | None, before: int | None) -> Inbox:
    """One page of a list of his. What waits: oldest due first, then the oldest; the others newest first."""
    whole = ROWS[name](member)
    model = MODELS[name]
    page = paging.page(
        _narrowed(whole, asked),
        model,
        (sa.func.coalesce(WorkItem.due_at, sa.literal(NEVER, WorkItem.due_at.type)),) if name == WAITING else "id",
        descending=name != WAITING,
        after=after,
        before=before,
    )
    definitions, units = _choices(whole)
    standing = where([row.run_id for row in page.rows]) if name == STARTED else {}
    return Inbox(name, asked, page, definitions, units, standing)


def _run() -> tuple[sa.Select[Any], Any]:
    """Rows about runs, with names: the columns that all lists show."""
    submitter = aliased(Member)
    columns = (
        *(WorkflowRun.id.label("run_id"), WorkflowRun.title, WorkflowRun.status, WorkflowRun.started_at),
        *(WorkflowRun.ended_at, WorkflowRun.definition_id, WorkflowRun.unit_id, Definition.title.label("workflow")),
        *(submitter.name.label("submitter"), OrgUnit.name.label("unit")),
    )
    query: sa.Select[Any] = select(*columns)
    return query, submitter


def _joined(query: sa.Select[Any], submitter: Any) -> sa.Select[Any]:
    return (
        query.join(Definition, Definition.id == WorkflowRun.definition_id)
        .join(submitter, submitter.id == WorkflowRun.submitter_id)
        .join(OrgUnit, OrgUnit.id == WorkflowRun.unit_id)
    )


def _items() -> sa.Select[Any]:
    query, submitter = _run()
    columns = (
        *(WorkItem.id, WorkItem.step_title, WorkItem.kind, WorkItem.due_at, WorkItem.opened_at, WorkItem.urged_at),
        *(WorkItem.closed_at, WorkItem.outcome, WorkItem.closed_as, WorkItem.member_id),
    )
    return _joined(query.add_columns(*columns).join_from(WorkItem, WorkflowRun), submitter)


def _waiting(member: Member) -> sa.Select[Any]:
    return _items().where(his(member.id), WorkItem.closed_at.is_(None))


def _done(member: Member) -> sa.Select[Any]:
    return _items().where(WorkItem.closed_by_id == member.id)


def _copied(member: Member) -> sa.Select[Any]:
    query, submitter = _run()
    query = query.add_columns(RunReader.id, RunReader.at, RunReader.read_at).join_from(RunReader, WorkflowRun)
    return _joined(query, submitter).where(RunReader.member_id == member.id)


def _started(member: Member) -> sa.Select[Any]:
    query, submitter = _run()
    return _joined(query.add_columns(WorkflowRun.id).select_from(WorkflowRun), submitter).where(
        WorkflowRun.submitter_id == member.id
    )


ROWS = {WAITING: _waiting, DONE: _done, COPIED: _copied, STARTED: _started}
MODELS: dict[str, Any] = {WAITING: WorkItem, DONE: WorkItem, COPIED: RunReader, STARTED: WorkflowRun}


def his(member_id: Any) -> sa.ColumnElement[bool]:
    """Items that somebody may answer: asked himself, or through his substitute."""
    return sa.or_(WorkItem.member_id == member_id, WorkItem.instead_of_id == member_id)


def _narrowed(query: sa.Select[Any], asked: Asked) -> sa.Select[Any]:
    if asked.words.strip():
        query = query.where(members.holds(WorkflowRun.title, asked.words))
    if asked.definition_id is not None:
        query = query.where(WorkflowRun.definition_id == asked.definition_id)
    if asked.unit_id is not None:
        query = query.where(WorkflowRun.unit_id == asked.unit_id)
    if asked.overdue:
        query = query.where(WorkItem.due_at < clock.now())
    return query


def _choices(whole: sa.Select[Any]) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    columns = (WorkflowRun.definition_id, WorkflowRun.unit_id, Definition.title, OrgUnit.name)
    known = whole.with_only_columns(WorkflowRun.definition_id, WorkflowRun.unit_id).distinct().subquery()
    asked = (
        select(*columns[2:], known.c.definition_id, known.c.unit_id)
        .join_from(known, Definition, Definition.id == known.c.definition_id)
        .join(OrgUnit, OrgUnit.id == known.c.unit_id)
        .order_by(OrgUnit.path)
    )
    rows = db.session.execute(asked).all()
    definitions = {row.definition_id: text(row.title) for row in rows}
    return sorted(definitions.items(), key=lambda one: one[1]), list({row.unit_id: row.name for row in rows}.items())


def where(run_ids: Collection[int]) -> dict[int, list[Standing]]:
    """For whom runs wait, by run and step. One statement."""
    asked = (
        select(WorkItem.run_id, WorkItem.step, WorkItem.step_title, Member.name)
        .outerjoin(Member, Member.id == WorkItem.member_id)
        .where(WorkItem.run_id.in_(run_ids), WorkItem.closed_at.is_(None))
        .order_by(WorkItem.id)
    )
    found: dict[int, dict[str, Standing]] = defaultdict(dict)
    for row in db.session.execute(asked) if run_ids else ():
        here = found[row.run_id].setdefault(row.step, Standing(text(row.step_title), []))
        here.people.append(row.name or "—")
    return {run_id: list(steps.values()) for run_id, steps in found.items()}


def first(member: Member) -> sa.Row[int, int] | None:
    """(id, run) of what he should look at next: oldest due first. One statement."""
    asked = select(WorkItem.id, WorkItem.run_id).where(his(member.id), WorkItem.closed_at.is_(None))
    return db.session.execute(asked.order_by(WorkItem.due_at.is_(None), WorkItem.due_at, WorkItem.id).limit(1)).first()


def acknowledge(run: WorkflowRun, member: Member) -> None:
    """He has read what was copied to him."""
    mine = sa.update(RunReader).where(RunReader.run_id == run.id, RunReader.member_id == member.id)
    db.session.execute(mine.where(RunReader.read_at.is_(None)).values(read_at=clock.now()))


# ── beside the entry in the menu ─────────────────────────────────────────────────────────────────────────────────────

_WAITING = select(sa.func.count(WorkItem.id)).where(his(Member.id), WorkItem.closed_at.is_(None))
_UNREAD = select(sa.func.count(RunReader.id)).where(RunReader.member_id == Member.id, RunReader.read_at.is_(None))
for _name, _asked in (("items_waiting", _WAITING), ("copies_unread", _UNREAD)):
    _counted = _asked.correlate(Member.__table__).scalar_subquery()
    inspect(Member).add_property(_name, column_property(_counted, deferred=True, group=MENU))
