"""What company A1 handed in before today: there to be found, counted and exported from the first minute on."""

from collections.abc import Callable

from sqlalchemy import func, select

from core.db import db
from organization import accounts
from organization.models import Company, Member
from runtime.facts.models import Touch
from runtime.submissions.models import Submission
from seeds.demo import records_a1
from tests.submissions.conftest import SignIn

LOGS = "/forms/medical.visit_log/records"


def test_visits_of_four_weeks_are_found_counted_and_exported(
    demo_pack: Company, sign_in: SignIn, run_jobs: Callable[[], int]
) -> None:
    records_a1.load(demo_pack)
    people = {code: _member(code) for code in ("RHD", "E0002")}
    for code, member in people.items():
        accounts.create(member, login=code, password="guantong-2025", must_change=False)
    assert _count(Submission, Submission.state == "submitted") == 68
    manager = sign_in(people["RHD"])
    seen = manager.get(LOGS).text
    assert "上海" in seen
    assert "四川" not in seen  # of another region
    assert '<th scope="row">' not in manager.get("/forms/medical.factor_feedback/records").text
    hr = sign_in(people["E0002"])
    quotes = hr.get(LOGS, query_string={"field": "f3", "op": "=", "value": "报价"}).text
    assert quotes.count('<th scope="row">') == 7
    assert len(hr.get(f"{LOGS}.csv").text.splitlines()) == 59
    run_jobs()
    made = [record.values["kind"] for record in db.session.scalars(select(Submission)) if "kind" in record.values]
    assert _count(Touch, Touch.source == "form", Touch.kind == "visit") == made.count("visit") > 30


def _member(code: str) -> Member:
    return db.session.scalars(select(Member).where(Member.code == code)).one()


def _count(model: type[Submission | Touch], *where: object) -> int:
    return db.session.scalar(select(func.count(model.id)).where(*where)) or 0
