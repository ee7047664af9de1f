"""Fields from a spreadsheet or from another tool, and the form as files for others."""

import json
from typing import Any

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from builder import definitions, form_exchange, steps, views
from builder.definitions import EditedMeanwhile
from builder.form_designer_views import drawn, form_draft
from builder.models import DefinitionVersion
from core import access
from core.db import Document, db
from core.errors import Invalid, Problem
from core.later import Later
from organization import spreadsheets

bp = Blueprint("form_exchange", __name__, url_prefix="/form-designer")
bp.register_error_handler(EditedMeanwhile, views.both_texts)
reading = Later("organization.imports.reading")


@bp.get("/<int:definition_id>/import")
@access.needs("definitions.edit")
def import_header(definition_id: int) -> str:
    return _page(form_draft(definition_id), [])


@bp.post("/<int:definition_id>/import")
@access.needs("definitions.edit")
def add_fields(definition_id: int) -> Response:
    draft = form_draft(definition_id)
    try:
        body = _with_fields(draft.document["body"])
        seen = request.form.get("seen", 0, type=int)
        steps.save(draft, {**draft.document, "body": body}, seen=seen, by_id=current_user.id)
    except Invalid as error:
        return make_response(_page(draft, error.problems), 422)
    db.session.commit()
    flash(_("The fields are added. Undo takes them back."), "good")
    return make_response(redirect(url_for("form_designer.edit", definition_id=definition_id), 303))


@bp.get("/<int:definition_id>/rjsf.json")
@access.needs("definitions.read")
def rjsf_export(definition_id: int) -> Response:
    draft = form_draft(definition_id)
    form, _problems = drawn(draft, definitions.sources(draft.definition.company_id))
    answer = jsonify(form_exchange.as_rjsf(form))
    answer.headers.set("Content-Disposition", "attachment", filename=f"{draft.definition.key}.rjsf.json")
    return answer


@bp.get("/<int:definition_id>/dictionary.xlsx")
@access.needs("definitions.read")
def dictionary_export(definition_id: int) -> Response:
    draft = form_draft(definition_id)
    form, _problems = drawn(draft, definitions.sources(draft.definition.company_id))
    header, rows = form_exchange.dictionary(form)
    return spreadsheets.answer(draft.definition.key, header, rows, "xlsx")


def _with_fields(body: Document) -> Document:
    """By the file that was chosen, otherwise by the line that was pasted; a JSON text is a schema."""
    file = request.files.get("file")
    if file is not None and file.filename:
        sheet = reading.read(file.read())
        return form_exchange.with_header(body, sheet.header, sheet.rows)
    typed = request.form.get("text", "").strip()
    if typed.startswith("{"):
        return form_exchange.with_rjsf(body, _read_json(typed))
    lines = typed.replace("\r\n", "\n").split("\n")
    titles = lines[0].split("\t") if "\t" in lines[0] else [part for line in lines for part in line.split(",")]
    return form_exchange.with_header(body, titles, [])


def _read_json(typed: str) -> Any:
    try:
        return json.loads(typed)
    except (ValueError, RecursionError):
        raise Invalid([Problem("/text", "json", _("This is no JSON that can be read."))]) from None


def _page(draft: DefinitionVersion, problems: list[Problem]) -> str:
    typed = request.form.get("text", "")
    return render_template(
        "builder/form/import.html", draft=draft, definition=draft.definition, typed=typed, problems=problems
    )
