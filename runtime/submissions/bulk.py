"""One deed on many records: set a field in all that were ticked, send the ticked drafts. Each is judged by its own
effective schema; those that refuse are told one by one, the others are changed together. The caller commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from builder import forms
from builder.forms import Field, Form
from core.db import db
from core.errors import AppError, Conflict, Forbidden, Invalid, NotFound, Problem
from core.i18n import text
from organization.models import Member
from runtime.submissions import asking, filling, sights, submissions
from runtime.submissions.models import Submission

MOST = 200
MOST_PRINTED = 50
SETTABLE = frozenset({"text", "long_text", "number", "money", "percent", "rating", "slider", "date"}) | frozenset(
    {"choice", "switch", "person", "unit"}
)


@dataclass
class Outcome:
    """How many were changed; who was not, by what it is called, and why."""

    changed: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def settable(member: Member, form: Form) -> list[Field]:
    """Fields of the form itself that he may change, and that one value fits."""
    roles = {member.role, *(grant.role for grant in member.grants)}
    typed = (one for one in form.order if one.typed and one.widget in SETTABLE and not one.several)
    return [one for one in typed if forms.rights.may(form, one.id, roles) == forms.rights.EDIT]


def set_field(member: Member, key: str, ids: Sequence[int], field_id: str, words: str, reason: str) -> Outcome:
    """`words` are the value as people write it. Records that he may not correct are left out. Raises Invalid without
    records, a field or a reason; Conflict where somebody else changes one of them at this moment."""
    form = sights.form_of(member.company_id, key)
    at = next((one for one in settable(member, form) if one.id == field_id), None) if form else None
    problems = _wrong(ids, at, reason)
    if problems or at is None:
        raise Invalid(problems)
    outcome = Outcome()
    for record in _correctable(member, key, ids):
        try:
            _set(member, record, at.id, words, reason.strip())
            outcome.changed += 1
        except (Forbidden, Invalid) as refusal:
            outcome.refused.append((record.named or f"#{record.id}", _why(refusal)))
    return outcome


def _set(member: Member, record: Submission, field_id: str, words: str, reason: str) -> None:
    """Under the version that the record was made with."""
    place = replace(filling.of(member, record.version, record.unit_id, record.client_id, record), begun=record)
    try:
        asking.refuse_while_decided(place.form, record)
    except Conflict as awaited:
        raise Forbidden(awaited.message) from None  # of this record alone
    at = place.form.fields.get(field_id)
    if at is None:
        raise Invalid([Problem("", "field", _("The version it was made with has no such field."))])
    try:
        value = forms.parse(at, words, place.world, forms.offered_to_all(place.form, at, place.world))
    except ValueError as error:
        raise Invalid([Problem(f"/{at.name}", "format", str(error))]) from None
    values = {**filling.joined(place.form, record.kept, record.values), at.name: value}
    given = {name: one for name, one in values.items() if one is not None}
    if at.id in forms.effective(place.form, given, place.world).hidden:
        raise Invalid([Problem(f"/{at.name}", "hidden", _("A rule hides this field in this record."))])
    submissions.correct(place, given, seen=record.edits, by_id=member.id, reason=reason)


def _correctable(member: Member, key: str, ids: Sequence[int]) -> list[Submission]:
    form = sights.form_of(member.company_id, key)
    asked = select(Submission).where(Submission.id.in_(ids), Submission.state == "submitted")
    asked = asked.where(Submission.definition.has(key=key, company_id=member.company_id))
    asked = asked.where(sights.visible(member, form, "edit")).options(joinedload(Submission.version))
    return list(db.session.scalars(asked.order_by(Submission.id)))


def _why(refusal: AppError) -> str:
    return refusal.problems[0].message if refusal.problems else refusal.message


def hand_in(member: Member, ids: Sequence[int]) -> Outcome:
    """Send several of his drafts as they stand; a warning keeps one back too. Raises Invalid without any."""
    if not 1 <= len(ids) <= MOST:
        raise Invalid([Problem("/id", "count", _("Tick 1 to %(most)s drafts.", most=MOST))])
    asked = select(Submission).where(Submission.id.in_(ids), Submission.submitter_id == member.id)
    asked = asked.where(Submission.state == "draft").options(joinedload(Submission.definition))
    outcome = Outcome()
    for draft in list(db.session.scalars(asked.order_by(Submission.id))):
        try:
            place = filling.find(member, draft.definition.key, draft.client_id)
            submissions.submit(place, filling.begin(place, {}))
            outcome.changed += 1
        except (Forbidden, Invalid, NotFound) as refusal:
            outcome.refused.append((draft.named or text(draft.definition.title), _why(refusal)))
    return outcome


def _wrong(ids: Sequence[int], at: Field | None, reason: str) -> list[Problem]:
    found = []
    if not 1 <= len(ids) <= MOST:
        found.append(Problem("/id", "count", _("Tick 1 to %(most)s records.", most=MOST)))
    if at is None:
        found.append(Problem("/set-field", "field", _("Choose a field that you may change.")))
    if not reason.strip():
        found.append(Problem("/reason", "required", _("Say why it is corrected.")))
    return found
