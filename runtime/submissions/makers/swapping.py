"""A swap of tasks (S37): what keeps the rules holds provisionally, what breaks one goes to the manager."""

from sqlalchemy import select

from builder.forms import Form, Made
from core.db import db
from runtime.actions import deciding, swaps
from runtime.actions.models import Task
from runtime.submissions.makers import sources
from runtime.submissions.models import Submission


def swap(submission: Submission, _form: Form, made: Made) -> None:
    values, member = made.values, submission.submitter
    if member is None or not {"task", "title", "value"} <= set(values):
        return
    named = values["task"] if isinstance(values["task"], list) else [values["task"]]
    rows = select(Task).where(Task.member_id == member.id, Task.id.in_(named)).order_by(Task.id)
    tasks = list(db.session.scalars(rows))
    asked = swaps.ask(member, tasks, str(values["title"]), float(values["value"]), sources.reference(submission, made))
    if asked.state == "asked":
        deciding.ask_manager(asked, member)
