"""Import in two steps: upload and look, then confirm. Nothing is written before."""

import hashlib
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from core import access, audit, clock, files
from core.db import db
from core.errors import Conflict, Invalid, NotFound, Problem
from organization.imports import marking, plans, reading, uploads
from organization.imports.kinds import KINDS
from organization.imports.plans import Kind, Plan, Row
from organization.spreadsheets import XLSX

bp = Blueprint("imports", __name__, url_prefix="/imports")

SHOWN = 50  # rows of each sort on the preview


@bp.get("")
@access.needs("organization.read")
def index() -> ResponseReturnValue:
    return _index()


@bp.get("/<kind>/template.xlsx")
@access.needs("organization.read")
def template(kind: str) -> ResponseReturnValue:
    wanted = _kind(kind)
    return _workbook(marking.template(wanted), str(wanted.title))


@bp.post("/<kind>")
@access.needs("organization.read")
def upload(kind: str) -> ResponseReturnValue:
    wanted = _kind(kind)
    file = request.files.get("file")
    try:
        data = file.read(reading.MAX_BYTES + 1) if file else b""
        plans.make(wanted, reading.read(data), current_user)
    except Invalid as error:
        return _index(wanted, error.problems)
    token = uploads.keep(wanted.key, file.filename or "", data, current_user.id) if file else ""
    return redirect(url_for("imports.preview", token=token), 303)


@bp.get("/preview/<token>")
@access.needs("organization.read")
def preview(token: str) -> ResponseReturnValue:
    found = _upload(token)
    return _preview(found, _plan(found))


@bp.post("/preview/<token>")
@access.needs("organization.read")
def confirm(token: str) -> ResponseReturnValue:
    found = _upload(token)
    plan = _plan(found)
    _must_be_confirmed(plan, request.form.get("fingerprint", ""))
    plan.kind.write(plan)
    _record(found, plan)
    db.session.commit()
    uploads.drop(found)
    counts = plan.counts
    flash(_("Imported: %(add)s new, %(change)s changed, %(same)s as before.", **counts), "good")
    return redirect(url_for("imports.index"), 303)


@bp.get("/preview/<token>/marked.xlsx")
@access.needs("organization.read")
def marked(token: str) -> ResponseReturnValue:
    found = _upload(token)
    return _workbook(marking.marked(_plan(found)), f"{found.name.rsplit('.', 1)[0]}-{_('problems')}")


@bp.post("/preview/<token>/discard")
@access.needs("organization.read")
def discard(token: str) -> ResponseReturnValue:
    uploads.drop(_upload(token))
    flash(_("The upload is discarded; nothing was written."), "info")
    return redirect(url_for("imports.index"), 303)


def _kind(key: str) -> Kind:
    if key not in KINDS:
        raise NotFound(_("This cannot be imported."))
    if not current_user.may(KINDS[key].permission):
        access.refuse(KINDS[key].permission)
    return KINDS[key]


def _upload(token: str) -> uploads.Upload:
    found = uploads.find(token, current_user.id)
    _kind(found.kind)
    return found


def _plan(found: uploads.Upload) -> Plan:
    return plans.make(KINDS[found.kind], reading.read(found.data), current_user)


def _must_be_confirmed(plan: Plan, fingerprint: str) -> None:
    """What is written is what was looked at, row by row."""
    if plan.wrong:
        raise Conflict(_("Some rows are wrong. Download the marked file, mend it and upload it again."))
    if plan.fingerprint != fingerprint:
        raise Conflict(_("The data changed since you looked. Look at the preview again, then confirm."))


def _record(found: uploads.Upload, plan: Plan) -> None:
    """One row for the whole file: what it was and how many rows it touched."""
    after: dict[str, Any] = {"file": found.name, "sha256": hashlib.sha256(found.data).hexdigest(), **plan.counts}
    subject = f"company:{plan.company.id}"
    audit.record(f"import.{plan.kind.key}", subject, by_id=current_user.id, after=after)


def _index(wanted: Kind | None = None, problems: list[Problem] | None = None) -> ResponseReturnValue:
    kinds = [kind for kind in KINDS.values() if current_user.may(kind.permission)]
    if not kinds:
        access.refuse("organization.manage")
    page = render_template("organization/imports/index.html", kinds=kinds, wanted=wanted, problems=problems or [])
    return page, 422 if problems else 200


def _preview(found: uploads.Upload, plan: Plan) -> ResponseReturnValue:
    return render_template(
        "organization/imports/preview.html",
        upload=found,
        plan=plan,
        counts=plan.counts,
        shown=SHOWN,
        changes=[(row, _differences(plan, row)) for row in plan.changes[:SHOWN]],
        column_title=marking.column_title,
    )


def _differences(plan: Plan, row: Row) -> list[tuple[str, Any, Any]]:
    return [(marking.column_title(plan, key), was, becomes) for key, was, becomes in plans.differences(plan, row)]


def _workbook(data: bytes, name: str) -> Response:
    response = Response(data, mimetype=XLSX)
    files.name_download(response, f"{name}-{clock.today()}.xlsx")
    return response
