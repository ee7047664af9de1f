"""Four quarters of sales of company A1, by person and month (in 2025 by product too), and four weeks of visits.

What a quarter brought in all is written down here; months, people and products are shares of it, exact to the yuan.
华东 sells above the line of the year before, 西南 below it in both quarters of 2025, and sends its figures late. What
scores are made of beside sales stands in `scores_a1`.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import aliased

from core import clock, jobs
from core.db import Document, db
from organization import calendars
from organization.models import Company, Customer, Member, OrgUnit, Product, ProductStage
from runtime.facts import judging, periods, visits
from runtime.facts.models import Fact, Touch
from seeds.demo import scores_a1
from seeds.demo.market_a1 import NEW_SINCE, PACK, TODAY
from seeds.demo.randomness import rng, share_out
from seeds.demo.scores_a1 import Seller, Sold

METRIC = "medical.sales_amount"
QUARTERS = {"2024-Q3": 172_800_000, "2024-Q4": 212_400_000, "2025-Q1": 171_000_000, "2025-Q2": 201_000_000}  # yuan
SEASON = {7: 7.5, 8: 7.5, 9: 9.0, 10: 8.0, 11: 9.5, 12: 12.0, 1: 7.0, 2: 6.0, 3: 8.5, 4: 8.0, 5: 8.0, 6: 9.0}
PACE = {"HD": 1.12, "XN": 0.74}  # in 2025, beside what a person's history promises
NEWCOMER = 60_000.0  # yuan a month, beside others' history
LATE = {"XN": 4, "HX": 2}  # working days after the month; everybody else delivers on the next one
RETURNED = 0.15  # of the month's sales of one person a month
CORRECTED = ("JS001", "2025-05")
PRODUCTS_SINCE = dt.date(2025, 1, 1)
FIRST_VISIT = TODAY - dt.timedelta(days=27)
VISITS_EACH = 4
FOLLOWED = 0.7  # of the visits; what follows comes two to twelve days later


def load(company: Company) -> None:
    """Write it all in a few statements, in the caller's transaction. The pack's metrics must be there."""
    sellers, products = _sellers(company), _products(company)
    sold = [row for quarter, total in QUARTERS.items() for row in _quarter(company, sellers, products, quarter, total)]
    more = scores_a1.figures(company, sellers, products, sold)
    facts = [row | {"identity": judging.identity(row)} for row in (*sold, *more)]
    db.session.execute(sa.insert(Fact.__table__), facts)
    _correct(company)
    jobs.enqueue("runtime.scores.jobs.compute", {"company_id": company.id, "periods": list(QUARTERS)})
    db.session.execute(sa.insert(Touch.__table__), list(_touches(company)))
    visits.recount(company.id, FIRST_VISIT, TODAY)


def _sellers(company: Company) -> list[Seller]:
    region = aliased(OrgUnit)
    rows = db.session.execute(
        select(Member.id, Member.code, Member.unit_id, region.code, Member.joined_on, Member.attributes)
        .join(OrgUnit, OrgUnit.id == Member.unit_id)
        .join(region, region.id == OrgUnit.parent_id)
        .where(Member.company_id == company.id, Member.role == "sales", Member.left_on.is_(None))
        .order_by(Member.code)
    )
    return [Seller(*row[:-1], row.attributes) for row in rows]


def _products(company: Company) -> dict[int, Sold]:
    rows = db.session.execute(
        select(Product.id, Product.attributes, sa.func.min(ProductStage.from_day))
        .join(Product.stages)
        .where(Product.company_id == company.id)
        .group_by(Product.id)
        .order_by(Product.code)
    )
    return {product_id: Sold(float(attributes["share"]), since) for product_id, attributes, since in rows}


# ── sales ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _quarter(
    company: Company, sellers: Sequence[Seller], products: Mapping[int, Sold], quarter: str, total: int
) -> Iterator[Document]:
    span = periods.read(quarter)
    months = {
        f"{span.first_day.year}-{span.first_day.month + n:02}": SEASON[span.first_day.month + n] for n in range(3)
    }
    for month, amount in share_out(total, months).items():
        yield from _month(company, sellers, products, month, amount)


def _month(
    company: Company, sellers: Sequence[Seller], products: Mapping[int, Sold], month: str, total: int
) -> Iterator[Document]:
    """Everybody's sales, and one return among them; together they are the total."""
    period = periods.read(month)
    there = [seller for seller in sellers if seller.joined_on < period.last_day]
    returning = rng(PACK, "return", month).choice(there[:40])
    back = round(total / len(there) * RETURNED)
    sold = share_out(total + back, {seller.code: _weight(seller, period) for seller in there})
    received = {days: _received(company, period.last_day, days) for days in (1, *LATE.values())}
    for seller in there:
        for product_id, amount in _by_product(seller, products, period, sold[seller.code]):
            yield _fact(company, seller, period, amount, received) | {"product_id": product_id}
    yield _fact(company, returning, period, -back, received, f"RT-{month}-{returning.code}")


def _by_product(
    seller: Seller, products: Mapping[int, Sold], period: periods.Period, amount: int
) -> list[tuple[int | None, int]]:
    """Until 2024 figures came without products. Everybody sells some better than others."""
    if period.first_day < PRODUCTS_SINCE:
        return [(None, amount)]
    chance = rng(PACK, "products", seller.code)
    weights = {product_id: one.share * chance.uniform(0.75, 1.25) for product_id, one in products.items()}
    whole = sum(weights.values())
    parts = {product_id: int(amount * weight / whole) for product_id, weight in weights.items()}
    best = max(parts, key=parts.__getitem__)
    parts[best] += amount - sum(parts.values())
    return list(parts.items())


def _weight(seller: Seller, month: periods.Period) -> float:
    """By history, the region's pace of this year, and a month's luck; who is new begins small."""
    part = min(1.0, (month.last_day - seller.joined_on).days / 30)
    own = NEWCOMER * part if seller.joined_on > NEW_SINCE else seller.history / 12
    pace = PACE.get(seller.region, 1.0) if month.first_day.year == 2025 else 1.0
    return round(own * pace * rng(PACK, "sales", seller.code, month.key).uniform(0.85, 1.15), 3)


def _fact(
    company: Company,
    seller: Seller,
    period: periods.Period,
    value: int,
    received: Mapping[int, dt.datetime],
    source_ref: str = "",
) -> Document:
    return {
        "company_id": company.id,
        "metric_key": METRIC,
        "unit_id": seller.unit_id,
        "member_id": seller.id,
        "product_id": None,
        "period": period.key,
        "first_day": period.first_day,
        "last_day": period.last_day,
        "value": float(value),
        "weight": None,
        "source": "xlsx" if seller.region in LATE else "api",
        "source_ref": source_ref,
        "received_at": received[LATE.get(seller.region, 1)],
    }


def _received(company: Company, end: dt.date, working_days: int) -> dt.datetime:
    """So many working days after the period; a period that goes on was delivered this morning."""
    day = calendars.after(company.id, end, working_days) if end < TODAY else TODAY
    return dt.datetime.combine(day, dt.time(8, 30), clock.SHANGHAI)


def _correct(company: Company) -> None:
    """One figure that was reported too high at first; what counts is what the quarter says."""
    code, month = CORRECTED
    named = (Fact.company_id == company.id, Member.code == code, Fact.period == month, Fact.metric_key == METRIC)
    largest = select(Fact).join(Fact.member).where(*named).order_by(Fact.value.desc()).limit(1)
    fact = db.session.scalars(largest).one()
    columns = {column.key: getattr(fact, column.key) for column in sa.inspect(Fact).column_attrs}
    correction = columns | {"id": None, "revision": 2, "replaces_id": fact.id, "source": "xlsx"}
    correction["received_at"] = fact.received_at + dt.timedelta(days=2)
    first = sa.update(Fact).where(Fact.id == fact.id).values(value=fact.value + 20_000)
    db.session.execute(first, execution_options={"synchronize_session": False})
    db.session.add(Fact(**correction))
    db.session.flush()


# ── visits ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _touches(company: Company) -> Iterator[Document]:
    """A few visits of everybody to the first of his customers, most of them followed by something."""
    rows = db.session.execute(
        select(Customer.id, Customer.code, Customer.owner_id, Customer.tier)
        .where(Customer.company_id == company.id, Customer.owner_id.is_not(None))
        .order_by(Customer.owner_id, Customer.code)
    )
    made: dict[int, int] = {}
    for row in rows:
        made[row.owner_id] = made.get(row.owner_id, 0) + 1
        if made[row.owner_id] <= VISITS_EACH:
            yield from _visit(company, row)


def _visit(company: Company, customer: sa.Row) -> Iterator[Document]:
    chance = rng(PACK, "visit", customer.code)
    day = calendars.on_or_before(company.id, FIRST_VISIT + dt.timedelta(days=chance.randrange(1, 26)))
    yield _touch(company, customer, day, "visit", "主任" if chance.random() < 0.6 else "采购")
    later = calendars.on_or_after(company.id, day + dt.timedelta(days=chance.randrange(2, 12)))
    if chance.random() < FOLLOWED and later < TODAY:
        yield _touch(company, customer, later, chance.choice(("contact", "quote", "meeting")), None)


def _touch(company: Company, customer: sa.Row, day: dt.date, kind: str, level: str | None) -> Document:
    return {
        "company_id": company.id,
        "customer_id": customer.id,
        "member_id": customer.owner_id,
        "day": day,
        "kind": kind,
        "contact_level": level,
        "source": "api",
        "source_ref": f"CRM-{customer.code}-{day:%m%d}",
        "received_at": dt.datetime.combine(day, dt.time(19, 0), clock.SHANGHAI),
    }
