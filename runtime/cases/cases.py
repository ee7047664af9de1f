"""What becomes of a case: somebody takes it up, acts, resolves it, and whoever opened it reads what came of it (S100).

open → acknowledged → acting → resolved → closed; what proves to be nothing is a false_alarm. Rules flush, never commit.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core import audit, clock
from core.db import db
from core.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from organization import paging
from organization.access import visible_units
from organization.models import Member, OrgUnit
from runtime.cases.models import Case, CaseNote

HANDLES = "tasks.read"  # whoever follows the work of a unit follows its cases
LONGEST_TITLE = 200
LONGEST_TEXT = 2000

KINDS = {
    "intelligence": _l("Intelligence"),
    "suggestion": _l("Suggestion"),
    "review": _l("Review meeting"),
    "alert": _l("Alert"),
    "loan": _l("Loan"),
    "turnaround": _l("Turnaround"),
}
STATES = {
    "open": _l("not taken up"),
    "acknowledged": _l("taken up"),
    "acting": _l("in hand"),
    "resolved": _l("solved"),
    "closed": _l("closed"),
    "false_alarm": _l("false alarm"),
}
NEXT = {
    "open": ("acknowledged", "false_alarm"),
    "acknowledged": ("acting", "resolved", "false_alarm"),
    "acting": ("resolved", "false_alarm"),
    "resolved": ("closed", "acting"),
}
NEEDS_WORDS = frozenset({"resolved", "false_alarm"})
LIVE = ("open", "acknowledged", "acting")


@dataclass(frozen=True)
class Opened:
    """A case as something opens it. `ref` tells what did: submission:7:w1, and is opened once."""

    kind: str
    title: str
    unit_id: int
    detail: str = ""
    owner_id: int | None = None
    opened_by: int | None = None
    ref: str | None = None


# ── what there is ────────────────────────────────────────────────────────────────────────────────────────────────────


def visible(member: Member) -> sa.ColumnElement[bool]:
    """His own: those he opened or answers; and those of the units whose work he follows."""
    below = select(OrgUnit.id).where(visible_units(member, HANDLES))
    return sa.or_(Case.opened_by == member.id, Case.owner_id == member.id, Case.unit_id.in_(below))


def listed(member: Member, *, live: bool, kind: str, after: int | None, before: int | None) -> paging.Page:
    """Newest first, those that wait for somebody or those that are over."""
    asked = select(Case).where(Case.company_id == member.company_id, visible(member))
    asked = asked.where(Case.state.in_(LIVE) if live else Case.state.not_in(LIVE))
    if kind in KINDS:
        asked = asked.where(Case.kind == kind)
    found = paging.page(asked.with_only_columns(Case.id), Case, "id", descending=True, after=after, before=before)
    rows = select(Case).where(Case.id.in_([row.id for row in found.rows])).order_by(Case.id.desc())
    cases = db.session.scalars(rows.options(joinedload(Case.unit), joinedload(Case.owner), joinedload(Case.opener)))
    return paging.Page(list(cases), found.before, found.after)


def find(member: Member, case_id: int) -> Case:
    """Raises NotFound for what he may not see too."""
    found = db.session.scalar(
        select(Case).where(Case.id == case_id, Case.company_id == member.company_id, visible(member))
    )
    if found is None:
        raise NotFound(_("There is no such case, or it is not for you to see."), f"no case {case_id}")
    return found


def sees(member: Member, case: Case) -> bool:
    return member.id in (case.opened_by, case.owner_id) or member.may(HANDLES, case.unit)


def may_handle(member: Member, case: Case) -> bool:
    return case.owner_id == member.id or member.may(HANDLES, case.unit)


# ── deeds ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def open_case(company_id: int, opened: Opened) -> Case:
    """Once for a reference: what is said again, after a correction, changes the words while nobody has answered."""
    found = db.session.scalar(select(Case).where(Case.source_ref == opened.ref)) if opened.ref else None
    if found is None:
        found = Case(company_id=company_id, source_ref=opened.ref, opened_at=clock.now(), state="open")
        found.opened_by, found.owner_id = opened.opened_by, opened.owner_id
        db.session.add(found)
    elif found.state != "open":
        return found
    found.kind, found.title, found.detail = opened.kind, opened.title[:LONGEST_TITLE], opened.detail
    found.unit_id = opened.unit_id
    db.session.flush()
    audit.record("case.open", f"case:{found.id}", by_id=opened.opened_by, after={"title": found.title})
    return found


def move(case: Case, state: str, text: str, *, by: Member) -> None:
    """To another state, with a word where one is owed. Raises Forbidden, Conflict, Invalid."""
    _require_handler(case, by)
    if state not in NEXT.get(case.state, ()):
        raise Conflict(_("Somebody else went on with this case meanwhile. Look at it again."), f"{case.state} {state}")
    said = _words(text, needed=state in NEEDS_WORDS)
    before, case.state = case.state, state
    if state == "acknowledged":
        case.acknowledged_at = clock.now()
        case.owner_id = case.owner_id or by.id
    if state in NEEDS_WORDS:
        case.outcome, case.resolved_at = said, clock.now()
    if state in ("closed", "false_alarm"):
        case.closed_at = clock.now()
    _write(case, said, state, by)
    audit.record("case.move", f"case:{case.id}", by_id=by.id, before={"state": before}, after={"state": state})


def add_note(case: Case, text: str, *, by: Member) -> None:
    """A word of whoever sees the case; nothing changes."""
    _write(case, _words(text, needed=True), None, by)


def hand_over(case: Case, owner: Member | None, *, by: Member) -> None:
    """Somebody else answers it from now on."""
    _require_handler(case, by)
    if owner is None or owner.company_id != case.company_id or not owner.present_on(clock.today()):
        raise Invalid([Problem("/owner", "required", _("Choose somebody who works here now."))])
    if case.state not in LIVE:
        raise Conflict(_("This case is over."), f"case {case.id} is {case.state}")
    before, case.owner = case.owner_id, owner
    audit.record("case.hand_over", f"case:{case.id}", by_id=by.id, before={"owner": before}, after={"owner": owner.id})


def _require_handler(case: Case, by: Member) -> None:
    if not may_handle(by, case):
        raise Forbidden(_("Only who answers this case, or follows the work of its unit, may do this."))


def _words(text: str, *, needed: bool) -> str:
    said = text.strip()
    if needed and not said:
        raise Invalid([Problem("/text", "required", _("Say in a sentence what came of it."))])
    if len(said) > LONGEST_TEXT:
        raise Invalid([Problem("/text", "length", _("Keep it under %(most)s characters.", most=LONGEST_TEXT))])
    return said


def _write(case: Case, text: str, state: str | None, by: Member) -> None:
    db.session.add(CaseNote(case_id=case.id, by_id=by.id, at=clock.now(), state=state, text=text))
    db.session.flush()
    db.session.expire(case, ["notes"])
