"""The pack centre: what is installed, what comes with the product."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from builder import catalogue, kinds, packs
from core import access
from core.db import db
from core.i18n import text

bp = Blueprint("packs", __name__, url_prefix="/packs")


@bp.get("")
@access.needs("definitions.read")
def index() -> str:
    cards = catalogue.pack_cards(current_user.company_id)
    return render_template("builder/packs.html", cards=cards, kinds=kinds)


@bp.post("/install")
@access.needs("packs.install")
def install() -> Response:
    folder = packs.shipped_folder(request.form.get("key", ""))
    done = packs.install(folder, current_user.company_id, by_id=current_user.id)
    db.session.commit()
    for one in done:
        flash(_told(one), "good")
    return make_response(redirect(url_for("packs.index"), 303))


def _told(one: packs.Installed) -> str:
    title = text(one.pack.title)
    if not one.new and not one.changed:
        return _("%(title)s was installed already; nothing changed.", title=title)
    counts = {"new": len(one.new), "changed": len(one.changed)}
    return _("Installed %(title)s: %(new)s new, %(changed)s changed.", title=title, **counts)
