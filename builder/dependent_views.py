"""What a draft would break elsewhere, on its review page; one click changes all of them, one takes it back."""

from flask import Response, flash, make_response, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user

from builder import definitions, dependents, steps
from builder.views import bp, draft_of
from core import access
from core.db import db
from core.htmx import fragment_or_page


@bp.get("/<int:definition_id>/others")
@access.needs("definitions.read")
def others(definition_id: int) -> Response:
    draft = draft_of(definition_id)
    found = dependents.others(draft)
    shown = {"draft": draft, "others": found, "may_edit": current_user.may("definitions.edit")}
    return fragment_or_page("builder/others/_others.html", "builder/others/others.html", **shown)


@bp.post("/<int:definition_id>/others")
@access.needs("definitions.edit")
def change_others(definition_id: int) -> Response:
    """The same change in a draft of each that nobody has a draft of. Drafts that somebody else works on stay."""
    free = [other.broken for other in dependents.others(draft_of(definition_id)) if other.draft is None]
    changed = dependents.mend(free, current_user.company_id, by_id=current_user.id)
    db.session.commit()
    flash(_("Changed as drafts: %(count)s. Publish them right after this one.", count=len(changed)), "good")
    return make_response(redirect(url_for(".others", definition_id=definition_id), 303))


@bp.post("/<int:definition_id>/others/undo")
@access.needs("definitions.edit")
def undo_others(definition_id: int) -> Response:
    """Those drafts that say nothing but the change go."""
    for other in dependents.others(draft_of(definition_id)):
        if other.draft is not None and other.follows and steps.last(other.draft):
            definitions.discard(other.draft, by_id=current_user.id)
    db.session.commit()
    flash(_("The drafts of the others are gone."), "info")
    return make_response(redirect(url_for(".others", definition_id=definition_id), 303))
