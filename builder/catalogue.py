"""Lists of definitions and packs for people: grouped by their questions, in one or two statements each."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, select

from builder import definitions, kinds, packs, references
from builder.kinds import Kind
from builder.models import Definition, DefinitionVersion
from builder.pack_folders import PACK_FILE, Folder
from core.db import Document, db


@dataclass(frozen=True)
class Entry:
    id: int
    kind: Kind
    key: str
    title: Document
    number: int | None
    has_draft: bool


@dataclass
class Group:
    question: Document
    shelves: dict[str, list[Entry]] = field(default_factory=dict)  # by kind


def groups(company_id: int) -> list[Group]:
    """Every definition under the question that it answers; one statement."""
    found = {kind.question["en"]: Group(kind.question) for kind in kinds.KINDS.values()}
    for row in db.session.execute(_entries(company_id)):
        kind = kinds.KINDS[row.kind]
        entry = Entry(row.id, kind, row.key, row.title, row.number, bool(row.drafts))
        found[kind.question["en"]].shelves.setdefault(row.kind, []).append(entry)
    return [group for group in found.values() if group.shelves]


def _entries(company_id: int) -> sa.Select[Any]:
    state = DefinitionVersion.state
    return (
        select(
            Definition.id,
            Definition.kind,
            Definition.key,
            Definition.title,
            func.max(sa.case((state == "published", DefinitionVersion.number))).label("number"),
            func.sum(sa.case((state.in_(("draft", "in_review")), 1), else_=0)).label("drafts"),
        )
        .join(Definition.versions)
        .where(Definition.company_id == company_id)
        # Not the title: PostgreSQL cannot group by JSON, and the id decides it.
        .group_by(Definition.id)
        .order_by(Definition.kind, Definition.key)
    )


@dataclass(frozen=True)
class Neighbours:
    """What is in force around a definition: who names it, and what the keys that it names are called."""

    users: list[DefinitionVersion]
    titles: dict[str, Document]


def neighbours(definition: Definition) -> Neighbours:
    """One statement."""
    in_force = definitions.published_all(definition.company_id)
    identity = (definition.kind, definition.key)
    users = [
        version
        for version in in_force
        if any((reference.kind, reference.key) == identity for reference in references.of(version.document))
    ]
    return Neighbours(users, {version.definition.key: version.definition.title for version in in_force})


@dataclass(frozen=True)
class PackCard:
    key: str
    title: Document
    description: Document | None
    installed: str | None  # the version
    offered: str | None  # the version that comes with the product
    counts: dict[str, int]  # definitions by kind


def pack_cards(company_id: int) -> list[PackCard]:
    """Installed packs, then those that come with the product and are not installed."""
    here = {pack.key: pack for pack in packs.installed(company_id)}
    offered = {folder.key: folder for folder in packs.shipped() if PACK_FILE in folder.documents}
    return [
        _card(key, here.get(key), offered.get(key)) for key in [*here, *(key for key in offered if key not in here)]
    ]


def _card(key: str, pack: Any, folder: Folder | None) -> PackCard:
    documents = (
        [origin.document for origin in pack.origins] if pack else list(folder.documents.values() if folder else ())
    )
    itself = next((document for document in documents if document["kind"] == "pack"), None)
    return PackCard(
        key=key,
        title=pack.title if pack else (folder.pack["title"] if folder else {}),
        description=itself.get("description") if itself else None,
        installed=pack.version if pack else None,
        offered=folder.pack["body"]["version"] if folder else None,
        counts=Counter(document["kind"] for document in documents if document["kind"] != "pack"),
    )
