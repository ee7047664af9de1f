"""Review of drafts: who submits, who decides, and what each may do.

    draft → submit → in_review → approve (published) | send back (draft) | withdraw (draft) | edit (draft)

Nobody approves what he submitted himself. A rule table or a cascade takes two roles as well: sales operations submit
and HR or IT approve, or the other way round (S54). Anything else may be published by one person whose role gives it.
What is published holds for the whole company, so the right to decide must be held there: one for a region is not enough
(docs/decisions/0006).
"""

import datetime as dt
from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import contains_eager, joinedload

from builder import definitions, kinds, what_if
from builder.models import Definition, DefinitionVersion, Review
from core import audit, clock
from core.db import db
from core.errors import Conflict, Forbidden, Invalid, Problem
from core.i18n import text
from organization import roles
from organization.models import Grant, Member

EDIT, REVIEW, PUBLISH = "definitions.edit", "definitions.review", "definitions.publish"
LONGEST = 500  # characters of a note or a reason
MOST_TOLD = 20


def is_joint(definition: Definition) -> bool:
    """Whether publishing takes people of two roles."""
    return definition.kind in kinds.JOINT


def waiting(company_id: int) -> list[Review]:
    """What was submitted and is not decided, oldest first; one statement."""
    asked = (
        select(Review)
        .join(Review.version)
        .join(DefinitionVersion.definition)
        .join(Review.submitter)
        .options(
            contains_eager(Review.version).contains_eager(DefinitionVersion.definition),
            contains_eager(Review.submitter),
        )
        .where(Review.company_id == company_id, Review.outcome.is_(None))
        .order_by(Review.id)
    )
    return list(db.session.scalars(asked))


def decided(submitter: Member) -> list[Review]:
    """How the newest of what he submitted ended, newest first; one statement."""
    asked = (
        select(Review)
        .join(Review.version)
        .join(DefinitionVersion.definition)
        .options(
            contains_eager(Review.version).contains_eager(DefinitionVersion.definition), joinedload(Review.decider)
        )
        .where(Review.submitted_by == submitter.id, Review.outcome.is_not(None))
        .order_by(Review.decided_at.desc(), Review.id.desc())
        .limit(MOST_TOLD)
    )
    return list(db.session.scalars(asked))


def acknowledge(submitter: Member) -> None:
    """He knows how what he submitted ended."""
    ended = (Review.submitted_by == submitter.id, Review.outcome.is_not(None), Review.seen_at.is_(None))
    db.session.execute(update(Review).where(*ended).values(seen_at=clock.now()))


def approvals(definition: Definition) -> dict[int, Review]:
    """The record of two for each version that was approved, by version; one statement."""
    asked = (
        select(Review)
        .join(Review.version)
        .options(joinedload(Review.submitter), joinedload(Review.decider))
        .where(DefinitionVersion.definition_id == definition.id, Review.outcome == "approved")
    )
    return {review.version_id: review for review in db.session.scalars(asked)}


# ── submitting ────────────────────────────────────────────────────────────────────────────────────────────────────


def submit(
    version: DefinitionVersion,
    submitter: Member,
    *,
    note: str,
    effective_from: dt.date | None = None,
    period: str = "",
) -> Review:
    """Hand a draft over to somebody else, with whom it would move (`period`: the past one it was tried on). Raises
    Invalid with every problem of the draft or without a note, Conflict when it is in review or published. Flushes."""
    if version.state != "draft":
        raise Conflict(_("This draft is in review already."), f"version {version.id} is {version.state}")
    _must_differ(version)
    note = _words("/note", note, _("Say what changes and why, in 1 to 500 characters: the reviewer reads it."))
    if problems := definitions.check_draft(version):
        raise Invalid(problems)
    review = Review(
        company_id=version.definition.company_id,
        note=note,
        effective_from=effective_from,
        submitted_at=clock.now(),
        submitted_by=submitter.id,
        submitted_as=_role(submitter, EDIT) or submitter.role,
        what_if=what_if.of(version, period),
    )
    version.reviews.append(review)
    version.state = "in_review"
    submitted = {"digest": version.digest, "role": review.submitted_as}
    audit.record("definition.submit", _subject(version), by_id=submitter.id, after=submitted, reason=note)
    definitions.flush_or_refuse(_("Somebody else changed or submitted this draft meanwhile. Reload the page."))
    return review


def publish_alone(
    version: DefinitionVersion, publisher: Member, *, note: str = "", effective_from: dt.date | None = None
) -> DefinitionVersion:
    """Publish without a second person, where one is enough. Raises Conflict where two are needed. Flushes."""
    if is_joint(version.definition):
        raise Conflict(
            _("A change of a rule table or of a split takes two roles. Submit it for review."), "two roles are needed"
        )
    if not company_wide(publisher, PUBLISH):
        raise Forbidden(_holds_for_a_part(), f"member {publisher.id} publishes for a part of the company only")
    if version.state == "in_review":
        raise Conflict(_("This draft is in review. Approve it there, or withdraw it first."), "it is in review")
    day = _first_day(version, effective_from)
    return definitions.publish(version, by_id=publisher.id, note=note[:LONGEST], effective_from=day)


def _must_differ(version: DefinitionVersion) -> None:
    newest = next(iter(definitions.history(version.definition)), None)
    if newest and newest.state == "published" and newest.digest == version.digest:
        raise Conflict(
            _("The draft says the same as version %(number)s. Change something first.", number=newest.number),
            f"version {version.id} changes nothing",
        )


# ── deciding ──────────────────────────────────────────────────────────────────────────────────────────────────────


def obstacle(review: Review, member: Member) -> str | None:
    """Why the member may not decide, as a sentence; None when he may."""
    if not member.may(REVIEW):
        return _("Your role does not review definitions.")
    if not company_wide(member, REVIEW):
        return _holds_for_a_part()
    if member.id == review.submitted_by:
        return _("You submitted this yourself; somebody else decides.")
    if is_joint(review.version.definition):
        return None if _role_of_decider(review, member) else _other_role(review)
    if company_wide(member, PUBLISH):
        return None
    return _("Your role may review this but not publish it; HR or IT decide.")


def company_wide(member: Member, permission: str) -> bool:
    """Whether he holds the right where a published version holds."""
    return any(_is_company_wide(grant) and roles.gives(grant.role, permission) for grant in member.grants)


def _is_company_wide(grant: Grant) -> bool:
    return grant.unit_id == grant.member.company_id


def _holds_for_a_part() -> str:
    return _("This holds for the whole company and your right for a part of it. Somebody of headquarters decides.")


def _other_role(review: Review) -> str:
    return _(
        "%(kind)s: two roles are needed. %(name)s submitted it as %(role)s; somebody of another role decides.",
        kind=text(kinds.title(review.version.definition.kind)),
        name=review.submitter.name,
        role=text(roles.title(review.submitted_as)),
    )


def approve(review: Review, approver: Member, *, reason: str = "") -> DefinitionVersion:
    """Publish what was submitted, in the name of both. Raises Forbidden when it is not his to decide, Conflict when it
    was decided or changed meanwhile, Invalid when it has problems by now. Flushes."""
    _must_be_open(review)
    _must_be_his(review, approver)
    version, role = review.version, _role_of_decider(review, approver)
    day = _first_day(version, review.effective_from)
    review.end("approved", by_id=approver.id, role=role, reason=reason.strip()[:LONGEST])
    definitions.publish(version, by_id=approver.id, note=review.note, effective_from=day)
    both = {
        "number": version.number,
        "submitted_by": review.submitted_by,
        "submitted_as": review.submitted_as,
        "approved_by": approver.id,
        "approved_as": role,
    }
    audit.record("definition.approve", _subject(version), by_id=approver.id, after=both, reason=review.reason or None)
    return version


def send_back(review: Review, reviewer: Member, *, reason: str) -> None:
    """The draft is its authors' again, with what to mend. Raises as `approve`, and Invalid without a reason."""
    _must_be_open(review)
    _must_be_his(review, reviewer)
    reason = _words("/reason", reason, _("Say what should change, in 1 to 500 characters."))
    role = _role_of_decider(review, reviewer)
    review.end("returned", by_id=reviewer.id, role=role, reason=reason)
    review.version.state = "draft"
    audit.record("definition.return", _subject(review.version), by_id=reviewer.id, after={"role": role}, reason=reason)
    definitions.flush_or_refuse(_("Somebody else decided or edited this meanwhile. Reload the page."))


def withdraw(review: Review, member: Member) -> None:
    """Whoever may edit takes the draft back, to go on with it."""
    _must_be_open(review)
    definitions.withdraw(review.version, by_id=member.id)
    definitions.flush_or_refuse(_("Somebody else decided or edited this meanwhile. Reload the page."))


def deciders(version: DefinitionVersion, submitter: Member, submitted_as: str | None = None) -> list[Member]:
    """Who could approve what the submitter hands over, by name; one statement."""
    joint = is_joint(version.definition)
    acting = submitted_as or _role(submitter, EDIT)
    wanted = REVIEW if joint else PUBLISH
    able = [role for role in roles.giving(wanted) if not (joint and role == acting)]
    today = clock.today()
    asked = (
        select(Member)
        .join(Member.grants)
        .where(Member.company_id == submitter.company_id, Member.id != submitter.id)
        .where(Grant.role.in_(able), Grant.unit_id == submitter.company_id)
        .where(Member.joined_on <= today, (Member.left_on.is_(None)) | (Member.left_on > today))
        .options(joinedload(Member.unit))
        .order_by(Member.pinyin, Member.id)
    )
    return list(db.session.scalars(asked).unique())


def _must_be_open(review: Review) -> None:
    if review.outcome is not None:
        raise Conflict(_("This was decided or withdrawn meanwhile. Reload the page."), f"review {review.id} is over")


def _must_be_his(review: Review, member: Member) -> None:
    if sentence := obstacle(review, member):
        raise Forbidden(sentence, f"member {member.id} may not decide review {review.id}")


def _role_of_decider(review: Review, member: Member) -> str | None:
    other = review.submitted_as if is_joint(review.version.definition) else None
    able = [grant for grant in member.grants if _is_company_wide(grant) and grant.role != other]
    return _first_role(member, able, REVIEW)


def _role(member: Member, permission: str) -> str | None:
    return _first_role(member, member.grants, permission)


def _first_role(member: Member, grants: Iterable[Grant], permission: str) -> str | None:
    """The role in which he acts: that of his position if it gives the permission, else the first that does."""
    able = [grant.role for grant in grants if roles.gives(grant.role, permission)]
    return min(able, key=lambda role: (role != member.role, role), default=None)


def _first_day(version: DefinitionVersion, wanted: dt.date | None) -> dt.date | None:
    """What has an older version is in force from today on if no day is named: periods that are over keep theirs."""
    return wanted or (clock.today() if definitions.history(version.definition) else None)


def retires_alone(definition: Definition, member: Member) -> bool:
    """Whether this person alone may take the newest version out of force: where two roles publish, that must not be a
    way to bring an older version back."""
    in_force = [version for version in definition.versions if version.state == "published"]
    return company_wide(member, PUBLISH) and (not is_joint(definition) or len(in_force) < 2)


def retire(version: DefinitionVersion, member: Member) -> None:
    if not company_wide(member, PUBLISH):
        raise Forbidden(_holds_for_a_part(), f"member {member.id} publishes for a part of the company only")
    if not retires_alone(version.definition, member):
        raise Conflict(
            _("The version before it would hold again, and that takes two roles. Go back to it through a review."),
            "two roles are needed",
        )
    definitions.retire(version, by_id=member.id)


# ── rolling back ──────────────────────────────────────────────────────────────────────────────────────────────────


def restore(old: DefinitionVersion, *, by_id: int | None) -> DefinitionVersion:
    """A draft that says what an old version said; it is reviewed and published like any other. Raises Conflict while
    another draft is open. Flushes."""
    definition = old.definition
    if definitions.draft_of(definition) is not None:
        raise Conflict(_("There is a draft already. Publish or discard it first."), "a draft is open")
    return definitions.begin_draft(definition, old.document, by_id=by_id)


def note_of_restoring(draft: DefinitionVersion, history: Iterable[DefinitionVersion]) -> str:
    """A first note for a draft that says the same as an older version; empty for any other."""
    _newest, *older = [*history] or [None]
    same = next((version for version in older if version and version.digest == draft.digest), None)
    return _("Back to version %(number)s", number=same.number) if same else ""


def _words(path: str, typed: str, remedy: str) -> str:
    words = typed.strip()
    if not 1 <= len(words) <= LONGEST:
        raise Invalid([Problem(path, "required", remedy)])
    return words


def _subject(version: DefinitionVersion) -> str:
    return f"definition:{version.definition_id}"
