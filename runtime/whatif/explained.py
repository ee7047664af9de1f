"""What one person's points of a period would be with a draft, step by step. A score that nobody stores."""

from builder.models import DefinitionVersion
from core import clock
from organization.models import Member
from runtime.facts import periods
from runtime.scores import ground, scoring
from runtime.scores.models import Score, ScoreRun
from runtime.whatif import rules
from runtime.whatif.comparison import Choice, Part


def score(part: Part, period: Choice, draft: DefinitionVersion, member: Member) -> Score | None:
    """None where he has no target in the period. Raises Invalid where the draft does not fit what uses it."""
    asked = periods.read(period.value)
    then = rules.in_force(member.company_id).with_draft(draft).sources
    here = ground.read(member.company_id, part.key, [asked], then, members=[member.id])
    if not here.people:
        return None
    found = scoring.score(here, then)
    run = ScoreRun(
        company_id=member.company_id,
        metric_key=part.key,
        period=asked.key,
        grain=asked.grain,
        first_day=asked.first_day,
        last_day=asked.last_day,
        pins=found.rule.pins,
        computed_at=clock.now(),
    )
    return Score(
        run=run,
        member=member,
        member_id=member.id,
        unit=member.unit,
        unit_id=member.unit_id,
        value=found.value(0),
        grade=found.grades[0],
        light=found.lights[0],
        why=found.why(0),
    )
