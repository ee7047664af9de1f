"""试算: whom a draft would move if it were published, before it is. Nothing is stored.

    parts = drafts.parts(draft)                          # which numbers of people it goes into
    comparison = drafts.compare(draft, parts[0])       # everybody before and after
    drafts.summary(draft)                              # the figures that a review carries

What the draft goes into is read from the relation graph, as it would be with the draft published.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from builder import definitions, shape
from builder.models import DefinitionVersion
from core import clock
from core.db import Document, db
from core.errors import Invalid
from organization.models import OrgUnit
from runtime.goals.models import Cycle, GoalSet
from runtime.whatif import lights, rules, scores, summaries, targets
from runtime.whatif.comparison import LIGHTS, SCORES, TARGETS, Choice, Comparison, Part
from runtime.whatif.moves import Moves


class Tried(NamedTuple):
    """How a kind of number is found to be affected, and computed twice."""

    parts: Callable[[Sequence[DefinitionVersion], Sequence[GoalSet]], list[Part]]
    compare: Callable[[Part, Choice, DefinitionVersion, Sequence[GoalSet]], Comparison]


TRIED: Mapping[str, Tried] = {
    SCORES: Tried(scores.parts, scores.compare),
    TARGETS: Tried(targets.parts, targets.compare),
    LIGHTS: Tried(lights.parts, lights.compare),
}


def parts(draft: DefinitionVersion) -> list[Part]:
    """The numbers that the draft goes into; two statements."""
    company_id = draft.definition.company_id
    known = rules.in_force(company_id)
    readable = not shape.problems(draft.document)
    affected = (known.with_draft(draft) if readable else known).made_with(draft)
    sets = _sets(company_id)
    return [part for tried in TRIED.values() for part in tried.parts(affected, sets)]


def compare(draft: DefinitionVersion, part: Part, period: str = "") -> Comparison:
    """Everybody before and after, for a period of the part. Where the draft cannot compute, why: what it would not be
    published for alone, such as a sample that gives another number now, is no hindrance."""
    company_id, chosen = draft.definition.company_id, part.period(period)
    try:
        if problems := shape.problems(draft.document):
            raise Invalid(problems)
        return TRIED[part.kind].compare(part, chosen, draft, _sets(company_id))
    except Invalid as error:
        problems = definitions.check(draft.document, definitions.sources(company_id)) or error.problems
        return Comparison(part, chosen, "", Moves([]), problems)


def summary(draft: DefinitionVersion, period: str = "") -> Document | None:
    """What of it is kept with a review: figures without names. None where the draft gives nobody a number."""
    found = [compare(draft, part, period) for part in parts(draft)]
    return summaries.of(draft, found, clock.now()) if found else None


def _sets(company_id: int) -> list[GoalSet]:
    """Goals that hold, the newest cycle and the widest unit first; one statement."""
    asked = (
        select(GoalSet)
        .join(GoalSet.cycle)
        .join(GoalSet.unit)
        .options(contains_eager(GoalSet.cycle), contains_eager(GoalSet.unit))
        .options(joinedload(GoalSet.cascade_version).joinedload(DefinitionVersion.definition))
        .where(GoalSet.company_id == company_id, GoalSet.state == "active")
        .order_by(Cycle.first_day.desc(), OrgUnit.path, GoalSet.cascade_key)
    )
    return list(db.session.scalars(asked))
