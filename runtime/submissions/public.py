"""A form by a link, for people without an account: only where the form says so, with its own limits.

Nothing is kept before it is sent, nobody can be picked, and the record belongs to the company's root unit.
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import select

from builder import definitions, forms
from builder.models import Definition
from core import clock
from core.db import Document, db
from core.errors import NotFound, Problem
from organization.models import OrgUnit
from runtime.submissions import filling, worlds
from runtime.submissions.filling import Filling
from runtime.submissions.models import Submission
from runtime.submissions.pickers import Names

SOURCE = "link"


def find(definition_id: int, client_id: str) -> Filling:
    """Raises NotFound where the form has no link, or none any more."""
    definition = db.session.get(Definition, definition_id)
    rows = db.session.execute(*_of(definition, client_id)) if definition else ()
    found = next((row for row in rows if definitions.holds(row[0], None, row[2])), None)
    form = found and forms.of(found[0].document["body"], found[0].digest)
    if found is None or form is None or forms.limits.public(form) is None:
        raise NotFound(_("This link leads to no form any more."))
    version, begun, unit = found
    if begun is not None and (begun.source != SOURCE or begun.definition_id != version.definition_id):
        raise NotFound(_("This link leads to no form any more."))
    names = Names(unit.id, None)
    return Filling(unit.id, None, unit.id, version, form, worlds.of_stranger(names), names, client_id, begun)


def _of(definition: Definition, client_id: str) -> tuple[sa.Select[Any], Document]:
    narrowed = filling.asked().where(Definition.id == definition.id, OrgUnit.id == definition.company_id)
    return narrowed, {"company": definition.company_id, "client": client_id}


def refusal(place: Filling) -> Problem | None:
    """Why nothing can be sent by the link now: its last day is over, or the day's number is reached."""
    bounds = forms.limits.public(place.form)
    if bounds is None or clock.today() > bounds.until:
        return Problem("", "late", _("This link is closed."))
    if _sent_today(place) >= bounds.most_a_day:
        return Problem("", "often", _("Today no more can be taken. Please come back tomorrow."))
    return None


def _sent_today(place: Filling) -> int:
    midnight = dt.datetime.combine(clock.today(), dt.time(), clock.SHANGHAI)
    counted = select(sa.func.count(Submission.id)).where(
        Submission.definition_id == place.version.definition_id,
        Submission.source == SOURCE,
        Submission.received_at >= midnight,
    )
    return db.session.scalar(counted) or 0
