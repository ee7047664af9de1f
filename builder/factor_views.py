"""The factor library, a metric in people's words, and the questions that make a new one."""

from collections.abc import Mapping

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from builder import definitions, factors
from builder.views import bp, definition_of
from core import access
from core.db import db
from core.errors import Invalid, NotFound, Problem
from core.i18n import text
from organization import roles

bp.add_app_template_filter(factors.counting_rule, "counting_rule")


@bp.get("/factors", endpoint="factors")
@access.needs("definitions.read")
def library() -> str:
    """目标影响因子库 (S17)."""
    found = factors.library(current_user.company_id)
    tag = request.args.get("tag", "")
    shown = [factor for factor in found if tag in factor.tags] if tag in factors.TAGS else found
    tags = [(key, words, sum(key in factor.tags for factor in found)) for key, words in factors.TAGS.items()]
    return render_template("builder/factors/index.html", all=found, factors=shown, tag=tag, tags=tags)


@bp.get("/factors/<int:definition_id>")
@access.needs("definitions.read")
def factor(definition_id: int) -> str:
    """A metric in people's words; its versions and its text are on the page of the definition."""
    definition = definition_of(definition_id)
    found = factors.find(definition) if definition.kind == "metric" else None
    if found is None:
        raise NotFound(_("There is no such metric in force."), f"no metric {definition_id}")
    return render_template("builder/factors/metric.html", definition=definition, factor=found)


@bp.get("/factors/new")
@access.needs("definitions.edit")
def new_factor() -> str:
    return _wizard(MultiDict({"source": "form", "direction": "increase", "adding": "sum"}), [])


@bp.post("/factors/new")
@access.needs("definitions.edit")
def create_factor() -> Response:
    try:
        document = factors.document(request.form, request.form.getlist("tags"), current_user.company_id)
    except Invalid as error:
        return make_response(_wizard(request.form, error.problems), 422)
    draft = definitions.create(current_user.company_id, document, by_id=current_user.id)
    db.session.commit()
    flash(_("The metric is a draft. It joins the library once it is published."), "good")
    return make_response(redirect(url_for("definitions.review", definition_id=draft.definition_id), 303))


def _wizard(posted: MultiDict[str, str], problems: list[Problem]) -> str:
    owners = [(role.key, text(role.title)) for role in roles.ROLES.values() if role.key != "buddy"]
    return render_template(
        "builder/factors/new.html",
        posted=posted,
        chosen=posted.getlist("tags"),
        problems=problems,
        owners=owners,
        tags=factors.TAGS,
        directions=_choices(factors.DIRECTIONS),
        addings=_choices(factors.ADDING),
        sources=_choices(factors.SOURCES),
    )


def _choices(known: Mapping[str, tuple[object, ...]]) -> list[tuple[str, object, object]]:
    return [(key, words[0], words[1]) for key, words in known.items()]
