"""Import of records in two steps: upload a sheet and look, then confirm. Nothing is stored before."""

import hashlib

from flask import Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from core import access, clock, files
from core.db import db
from core.errors import Invalid, NotFound, Problem
from core.htmx import go_to
from core.i18n import text
from organization.imports import reading, uploads
from organization.spreadsheets import XLSX
from runtime.submissions import filling, imports, sheets
from runtime.submissions.filling import Filling
from runtime.submissions.imports import Plan
from runtime.submissions.views import bp

SHOWN = 50  # records of each sort on the preview


@bp.get("/<key>/import")
@access.signed_in
def import_index(key: str) -> ResponseReturnValue:
    return _index(filling.find(current_user, key, ""))


@bp.get("/<key>/import/template.xlsx")
@access.signed_in
def import_template(key: str) -> Response:
    place = filling.find(current_user, key, "")
    return _workbook(sheets.template(place), text(place.definition.title))


@bp.post("/<key>/import")
@access.signed_in
def import_upload(key: str) -> ResponseReturnValue:
    file = request.files.get("file")
    data = file.read(reading.MAX_BYTES + 1) if file else b""
    try:
        imports.make(current_user, key, reading.read(data))
    except Invalid as invalid:
        return _index(filling.find(current_user, key, ""), invalid.problems)
    token = uploads.keep(_kind(key), (file and file.filename) or "", data, current_user.id)
    return go_to(url_for("forms.import_preview", key=key, token=token))


@bp.get("/<key>/import/<token>")
@access.signed_in
def import_preview(key: str, token: str) -> str:
    upload = _upload(key, token)
    plan = _plan(key, upload)
    return render_template("runtime/submissions/import_preview.html", key=key, upload=upload, plan=plan, shown=SHOWN)


@bp.post("/<key>/import/<token>")
@access.signed_in
def import_confirm(key: str, token: str) -> Response:
    upload = _upload(key, token)
    about = {"file": upload.name, "sha256": hashlib.sha256(upload.data).hexdigest()}
    stored = imports.store(_plan(key, upload), fingerprint=request.form.get("fingerprint", ""), file=about)
    db.session.commit()
    uploads.drop(upload)
    flash(ngettext("%(num)d record was imported.", "%(num)d records were imported.", stored), "good")
    return go_to(url_for("forms.record_index", key=key))


@bp.get("/<key>/import/<token>/marked.xlsx")
@access.signed_in
def import_marked(key: str, token: str) -> Response:
    upload = _upload(key, token)
    told = _("problems")
    return _workbook(sheets.marked(_plan(key, upload)), f"{upload.name.rpartition('.')[0]}-{told}")


@bp.post("/<key>/import/<token>/discard")
@access.signed_in
def import_discard(key: str, token: str) -> Response:
    uploads.drop(_upload(key, token))
    flash(_("The upload is discarded; nothing was written."), "info")
    return go_to(url_for("forms.import_index", key=key))


# ── what the pages share ─────────────────────────────────────────────────────────────────────────────────────────────


def _kind(key: str) -> str:
    return f"form:{key}"


def _upload(key: str, token: str) -> uploads.Upload:
    found = uploads.find(token, current_user.id)
    if found.kind != _kind(key):
        raise NotFound(_("This upload is not there (any more). Upload the file again."))
    return found


def _plan(key: str, upload: uploads.Upload) -> Plan:
    return imports.make(current_user, key, reading.read(upload.data))


def _index(place: Filling, problems: list[Problem] | None = None) -> ResponseReturnValue:
    words = {"place": place, "refusal": filling.may_fill(place), "problems": problems or []}
    page = render_template("runtime/submissions/import.html", columns=imports.columns(place), **words)
    return page, 422 if problems else 200


def _workbook(data: bytes, name: str) -> Response:
    response = Response(data, mimetype=XLSX)
    files.name_download(response, f"{name}-{clock.today()}.xlsx")
    return response
