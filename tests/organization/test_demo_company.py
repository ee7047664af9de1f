"""Company A1: the figures that stories, tutorial and requirements count on."""

import datetime as dt
import os
import subprocess
import sys
from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.config import CHECKOUT
from core.db import db
from organization.models import Customer, Member, OrgUnit
from seeds.demo import organisation_a1
from seeds.demo.organisation import Organisation, Person

DIGEST = "from seeds.demo import organisation_a1; print(organisation_a1.generate().digest())"


@pytest.fixture(scope="module")
def a1() -> Organisation:
    return organisation_a1.generate()


def _sales(organisation: Organisation) -> list[Person]:
    return [person for person in organisation.people if person.role == "sales" and person.left_on is None]


def test_it_has_7_regions_28_provinces_and_430_salespeople(a1: Organisation) -> None:
    assert Counter(unit.level for unit in a1.units) == {"company": 1, "region": 7, "province": 28}
    below = Counter(unit.parent for unit in a1.units if unit.level == "province")
    assert (below["HD"], below["XN"]) == (7, 4)
    teams = Counter(person.unit for person in _sales(a1))
    assert sum(teams.values()) == 430
    assert (min(teams.values()), max(teams.values())) == (3, 32)


def test_its_history_adds_up_to_the_yuan_at_every_level(a1: Organisation) -> None:
    assert sum(person.attributes["history"] for person in _sales(a1)) == 720_000_000
    for level in ("company", "region", "province"):
        assert sum(unit.attributes["history"] for unit in a1.units if unit.level == level) == 720_000_000
    for unit in a1.units:
        team = [person for person in _sales(a1) if person.unit == unit.code]
        if unit.level == "province":
            assert unit.attributes["history"] == sum(person.attributes["history"] for person in team)


def test_S26_every_salesperson_has_three_top_tier_hospitals_with_a_director(a1: Organisation) -> None:
    assert len(a1.customers) == 5160
    top = [customer for customer in a1.customers if customer.tier == "三甲"]
    assert len(top) == 1290
    assert set(Counter(customer.owner for customer in top).values()) == {3}
    assert {customer.owner for customer in top} == {person.code for person in _sales(a1)}
    assert all("主任" in {level for _name, level, _where in customer.contacts} for customer in top)


def test_a_person_s_potential_is_that_of_the_accounts(a1: Organisation) -> None:
    by_owner: Counter[str] = Counter()
    for customer in a1.customers:
        by_owner[customer.owner] += customer.potential
    assert {person.code: person.attributes["potential"] for person in _sales(a1)} == by_owner


def test_S11_the_new_manager_s_region_lost_three_of_ten_newcomers(a1: Organisation) -> None:
    region = {unit.code for unit in a1.units if unit.parent == "XN"}
    cohort = [person for person in a1.people if person.unit in region and person.joined_on >= dt.date(2025, 3, 31)]
    left = [person for person in cohort if person.left_on and person.left_on - person.joined_on < dt.timedelta(90)]
    assert (len(left), len(cohort)) == (3, 10)


def test_S30_both_product_lines_have_a_product_in_each_stage(a1: Organisation) -> None:
    today = {(product.line, product.stages[-1][0]) for product in a1.products}
    assert len(today) == len(a1.products) == 8
    assert sum(product.attributes["share"] for product in a1.products) == pytest.approx(1)


def test_it_is_the_same_on_every_run(a1: Organisation) -> None:
    env = os.environ | {"PYTHONHASHSEED": "7"}
    again = subprocess.run([sys.executable, "-c", DIGEST], cwd=CHECKOUT, env=env, capture_output=True, text=True)
    assert again.stdout.strip() == a1.digest(), again.stderr


def test_S4_it_loads_whole_and_stands_in_the_tree(app: Flask) -> None:
    company = organisation_a1.load()
    assert db.session.scalar(select(func.count()).select_from(Customer)) == 5160
    jiangsu = db.session.scalars(select(OrgUnit).where(OrgUnit.code == "JS")).one()
    assert jiangsu.path == f"/{company.id}/{jiangsu.parent_id}/{jiangsu.id}/"
    assert (jiangsu.company_id, jiangsu.head.role) == (company.id, "manager")
    assert db.session.scalar(select(func.count()).where(Member.company_id == company.id)) == 474
