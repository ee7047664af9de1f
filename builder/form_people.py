"""As whom a form is looked at in its designer: somebody of each position, and what he could pick.

The builder does not know goals, tasks and records. What runs forms does, and registers.

    form_people.register(previews.offered, previews.world)      # on start
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import func, select

from builder.forms import Field, Form, World
from builder.sources import Sources
from core.db import db
from core.i18n import text
from organization import roles
from organization.models import Member

Offers = Callable[[Member, Field, str], Sequence[tuple[Any, str]]]
Worlds = Callable[[int, Member | None, Form], World]


@dataclass(frozen=True)
class Runner:
    """`offers` what a person may pick in a field for some words; `worlds` what a form may ask about him."""

    offers: Offers = lambda _member, _field, _words: ()
    worlds: Worlds = lambda _company_id, _member, _form: World()


_runners = [Runner()]


def register(offers: Offers, worlds: Worlds) -> None:
    _runners[-1] = Runner(offers, worlds)


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


def world(company_id: int, member: Member | None, form: Form, known: Sources) -> World:
    """Nobody in particular sees everything that nobody is kept from."""
    return replace(_runners[-1].worlds(company_id, member, form), known=known)


def offered(member: Member, at: Field, words: str = "") -> Sequence[tuple[Any, str]]:
    """What this person may pick, narrowed to words, as on the page that people fill."""
    return _runners[-1].offers(member, at, words)
