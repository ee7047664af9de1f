"""What somebody has before him when he fills a form: the version in force where he works, and what stands under the id
that his page or phone gave this filling, if anything does. One statement.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager

from builder import definitions, forms
from builder.forms import Form, World
from builder.models import Definition, DefinitionVersion
from core import clock
from core.db import Document, db
from core.errors import NotFound, Problem
from organization.models import Member, OrgUnit
from runtime.submissions import worlds
from runtime.submissions.models import Submission
from runtime.submissions.pickers import Names

LONGEST_CLIENT_ID = 64
ASKED_ELSEWHERE = ".annual_target"  # the page of targets asks with these forms; nothing is sent on them


@dataclass(frozen=True)
class Filling:
    """`member` is None for a public link; `unit_id` is where the record will belong. `begun` is the draft, or what was
    sent, under `client_id`."""

    company_id: int
    member: Member | None
    unit_id: int
    version: DefinitionVersion
    form: Form
    world: World
    names: Names
    client_id: str
    begun: Submission | None = None

    @property
    def definition(self) -> Definition:
        return self.version.definition

    @property
    def is_sent(self) -> bool:
        return self.begun is not None and self.begun.state != "draft"


def find(member: Member, key: str, client_id: str) -> Filling:
    """Raises NotFound where no such form is in force for him, or the id is somebody else's."""
    known = {"company": member.company_id, "client": client_id, "key": key, "unit": member.unit_id}
    rows = db.session.execute(_asked_by_key(), known)
    found = next((row for row in rows if definitions.holds(row[0], None, row[2])), None)
    if found is None or key.endswith(ASKED_ELSEWHERE):
        raise NotFound(_("There is no such form, or it is not published for your unit."))
    version, begun, unit = found
    if begun is not None and (begun.submitter_id != member.id or begun.definition_id != version.definition_id):
        raise NotFound(_("There is no such form of yours."))
    return of(member, version, unit.id, client_id, begun)


def of(
    member: Member, version: DefinitionVersion, unit_id: int, client_id: str = "", begun: Submission | None = None
) -> Filling:
    form = forms.of(version.document["body"], version.digest)
    names = Names(member.company_id, member)
    world = worlds.of(member, form, names, begun)
    return Filling(member.company_id, member, unit_id, version, form, world, names, client_id, begun)


def sent_under(place: Filling, submitter_id: int | None) -> Submission | None:
    """What was sent under the id of this filling, by the same person and on the same form, since it was found."""
    asked = select(Submission).where(
        Submission.company_id == place.company_id,
        Submission.client_id == place.client_id,
        Submission.definition_id == place.version.definition_id,
        Submission.submitter_id == submitter_id,
        Submission.state == "submitted",
    )
    return db.session.scalar(asked)


@cache
def asked() -> sa.Select[Any]:
    """Published forms with what stands under an id (`client`) and the units of the company (`company`); the caller
    narrows both. Every filling asks this, and putting it together costs more than answering it: it is done once."""
    begun = sa.and_(Submission.company_id == bindparam("company"), Submission.client_id == bindparam("client"))
    return (
        select(DefinitionVersion, Submission, OrgUnit)
        .join(DefinitionVersion.definition)
        .join(OrgUnit, OrgUnit.company_id == Definition.company_id)
        .outerjoin(Submission, begun)
        .options(contains_eager(DefinitionVersion.definition))
        .where(Definition.company_id == bindparam("company"), Definition.kind == "form")
        .where(DefinitionVersion.state == "published")
        .order_by(DefinitionVersion.number.desc())
    )


@cache
def _asked_by_key() -> sa.Select[Any]:
    return asked().where(Definition.key == bindparam("key"), OrgUnit.id == bindparam("unit"))


def may_fill(filling: Filling) -> Problem | None:
    """Why he may not send this form now; None when he may. One statement more where the form bounds how often."""
    often = forms.limits.often(filling.form)
    sent = sent_since(filling, often.began(clock.today())) if often else 0
    return forms.limits.refusal(filling.form, filling.world.who, clock.today(), sent)


def sent_since(filling: Filling, day: dt.date | None) -> int:
    counted = select(sa.func.count(Submission.id)).where(
        Submission.definition_id == filling.version.definition_id,
        Submission.submitter_id == filling.world.who.member_id,
        Submission.state == "submitted",
    )
    if day is not None:
        counted = counted.where(Submission.recorded_at >= dt.datetime.combine(day, dt.time(), clock.SHANGHAI))
    return db.session.scalar(counted) or 0


def begin(filling: Filling, given: Mapping[str, Any]) -> Document:
    """What stands in the form when it is opened: the draft, or defaults and prefills. `given` is in the address."""
    if filling.begun is not None:
        return joined(filling.form, filling.begun.kept, filling.begun.values)
    return forms.begin(filling.form, filling.world, last=_last(filling), given=given)


def joined(form: Form, kept: Mapping[str, Any], values: Mapping[str, Any]) -> Document:
    """What counts together with what is hidden; hidden columns are put back into their rows."""
    found = {**kept, **values}
    for table in form.tables:
        if table.name in kept and table.name in values:
            none: Document = {}
            rows = zip_longest(kept[table.name], values[table.name], fillvalue=none)
            found[table.name] = [{**hidden, **row} for hidden, row in rows]
    return found


def _last(filling: Filling) -> Document:
    """What he sent last on this form; asked for only where the form prefills with it."""
    if not any(entry.get("from") == "last" for entry in filling.form.body.get("prefill", ())):
        return {}
    asked = select(Submission.values).where(
        Submission.definition_id == filling.version.definition_id,
        Submission.submitter_id == filling.world.who.member_id,
        Submission.state == "submitted",
    )
    return db.session.scalar(asked.order_by(Submission.id.desc()).limit(1)) or {}


# ── 填报: what there is to fill ──────────────────────────────────────────────────────────────────────────────────────


def published(member: Member) -> list[DefinitionVersion]:
    """The forms in force where he works, by key. One statement beside the one for his unit."""
    found = definitions.published_all(member.company_id, "form", unit=member.unit)
    return [version for version in found if not version.definition.key.endswith(ASKED_ELSEWHERE)]


def is_for(member: Member, version: DefinitionVersion) -> bool:
    """Whether he may fill it now, how often left aside."""
    return forms.limits.refusal(form_of(version), worlds.who(member), clock.today()) is None


def form_of(version: DefinitionVersion) -> Form:
    return forms.of(version.document["body"], version.digest)


def own(member: Member, limit: int) -> dict[str, list[Submission]]:
    """His own by state, draft and submitted, newest first. One statement."""
    asked = (
        select(Submission)
        .where(Submission.submitter_id == member.id, Submission.state.in_(("draft", "submitted")))
        .join(Submission.definition)
        .options(contains_eager(Submission.definition))
        .order_by(Submission.state, Submission.id.desc())
    )
    found: dict[str, list[Submission]] = {"draft": [], "submitted": []}
    for submission in db.session.scalars(asked.limit(limit)):
        found[submission.state].append(submission)
    return found
