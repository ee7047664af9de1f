"""What is decided on: a record of a form, a target, a swap of tasks. A part that has something to be decided on
registers its kind here; approvals know no more of it than this.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from builder.sources import Sources
from core.db import Document
from core.errors import Conflict, Forbidden, Invalid, Problem
from organization.models import Member
from runtime.approvals.models import WorkflowRun
from runtime.goals.models import Goal

HIDE, READ, EDIT, REQUIRE = "hide", "read", "edit", "require"


class Subject:
    """Of one run. What a kind does not have it leaves as it stands here."""

    def __init__(self, run: WorkflowRun) -> None:
        self.run = run

    @property
    def title(self) -> str:
        """What the run is called in lists."""
        return self.run.title

    @property
    def address(self) -> tuple[str, Document]:
        """Endpoint and values of the page that shows it."""
        raise NotImplementedError

    def known(self) -> Sources:
        """The definitions that the conditions of the workflow are compiled against."""
        return {}

    def values(self, row: str | None) -> Mapping[str, Any]:
        """Names to values, as formulas see them."""
        return {}

    def picked(self, row: str | None) -> Mapping[str, Any]:
        """Titles of fields to the ids that stand in them, those of sub-tables as rows of such; in a row of an `each`
        only that row."""
        return {}

    def rows(self, table: str) -> int:
        """How many rows a sub-table has."""
        return 0

    def goal_owners(self, which: str) -> list[int]:
        """Who owns the goal that this is about, or the goal above it (`parent`)."""
        return []

    def goal(self) -> Goal | None:
        """The goal that this is about."""
        return None

    def parent_goal(self) -> Goal | None:
        """The goal above it."""
        return None

    @property
    def summary(self) -> str:
        """What it says, in a line or two."""
        return self.run.title

    def stored(self) -> Document:
        """What another system is told of it."""
        return {}

    def fields(self, said: Mapping[str, str], who: Member | None) -> dict[str, str]:
        """hide, read, edit or require by the id of each field, where a step says `said`."""
        return {}

    def change(self, values: Document, rights: Mapping[str, str], by: Member, reason: str) -> Document:
        """Change fields as a step allows; {name: [before, after]} of what differs. Raises Forbidden, Invalid."""
        raise Forbidden(_("This cannot be changed while it is being decided on."))

    def put(self, field_id: str, formula: str, by: Member) -> Document:
        """Give a field the value of a formula; [before, after] by name of what differs."""
        raise Forbidden(_("This has no fields that a flow could set."))

    def missing(self, rights: Mapping[str, str]) -> list[Problem]:
        """Fields that must be filled in at this step and are not."""
        return []

    def create_goals(self) -> Document:
        """Make the goals that this asks for; what came of it."""
        raise Conflict(_("This makes no goals."))

    def publish(self, by: Member) -> Document:
        """Put it in force."""
        raise Conflict(_("There is nothing here to publish."))

    def recascade(self, by: Member, cascade: str | None) -> Document:
        """Split the target anew."""
        raise Conflict(_("There is no target here to split anew."))

    def ended(self) -> None:
        """The run is over, as its status says; called within its transaction."""

    def reopened(self) -> None:
        """An administrator let a run that was over go on."""


Kind = Callable[[WorkflowRun], Subject]

_KINDS: dict[str, Kind] = {}


def register(kind: str, subject: Kind) -> None:
    """When the application is put together."""
    _KINDS[kind] = subject


def of(run: WorkflowRun) -> Subject:
    return _KINDS[run.subject_kind](run)


def refuse_missing(subject: Subject, rights: Mapping[str, str]) -> None:
    """Raises Invalid with every field that this step asks for."""
    if problems := subject.missing(rights):
        raise Invalid(problems)
