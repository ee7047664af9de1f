"""Who sees what of the goals (decision 5): amounts are for the person, the line above him and headquarters; everybody
else sees rates. A grant that gives `goals.read` over a unit gives it for all below, so the line above is who holds one.
"""

from organization.models import Member
from runtime.goals.models import Goal

READ = "goals.read"


def sees_amount(actor: Member, goal: Goal) -> bool:
    return goal.member_id == actor.id or goal.unit.head_id == actor.id or actor.may(READ, goal.unit)
