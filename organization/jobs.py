"""What the outbox runs for the organisation. A job looks up what it is given and never commits."""

import datetime as dt

from core.db import Document
from organization import customers


def settle_owners(payload: Document) -> None:
    """On the morning of a planned hand-over the new owner becomes today's."""
    customers.settle_owners(payload["company"], dt.date.fromisoformat(payload["day"]))
