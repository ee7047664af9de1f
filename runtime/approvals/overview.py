"""The runs that somebody looks after, and which are stuck: nobody is asked, an effect failed, or it is overdue."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import aliased

from builder.models import Definition, DefinitionVersion
from core import clock
from core.db import db
from core.i18n import text
from organization import members, paging
from organization.models import Member, OrgUnit
from runtime.approvals import inbox, runs
from runtime.approvals.inbox import Standing
from runtime.approvals.models import RunEffect, WorkflowRun, WorkItem

STUCK = NOBODY, FAILED, OVERDUE = "nobody", "failed", "overdue"
OLDER = "older"


@dataclass(frozen=True)
class Asked:
    """`trouble` is nobody, failed, overdue, older, or empty for all; `status` as the run's, empty for all."""

    words: str = ""
    definition_id: int | None = None
    status: str = "running"
    trouble: str = ""


@dataclass(frozen=True)
class Overview:
    """`standing` and `troubles` are by run; `flows` are (id, words) of those that have runs."""

    asked: Asked
    page: paging.Page
    standing: Mapping[int, list[Standing]]
    troubles: Mapping[int, set[str]]
    flows: list[tuple[int, str]]


def find(member: Member, asked: Asked, *, after: int | None, before: int | None) -> Overview:
    """Newest first. Four statements beside the one for who is signed in."""
    page = paging.page(_query(member, asked), WorkflowRun, "id", descending=True, after=after, before=before)
    ids = [row.id for row in page.rows]
    return Overview(asked, page, inbox.where(ids), _troubles(ids), _flows(member))


def _query(member: Member, asked: Asked) -> sa.Select[Any]:
    query: sa.Select[Any] = (
        select(
            *(WorkflowRun.id, WorkflowRun.title, WorkflowRun.status, WorkflowRun.started_at, WorkflowRun.ended_at),
            *(Definition.title.label("workflow"), DefinitionVersion.number, WorkflowRun.definition_id),
            *(Member.name.label("submitter"), OrgUnit.name.label("unit")),
        )
        .join(Definition, Definition.id == WorkflowRun.definition_id)
        .join(DefinitionVersion, DefinitionVersion.id == WorkflowRun.version_id)
        .join(Member, Member.id == WorkflowRun.submitter_id)
        .join(OrgUnit, OrgUnit.id == WorkflowRun.unit_id)
        .where(WorkflowRun.company_id == member.company_id, runs.managed(member))
    )
    if asked.words.strip():
        query = query.where(
            sa.or_(members.holds(WorkflowRun.title, asked.words), members.holds(Member.name, asked.words))
        )
    if asked.definition_id is not None:
        query = query.where(WorkflowRun.definition_id == asked.definition_id)
    if asked.status:
        query = query.where(WorkflowRun.status == asked.status)
    return query.where(_in_trouble(asked.trouble)) if asked.trouble else query


def _in_trouble(trouble: str) -> sa.ColumnElement[bool]:
    if trouble == FAILED:
        return select(RunEffect.run_id).where(RunEffect.run_id == WorkflowRun.id, RunEffect.state == FAILED).exists()
    if trouble == OLDER:
        newer = aliased(DefinitionVersion)
        of_same = newer.definition_id == WorkflowRun.definition_id
        is_newer = sa.and_(newer.state == "published", newer.number > DefinitionVersion.number)
        return select(newer.id).where(of_same, is_newer).correlate(WorkflowRun, DefinitionVersion).exists()
    waiting = select(WorkItem.id).where(WorkItem.run_id == WorkflowRun.id, WorkItem.closed_at.is_(None))
    said = WorkItem.member_id.is_(None) if trouble == NOBODY else WorkItem.due_at < clock.now()
    return waiting.where(said).exists()


def _troubles(ids: Collection[int]) -> dict[int, set[str]]:
    """What is wrong with each run of a page. One statement."""
    if not ids:
        return {}
    nobody = sa.and_(WorkItem.closed_at.is_(None), WorkItem.member_id.is_(None))
    late = sa.and_(WorkItem.closed_at.is_(None), WorkItem.due_at < clock.now())
    asked = sa.union_all(
        select(WorkItem.run_id, sa.literal(NOBODY)).where(WorkItem.run_id.in_(ids), nobody),
        select(WorkItem.run_id, sa.literal(OVERDUE)).where(WorkItem.run_id.in_(ids), late),
        select(RunEffect.run_id, sa.literal(FAILED)).where(RunEffect.run_id.in_(ids), RunEffect.state == FAILED),
    )
    found: dict[int, set[str]] = defaultdict(set)
    for run_id, trouble in db.session.execute(asked):
        found[run_id].add(trouble)
    return found


def _flows(member: Member) -> list[tuple[int, str]]:
    ran = select(WorkflowRun.definition_id).where(WorkflowRun.company_id == member.company_id, runs.managed(member))
    asked = select(Definition.id, Definition.title).where(Definition.id.in_(ran))
    return sorted(((row.id, text(row.title)) for row in db.session.execute(asked)), key=lambda one: one[1])
