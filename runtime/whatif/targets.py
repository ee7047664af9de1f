"""Targets: the base and growth of published goals split anew by a draft, beside the rules in force.

Both are split afresh on the organisation of the day of the publication, without locks and without what people hold
today, so that the difference is the rules' alone.
"""

from collections.abc import Mapping, Sequence

from builder.models import DefinitionVersion
from core import clock
from runtime.goals import cascade, ground, plans
from runtime.goals.ground import MemberRow
from runtime.goals.models import GoalSet
from runtime.goals.plans import Plan
from runtime.goals.tree import Node, Preview
from runtime.whatif import lights, regions, rules
from runtime.whatif.comparison import MONEY, TARGETS, Choice, Comparison, Part
from runtime.whatif.lights import Person
from runtime.whatif.moves import Move, Moves
from runtime.whatif.regions import Places
from runtime.whatif.rules import Rules


def parts(affected: Sequence[DefinitionVersion], sets: Sequence[GoalSet]) -> list[Part]:
    """The goals that hold and were split by what the draft changes."""
    cascades = {version.definition.key: version for version in affected if version.definition.kind == "cascade"}
    found = [row for row in sets if row.cascade_key in cascades]
    choices = [Choice(str(row.id), f"{row.cycle.key} · {row.unit.name}") for row in found]
    return [Part(TARGETS, cascades[found[0].cascade_key].document["title"], choices)] if found else []


def compare(part: Part, period: Choice, draft: DefinitionVersion, sets: Sequence[GoalSet]) -> Comparison:
    """Raises Invalid where the draft does not fit what uses it."""
    goal_set = next(row for row in sets if str(row.id) == period.value)
    now = rules.in_force(goal_set.company_id, goal_set.unit)
    before, after = _split(goal_set, now, now.with_draft(draft))
    if problems := before.problems + after.problems:
        return Comparison(part, period, MONEY, Moves([]), problems)
    return Comparison(part, period, MONEY, _moves(goal_set, before, after, now))


def _split(goal_set: GoalSet, now: Rules, then: Rules) -> tuple[Preview, Preview]:
    both = [_plan(goal_set, now), _plan(goal_set, then)]
    roles = sorted({role for plan in both for role in plan.roles})
    here = ground.read(goal_set.unit, goal_set.cycle, roles, goal_set.as_of)
    before, after = (cascade.amounts(plan, here, base=goal_set.base, total=goal_set.total) for plan in both)
    return before, after


def _plan(goal_set: GoalSet, known: Rules) -> Plan:
    version = known.versions.get(("cascade", goal_set.cascade_key), goal_set.cascade_version)
    return plans.of_version(version, known.sources)


def _moves(goal_set: GoalSet, before: Preview, after: Preview, now: Rules) -> Moves:
    """Everybody whom one of the two gives a target, with the light that it would have today."""
    held = {person.member_id: person for person in lights.people(goal_set, clock.today())}
    places = regions.below(goal_set.unit)
    here, there = _by_person(before), _by_person(after)
    colours = [_lights(held, {who: node.target for who, node in side.items()}, now) for side in (here, there)]
    return Moves([_move(who, here.get(who), there.get(who), colours, held, places) for who in here | there])


def _by_person(tree: Preview) -> dict[int, Node]:
    return {node.member_id: node for node in tree.members if node.member_id is not None}


def _lights(held: Mapping[int, Person], targets: Mapping[int, int], now: Rules) -> dict[int, str | None]:
    """The light of each person today, with such a target."""
    people = [person for person in held.values() if person.member_id in targets]
    found = lights.of(people, [targets[person.member_id] for person in people], clock.today(), now.sources)
    return dict(zip((person.member_id for person in people), found, strict=True))


def _move(
    who: int,
    before: Node | None,
    after: Node | None,
    colours: Sequence[Mapping[int, str | None]],
    held: Mapping[int, Person],
    places: Places,
) -> Move:
    node = before or after
    assert node is not None
    assert isinstance(node.row, MemberRow)
    place = places.of(node.row.unit_path)
    return Move(
        who,
        node.name,
        *place,
        before=before and before.target,
        after=after and after.target,
        grade_before=colours[0].get(who),
        grade_after=colours[1].get(who),
        source_id=held[who].goal_id if who in held else None,
    )
