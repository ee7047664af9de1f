"""Review and publish: one page that says what changes and whom it touches, a list of what waits, roll back."""

import datetime as dt
from collections.abc import Mapping

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from builder import definitions, dependents, differences, impact, reviews, what_if
from builder.dependents import Other
from builder.models import DefinitionVersion, Review
from builder.views import bp, definition_of, draft_of
from core import access
from core.db import db
from core.errors import Invalid, NotFound, Problem
from core.i18n import text


@bp.get("/reviews")
@access.needs("definitions.edit")
def waiting() -> str:
    """待审."""
    return render_template(
        "builder/review/waiting.html",
        waiting=reviews.waiting(current_user.company_id),
        obstacle=reviews.obstacle,
        decided=reviews.decided(current_user),
    )


@bp.post("/reviews/seen")
@access.needs("definitions.edit")
def acknowledge() -> Response:
    reviews.acknowledge(current_user)
    db.session.commit()
    return _to("definitions.waiting")


@bp.get("/<int:definition_id>/review")
@access.needs("definitions.edit")
def review(definition_id: int) -> str:
    return _page(draft_of(definition_id), {}, [])


@bp.post("/<int:definition_id>/review")
@access.needs("definitions.publish")
def publish(definition_id: int) -> Response:
    """One person alone, where that is enough."""
    draft = draft_of(definition_id)
    others = dependents.others(draft)
    try:
        day = _day(request.form.get("effective_from", ""))
        note = request.form.get("note", "").strip()
        reviews.publish_alone(draft, current_user, note=note, effective_from=day)
    except Invalid as error:
        return make_response(_page(draft, request.form, error.problems), 422)
    db.session.commit()
    _tell_published(draft, others)
    return _to("definitions.show", definition_id)


@bp.post("/<int:definition_id>/submit")
@access.needs("definitions.edit")
def submit(definition_id: int) -> Response:
    draft = draft_of(definition_id)
    try:
        day = _day(request.form.get("effective_from", ""))
        note, period = request.form.get("note", ""), request.form.get("period", "")
        reviews.submit(draft, current_user, note=note, effective_from=day, period=period)
    except Invalid as error:
        return make_response(_page(draft, request.form, error.problems), 422)
    db.session.commit()
    flash(_("Submitted. It waits for somebody else; an edit takes it back."), "good")
    return _to("definitions.review", definition_id)


@bp.post("/<int:definition_id>/reviews/<int:review_id>/approve")
@access.needs("definitions.review")
def approve(definition_id: int, review_id: int) -> Response:
    found = _review(definition_id, review_id)
    others = dependents.others(found.version)
    try:
        version = reviews.approve(found, current_user, reason=request.form.get("reason", ""))
    except Invalid as error:
        return _refused(definition_id, error)
    db.session.commit()
    _tell_published(version, others)
    return _to("definitions.show", definition_id)


@bp.post("/<int:definition_id>/reviews/<int:review_id>/return")
@access.needs("definitions.review")
def send_back(definition_id: int, review_id: int) -> Response:
    found = _review(definition_id, review_id)
    try:
        reviews.send_back(found, current_user, reason=request.form.get("reason", ""))
    except Invalid as error:
        return _refused(definition_id, error)
    db.session.commit()
    flash(_("Returned to %(name)s with your reason.", name=found.submitter.name), "good")
    return _to("definitions.waiting")


@bp.post("/<int:definition_id>/reviews/<int:review_id>/withdraw")
@access.needs("definitions.edit")
def withdraw(definition_id: int, review_id: int) -> Response:
    reviews.withdraw(_review(definition_id, review_id), current_user)
    db.session.commit()
    flash(_("Withdrawn. The draft is open for editing again."), "info")
    return _to("definitions.review", definition_id)


@bp.get("/<int:definition_id>/versions/<int:version_id>/restore")
@access.needs("definitions.edit")
def ask_restore(definition_id: int, version_id: int) -> str:
    """What going back would change, before anything is made."""
    old = _old_version(definition_id, version_id)
    newest = definitions.history(old.definition)[0]
    return render_template(
        "builder/review/restore.html",
        old=old,
        newest=newest,
        draft=definitions.draft_of(old.definition),
        changes=differences.sentences(newest.document, old.document),
    )


@bp.post("/<int:definition_id>/versions/<int:version_id>/restore")
@access.needs("definitions.edit")
def restore(definition_id: int, version_id: int) -> Response:
    reviews.restore(_old_version(definition_id, version_id), by_id=current_user.id)
    db.session.commit()
    flash(_("A draft with the old text is ready. It changes nothing before it is published."), "good")
    return _to("definitions.review", definition_id)


def _page(draft: DefinitionVersion, posted: Mapping[str, str], problems: list[Problem]) -> str:
    history = definitions.history(draft.definition)
    before, submitted = next(iter(history), None), draft.open_review
    submitter = submitted.submitter if submitted else current_user
    wrong = definitions.check_draft(draft)
    return render_template(
        "builder/review/review.html",
        draft=draft,
        before=before,
        title=text(draft.document["title"]),
        changes=differences.sentences(before.document, draft.document) if before else [],
        affected=impact.of(draft.definition),
        what_if=what_if,
        period=posted.get("period", request.args.get("period", "")),
        problems=problems or wrong,
        cautions=[] if wrong else definitions.cautions(draft),
        posted=posted or {"note": reviews.note_of_restoring(draft, history)},
        refused=bool(posted),
        submitted=submitted,
        last=draft.reviews[-1] if draft.reviews else None,
        joint=reviews.is_joint(draft.definition),
        alone=not reviews.is_joint(draft.definition) and reviews.company_wide(current_user, reviews.PUBLISH),
        obstacle=reviews.obstacle(submitted, current_user) if submitted else None,
        deciders=reviews.deciders(draft, submitter, submitted.submitted_as if submitted else None),
    )


def _tell_published(version: DefinitionVersion, others: list[Other]) -> None:
    """And what must follow at once: until then those others do not hold."""
    flash(_("Version %(number)s is published.", number=version.number), "good")
    if others:
        titles = _(", ").join(text(other.definition.title) for other in others)
        flash(_("Publish what follows it now, as it no longer holds: %(titles)s.", titles=titles), "warn")


def _refused(definition_id: int, error: Invalid) -> Response:
    """What the rule has changed by then is not to be seen, let alone kept."""
    db.session.rollback()
    return make_response(_page(draft_of(definition_id), request.form, error.problems), 422)


def _review(definition_id: int, review_id: int) -> Review:
    found = db.session.get(Review, review_id)
    if found is None or found.version.definition != definition_of(definition_id):
        raise NotFound(_("There is no such review; the draft was discarded."), f"no review {review_id}")
    return found


def _old_version(definition_id: int, version_id: int) -> DefinitionVersion:
    history = definitions.history(definition_of(definition_id))
    found = next((version for version in history if version.id == version_id), None)
    if found is None:
        raise NotFound(_("There is no such version."), f"no version {version_id}")
    return found


def _day(typed: str) -> dt.date | None:
    if not typed:
        return None
    try:
        return dt.date.fromisoformat(typed)
    except ValueError:
        raise Invalid([Problem("/effective_from", "date", _("Write the day as 2025-07-01."))]) from None


def _to(endpoint: str, definition_id: int | None = None) -> Response:
    """None leaves the number out of the address."""
    return make_response(redirect(url_for(endpoint, definition_id=definition_id), 303))
