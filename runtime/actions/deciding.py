"""A swap that breaks a rule is decided on by a flow, mostly by the manager; where the pack has none, it is refused."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from sqlalchemy import select

from core.db import Document, db
from organization.models import Member
from runtime.actions import swaps
from runtime.actions.models import Task, TaskSwap
from runtime.approvals import running, subjects
from runtime.approvals.models import WorkflowRun
from runtime.approvals.subjects import Subject

KIND = "task_swap"


class SwapSubject(Subject):
    @property
    def swap(self) -> TaskSwap:
        return db.session.get_one(TaskSwap, self.run.subject_id)

    @property
    def address(self) -> tuple[str, Document]:
        return "tasks.of_person", {"member_id": self.swap.member_id, "week": self.swap.week}

    def values(self, row: str | None) -> Mapping[str, Any]:
        """The names are those of `builder.flows.subjects`."""
        swap = self.swap
        tasks = {str(task.id): task for task in _tasks(swap)}
        week = swaps.week_of(swap)
        whole = sum(task.value * task.needed for task in week)
        lost = sum(tasks[id].value * count for id, count in swap.replaced.items())
        tiers = sorted({task.tier for task in tasks.values()})
        return {
            "减少分值": lost,
            "增加分值": swap.value,
            "置换占比": lost / whole if whole else 0.0,
            "类别": "、".join(tiers),
        }

    def ended(self) -> None:
        swaps.decided(self.swap, granted=self.run.status == "finished")


def ask_manager(swap: TaskSwap, member: Member) -> None:
    """Once. Raises Invalid where the flow would find nobody."""
    about = select(WorkflowRun.id).where(WorkflowRun.subject_kind == KIND, WorkflowRun.subject_id == swap.id)
    if db.session.scalar(about.limit(1)) is not None:
        return
    flow = swaps.flow_of(swap.company_id)
    if flow is None:
        swaps.decided(swap, granted=False)
        return
    running.start(flow, (KIND, swap.id), swap.action, member)


def init_app(_app: Flask) -> None:
    subjects.register(KIND, SwapSubject)


def _tasks(swap: TaskSwap) -> list[Task]:
    return list(db.session.scalars(select(Task).where(Task.id.in_([int(id) for id in swap.replaced]))))
