"""Lines of people as the expressions of a score see them, for whoever edits how they are scored."""

import datetime as dt
from typing import Any

from flask import Flask
from sqlalchemy import select

from builder import definitions, samples
from builder.samples import Rows
from builder.scopes import SCORE
from core import clock
from core.db import db
from organization.models import Product
from runtime.facts import periods
from runtime.facts.periods import Period
from runtime.scores import ground, rules
from runtime.scores.ground import Ground
from runtime.scores.models import ScoreRun


def init_app(_app: Flask) -> None:
    samples.register("metric.score", lines)


def lines(company_id: int, metric: str | None) -> Rows | None:
    """Those of the period that was scored last, by the metric as it is published; by another where it scores nobody
    yet."""
    known = definitions.sources(company_id)
    scoring = rules.all_in(known)
    if not scoring:
        return None
    key = metric if metric in scoring else scoring[0]
    here = ground.read(company_id, key, [_period(company_id)], known, also=[name.key for name in SCORE])
    columns = {name: [_plain(value) for value in column] for name, column in here.columns.items()}
    return Rows(_names(company_id, here), columns)


def _period(company_id: int) -> Period:
    """The last one that was scored, or else the month before this one."""
    newest = select(ScoreRun.period).where(ScoreRun.company_id == company_id).order_by(ScoreRun.id.desc()).limit(1)
    scored = db.session.scalar(newest)
    return (
        periods.read(scored)
        if scored
        else periods.containing(clock.today().replace(day=1) - dt.timedelta(days=1), "month")
    )


def _names(company_id: int, here: Ground) -> list[str]:
    asked = select(Product.id, Product.name).where(Product.company_id == company_id)
    products = {product_id: f" · {name}" for product_id, name in db.session.execute(asked)}
    owners = (here.people[at].name for at in here.owner.tolist())
    return [name + products.get(product, "") for name, product in zip(owners, here.product_ids, strict=True)]


def _plain(value: Any) -> Any:
    """A number of a column as Python has it."""
    return value.item() if hasattr(value, "item") else value
