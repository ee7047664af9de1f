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
from organization.models import Member
from runtime.goals.sight import READ
from runtime.scores import why_page
from runtime.scores.views import words
from runtime.whatif import drafts, explained, scores, sheet, summaries
from runtime.whatif.comparison import Comparison, Part

bp = Blueprint("what_if", __name__, url_prefix="/what-if")
bp.context_processor(words)  # a score that would be is explained on the page of those that are

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


@bp.get("/<int:definition_id>/why/<int:member_id>")
@access.needs(EDIT)
def why(definition_id: int, member_id: int) -> str:
    """How a person's points with the draft would come about."""
    draft, member = _draft(definition_id), _member(member_id)
    part = next((part for part in drafts.parts(draft) if part.name == request.args.get("part")), None)
    period = part.period(request.args.get("period", "")) if part else None
    if part is None or period is None or not part.explains(period):
        raise NotFound(_("There is nobody to compare in this period."), f"nothing to explain of {definition_id}")
    score = explained.score(part, period, draft, member)
    if score is None:
        raise NotFound(_("There is nobody to compare in this period."), f"member {member_id} has no target")
    return render_template(
        "runtime/whatif/why.html",
        draft=draft,
        part=part,
        score=score,
        stored_id=scores.stored(member.company_id, part.key, period.value).get(member.id),
        explanation=why_page.of(score),
        sees_facts=current_user.may("facts.read", member.unit),
    )


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


def _member(member_id: int) -> Member:
    member = db.session.get(Member, member_id)
    paths = tuple(covered_paths(current_user, READ))
    if member is None or member.company_id != current_user.company_id or not member.unit.path.startswith(paths):
        raise NotFound(_("There is no such person."), f"no member {member_id} for {current_user.id}")
    return member


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
