"""As whom a form is looked at in its designer: somebody of each position, and what he could pick."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import func, select

from builder.forms import Field, Who, World
from builder.sources import Sources
from core.db import db
from core.i18n import text
from organization import managers, roles
from organization.models import Customer, Member, OrgUnit, Product

OFFERED = 20
PICKED: dict[str, Any] = {"person": Member, "unit": OrgUnit, "product": Product, "customer": Customer}
"""What a preview offers real names of."""


class Seat(NamedTuple):
    id: int
    words: str


def seats(company_id: int) -> list[Seat]:
    """The first person of each position."""
    first = select(func.min(Member.id)).where(Member.company_id == company_id).group_by(Member.role)
    found = db.session.scalars(select(Member).where(Member.id.in_(first)).order_by(Member.id))
    return [Seat(member.id, _called(member)) for member in found]


def _called(member: Member) -> str:
    return f"{member.name} · {text(roles.title(member.role))} · {member.unit.name}"


def find(company_id: int, member_id: int | None) -> Member | None:
    found = db.session.get(Member, member_id) if member_id else None
    return found if found is not None and found.company_id == company_id else None


def world(company_id: int, member: Member | None, known: Sources) -> World:
    """Nobody in particular sees everything that nobody is kept from."""
    return World(who=_who(member) if member else Who(), known=known, named=Names(company_id))


def _who(member: Member) -> Who:
    manager = managers.manager_of(member)
    granted = frozenset({member.role, *(grant.role for grant in member.grants)})
    return Who(member.id, granted, member.name, member.unit_id, member.unit.name, manager.id if manager else None)


class Names:
    """What picked ids are called in one company, each asked once."""

    def __init__(self, company_id: int) -> None:
        self.company_id = company_id
        self.known: dict[tuple[str, Any], str | None] = {}

    def __call__(self, widget: str, value: Any) -> str | None:
        if (widget, value) not in self.known:
            self.known[widget, value] = self._asked(widget, value)
        return self.known[widget, value]

    def _asked(self, widget: str, value: Any) -> str | None:
        model = PICKED.get(widget)
        if model is None:
            return str(value)
        return db.session.scalar(select(model.name).where(model.id == value, model.company_id == self.company_id))


def offered(company_id: int, field: Field, sought: str = "") -> Sequence[tuple[Any, str]]:
    """Some of what could be picked, narrowed to words; the page that people fill goes by their rights as well."""
    model = PICKED.get(field.widget)
    if model is None:
        return ()
    asked: sa.Select[Any] = select(model.id, model.name, model.code).where(model.company_id == company_id)
    if sought.strip():
        asked = asked.where(sa.or_(model.name.contains(sought, autoescape=True), model.code.startswith(sought)))
    return [(row.id, f"{row.name} ({row.code})") for row in db.session.execute(asked.order_by(model.id).limit(OFFERED))]
