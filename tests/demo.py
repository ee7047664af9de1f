"""The demo's company A1, as a test begins with it: 430 salespeople, then the medical pack, then two years' figures."""

import pytest
from flask import Flask
from sqlalchemy import select

from builder import packs
from core.db import db
from organization.models import Company
from seeds.demo import facts_a1, organisation_a1
from tests.beginnings import EMPTY, beginning


@beginning("demo_company", on=EMPTY)
def make_company() -> None:
    organisation_a1.load()


@beginning("demo_pack", on="demo_company")
def install_pack() -> None:
    packs.install(packs.shipped_folder("medical_goals"), find_company().id, by_id=None)


@beginning("demo_figures", on="demo_pack")
def load_figures() -> None:
    facts_a1.load(find_company())


@pytest.fixture
def demo_company(app: Flask) -> Company:
    return find_company()


@pytest.fixture
def demo_pack(demo_company: Company) -> Company:
    """A1 with the medical pack."""
    return demo_company


@pytest.fixture
def demo_figures(demo_pack: Company) -> Company:
    """A1 with the medical pack and its figures, nothing of them computed yet."""
    return demo_pack


def find_company() -> Company:
    company = db.session.scalars(select(Company)).one()
    db.session.commit()
    return company
