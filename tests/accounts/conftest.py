from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.db import db
from core.security import limiter
from organization.models import Grant, Member
from tests.product import PASSWORD, People, add_member


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet(app: Flask) -> None:
    limiter.reset()


@pytest.fixture
def it(people: People) -> Member:
    """信息部: may grant and invite over the whole company."""
    member = add_member(people.headquarters, "T001", "方信息", "it_admin")
    db.session.commit()
    return member


@pytest.fixture
def east_hr(people: People) -> Member:
    """An HR business partner: HR of 华东, nobody elsewhere."""
    member = add_member(people.east, "H002", "钱人事", "hr_admin")
    db.session.commit()
    return member


@pytest.fixture
def browser(app: Flask) -> Callable[[], FlaskClient]:
    """Another browser than `client`."""
    return app.test_client


@pytest.fixture
def enter() -> Callable[..., FlaskClient]:
    """Sign a member in with the browser that is given."""

    def entered(client: FlaskClient, login: str, password: str = PASSWORD, **more: str) -> FlaskClient:
        answer = client.post("/sign-in", data={"login": login, "password": password} | more)
        assert answer.status_code == 303, answer.text[:2000]
        return client

    return entered


def grant_of(member: Member) -> Grant:
    return db.session.scalars(db.select(Grant).filter_by(member_id=member.id)).one()
