"""Pages by key: the tenth costs what the first costs, and rows that are added meanwhile move nothing."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import aliased

from core.db import Model, db

SIZE = 50


@dataclass(frozen=True)
class Page:
    """`before` and `after` are the ids to ask the neighbouring pages with, where there are any."""

    rows: list[Any]
    before: int | None = None
    after: int | None = None


def page(
    query: sa.Select[Any],
    model: type[Model],
    sort: str,
    *,
    descending: bool = False,
    after: int | None = None,
    before: int | None = None,
    size: int = SIZE,
) -> Page:
    """A page of a query over `model`, ordered by its column `sort` and its id; each row must have the attribute `id`.

    The page behind the row with the id `after`, or the one that ends in front of `before`.
    """
    key = sa.tuple_(getattr(model, sort), model.id)
    backwards = after is None and before is not None
    upwards = descending is backwards
    if (anchor := before if backwards else after) is not None:
        other = aliased(model)
        place = select(getattr(other, sort)).where(other.id == anchor).scalar_subquery()
        there = sa.tuple_(place, anchor)
        query = query.where(key > there if upwards else key < there)
    order = [column.asc() if upwards else column.desc() for column in (getattr(model, sort), model.id)]
    found = db.session.execute(query.order_by(*order).limit(size + 1)).all()
    return _page(list(found[:size]), more=len(found) > size, backwards=backwards, anchored=anchor is not None)


def _page(rows: list[Any], *, more: bool, backwards: bool, anchored: bool) -> Page:
    if not rows:
        return Page(rows)
    if backwards:
        rows.reverse()
    earlier, later = (more, True) if backwards else (anchored, more)
    return Page(rows, rows[0].id if earlier else None, rows[-1].id if later else None)
