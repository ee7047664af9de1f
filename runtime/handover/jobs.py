"""Jobs: an id in, look it up, one effect."""

from core.db import Document, db
from runtime.handover import handovers
from runtime.handover.models import Handover


def carry_out(payload: Document) -> None:
    handover = db.session.get(Handover, payload["handover_id"])
    if handover is not None:
        handovers.carry_out(handover)
