"""A draft of a form, filled on trial: as somebody, on a phone. What was filled in can be kept as a case."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from builder import definitions, form_page, form_people, form_setting_edits, forms, steps, views
from builder.definitions import EditedMeanwhile
from builder.form_designer import Preview
from builder.form_designer_views import drawn, form_draft
from builder.forms import Judged, World
from builder.forms.widgets import PICKERS
from builder.models import DefinitionVersion
from core import access
from core.db import db
from core.errors import Invalid, NotFound, Problem
from core.htmx import go_to, htmx
from organization.models import Member

bp = Blueprint("form_preview", __name__, url_prefix="/form-designer")
bp.register_error_handler(EditedMeanwhile, views.both_texts)


@bp.get("/<int:definition_id>/preview")
@access.needs("definitions.edit")
def show(definition_id: int) -> str:
    draft = form_draft(definition_id)
    form, world = _around(draft)
    page = _page(draft, form, world, forms.begin(form, world))
    return _rendered("preview", draft, page)


@bp.post("/<int:definition_id>/preview")
@access.needs("definitions.edit")
def change(definition_id: int) -> Response:
    """The form as it stands after a change, judged as if it were sent, or kept as a case."""
    draft = form_draft(definition_id)
    form, world = _around(draft)
    values, unread = forms.read(form, request.form, world)
    if "keep" in request.form:
        return _kept(draft, form, world, values)
    try:
        judged = forms.judge(forms.effective(form, values, world), unread)
    except Invalid as error:
        judged = Judged(error.problems, [], [])
        values = {}
    sent = "send" in request.form
    page = _page(draft, form, world, values, judged if sent else None)
    return make_response(_rendered("_preview" if _is_fragment() else "preview", draft, page, sent=sent, judged=judged))


@bp.get("/<int:definition_id>/preview/pick")
@access.needs("definitions.edit")
def pick(definition_id: int) -> str:
    """What a picker of the preview offers for some words."""
    draft = form_draft(definition_id)
    form, world = _around(draft)
    field = form.fields.get(request.args.get("field", ""))
    if field is None or field.widget not in PICKERS - {"metric"}:
        raise NotFound(_("This is gone: somebody removed it. Reload the page."), "no such field")
    found = form_people.offered(_picker(draft), field, request.args.get("q", "")[:40])
    page = _page(draft, form, world, {})
    chosen = form_page.chosen(field, request.args)
    return render_template("builder/form/_offered.html", page=page, field=field, found=found, chosen=chosen)


def _kept(draft: DefinitionVersion, form: forms.Form, world: World, values: dict[str, Any]) -> Response:
    """What was filled in and what became of it, as a case of the draft."""
    expects = forms.cases.outcome(form, values, world.who.roles, world.known)
    title = {"zh": request.form.get("case", "").strip()[:80] or _("Case")}
    body = form_setting_edits.with_case(draft.document["body"], title, sorted(world.who.roles), values, expects)
    seen = request.form.get("seen", 0, type=int)
    steps.save(draft, {**draft.document, "body": body}, seen=seen, by_id=current_user.id)
    db.session.commit()
    flash(_("Kept. Before publishing it is tried again."), "good")
    return go_to(url_for("form_designer.edit", definition_id=draft.definition_id, pane="form"))


def _around(draft: DefinitionVersion) -> tuple[forms.Form, World]:
    company_id = draft.definition.company_id
    known = definitions.sources(company_id)
    form, _problems = drawn(draft, known)
    return form, form_people.world(company_id, form_people.find(company_id, _who()), form, known)


def _page(
    draft: DefinitionVersion, form: forms.Form, world: World, values: Any, judged: Judged | None = None
) -> Preview:
    return Preview(
        form,
        forms.effective(form, values, world),
        world,
        judged.problems if judged else (),
        judged.warnings if judged else (),
        _unread(judged),
        picker=_picker(draft),
        address=url_for("form_preview.pick", definition_id=draft.definition_id, who=_who() or 0),
    )


def _picker(draft: DefinitionVersion) -> Member:
    """By whose rights pickers offer: of whoever it is looked at as, otherwise of who designs it."""
    picker: Member = form_people.find(draft.definition.company_id, _who()) or current_user
    return picker


def _unread(judged: Judged | None) -> dict[str, str]:
    """What was typed and could not be read stays in its box."""
    wrong: list[Problem] = judged.problems if judged else []
    names = [problem.path.strip("/").replace("/", "-") for problem in wrong if problem.code == "format"]
    return {name: request.form[name] for name in names if name in request.form}


def _rendered(
    page_name: str, draft: DefinitionVersion, page: Preview, *, sent: bool = False, judged: Judged | None = None
) -> str:
    return render_template(
        f"builder/form/{page_name}.html",
        draft=draft,
        definition=draft.definition,
        page=page,
        sent=sent,
        judged=judged,
        who=_who(),
        size="pc" if request.values.get("size") == "pc" else "phone",
        seats=form_people.seats(draft.definition.company_id),
        places={problem.path: form_page.place(problem) for problem in (judged.problems if judged else ())},
    )


def _who() -> int | None:
    return request.values.get("who", None, type=int)


def _is_fragment() -> bool:
    return bool(htmx)
