"""The result of a draft cascade for a region, beside its editor: asked by address, the editor knows no goals."""

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from flask_login import current_user

from builder import definitions
from builder.models import Definition, DefinitionVersion
from core import access, clock
from core.db import db
from core.errors import Invalid, NotFound, Problem
from core.htmx import fragment_or_page
from organization import dated
from organization import tree as organisation
from organization.models import OrgUnit
from runtime.goals import targets, trial

bp = Blueprint("trials", __name__, url_prefix="/goals/trials")

SET = "goals.set"
FIRST_GROWTH = "15"


@bp.get("/<int:definition_id>")
@access.needs(SET)
def show(definition_id: int) -> Response:
    draft = _draft(definition_id)
    units = organisation.choices(current_user, SET)
    typed = {"unit": _first(units), "base": "", "base_of": "", "growth_pct": FIRST_GROWTH} | request.args.to_dict()
    problems: list[Problem] = []
    result = None
    try:
        unit = _unit(typed["unit"])
        _fill_base(typed, unit)
        result = trial.of_draft(draft, unit, targets.read(typed["base"], typed["growth_pct"]))
    except Invalid as error:
        problems = error.problems
    return fragment_or_page(
        "runtime/goals/trial/_trial.html",
        "runtime/goals/trial/trial.html",
        draft=draft,
        units=units,
        typed=typed,
        problems=problems,
        trial=result,
    )


def _fill_base(typed: dict[str, str], unit: OrgUnit) -> None:
    """Another region begins with its own history."""
    if typed["base_of"] != typed["unit"] or not typed["base"].strip():
        today = dated.attributes_of([unit.id], clock.today())[unit.id]
        history = int(today.get("history") or 0)
        typed["base"], typed["base_of"] = str(history or ""), typed["unit"]


def _first(units: list[tuple[int, str]]) -> str:
    """A region rather than the whole company: it answers faster and can be taken in at a glance."""
    return str(units[min(1, len(units) - 1)][0]) if units else ""


def _unit(typed: str) -> OrgUnit:
    unit = db.session.get(OrgUnit, int(typed)) if typed.isdecimal() and len(typed) < 19 else None
    if unit is None or not current_user.may(SET, unit):
        raise Invalid([Problem("/unit", "unknown", _("Choose a unit that you are responsible for."))])
    return unit


def _draft(definition_id: int) -> DefinitionVersion:
    """The draft; what is in force where nobody is changing it."""
    definition = db.session.get(Definition, definition_id)
    if definition is None or definition.company_id != current_user.company_id or definition.kind != "cascade":
        raise NotFound(_("There is no such definition."), f"no cascade {definition_id}")
    found = definitions.draft_of(definition) or next(iter(definitions.history(definition)), None)
    if found is None:
        raise NotFound(_("There is no such definition."), f"cascade {definition_id} has no version")
    return found
