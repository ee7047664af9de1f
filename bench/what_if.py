"""A draft tried out on the demo company's 430 people: `python -m bench.what_if`.

A year of weeks is scored twice (goal 3 s); a quarter and a split stand beside it. The limit is what reading the facts
of a year of weeks once, and a weighted sum over them, takes by hand. Figures of the demo are monthly: weeks are fed.
"""

import datetime as dt
import json
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from sqlalchemy import select

from bench.side_by_side import compare
from builder import definitions
from builder.models import DefinitionVersion
from core import jobs
from core.config import Settings
from core.db import Document, db
from core.server import prepare
from organization.models import Company, Member, OrgUnit, Product
from runtime.facts import judging, periods
from runtime.facts.models import Fact
from runtime.goals import plans, publishing, targets
from runtime.whatif import drafts
from seeds import demo
from wsgi import create_app

CASCADE = "medical.sales_cascade"
PRODUCTS = 4
RESULTS = ("medical.sales_target", "medical.sales_amount", "medical.gross_profit")  # fed by product
CONDUCT = ("medical.coverage_rate", "medical.visit_freq")
MONDAY = dt.date(2024, 7, 1)
FEW = 3  # rounds: each is a second


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(instance=Path(folder), database_url=f"sqlite:///{folder}/guantong.db")
        app = create_app(settings)
        prepare(app, demo.fill)
        with app.app_context():
            company = db.session.scalars(select(Company)).one()
            publish(company)
            feed_weeks(company)
            stages = draft_of(company, "table", "medical.stage_weights", coverage_to_45)
            weighing = draft_of(company, "formula", "medical.member_weight", more_potential)
            for period, goal in (("weeks", "< 3 s"), ("2025-Q1", "< 1 s")):
                show(f"scores, {period}", stages, period, goal)
            show("targets", weighing, "", "< 1 s")


def show(name: str, draft: DefinitionVersion, period: str, goal: str) -> None:
    part = drafts.parts(draft)[0]
    people = len(drafts.compare(draft, part, period).moves)
    compare(
        f"{name}: {people} people", partial(drafts.compare, draft, part, period), weigh_by_hand, goal=goal, rounds=FEW
    )


def weigh_by_hand() -> float:
    """The facts from the database into columns, and a weighted sum over them."""
    asked = select(Fact.member_id, Fact.product_id, Fact.value).where(Fact.source == "bench")
    values = np.array([value for _member, _product, value in db.session.execute(asked)])
    return float((values * 0.25).sum())


def publish(company: Company) -> None:
    unit = db.session.get_one(OrgUnit, company.id)
    cycle = publishing.cycle_of_year(company.id, 2025)
    target = targets.read("7.2亿", "15")
    publishing.stage(plans.find(unit, CASCADE), unit, cycle, target, locks={}, digest=None, waiver=None, by_id=None)
    db.session.commit()
    jobs.run_due()


def feed_weeks(company: Company) -> None:
    """A target and results for each person, product and week of a year, and conduct for each person and week."""
    people = db.session.execute(
        select(Member.id, Member.unit_id).where(
            Member.company_id == company.id, Member.role == "sales", Member.left_on.is_(None)
        )
    ).all()
    products = db.session.scalars(select(Product.id).where(Product.company_id == company.id).limit(PRODUCTS)).all()
    weeks = [periods.containing(MONDAY + dt.timedelta(weeks=n), periods.WEEK) for n in range(52)]
    owned = [(metric, product) for metric in RESULTS for product in products]
    rows = [
        fact(company.id, member_id, unit_id, metric, product, week)
        for member_id, unit_id in people
        for week in weeks
        for metric, product in [*owned, *((metric, None) for metric in CONDUCT)]
    ]
    for start in range(0, len(rows), 20_000):
        db.session.execute(sa.insert(Fact), rows[start : start + 20_000], execution_options={"render_nulls": True})
    db.session.commit()


def fact(
    company_id: int, member_id: int, unit_id: int, metric: str, product: int | None, week: periods.Period
) -> Document:
    value = {"medical.coverage_rate": 0.7, "medical.visit_freq": 6.0}.get(metric, 10_000.0 + member_id)
    row: Document = {"metric_key": metric, "unit_id": unit_id, "member_id": member_id, "product_id": product}
    row |= {"period": week.key, "first_day": week.first_day, "last_day": week.last_day, "source_ref": ""}
    identity = judging.identity(row)
    row |= {"company_id": company_id, "value": value, "weight": 10.0, "source": "bench", "identity": identity}
    return row | {"received_at": dt.datetime(2025, 6, 30, tzinfo=dt.UTC), "revision": 1, "replaces_id": None}


def draft_of(company: Company, kind: str, key: str, change: Callable[[Document], object]) -> DefinitionVersion:
    found = definitions.find(company.id, kind, key)
    assert found is not None
    draft = definitions.open_draft(found, by_id=None)
    document: Document = json.loads(json.dumps(draft.document))
    change(document["body"])
    definitions.save_draft(draft, json.dumps(document), seen=draft.version_id, by_id=None)
    db.session.commit()
    return draft


def coverage_to_45(body: Document) -> None:
    body["rows"][0]["then"] |= {"c2": "45%", "c3": "20%"}


def more_potential(body: Document) -> None:
    body["parameters"][0]["default"] = 0.9


if __name__ == "__main__":
    main()
