"""Several items at once: each is judged as if it were alone, and what is refused is told one by one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy import select

from core.db import Document, db
from core.errors import AppError
from organization.models import Member
from runtime.approvals import inbox, running
from runtime.approvals.models import WorkItem

MOST = 500


@dataclass
class Outcome:
    """`refused` are (title of the run, why) of those that stay."""

    done: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def approve(member: Member, item_ids: Iterable[int], comment: str = "") -> Outcome:
    """Say yes to those of the items that wait for him. Items that are no plain approvals are left aside."""
    return _each(member, item_ids, lambda item: {"item": item.token, "do": "decide", "outcome": "approve"}, comment)


def transfer(member: Member, item_ids: Iterable[int], to: Member, comment: str = "") -> Outcome:
    """Let somebody else decide, where the step allows it."""
    return _each(member, item_ids, lambda item: {"item": item.token, "do": "transfer", "to": str(to.id)}, comment)


def _each(member: Member, item_ids: Iterable[int], operation: Callable[[WorkItem], Document], comment: str) -> Outcome:
    """A savepoint an item: what one of them had begun goes with its refusal. Runs are locked in one order, so that two
    people who approve many at once never wait for each other in a circle."""
    outcome = Outcome()
    for item in _his(member, item_ids):
        title = ""
        try:
            with db.session.begin_nested():
                run = running.locked(item.run_id)
                title = run.title
                running.act(run, operation(item), member, comment=comment)
            outcome.done += 1
        except AppError as refusal:
            outcome.refused.append((title, refusal.message))
    return outcome


def _his(member: Member, item_ids: Iterable[int]) -> list[WorkItem]:
    wanted = list(item_ids)[:MOST]
    asked = select(WorkItem).where(WorkItem.id.in_(wanted), inbox.his(member.id)).order_by(WorkItem.run_id, WorkItem.id)
    return list(db.session.scalars(asked))
