"""Sending a form: the server decides. What a page, a phone, a program or a sheet brings is judged by the schema that is
effective for these very values; computed fields are computed anew, hidden values are kept apart and never judged.

A rule takes a `Filling` and plain values, raises `core.errors`, flushes and never commits.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from builder import forms
from builder.forms import Effective
from core import audit, clock
from core.db import Document, db, insert_now
from core.errors import Conflict, Forbidden, Invalid, Problem
from runtime.submissions import asking, attachments, field_values, filling, public, serials
from runtime.submissions.filling import Filling
from runtime.submissions.models import Submission

LONGEST_NAME = 200


class Doubtful(Invalid):
    """Nothing is wrong, but rules warn: the person looks at them and may send it all the same."""

    code = "doubtful"


class SentAlready(Conflict):
    """The same filling came twice; `submission` is the first, and nothing was stored again."""

    def __init__(self, submission: Submission) -> None:
        super().__init__(_("This was sent already."), f"submission {submission.id} came again")
        self.submission = submission


class EditedElsewhere(Conflict):
    """Another page, perhaps on another device, kept the draft since this one saw it; nothing was overwritten."""

    def __init__(self, draft: Submission, seen: int) -> None:
        sentence = _("This draft was changed on another device meanwhile. Open it and choose what holds.")
        super().__init__(sentence, f"draft {draft.id} was kept by another page")
        self.draft, self.seen = draft, seen


@dataclass(frozen=True)
class Open:
    """A page that somebody has open: `id` tells it from others, `seen` is the draft's `edits` as it knows them."""

    id: str
    seen: int


# ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def submit(
    place: Filling,
    values: Mapping[str, Any],
    *,
    unread: Sequence[Problem] = (),
    source: str = "page",
    recorded_at: dt.datetime | None = None,
    in_spite_of_warnings: bool = False,
    chosen: asking.Chosen | None = None,
    page: Open | None = None,
) -> Submission:
    """Judge and store. `unread` are problems of reading the post, `chosen` the people whom an approval flow leaves to
    the submitter, by step. Raises SentAlready, EditedElsewhere, Forbidden (limits of the form), Invalid with every
    problem at its place, Doubtful while warnings are not accepted. Flushes."""
    _in_hand(place, page)
    require(place)
    state = judged(place, values, unread=unread, in_spite_of_warnings=in_spite_of_warnings)
    with asking.both_or_none(place.form):
        submission = _stored(place, state, source, recorded_at)
        audit.record("submission.submit", f"submission:{submission.id}", by_id=submission.submitter_id)
        if asking.begin(place, submission, chosen) is None:
            asking.make(place.form, submission)
    return submission


def require(place: Filling) -> None:
    """Raises Forbidden where the form, or its link, takes nothing from him now."""
    refusal = filling.may_fill(place) if place.member else public.refusal(place)
    if refusal:
        raise Forbidden(refusal.message, f"{place.definition.key}: {refusal.code}")


def judged(
    place: Filling,
    values: Mapping[str, Any],
    *,
    unread: Sequence[Problem] = (),
    in_spite_of_warnings: bool = True,
) -> Effective:
    """The values as they may be stored. Raises Invalid, Doubtful."""
    state = forms.effective(place.form, values, place.world)
    found = forms.judge(state, unread)
    problems = [*found.problems, *_beyond(place, state, values, found.problems)]
    if problems:
        raise Invalid(problems)
    if found.warnings and not in_spite_of_warnings:
        raise Doubtful(found.warnings)
    return state


def _beyond(place: Filling, state: Effective, values: Mapping[str, Any], told: Sequence[Problem]) -> Iterator[Problem]:
    """What the form alone does not know: fields that he may not change, what is not his to pick, files of others."""
    seen = {problem.path for problem in told}
    found = [
        *_changed_though_fixed(place, state, values),
        *place.names.refused(place.form, state.values, _sent_before(place)),
        *attachments.refused(place, state.values),
    ]
    return (problem for problem in found if problem.path not in seen)


def _sent_before(place: Filling) -> Mapping[str, Any]:
    return place.begun.values if place.begun is not None and place.is_sent else {}


def _changed_though_fixed(place: Filling, state: Effective, values: Mapping[str, Any]) -> list[Problem]:
    """What he gave for fields that are not his to give. Sending back what we computed is no change."""
    barred = (place.form.fields[field_id] for field_id in state.readonly | state.unseen)
    tops = (place.form.fields[field.table or field.id] for field in barred if field.typed)
    before = filling.begin(place, {}) if any(field.name in values for field in tops) else {}
    return forms.refused_changes(state, before, values)


def _stored(place: Filling, state: Effective, source: str, recorded_at: dt.datetime | None) -> Submission:
    """Two statements; a third where files or a number belong to it."""
    values = serials.give(place.form, place.version.definition_id, dict(state.values), clock.today())
    submission = place.begun or _fresh(place, source)
    submission.version_id, submission.state = place.version.id, "submitted"
    submission.values, submission.kept, submission.effective = values, dict(state.kept), state.digest
    submission.named = name_of(state, values)
    submission.received_at = clock.now()
    submission.recorded_at = clock.believed(recorded_at)
    _first(place, submission)
    field_values.write(submission, place.form, anew=False)
    attachments.hand_over(place.form, submission)
    return submission


def _fresh(place: Filling, source: str) -> Submission:
    return Submission(
        company_id=place.company_id,
        definition_id=place.version.definition_id,
        version_id=place.version.id,
        submitter_id=place.world.who.member_id,
        unit_id=place.unit_id,
        source=source,
        client_id=place.client_id,
        kept={},
        effective="",
        named="",
        edits=1,
    )


def _first(place: Filling, submission: Submission) -> None:
    """Raises SentAlready with the one that was first, where two posts of one filling came at once."""
    sender = submission.submitter_id
    try:
        _flush(submission)
    except Conflict:
        first = filling.sent_under(place, sender)
        if first is None:
            raise
        raise SentAlready(first) from None


def _flush(submission: Submission) -> None:
    """The unique key of the client's id decides between two posts of one filling at once."""
    try:
        if sa.inspect(submission).transient:
            insert_now(submission)
        else:
            db.session.flush()
    except (IntegrityError, StaleDataError) as error:
        db.session.rollback()
        raise Conflict(_("This was sent or changed at this moment elsewhere. Reload the page."), str(error)) from None


def name_of(state: Effective, values: Mapping[str, Any]) -> str:
    """What the record is called: by the field that the form names, otherwise by its number or its first words."""
    field = state.form.fields.get(state.form.body.get("named_by", "")) or _naming(state, values)
    value = values.get(field.name) if field else None
    said = forms.shown(field, value, state.world, state.options.get(field.id, ())) if field and value else ""
    return said.partition("\n")[0][:LONGEST_NAME]


def _naming(state: Effective, values: Mapping[str, Any]) -> forms.Field | None:
    """The serial number, or the first field that was filled and says something in words."""
    filled = [field for field in state.form.order if values.get(field.name)]
    numbered = (field for field in filled if field.widget == "serial")
    worded = (field for field in filled if field.kind in ("text", "choice"))
    return next(numbered, None) or next(worded, None)


# ── drafts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _in_hand(place: Filling, page: Open | None) -> None:
    """Raises SentAlready, and EditedElsewhere where another page kept the draft since this one saw it."""
    if place.begun is None:
        return
    if place.is_sent:
        raise SentAlready(place.begun)
    if page is not None and place.begun.page != page.id and place.begun.edits != page.seen:
        raise EditedElsewhere(place.begun, page.seen)


def keep_draft(place: Filling, state: Effective, page: Open | None = None) -> Submission:
    """Keep what is filled in so far, right or wrong. Raises SentAlready, EditedElsewhere. Flushes."""
    _in_hand(place, page)
    draft = place.begun or _fresh(place, "page")
    draft.version_id, draft.state = place.version.id, "draft"
    draft.values, draft.kept = dict(state.values), dict(state.kept)
    draft.named = name_of(state, state.values)
    draft.received_at = draft.recorded_at = clock.now()
    draft.page = page.id if page else None
    _flush(draft)
    attachments.hand_over(place.form, draft)
    return draft


def discard(draft: Submission) -> None:
    """Throw one's own draft away."""
    if draft.state != "draft":
        raise Conflict(_("This was sent already; it cannot be thrown away."), f"submission {draft.id} is no draft")
    attachments.let_go(draft)
    db.session.delete(draft)


# ── what was sent ────────────────────────────────────────────────────────────────────────────────────────────────────


def correct(
    place: Filling,
    values: Mapping[str, Any],
    *,
    unread: Sequence[Problem] = (),
    seen: int,
    by_id: int,
    reason: str,
    deciding: bool = False,
) -> Submission:
    """Change a record that was sent: judged anew by the version in force, the former values stay in the audit.
    `place.begun` is the record, `seen` its `edits` as the corrector had it before his eyes; while it is being decided
    on only those who are asked change it (`deciding`). Raises Conflict, Invalid, Forbidden for what only another may
    change. Flushes."""
    submission = place.begun
    if submission is None or submission.state != "submitted":
        raise Forbidden(_("Only what was sent can be corrected."))
    if not deciding:
        asking.refuse_while_decided(place.form, submission)
    if seen != submission.edits:
        raise Conflict(_("Somebody else corrected this meanwhile. Reload it, then change it again."))
    state = judged(place, unseen_kept(place, submission, values), unread=unread)
    before = {"values": submission.values, "kept": submission.kept}
    submission.version_id, submission.effective = place.version.id, state.digest
    submission.values, submission.kept = _numbered(place, submission, state), dict(state.kept)
    submission.named = name_of(state, submission.values)
    _flush(submission)
    field_values.write(submission, place.form, anew=True)
    attachments.hand_over(place.form, submission)
    after = {"values": submission.values, "kept": submission.kept}
    audit.record(
        "submission.correct", f"submission:{submission.id}", by_id=by_id, before=before, after=after, reason=reason
    )
    asking.make(place.form, submission)
    return submission


def _numbered(place: Filling, submission: Submission, state: Effective) -> Document:
    """A record keeps the numbers that it was given."""
    serial = {field.name for field in place.form.tops if field.widget == "serial"}
    return {**state.values, **{name: value for name, value in submission.values.items() if name in serial}}


def unseen_kept(place: Filling, submission: Submission, values: Mapping[str, Any]) -> Document:
    """What he may not see or change stays as it was, whatever was posted."""
    roles = place.world.who.roles
    typed = [field for field in place.form.tops if field.typed]
    barred = [field for field in typed if forms.rights.may(place.form, field.id, roles) != forms.rights.EDIT]
    kept = {field.name: submission.values.get(field.name) for field in barred}
    return {**values, **{name: value for name, value in kept.items() if value is not None}}


def remove(submission: Submission, *, by_id: int, reason: str) -> None:
    """Take a record out of lists and counts; it stays in the database and in the audit."""
    if submission.state != "submitted":
        raise Conflict(_("Only what was sent can be removed."), f"submission {submission.id} is {submission.state}")
    submission.state = "removed"
    before = {"values": submission.values, "kept": submission.kept}
    audit.record("submission.remove", f"submission:{submission.id}", by_id=by_id, before=before, reason=reason)
