"""What the engine asks while a run goes on, answered from the organisation of today and the subject of the run."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from core import clock
from organization import approvers
from organization.approvers import Chart
from runtime.approvals import near
from runtime.approvals.models import WorkflowRun
from runtime.approvals.subjects import Subject


class RunFacts:
    """`workflows.facts.Facts` of one run; ids are text there and numbers here."""

    def __init__(self, run: WorkflowRun, subject: Subject) -> None:
        self.run = run
        self.subject = subject
        self.chart = near.chart(run.company_id, self.today())

    @cached_property
    def whole(self) -> Chart:
        """The whole company: only an `each` over units asks for it."""
        return approvers.chart(self.run.company_id, self.today())

    def resolve(self, who: Mapping[str, Any], row: str | None) -> Sequence[str]:
        if who["kind"] == "goal_owner":
            found = self.subject.goal_owners(who.get("of", "goal"))
            return [str(owner) for owner in dict.fromkeys(found) if owner in self.chart.members]
        values = self.subject.picked(row) if "field" in who else {}
        people = self.chart.people(dict(who), self.run.submitter_id, self.run.unit_id, values, row)
        return [str(one) for one in people]

    def substitute(self, person: str) -> str | None:
        stands_in = self.chart.substitute(int(person))
        return None if stands_in is None else str(stands_in)

    def rows(self, over: Mapping[str, Any], row: str | None) -> Sequence[str]:
        if "units" in over:
            return [str(unit) for unit in self.whole.units_at(over["units"], self.run.unit_id)]
        return [str(place) for place in range(self.subject.rows(over["rows"]))]

    def values(self, row: str | None) -> Mapping[str, Any]:
        return self.subject.values(row)

    def today(self) -> dt.date:
        return clock.today()
