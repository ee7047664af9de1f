"""Whose records somebody sees, and what he may do with them: always one WHERE.

Everybody sees what he sent himself. What else he sees, the form says by role: records of his unit and below or all, of
these perhaps only some; grants give roles, and a grant reaches no further than its unit. A form that says nothing shows
its records to the HR administrators of the unit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from builder import definitions, forms
from builder.forms import Form
from builder.forms.rights import Sight
from core.db import Document, like_prefix
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
    """A form as it is in force, by key."""
    version = definitions.published(company_id, "form", key)
    return version and forms.of(version.document["body"], version.digest)


def granted(member: Member, form: Form) -> list[Granted]:
    return [Granted(grant, sight) for grant in member.grants for sight in _sights(form, grant.role)]


def _sights(form: Form, role: str) -> list[Sight]:
    if not form.body.get("records"):
        return [WITHOUT_RULES] if role == HR else []
    return forms.rights.records(form, {role})


def visible(member: Member, form: Form | None, action: str | None = None) -> sa.ColumnElement[bool]:
    """The records of a form that he sees; with an action (edit, delete, export) those he may do that with."""
    own = [Submission.submitter_id == member.id] if action in (None, "export") else []
    sights = granted(member, form) if form is not None else []
    return sa.or_(
        *own, sa.false(), *(_where(member, form, one) for one in sights if action is None or action in one.sight.may)
    )


def _where(member: Member, form: Any, one: Granted) -> sa.ColumnElement[bool]:
    return sa.and_(sa.true(), *_scope(member, one), *_conditions(member, form, one.sight.where))


def _scope(member: Member, one: Granted) -> Iterator[sa.ColumnElement[bool]]:
    if one.sight.see == "own":
        yield Submission.submitter_id == member.id
    elif one.sight.see == "unit":
        below = select(OrgUnit.id).where(like_prefix(OrgUnit.path, one.grant.unit.path))
        yield Submission.unit_id.in_(below)


def _conditions(member: Member, form: Form, where: tuple[Document, ...]) -> Iterator[sa.ColumnElement[bool]]:
    for condition in where:
        field = form.fields.get(condition["field"])
        value = condition.get("value")
        if "is" in condition:
            value = member.id if condition["is"] == "me" else member.unit_id
        yield field_values.holds(field, condition["op"], value) if field else sa.false()


def sees_field(member: Member, form: Form, field_id: str) -> bool:
    """Whether the form's rights show him the field, in whoever's record."""
    roles = {member.role, *(grant.role for grant in member.grants)}
    return forms.rights.may(form, field_id, roles) != forms.rights.HIDE
