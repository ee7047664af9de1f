"""A small sales company that has the medical pack: two regions, three provinces, ten people with customers.

`published` is the same with 720 million and 15 % handed down, as the demo's headquarters would.
"""

import datetime as dt
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from builder import packs
from core import jobs
from core.db import db
from organization.models import Contact, Customer, ExternalRef, Member, OrgUnit, Product, ProductStage
from runtime.goals import plans, publishing, targets
from runtime.goals.models import GoalSet
from tests.beginnings import beginning
from tests.product import People, add_member, add_unit, find_people

CASCADE = "medical.sales_cascade"
JOINED_LAST_MONTH = dt.date(2025, 6, 3)


@dataclass
class Sales:
    """安店长 sells in 上海 with three others; 新人 joined there a month ago. 江苏 has three, 四川 two."""

    people: People
    jiangsu: OrgUnit
    sichuan: OrgUnit
    reps: list[Member]
    newcomer: Member


@pytest.fixture
def medical(people: People) -> People:
    """The three people of every test and the packs of a medical company."""
    return people


@beginning("medical", on="people")
def install_packs() -> None:
    packs.install(packs.shipped_folder("medical_goals"), find_people().company.id, by_id=None)


@pytest.fixture
def sales(people: People) -> Sales:
    return find_sales()


@pytest.fixture
def published(sales: Sales) -> GoalSet:
    found = db.session.scalars(sa.select(GoalSet)).one()
    db.session.commit()
    return found


@beginning("published", on="sales")
def publish_goals() -> None:
    publish(find_sales(), "7.2亿", "15")


@beginning("sales", on="medical")
def make_sales() -> None:
    people = find_people()
    jiangsu = add_unit(people.east, "JS", "江苏", "province")
    southwest = add_unit(people.headquarters, "SW", "西南大区", "region")
    sichuan = add_unit(southwest, "SC", "四川", "province")
    for unit, head in ((jiangsu, people.east_manager), (sichuan, people.hr)):
        unit.head = head
    names = {people.shanghai: ["李敏", "王强", "新人"], jiangsu: ["赵磊", "钱芳", "孙静"], sichuan: ["周涛", "吴兰"]}
    reps = [people.an]
    for unit, own in names.items():
        reps += [add_member(unit, f"{unit.code}{n}", name, "sales") for n, name in enumerate(own)]
    newcomer = next(rep for rep in reps if rep.name == "新人")
    newcomer.joined_on = JOINED_LAST_MONTH
    for n, rep in enumerate(reps):
        _equip(rep, n, is_new=rep is newcomer)
    _sum_up(people, [people.shanghai, jiangsu, sichuan], [people.east, southwest], reps)
    _add_products(people)


def find_sales() -> Sales:
    units = {unit.code: unit for unit in db.session.scalars(sa.select(OrgUnit))}
    reps = list(db.session.scalars(sa.select(Member).where(Member.role == "sales").order_by(Member.id)))
    newcomer = next(rep for rep in reps if rep.name == "新人")
    db.session.commit()
    return Sales(find_people(), units["JS"], units["SC"], reps, newcomer)


def publish(sales: Sales, base: str, growth_pct: str, **options: object) -> GoalSet:
    """Hand down through the rules and let the worker do its part."""
    unit = sales.people.headquarters
    cycle = publishing.cycle_of_year(unit.company_id or unit.id, 2025)
    given = {"locks": {}, "digest": None, "waiver": None, "by_id": None} | options
    goal_set = publishing.stage(plans.find(unit, CASCADE), unit, cycle, targets.read(base, growth_pct), **given)
    db.session.commit()
    jobs.run_due()
    return db.session.get_one(GoalSet, goal_set.id, populate_existing=True)


def _equip(rep: Member, n: int, *, is_new: bool) -> None:
    """Figures of a person and ten customers: three 三甲 with a 主任 each, seven others."""
    history = 0 if is_new else 60_000_000 + 5_000_000 * n
    rates = {} if is_new else {"ticket": 120_000, "conversion": 0.3, "visits_per_opportunity": 4}
    rep.attributes = {"history": history, "seniority": "新人" if is_new else "资深", "weekly_capacity": 12, **rates}
    for k in range(10):
        tier, level = ("三甲", "主任") if k < 3 else ("二级", "采购")
        customer = Customer(
            company_id=rep.company_id,
            unit_id=rep.unit_id,
            owner_id=rep.id,
            code=f"C{n}-{k}",
            name=f"{rep.name}的第{k + 1}家医院",
            tier=tier,
            potential=1_000_000.0 * (k + 1 + n),
            attributes={},
        )
        db.session.add(customer)
        db.session.flush()
        db.session.add(Contact(customer_id=customer.id, name=f"联系人{n}-{k}", level=level, department="检验科"))
        gone = dt.date(2025, 6, 1) if k == 9 else None
        crm = ExternalRef(
            system="crm", subject="customer", subject_id=customer.id, external_id=f"X{n}{k}", gone_on=gone
        )
        db.session.add(crm)


def _sum_up(people: People, provinces: list[OrgUnit], regions: list[OrgUnit], reps: list[Member]) -> None:
    people.company.link_templates = {"crm": "https://crm.example.com/customers/{id}"}
    for province in provinces:
        own = [rep for rep in reps if rep.unit_id == province.id]
        history = sum(rep.attributes["history"] for rep in own)
        province.attributes = _figures(history, len(own))
    for region in regions:
        below = [province for province in provinces if province.parent_id == region.id]
        region.attributes = _figures(
            sum(p.attributes["history"] for p in below), sum(p.attributes["headcount"] for p in below)
        )
    history = sum(region.attributes["history"] for region in regions)
    people.headquarters.attributes = _figures(history, len(reps))


def _figures(history: int, headcount: int) -> dict[str, object]:
    return {
        "history": history,
        "potential": round(history * 1.4),
        "capacity": round(history * 1.6),
        "headcount": headcount,
        "senior_share": 0.6,
        "maturity": "成熟",
        "launch_factor": 1.0,
    }


def _add_products(people: People) -> None:
    for code, name, line, stage, share in (
        ("P1", "化学发光", "诊断试剂", "成熟期", 0.7),
        ("P2", "分子诊断", "诊断试剂", "推广期", 0.3),
    ):
        product = Product(company_id=people.company.id, code=code, name=name, line=line, attributes={"share": share})
        product.stages.append(ProductStage(stage=stage, from_day=dt.date(2024, 1, 1)))
        db.session.add(product)
