"""The table editor (规则表): a grid and sliders on the same draft that the plain editor edits.

The page holds the document and sends it with each operation; `/try` answers with the new one and how it looks, and
keeps nothing. Saving, by itself after a pause or by the button, is the only thing that writes.
"""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from builder import (
    definitions,
    differences,
    json_text,
    shape,
    table_editor,
    table_page,
    table_parts,
    table_sheets,
    table_values,
    views,
)
from builder.definitions import EditedMeanwhile
from builder.models import Definition, DefinitionVersion
from core import access, clock
from core.db import Document, db
from core.errors import Invalid, NotFound, wants_json
from core.i18n import moment, text
from organization import spreadsheets

bp = Blueprint("tables", __name__, url_prefix="/definitions/<int:definition_id>/table")
bp.context_processor(views.words_of_the_pages)


@bp.get("")
@access.needs("definitions.edit")
def edit(definition_id: int) -> Any:
    draft = _draft(definition_id)
    if shape.problems(draft.document):
        flash(_("This draft is not a table that can be shown. Mend its text first."), "warn")
        return redirect(url_for("definitions.edit", definition_id=definition_id, plain=1), 303)
    return _page(draft, draft.document, draft.version_id)


@bp.post("/try")
@access.needs("definitions.edit")
def try_out(definition_id: int) -> Response:
    """What the table would be and look like after some operations; nothing is kept."""
    _draft(definition_id)
    document = _performed(_posted(request.form), request.form)
    html = render_template("builder/table/_live.html", page=_shown(document, request.form), document=document)
    return jsonify(document=document, html=html)


@bp.post("/column")
@access.needs("definitions.edit")
def column_form(definition_id: int) -> Response:
    """All that a column of the posted table is, to be changed."""
    _draft(definition_id)
    body = _posted(request.form)["body"]
    column = table_parts.column(body, request.form.get("column", ""))
    values = column.get("options") or table_values.of(body, column)
    html = render_template("builder/table/_column.html", column=column, values=values, types=table_page.types())
    return jsonify(html=html)


@bp.post("")
@access.needs("definitions.edit")
def save(definition_id: int) -> Response:
    draft = _draft(definition_id)
    document = _with_weights(_posted(request.form), request.form)
    seen = request.form.get("over", type=int) or request.form.get("seen", 0, type=int)
    definitions.save_draft(draft, json_text.dump(document), seen=seen, by_id=current_user.id)
    db.session.commit()
    if wants_json():
        saved = _("Draft saved at %(time)s", time=moment(clock.now()).rpartition(" ")[2])
        return jsonify(seen=draft.version_id, saved=saved)
    flash(_("Saved as a draft. Nothing changes for anybody until it is published."), "good")
    leads = {"review": "definitions.review", "try_out": "what_if.show"}
    target = next((there for name, there in leads.items() if name in request.form), "tables.edit")
    return make_response(redirect(url_for(target, definition_id=definition_id), 303))


@bp.errorhandler(EditedMeanwhile)
def both_survive(conflict: EditedMeanwhile) -> Response:
    db.session.rollback()
    mine, version = json_text.read(conflict.mine), conflict.version
    context = {
        "version": version,
        "mine": conflict.mine,
        "changes": differences.sentences(version.document, mine),
        "message": conflict.message,
    }
    if wants_json():
        return make_response(jsonify(html=render_template("builder/table/_conflict.html", **context)), 409)
    return make_response(render_template("builder/table/conflict.html", **context), 409)


@bp.get("/sheet.<any(xlsx,csv):form>")
@access.needs("definitions.edit")
def export(definition_id: int, form: str) -> Response:
    """The draft as a spreadsheet; without one, the newest version."""
    definition = _definition(definition_id)
    version = definitions.draft_of(definition) or definitions.history(definition)[0]
    header, rows = table_sheets.sheet(version.document["body"])
    return spreadsheets.answer(text(version.document["title"]), header, rows, form)


@bp.post("/sheet")
@access.needs("definitions.edit")
def preview(definition_id: int) -> Response:
    """What a spreadsheet would change; it becomes the draft when that is confirmed."""
    draft = _draft(definition_id)
    file = request.files.get("file")
    try:
        document = table_sheets.taken_in(draft.document, file.read() if file else b"")
    except Invalid as error:
        return make_response(_page(draft, draft.document, draft.version_id, error.problems), 422)
    changes = differences.sentences(draft.document, document)
    context = {"draft": draft, "document": document, "changes": changes, "page": table_page.page(document["body"])}
    return make_response(render_template("builder/table/import.html", **context))


def _definition(definition_id: int) -> Definition:
    found = views.definition_of(definition_id)
    if found.kind != "table":
        raise NotFound(_("There is no such rule table."), f"definition {definition_id} is no table")
    return found


def _draft(definition_id: int) -> DefinitionVersion:
    _definition(definition_id)
    return views.draft_of(definition_id)


def _page(draft: DefinitionVersion, document: Document, seen: int, problems: Any = ()) -> str:
    page = _shown(document, request.form)
    context = {"draft": draft, "document": document, "seen": seen, "page": page, "problems": list(problems)}
    context["types"] = table_page.types()
    return render_template("builder/table/edit.html", **context)


def _shown(document: Document, form: MultiDict[str, str]) -> table_page.TablePage:
    givers = {name.removeprefix("giver."): value for name, value in form.items() if name.startswith("giver.")}
    return table_page.page(document["body"], form.getlist("locked"), givers)


def _posted(form: MultiDict[str, str]) -> Document:
    """The document that the page holds; what is not even a table did not come from our page."""
    document = json_text.read(form.get("document", ""))
    if problems := table_parts.problems(document):
        raise Invalid(problems)
    if document["kind"] != "table":
        raise Invalid([table_parts.stale_page()])
    return dict(document)


def _performed(document: Document, form: MultiDict[str, str]) -> Document:
    operations = json_text.read(form.get("operations") or "[]")
    if not isinstance(operations, list) or not all(isinstance(one, dict) for one in operations):
        raise Invalid([table_parts.stale_page()])
    for operation in operations:
        document = table_editor.perform(document, operation)
    return document


def _with_weights(document: Document, form: MultiDict[str, str]) -> Document:
    """The number boxes as they were sent by a browser without scripts; where one moved, its cell follows."""
    for name, typed in form.items():
        if name.startswith("weight."):
            _label, row, column = name.split(".", 2)
            document = table_editor.put_weight(document, row, column, typed)
    return document
