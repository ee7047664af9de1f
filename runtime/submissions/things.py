"""What a record made that one can look at (由此产生): goals, check-ins, cases, assets, each with its address."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from builder.forms import Form
from core.db import db, like_prefix
from runtime.cases.models import Case
from runtime.goals.models import CheckIn, Goal
from runtime.knowledge.models import Asset
from runtime.submissions.makers import sources
from runtime.submissions.models import Submission


@dataclass(frozen=True)
class Thing:
    kind: str
    name: str
    url: str


def of(submission: Submission, form: Form) -> list[Thing]:
    """One statement for each kind that the form makes."""
    made = dict.fromkeys(entry["make"] for entry in form.body.get("creates", ()))
    return [thing for make in made if make in FINDERS for thing in FINDERS[make](f"{sources.prefix(submission)}:")]


def _goals(prefix: str) -> Iterator[Thing]:
    kinds = {"objective": _("Objective"), "key_result": _("Key result"), "micro": _("Micro OKR")}
    found = select(Goal.id, Goal.kind, Goal.name).where(like_prefix(Goal.source_ref, prefix), Goal.state == "active")
    for row in db.session.execute(found.order_by(Goal.id)):
        yield Thing(kinds[row.kind], row.name, url_for("goals.node", goal_id=row.id))


def _check_ins(prefix: str) -> Iterator[Thing]:
    found = select(Goal.id, Goal.name).where(
        Goal.id.in_(select(CheckIn.goal_id).where(like_prefix(CheckIn.source_ref, prefix)))
    )
    for row in db.session.execute(found):
        yield Thing(_("Check-in"), row.name, url_for("goals.node", goal_id=row.id))


def _cases(prefix: str) -> Iterator[Thing]:
    found = select(Case.id, Case.title).where(like_prefix(Case.source_ref, prefix))
    for row in db.session.execute(found.order_by(Case.id)):
        yield Thing(_("Case"), row.title, url_for("cases.show", case_id=row.id))


def _assets(prefix: str) -> Iterator[Thing]:
    found = select(Asset.id, Asset.title).where(like_prefix(Asset.source_ref, prefix))
    for row in db.session.execute(found.order_by(Asset.id)):
        yield Thing(_("Knowledge asset"), row.title, url_for("knowledge.show", asset_id=row.id))


FINDERS: Mapping[str, Callable[[str], Iterator[Thing]]] = {
    "goal": _goals,
    "check_in": _check_ins,
    "case": _cases,
    "asset": _assets,
}
