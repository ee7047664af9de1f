"""Flows in force that name somebody as an approver: each gets a draft in which the successor is named.

A flow changes by review and publishing like any definition; until then requests go to the person that it names, or to
his substitute.
"""

from typing import Any

from flask_babel import gettext as _

from builder import definitions
from builder.models import Definition, DefinitionVersion
from core.db import Document, db
from core.errors import Conflict
from organization.models import Member
from runtime.handover.things import Thing


def things(member: Member) -> list[Thing]:
    """By definition."""
    versions = definitions.published_all(member.company_id, "workflow")
    naming = [version for version in versions if _names(version.document, member.id)]
    return [Thing(version.definition_id, version.document["title"]) for version in naming]


def give(id: int, member: Member, taker: Member, by_id: int) -> Document:
    definition = db.session.get_one(Definition, id)
    if definitions.draft_of(definition) is not None:
        raise Conflict(_("Somebody is working on a draft of it. Name the successor there."))
    document = _instead(definitions.history(definition)[0].document, member.id, taker.id)
    draft = definitions.begin_draft(definition, document, by_id=by_id)
    return {"id": id, "draft": draft.id, "digest": draft.digest}


def back(moved: Document, member: Member, by_id: int) -> None:
    """A draft that nobody has touched since is thrown away."""
    draft = db.session.get(DefinitionVersion, moved["draft"])
    if draft is not None and draft.state == "draft" and draft.digest == moved["digest"]:
        definitions.discard(draft, by_id=by_id)


def _names(part: Any, member: int) -> bool:
    match part:
        case {"member": named, **_rest} if named == member:
            return True
        case dict():
            return any(_names(inner, member) for inner in part.values())
        case list():
            return any(_names(inner, member) for inner in part)
        case _:
            return False


def _instead(part: Any, member: int, taker: int) -> Any:
    match part:
        case dict():
            named = {"member": taker} if part.get("member") == member else {}
            return {key: _instead(inner, member, taker) for key, inner in part.items()} | named
        case list():
            return [_instead(inner, member, taker) for inner in part]
        case _:
            return part
