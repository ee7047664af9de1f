"""Drafts as sales operations would leave them behind."""

import json
from collections.abc import Callable

from builder import definitions
from builder.models import DefinitionVersion
from core.db import Document, db
from organization.models import Member


def draft_of(author: Member, kind: str, key: str, change: Callable[[Document], object]) -> DefinitionVersion:
    """The definition's draft after `change` of its body, saved."""
    definition = definitions.find(author.company_id, kind, key)
    assert definition is not None
    draft = definitions.open_draft(definition, by_id=author.id)
    document: Document = json.loads(json.dumps(draft.document))
    change(document["body"])
    text = json.dumps(document, ensure_ascii=False)
    definitions.save_draft(draft, text, seen=draft.version_id, by_id=author.id)
    db.session.commit()
    return draft
