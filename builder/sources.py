"""Where a reference finds what it names: published versions of a company, with drafts or a pack's files laid over."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from builder import json_text
from core.db import Document


@dataclass(frozen=True)
class Source:
    """A document that others may refer to. `version_id` and `number` are None while it is not published."""

    kind: str
    key: str
    document: Document
    digest: str
    version_id: int | None = None
    number: int | None = None


Sources = Mapping[tuple[str, str], Source]


def digest(document: Document) -> str:
    """The same for the same content, whatever the order of its keys."""
    return hashlib.sha256(json_text.canonical(document).encode()).hexdigest()


def of_documents(documents: Iterable[Document]) -> dict[tuple[str, str], Source]:
    return {
        (document["kind"], document["key"]): Source(document["kind"], document["key"], document, digest(document))
        for document in documents
    }
