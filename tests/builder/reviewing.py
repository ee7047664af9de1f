"""What people do with a review, through the front door."""

import datetime as dt
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from builder import definitions
from builder.models import DefinitionVersion, Review
from core.db import db


def submit(client: FlaskClient, draft: DefinitionVersion, **posted: str) -> Any:
    return client.post(f"/definitions/{draft.definition_id}/submit", data={"note": "按Q2数据校准", **posted})


def decide(client: FlaskClient, draft: DefinitionVersion, verdict: str, **posted: str) -> Any:
    review = db.session.scalars(select(Review).order_by(Review.id.desc())).first()
    assert review is not None
    return client.post(f"/definitions/{draft.definition_id}/reviews/{review.id}/{verdict}", data=posted)


def in_force(draft: DefinitionVersion, on: dt.date | None = None) -> int | None:
    definition = draft.definition
    version = definitions.published(definition.company_id, definition.kind, definition.key, on=on)
    return version.number if version else None


def page(client: FlaskClient, draft: DefinitionVersion, address: str = "review") -> str:
    return client.get(f"/definitions/{draft.definition_id}/{address}".rstrip("/")).get_data(as_text=True)
