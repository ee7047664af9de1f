"""Drafts, versions and what is in force: the rules of the definition store.

    draft → in_review → published → retired

A draft is saved as often as people like and judged when asked; publishing refuses problems, numbers the version and
freezes it. What runs keeps its version by foreign key; what starts asks `published` for the version in force.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError

from builder import checks, json_text, shape
from builder.models import Definition, DefinitionVersion
from builder.sources import Source, Sources, digest, of_documents
from core import audit, clock, jobs
from core.db import Document, db
from core.errors import Conflict, Invalid, Problem
from organization.models import OrgUnit

FOLLOWERS = {"schedule": "runtime.rhythm.jobs.follow"}


class EditedMeanwhile(Conflict):
    """Two people edited one draft. Carries both texts, so that the page can show them and nothing is lost."""

    def __init__(self, version: DefinitionVersion, mine: str) -> None:
        super().__init__(
            _("Somebody else saved this draft meanwhile. Your text is below; copy over what should stay."),
            f"draft {version.id} was saved meanwhile",
        )
        self.version = version
        self.mine = mine
        self.theirs = json_text.dump(version.document)


# ── in force ──────────────────────────────────────────────────────────────────────────────────────────────────────


def published(
    company_id: int, kind: str, key: str, on: dt.date | None = None, unit: OrgUnit | None = None
) -> DefinitionVersion | None:
    """The version in force on a day (today) at a unit (the whole company): the newest that holds there by then."""
    asked = published_versions(company_id).where(Definition.kind == kind, Definition.key == key)
    return next((version for version in db.session.scalars(asked) if holds(version, on, unit)), None)


def published_all(
    company_id: int, kind: str | None = None, on: dt.date | None = None, unit: OrgUnit | None = None
) -> list[DefinitionVersion]:
    """Every version in force, by key; one statement."""
    asked = published_versions(company_id)
    if kind is not None:
        asked = asked.where(Definition.kind == kind)
    found: dict[int, DefinitionVersion] = {}
    for version in db.session.scalars(asked):
        if version.definition_id not in found and holds(version, on, unit):
            found[version.definition_id] = version
    return sorted(found.values(), key=lambda version: (version.definition.kind, version.definition.key))


def sources(company_id: int, on: dt.date | None = None, unit: OrgUnit | None = None) -> dict[tuple[str, str], Source]:
    """What references resolve to: everything in force, by kind and key."""
    return {
        (version.definition.kind, version.definition.key): source(version)
        for version in published_all(company_id, on=on, unit=unit)
    }


def source(version: DefinitionVersion) -> Source:
    definition = version.definition
    return Source(definition.kind, definition.key, version.document, version.digest, version.id, version.number)


def published_versions(company_id: int) -> Any:
    """A query of all that are published, newest first, with their definitions; `holds` says which is in force."""
    return (
        select(DefinitionVersion)
        .join(DefinitionVersion.definition)
        .options(joinedload(DefinitionVersion.definition))
        .where(Definition.company_id == company_id, DefinitionVersion.state == "published")
        .order_by(DefinitionVersion.definition_id, DefinitionVersion.number.desc())
    )


def holds(version: DefinitionVersion, on: dt.date | None, unit: OrgUnit | None) -> bool:
    """Whether a published version is in force on a day (today) at a unit."""
    if version.effective_from is not None and version.effective_from > (on or clock.today()):
        return False
    if version.scope is None:
        return True
    return unit is not None and any(f"/{unit_id}/" in unit.path for unit_id in version.scope)


# ── drafts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def create(company_id: int, document: Document, *, by_id: int | None) -> DefinitionVersion:
    """A new definition with its first draft. Raises Invalid without a usable kind, key and title, Conflict when the
    key is taken. Flushes."""
    _must_be_named(document)
    kind, key = document["kind"], document["key"]
    if find(company_id, kind, key) is not None:
        raise Conflict(_("“%(key)s” exists already. Open it and edit its draft.", key=key), f"{kind} {key} exists")
    return begin_draft(add(company_id, document), document, by_id=by_id)


def add(company_id: int, document: Document) -> Definition:
    """A definition without any version yet. Flushes."""
    definition = Definition(company_id=company_id, kind=document["kind"], key=document["key"], title=document["title"])
    db.session.add(definition)
    db.session.flush()
    return definition


def find(company_id: int, kind: str, key: str) -> Definition | None:
    asked = select(Definition).where(
        Definition.company_id == company_id, Definition.kind == kind, Definition.key == key
    )
    return db.session.scalar(asked)


def open_draft(definition: Definition, *, by_id: int | None) -> DefinitionVersion:
    """The draft being worked on; started from the newest version when there is none."""
    return draft_of(definition) or begin_draft(definition, history(definition)[0].document, by_id=by_id)


def draft_of(definition: Definition) -> DefinitionVersion | None:
    return next((version for version in definition.versions if version.is_open), None)


def begin_draft(definition: Definition, document: Document, *, by_id: int | None) -> DefinitionVersion:
    version = add_version(definition, document, by_id=by_id)
    flush_or_refuse(_("Somebody else started a draft meanwhile. Reload the page."))
    audit.record("definition.draft", _subject(definition), by_id=by_id, after={"digest": version.digest})
    return version


def add_version(definition: Definition, document: Document, *, by_id: int | None) -> DefinitionVersion:
    """A version that is published at once, beside a draft that somebody may have open. Does not flush."""
    now = clock.now()
    version = DefinitionVersion(document=document, digest=digest(document), state="draft")
    version.created_at, version.created_by = now, by_id
    version.edited_at, version.edited_by = now, by_id
    definition.versions.append(version)
    return version


def save_draft(version: DefinitionVersion, text: str, *, seen: int, by_id: int | None) -> None:
    """Keep the text as the draft, with or without problems of meaning. `seen` is the `version_id` that the author
    had before his eyes: EditedMeanwhile when it is no longer the newest. A draft in review is withdrawn from it by an
    edit. Raises Invalid when the text is no JSON or names another definition. Flushes."""
    document = json_text.read(text)
    if not version.is_open:
        raise Conflict(_("This version is published. Edit a new draft of it."), f"version {version.id} is frozen")
    if seen != version.version_id:
        raise EditedMeanwhile(version, text)
    _must_stay(version.definition, document)
    before, after = version.digest, digest(document)
    if before == after and json_text.dump(version.document) == json_text.dump(document):
        return
    withdraw(version, by_id=by_id, reason=_("The draft was edited."))
    version.document, version.digest = document, after
    version.edited_at, version.edited_by = clock.now(), by_id
    audit.record(
        "definition.save", _subject(version.definition), by_id=by_id, before={"digest": before}, after={"digest": after}
    )
    _flush_edit(version, text)


def _flush_edit(version: DefinitionVersion, text: str) -> None:
    try:
        db.session.flush()
    except StaleDataError:
        db.session.rollback()
        db.session.refresh(version)
        raise EditedMeanwhile(version, text) from None


def withdraw(version: DefinitionVersion, *, by_id: int | None, reason: str = "") -> None:
    """Take the draft out of review, if it is in one."""
    if review := version.open_review:
        review.end("withdrawn", by_id=by_id, reason=reason)
        audit.record("definition.withdraw", _subject(version.definition), by_id=by_id, reason=reason or None)
    version.state = "draft"


def discard(version: DefinitionVersion, *, by_id: int | None) -> None:
    """Throw a draft away; the definition goes with it when nothing of it was ever published."""
    if not version.is_open:
        raise Conflict(_("This version is published; it can be retired, not removed."), "a version is frozen")
    if version.state == "in_review":
        raise Conflict(_("The draft is in review. Withdraw it first."), f"version {version.id} is in review")
    definition = version.definition
    versions = definition.versions  # read before the deletion is flushed, and so with the version in it
    db.session.delete(version)
    versions.remove(version)
    audit.record("definition.discard", _subject(definition), by_id=by_id, before={"digest": version.digest})
    if not definition.versions:
        db.session.flush()
        db.session.delete(definition)


def _must_be_named(document: Any) -> None:
    """The least that a draft needs: a kind that exists, a key, a title."""
    named = [problem for problem in shape.problems(document) if not problem.path.startswith("/body")]
    if named:
        raise Invalid(named)


def _must_stay(definition: Definition, document: Any) -> None:
    _must_be_named(document)
    problems = [
        Problem(f"/{name}", "renamed", _("This stays “%(value)s”; other definitions know it by that.", value=value))
        for name, value in (("kind", definition.kind), ("key", definition.key))
        if document.get(name) != value
    ]
    if problems:
        raise Invalid(problems)


# ── checking and publishing ───────────────────────────────────────────────────────────────────────────────────────


def check(document: Any, known: Sources) -> list[Problem]:
    """Shape first; where that holds, meaning. `known` is what references may resolve to."""
    found = shape.problems(document)
    return found or checks.problems(document, {**known, **of_documents([document])})


def check_draft(version: DefinitionVersion) -> list[Problem]:
    return check(version.document, sources(version.definition.company_id))


def cautions(version: DefinitionVersion) -> list[Problem]:
    """What a reviewer of a draft without problems should know."""
    return checks.cautions(version.document, sources(version.definition.company_id))


def publish(
    version: DefinitionVersion,
    *,
    by_id: int | None,
    note: str = "",
    effective_from: dt.date | None = None,
    scope: Sequence[int] | None = None,
) -> DefinitionVersion:
    """Number the draft and freeze it. Raises Invalid with every problem, Conflict when it is published already.
    Flushes."""
    if not version.is_open:
        raise Conflict(_("This version is published already."), f"version {version.id} is not a draft")
    if problems := check_draft(version):
        raise Invalid(problems)
    return put_in_force(version, by_id=by_id, note=note, effective_from=effective_from, scope=scope)


def put_in_force(
    version: DefinitionVersion,
    *,
    by_id: int | None,
    note: str,
    effective_from: dt.date | None = None,
    scope: Sequence[int] | None = None,
) -> DefinitionVersion:
    """Number and freeze what was judged already. Flushes."""
    definition = version.definition
    version.number = _next_number(definition)
    version.state, version.note, version.effective_from = "published", note, effective_from
    version.scope = list(scope) if scope is not None else None
    version.published_at, version.published_by = clock.now(), by_id
    definition.title = version.document["title"]
    flush_or_refuse(_("Somebody else published a version meanwhile. Reload the page."))
    published = {"number": version.number, "digest": version.digest}
    audit.record("definition.publish", _subject(definition), by_id=by_id, after=published, reason=note or None)
    _tell_followers(definition)
    return version


def retire(version: DefinitionVersion, *, by_id: int | None) -> None:
    """The version is in force no longer; what was made with it keeps it."""
    if version.state != "published":
        raise Conflict(_("Only a published version can be retired."), f"version {version.id} is {version.state}")
    version.state = "retired"
    audit.record("definition.retire", _subject(version.definition), by_id=by_id, before={"number": version.number})
    _tell_followers(version.definition)


def _tell_followers(definition: Definition) -> None:
    """What runs by itself must hear of a change; by a job's name, as nothing here knows who runs definitions."""
    if definition.kind in FOLLOWERS:
        jobs.enqueue(FOLLOWERS[definition.kind], {"company_id": definition.company_id})


def history(definition: Definition) -> list[DefinitionVersion]:
    """Numbered versions, newest first."""
    numbered = [version for version in definition.versions if version.number is not None]
    return sorted(numbered, key=lambda version: -(version.number or 0))


def _next_number(definition: Definition) -> int:
    return max((version.number or 0 for version in definition.versions), default=0) + 1


def flush_or_refuse(sentence: str) -> None:
    """The unique keys of versions decide between two people who do the same thing at once."""
    try:
        db.session.flush()
    except (IntegrityError, StaleDataError) as error:
        db.session.rollback()
        raise Conflict(sentence, str(error)) from None


def _subject(definition: Definition) -> str:
    return f"definition:{definition.id}"
