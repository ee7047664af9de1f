"""Knowledge assets: kept once, found by words, used again elsewhere (S97). Everybody in the company reads them.

Rules flush and never commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from core import audit, clock
from core.db import db
from core.errors import Conflict, Invalid, NotFound, Problem
from organization import members, paging
from organization.models import Member, Product
from runtime.knowledge.models import Asset, AssetUse

LONGEST_TITLE = 200
LONGEST_BODY = 10_000


@dataclass(frozen=True)
class Learnt:
    """An asset as somebody wrote it. `ref` tells what made it: submission:7:w1, and makes it once."""

    title: str
    unit_id: int
    body: str = ""
    line: str | None = None
    author_id: int | None = None
    case_id: int | None = None
    ref: str | None = None


def keep(company_id: int, learnt: Learnt) -> Asset:
    """New, or brought in step with what is said now under the same reference. Raises Invalid."""
    if problems := _problems(learnt):
        raise Invalid(problems)
    found = db.session.scalar(select(Asset).where(Asset.source_ref == learnt.ref)) if learnt.ref else None
    asset = found or Asset(company_id=company_id, source_ref=learnt.ref, created_at=clock.now(), uses=0)
    asset.title, asset.body, asset.line = learnt.title.strip(), learnt.body.strip(), learnt.line
    asset.unit_id, asset.author_id, asset.case_id = learnt.unit_id, learnt.author_id, learnt.case_id
    db.session.add(asset)
    db.session.flush()
    deed = "asset.change" if found else "asset.create"
    audit.record(deed, f"asset:{asset.id}", by_id=learnt.author_id, after={"title": asset.title})
    return asset


def _problems(learnt: Learnt) -> list[Problem]:
    found = []
    if not 1 <= len(learnt.title.strip()) <= LONGEST_TITLE:
        found.append(Problem("/title", "length", _("Give it a title of 1 to %(most)s characters.", most=LONGEST_TITLE)))
    if len(learnt.body) > LONGEST_BODY:
        found.append(Problem("/body", "length", _("Keep it under %(most)s characters.", most=LONGEST_BODY)))
    return found


def use(asset: Asset, *, by: Member, line: str, note: str) -> AssetUse:
    """Count that he used it for a product line. Raises Conflict for the same line twice on one day, Invalid."""
    if len(note) > LONGEST_BODY:
        raise Invalid([Problem("/note", "length", _("Keep it under %(most)s characters.", most=LONGEST_BODY))])
    used = AssetUse(asset_id=asset.id, by_id=by.id, unit_id=by.unit_id, line=line, day=clock.today(), note=note.strip())
    db.session.add(used)
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        raise Conflict(_("You have counted this today already."), str(error)) from None
    # By the database, for two may use it at once.
    db.session.execute(sa.update(Asset).where(Asset.id == asset.id).values(uses=Asset.uses + 1))
    db.session.expire(asset)
    audit.record("asset.use", f"asset:{asset.id}", by_id=by.id, after={"line": line})
    return used


# ── what there is ────────────────────────────────────────────────────────────────────────────────────────────────────


def listed(company_id: int, words: str, line: str, *, after: int | None, before: int | None) -> paging.Page:
    """Newest first, those whose title or text holds the words."""
    asked = select(Asset.id, Asset.title, Asset.line, Asset.uses, Asset.created_at, Member.name.label("author"))
    asked = asked.outerjoin(Member, Member.id == Asset.author_id).where(Asset.company_id == company_id)
    if words.strip():
        asked = asked.where(sa.or_(members.holds(Asset.title, words), members.holds(Asset.body, words)))
    if line:
        asked = asked.where(Asset.line == line)
    return paging.page(asked, Asset, "id", descending=True, after=after, before=before)


def find(company_id: int, asset_id: int) -> Asset:
    """Raises NotFound."""
    asked = select(Asset).where(Asset.id == asset_id, Asset.company_id == company_id)
    found = db.session.scalar(asked.options(joinedload(Asset.author), joinedload(Asset.unit), joinedload(Asset.case)))
    if found is None:
        raise NotFound(_("There is no such knowledge asset."), f"no asset {asset_id}")
    return found


def lines(company_id: int) -> Sequence[str]:
    """Product lines, by name."""
    asked = select(Product.line).where(Product.company_id == company_id, Product.line != "").distinct()
    return db.session.scalars(asked.order_by(Product.line)).all()
