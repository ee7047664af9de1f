"""全员试跑 in the browser: who would have no approver, who would approve himself, who is asked how often."""

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import gettext as _

from builder import definitions
from builder.flows import trials, versions, words
from builder.flows.designer import is_readable
from builder.flows.designer_views import flow_definition
from builder.flows.trials import Trial
from builder.models import Definition, DefinitionVersion
from core import access
from core.db import Document
from core.errors import Conflict
from organization import spreadsheets
from organization.approvers import Chart

bp = Blueprint("flow_dry_run", __name__, url_prefix="/flow-designer")
SETTINGS = ("version", "unit", "everywhere")
MOST = 20  # approvers in the list of load; the rest stand behind a fold


@bp.get("/<int:definition_id>/dry-run")
@access.needs("definitions.edit")
def show(definition_id: int) -> str:
    definition = flow_definition(definition_id)
    trial = _tried(definition)
    return render_template(
        "builder/flow/dry_run.html",
        definition=definition,
        trial=trial,
        found=trial.found,
        units=_units(trial.chart),
        asked=request.args,
        query=_query(),
        versions=versions.readable(definition),
        most=MOST,
    )


@bp.get("/<int:definition_id>/dry-run.<any(csv,xlsx):form>")
@access.needs("definitions.edit")
def download(definition_id: int, form: str) -> Response:
    trial = _tried(flow_definition(definition_id))
    if trial.found is None:
        raise Conflict(_("This flow cannot be walked yet. Mend it in the designer first."), "the flow is not sound")
    header, rows = trials.table(trial, trial.found)
    return spreadsheets.answer(_("Dry run"), header, rows, form)


@bp.get("/<int:definition_id>/dry-run/summary")
@access.needs("definitions.read")
def summary(definition_id: int) -> Response:
    """The figures of the draft for its review: those it was submitted with, or else as it stands."""
    draft = definitions.draft_of(flow_definition(definition_id))
    kept = _kept(draft) if draft and is_readable(draft.document) else None
    page = render_template("builder/flow/_figures.html", kept=kept, definition_id=definition_id, **figure_words(draft))
    return make_response(page)


def _kept(draft: DefinitionVersion) -> Document | None:
    submitted = draft.open_review.what_if if draft.open_review else None
    return submitted if submitted and submitted["digest"] == draft.digest else trials.summary(draft)


def figure_words(draft: DefinitionVersion | None) -> dict[str, object]:
    """What the figures of a review need to be told in words."""
    from_draft = {step["id"]: words.called(step) for step in trials.steps_of(draft)} if draft else {}
    return {"steps": from_draft, "kinds": trials.KINDS, "said": words.said}


def _tried(definition: Definition) -> Trial:
    return trials.of(
        versions.asked(definition, request.args),
        request.args,
        unit_id=request.args.get("unit", None, type=int),
        everywhere="everywhere" in request.args,
    )


def _query() -> dict[str, str]:
    """What was asked for, for the addresses of the files."""
    return {name: value for name, value in request.args.items() if name in SETTINGS or name.startswith("v_")}


def _units(chart: Chart) -> list[tuple[int, str]]:
    """The tree, lower units further in."""
    units = sorted(chart.units.values(), key=lambda unit: unit.line[::-1])
    return [(unit.id, "　" * (len(unit.line) - 1) + unit.name) for unit in units]
