"""试算 in the browser: who moves if a draft is published, for a period and a region, and as a spreadsheet."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from builder import definitions, graph
from builder import what_if as telling
from builder.models import Definition, DefinitionVersion
from core import access
from core.db import db
from core.errors import NotFound
from core.htmx import fragment_or_page
from organization import spreadsheets
from organization.access import covered_paths
from runtime.goals.sight import READ
from runtime.whatif import drafts, sheet, summaries
from runtime.whatif.comparison import Comparison, Part

bp = Blueprint("what_if", __name__, url_prefix="/what-if")

EDIT = "definitions.edit"
SHOWN = 10  # movers on each side; everybody stands in the spreadsheet
CROSSED = 50


class Asked(NamedTuple):
    """What the page was asked for. `found` has the people whom the reader may see; `seen` is whether he may see any."""

    draft: DefinitionVersion
    parts: Sequence[Part]
    found: Comparison | None
    seen: bool
    regions: list[str]
    region: str

    @property
    def node(self) -> str | None:
        """The definition in the relation graph, which holds what is in force."""
        definition = self.draft.definition
        in_force = any(version.state == "published" for version in definition.versions)
        return graph.identity(definition.kind, definition.key) if in_force else None


@bp.get("/<int:definition_id>")
@access.needs(EDIT)
def show(definition_id: int) -> Response:
    asked = _asked(definition_id)
    return fragment_or_page(
        "runtime/whatif/_result.html",
        "runtime/whatif/what_if.html",
        asked=asked,
        figures=summaries.figures(asked.found) if asked.found else None,
        what_if=telling,
        shown=SHOWN,
        most=CROSSED,
    )


@bp.get("/<int:definition_id>/xlsx")
@access.needs(EDIT)
def export(definition_id: int) -> Response:
    """Everybody whom the reader may see, before and after."""
    asked = _asked(definition_id)
    if asked.found is None or not asked.seen:
        raise NotFound(_("There is nobody to compare in this period."), f"nothing to export of {definition_id}")
    header, rows = sheet.of(asked.found)
    return spreadsheets.answer(_("what-if"), header, rows, "xlsx")


@bp.get("/<int:definition_id>/summary")
@access.needs(EDIT)
def summary(definition_id: int) -> str:
    """The figures for the review page, which asks for them by address: it knows nobody who could compute them."""
    draft = _draft(definition_id)
    figures = drafts.summary(draft, request.args.get("period", ""))
    return render_template("runtime/whatif/summary.html", draft=draft, figures=figures, what_if=telling)


def _asked(definition_id: int) -> Asked:
    draft = _draft(definition_id)
    parts = drafts.parts(draft)
    kind = request.args.get("part", "")
    part = next((part for part in parts if part.name == kind), parts[0] if parts else None)
    paths = covered_paths(current_user, READ)
    if part is None:
        return Asked(draft, parts, None, bool(paths), [], "")
    found = drafts.compare(draft, part, request.args.get("period", ""))
    if paths:
        found = found.where(lambda move: move.path.startswith(tuple(paths)))
    regions = list(dict.fromkeys(move.region for move in found.moves.rows))
    region = request.args.get("region", "")
    if region in regions:
        found = found.where(lambda move: move.region == region)
    return Asked(draft, parts, found, bool(paths), regions, region)


def _draft(definition_id: int) -> DefinitionVersion:
    """The draft; what is in force where nobody is changing it."""
    definition = db.session.get(Definition, definition_id)
    known = definition is not None and definition.company_id == current_user.company_id
    if definition is None or not known or definition.kind not in telling.COMPUTED:
        raise NotFound(_("There is no such definition."), f"nothing to try out at {definition_id}")
    found = definitions.draft_of(definition) or next(iter(definitions.history(definition)), None)
    if found is None:
        raise NotFound(_("There is no such definition."), f"definition {definition_id} has no version")
    return found
