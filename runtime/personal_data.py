"""What goals, tasks and figures hold about a person: handed over with the rest, and made nameless with the rest.

Numbers stay, under the member's id: a unit's sums would no longer be true without them. Names, places, notes and photos
go, in the audit's values too.
"""

import sqlalchemy as sa
from sqlalchemy import select

from core import audit, files
from core.db import Document, db
from organization import erasure
from organization.models import Member
from runtime.actions.models import Task, TaskItem
from runtime.cases.models import Case, CaseNote
from runtime.facts.models import Fact, Touch
from runtime.goals.models import Campaign, CheckIn, Goal, Tactic
from runtime.knowledge.models import Asset, AssetUse
from runtime.scores.models import Score
from runtime.submissions import erasing


def _collect_goals(member: Member) -> Document:
    return {
        "goals": erasure.rows(Goal, Goal.member_id == member.id),
        "campaigns": erasure.rows(Campaign, Campaign.owner_id == member.id),
        "tactics": erasure.rows(Tactic, Tactic.owner_id == member.id),
        "check_ins": erasure.rows(CheckIn, CheckIn.by_id == member.id),
    }


def _erase_goals(member: Member) -> None:
    own = sa.update(Goal).where(Goal.member_id == member.id)
    db.session.execute(own.values(name=erasure.nameless(member), note=""))
    db.session.execute(sa.update(CheckIn).where(CheckIn.by_id == member.id).values(note=""))


def _collect_cases(member: Member) -> Document:
    return {
        "cases": erasure.rows(Case, sa.or_(Case.opened_by == member.id, Case.owner_id == member.id)),
        "notes": erasure.rows(CaseNote, CaseNote.by_id == member.id),
        "assets": erasure.rows(Asset, Asset.author_id == member.id),
        "asset_uses": erasure.rows(AssetUse, AssetUse.by_id == member.id),
    }


def _erase_cases(member: Member) -> None:
    """What he wrote on cases goes. A knowledge asset is the company's and stays, under a name that says nothing."""
    for case in db.session.scalars(select(Case).where(Case.opened_by == member.id)):
        case.title, case.detail = erasure.nameless(member), ""
        audit.blank(f"case:{case.id}")
    db.session.execute(sa.update(CaseNote).where(CaseNote.by_id == member.id).values(text=""))
    db.session.execute(sa.update(AssetUse).where(AssetUse.by_id == member.id).values(note=""))


def _collect_tasks(member: Member) -> Document:
    own = select(Task.id).where(Task.member_id == member.id)
    return {
        "tasks": erasure.rows(Task, Task.member_id == member.id),
        "items": erasure.rows(TaskItem, TaskItem.task_id.in_(own)),
    }


def _erase_tasks(member: Member) -> None:
    own = select(TaskItem).join(TaskItem.task).where(Task.member_id == member.id, TaskItem.done_at.is_not(None))
    for item in db.session.scalars(own):
        photo = (item.evidence or {}).get("photo")
        item.evidence = {"at": (item.evidence or {}).get("at")}
        audit.blank(f"task:{item.task_id}")
        if photo and not _is_used(photo, item):
            files.remove_photo(photo)
    for task in db.session.scalars(select(Task).where(Task.company_id == member.company_id, Task.tier == "remedy")):
        task.why = {"overflow": [_nameless(entry, member) for entry in task.why.get("overflow", [])]}


def _nameless(entry: Document, member: Member) -> Document:
    return entry | {"name": erasure.nameless(member)} if entry.get("member_id") == member.id else entry


def _is_used(photo: str, but: TaskItem) -> bool:
    """Two people may have handed in the same picture: files are kept by content."""
    others = select(TaskItem.evidence).where(TaskItem.id != but.id, TaskItem.evidence.is_not(None))
    return any((evidence or {}).get("photo") == photo for evidence in db.session.scalars(others))


def _collect_figures(member: Member) -> Document:
    return {
        "facts": erasure.rows(Fact, Fact.member_id == member.id),
        "touches": erasure.rows(Touch, Touch.member_id == member.id),
        "scores": erasure.rows(Score, Score.member_id == member.id),
    }


def _keep_figures(_member: Member) -> None:
    """Figures, visits and scores name nobody: they hold ids."""


erasure.register("goals", _collect_goals, _erase_goals)
erasure.register("cases", _collect_cases, _erase_cases)
erasure.register("tasks", _collect_tasks, _erase_tasks)
erasure.register("figures", _collect_figures, _keep_figures)
erasure.register("submissions", erasing.collect, erasing.erase)
