"""Who is told of a review, and where the right to decide it must be held."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from builder import definitions
from builder.models import DefinitionVersion
from core.db import db
from organization.models import Member
from tests.builder import documents
from tests.builder.reviewing import decide, in_force, page, submit
from tests.product import People, add_member


def counted(client: FlaskClient) -> int:
    """The number beside 待审 in the menu."""
    found = re.search(r'<span>待审</span><span class="count">(\d+)</span>', client.get("/account").text)
    return int(found[1]) if found else 0


def for_you(client: FlaskClient) -> int:
    return client.get("/definitions/reviews").text.count("等您处理")


def test_reviewers_are_told_what_waits_for_them_and_nobody_else(
    people: People, ops: Member, it: Member, draft: DefinitionVersion, sign_in: Any
) -> None:
    add_member(people.headquarters, "O002", "苏二", "sales_ops")
    metric = definitions.create(people.company.id, documents.load("metric"), by_id=ops.id)
    client = sign_in(ops)
    submit(client, draft)
    submit(client, metric)
    waiting = {"H001": 2, "T001": 2, "O001": 0, "O002": 0}
    for code, number in waiting.items():
        client = sign_in(db.session.scalars(select(Member).where(Member.code == code)).one())
        assert (counted(client), for_you(client)) == (number, number), code


@pytest.mark.parametrize(
    ("verdict", "told"), [("approve", ["已批准", "何人事"]), ("return", ["已退回", "何人事", "请补充依据"])]
)
def test_the_submitter_is_told_how_it_ended_until_he_knows(
    people: People, ops: Member, draft: DefinitionVersion, sign_in: Any, verdict: str, told: list[str]
) -> None:
    submit(sign_in(ops), draft)
    decide(sign_in(people.hr), draft, verdict, reason="请补充依据")
    client = sign_in(ops)
    assert counted(client) == 1
    home = client.get("/", follow_redirects=True)
    assert "您提交的 1 项变更有结果了" in home.text
    assert "有结果了" not in client.get("/account").text, "it is news where he begins, not on every page"
    page = client.get("/definitions/reviews").text
    assert [word for word in told if word not in page] == []
    assert client.post("/definitions/reviews/seen").status_code == 303
    assert counted(client) == 0
    assert "有结果了" not in client.get("/", follow_redirects=True).text
    assert told[0] in client.get("/definitions/reviews").text, "it stays to be looked up"


def test_what_he_withdrew_himself_is_no_news_and_what_somebody_else_did_is(
    people: People, ops: Member, draft: DefinitionVersion, sign_in: Any
) -> None:
    client = sign_in(ops)
    submit(client, draft)
    decide(client, draft, "withdraw")
    assert counted(client) == 0
    submit(client, draft)
    decide(sign_in(people.hr), draft, "withdraw")
    assert counted(sign_in(ops)) == 1


# ── where the right must be held ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def partner(people: People) -> Member:
    """An HR partner of one region."""
    return add_member(people.east, "H009", "华东HRBP", "hr_admin")


def test_S54_a_right_for_one_region_does_not_approve_for_all(
    people: People, ops: Member, partner: Member, draft: DefinitionVersion, sign_in: Any
) -> None:
    submit(sign_in(ops), draft)
    client = sign_in(partner)
    assert "对全公司生效" in page(client, draft)
    assert (counted(client), for_you(client)) == (0, 0)
    for verdict in ("approve", "return"):
        assert decide(client, draft, verdict, reason="不行").status_code == 403
    assert in_force(draft) == 1
    assert "华东HRBP" not in page(sign_in(ops), draft), "who cannot approve is not named as one who can"


def test_a_right_for_one_region_publishes_and_retires_nothing_alone(
    people: People, partner: Member, sign_in: Any
) -> None:
    metric = definitions.create(people.company.id, documents.load("metric"), by_id=people.hr.id)
    db.session.commit()
    client = sign_in(partner)
    assert client.post(f"/definitions/{metric.definition_id}/review", data={"note": "首版"}).status_code == 403
    sign_in(people.hr).post(f"/definitions/{metric.definition_id}/review", data={"note": "首版"})
    assert in_force(metric) == 1
    client = sign_in(partner)
    assert client.post(f"/definitions/{metric.definition_id}/versions/{metric.id}/retire").status_code == 403
    assert in_force(metric) == 1


def test_a_region_may_propose_and_the_company_approves(
    people: People, it: Member, partner: Member, draft: DefinitionVersion, sign_in: Any
) -> None:
    assert submit(sign_in(partner), draft).status_code == 303
    assert decide(sign_in(people.hr), draft, "approve").status_code == 403, "HR it was that submitted"
    assert decide(sign_in(it), draft, "approve").status_code == 303
    assert in_force(draft) == 2
