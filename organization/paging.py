"""Pages by key: the tenth costs what the first costs, and rows that are added meanwhile move nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

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
    sort: str | Sequence[sa.ColumnElement[Any]],
    *,
    descending: bool = False,
    after: int | None = None,
    before: int | None = None,
    size: int = SIZE,
    whole: sa.Select[Any] | None = None,
) -> Page:
    """A page of a query over `model`, ordered by its column `sort` and its id; each row must have the attribute `id`.

    The page behind the row with the id `after`, or the one that ends in front of `before`. `sort` may be expressions,
    none of them NULL; where they read more than `model`, `whole` is the query before it was narrowed.
    """
    columns = ((getattr(model, sort),) if isinstance(sort, str) else tuple(sort)) + (model.id,)
    backwards = after is None and before is not None
    upwards = descending is backwards
    if (anchor := before if backwards else after) is not None:
        key, there = sa.tuple_(*columns), _place(whole if whole is not None else select(model), model, columns, anchor)
        query = query.where(key > there if upwards else key < there)
    order = [column.asc() if upwards else column.desc() for column in columns]
    found = db.session.execute(query.order_by(*order).limit(size + 1)).all()
    return _page(list(found[:size]), more=len(found) > size, backwards=backwards, anchored=anchor is not None)


def _place(whole: sa.Select[Any], model: type[Model], columns: Sequence[Any], anchor: int) -> Any:
    """Where a row stands, read by its id: its own tables, not those of the query around it."""
    row = whole.where(model.id == anchor).correlate(None)
    return sa.tuple_(*(row.with_only_columns(column).scalar_subquery() for column in columns))


def _page(rows: list[Any], *, more: bool, backwards: bool, anchored: bool) -> Page:
    if not rows:
        return Page(rows)
    if backwards:
        rows.reverse()
    earlier, later = (more, True) if backwards else (anchored, more)
    return Page(rows, rows[0].id if earlier else None, rows[-1].id if later else None)
