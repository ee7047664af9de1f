"""知识资产 in the browser: found by words, read, used once more, kept out of a case that is solved."""

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from core import access
from core.db import db
from core.errors import Forbidden, Invalid
from core.htmx import go_to
from runtime.cases import cases
from runtime.cases.models import Case
from runtime.knowledge import assets
from runtime.knowledge.assets import Learnt

bp = Blueprint("knowledge", __name__, url_prefix="/knowledge")


@bp.get("")
@access.needs("organization.read")
def index() -> str:
    words, line = request.args.get("q", "")[:80], request.args.get("line", "")
    after, before = (request.args.get(name, type=int) for name in ("after", "before"))
    page = assets.listed(current_user.company_id, words, line, after=after, before=before)
    lines = assets.lines(current_user.company_id)
    return render_template("runtime/knowledge/index.html", page=page, words=words, line=line, lines=lines)


@bp.get("/<int:asset_id>")
@access.needs("organization.read")
def show(asset_id: int) -> str:
    asset = assets.find(current_user.company_id, asset_id)
    sees_case = asset.case is not None and cases.sees(current_user, asset.case)
    lines = assets.lines(current_user.company_id)
    return render_template("runtime/knowledge/asset.html", asset=asset, lines=lines, sees_case=sees_case)


@bp.post("/<int:asset_id>/use")
@access.needs("organization.read")
def use(asset_id: int) -> Response:
    asset = assets.find(current_user.company_id, asset_id)
    line = request.form.get("line", "")
    known = line if line in assets.lines(current_user.company_id) else ""
    assets.use(asset, by=current_user, line=known, note=request.form.get("note", ""))
    db.session.commit()
    flash(_("Counted. Thank you for using what others found out."), "good")
    return go_to(url_for(".show", asset_id=asset_id))


@bp.route("/new", methods=["GET", "POST"])
@access.needs("organization.read")
def new() -> Response:
    """Out of a case, by whoever handles it."""
    case = cases.find(current_user, request.values.get("case", 0, type=int))
    if not cases.may_handle(current_user, case):
        raise Forbidden(_("Only who answers this case, or follows the work of its unit, may do this."))
    if request.method == "GET":
        return _form(case, {"title": case.title, "body": case.outcome})
    line = request.form.get("line", "")
    try:
        asset = assets.keep(current_user.company_id, _learnt(case, line))
    except Invalid as invalid:
        return _form(case, request.form, invalid.problems)
    db.session.commit()
    flash(_("Kept. Others find it under knowledge."), "good")
    return go_to(url_for(".show", asset_id=asset.id))


def _learnt(case: Case, line: str) -> Learnt:
    known = line if line in assets.lines(current_user.company_id) else None
    return Learnt(
        title=request.form.get("title", ""),
        body=request.form.get("body", ""),
        line=known,
        unit_id=case.unit_id,
        author_id=current_user.id,
        case_id=case.id,
        ref=f"case:{case.id}",
    )


def _form(case: Case, typed: object, problems: object = ()) -> Response:
    lines = assets.lines(current_user.company_id)
    words = {"case": case, "typed": typed, "problems": problems, "lines": lines}
    return make_response(render_template("runtime/knowledge/form.html", **words), 422 if problems else 200)
