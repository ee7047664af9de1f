"""Whose records somebody sees, and what he may do with them: always one WHERE.

Everybody sees what he sent himself. What else he sees, the form says by role: records of his unit and below or all, of
these perhaps only some; grants give roles, and a grant reaches no further than its unit. A form that says nothing shows
its records to the HR administrators of the unit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager

from builder import definitions, forms
from builder.forms import Form, Who
from builder.forms.rights import Sight
from builder.models import Definition, DefinitionVersion
from core.db import db, like_prefix
from organization.models import Grant, Member, OrgUnit
from runtime.submissions import field_values
from runtime.submissions.models import Submission

HR = "hr_admin"
WITHOUT_RULES = Sight("unit", (), frozenset({"export"}))
ACTIONS = frozenset({"edit", "delete", "export"})


@dataclass(frozen=True)
class Granted:
    """What a grant lets its holder see of a form's records."""

    grant: Grant
    sight: Sight


def form_of(company_id: int, key: str) -> Form | None:
    """The form that tells who sees its records."""
    version = version_of(company_id, key)
    return version and forms.of(version.document["body"], version.digest)


def version_of(company_id: int, key: str) -> DefinitionVersion | None:
    """The version in force, otherwise the last there was: records outlast their form. One statement."""
    found = db.session.scalars(_versions(), {"company": company_id, "key": key}).all()
    in_force = (one for one in found if one.state == "published" and definitions.holds(one, None, None))
    return next(in_force, None) or next(iter(found), None)


@cache
def _versions() -> sa.Select[tuple[DefinitionVersion]]:
    return (
        select(DefinitionVersion)
        .join(DefinitionVersion.definition)
        .options(contains_eager(DefinitionVersion.definition))
        .where(Definition.company_id == bindparam("company"), Definition.kind == "form")
        .where(Definition.key == bindparam("key"), DefinitionVersion.number.is_not(None))
        .order_by(DefinitionVersion.number.desc())
    )


def granted(member: Member, form: Form) -> list[Granted]:
    return [Granted(grant, sight) for grant in member.grants for sight in _sights(member, form, grant.role)]


def _sights(member: Member, form: Form, role: str) -> list[Sight]:
    if not form.body.get("records"):
        return [WITHOUT_RULES] if role == HR else []
    return forms.rights.records(form, Who(member.id, frozenset({role}), unit_id=member.unit_id))


def actions(member: Member, form: Form) -> set[str]:
    """What he may do with some records of the form: edit, delete, export. What he sent he may always take out."""
    return {"export"}.union(*(one.sight.may for one in granted(member, form)))


def visible(member: Member, form: Form | None, action: str | None = None) -> sa.ColumnElement[bool]:
    """The records of a form that he sees; with an action (edit, delete, export) those he may do that with."""
    own = [Submission.submitter_id == member.id] if action in (None, "export") else []
    sights = granted(member, form) if form is not None else []
    return sa.or_(
        *own, sa.false(), *(where(member, one) for one in sights if action is None or action in one.sight.may)
    )


def where(member: Member, one: Granted) -> sa.ColumnElement[bool]:
    """The records that one grant shows its holder."""
    conditions = (field_values.holds(asked.field, asked.op, asked.value) for asked in one.sight.where)
    return sa.and_(sa.true(), *_scope(member, one), *conditions)


def _scope(member: Member, one: Granted) -> Iterator[sa.ColumnElement[bool]]:
    if one.sight.see == "own":
        yield Submission.submitter_id == member.id
    elif one.sight.see == "unit":
        below = select(OrgUnit.id).where(like_prefix(OrgUnit.path, one.grant.unit.path))
        yield Submission.unit_id.in_(below)


def sees_field(member: Member, form: Form, field_id: str) -> bool:
    """Whether the form's rights show him the field, in whoever's record."""
    roles = {member.role, *(grant.role for grant in member.grants)}
    return forms.rights.may(form, field_id, roles) != forms.rights.HIDE
