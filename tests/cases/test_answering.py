"""A case is taken up, acted on and solved, and whoever opened it reads what came of it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from core.audit import AuditEvent
from core.db import db
from organization.models import Member
from runtime.cases import cases
from runtime.cases.cases import Opened
from runtime.cases.models import Case
from runtime.knowledge.models import Asset
from tests.product import People, add_member

SignIn = Callable[[Member], FlaskClient]


@pytest.fixture
def case(people: People) -> Case:
    """安店长 suggested something in 上海."""
    found = cases.open_case(
        people.company.id, Opened("suggestion", "把体验角移到入口", people.shanghai.id, opened_by=people.an.id)
    )
    db.session.commit()
    return found


def test_S100_the_filer_sees_what_came_of_his_suggestion(people: People, case: Case, sign_in: SignIn) -> None:
    address, boss = f"/cases/{case.id}", sign_in(people.east_manager)
    assert boss.post(f"{address}/state", data={"state": "acknowledged"}).status_code == 303
    assert boss.post(f"{address}/state", data={"state": "acting", "text": "本周试两家店"}).status_code == 303
    assert boss.post(f"{address}/state", data={"state": "resolved"}).status_code == 422, "it asks what came of it"
    assert boss.post(f"{address}/state", data={"state": "resolved", "text": "进店多一成,全区推广"}).status_code == 303
    page = sign_in(people.an).get(address).text
    for words in ("进店多一成,全区推广", "本周试两家店", "华东大区经理", "已解决"):
        assert words in page
    stored = db.session.get_one(Case, case.id)
    assert (stored.state, stored.owner_id) == ("resolved", people.east_manager.id)
    moves = db.session.query(AuditEvent).filter_by(subject=f"case:{case.id}", action="case.move").count()
    assert moves == 3


def test_only_who_answers_it_moves_it_and_strangers_do_not_see_it(people: People, case: Case, sign_in: SignIn) -> None:
    stranger = add_member(people.headquarters, "T001", "路人", "sales")
    db.session.commit()
    assert sign_in(stranger).get(f"/cases/{case.id}").status_code == 404
    assert "把体验角移到入口" not in sign_in(stranger).get("/cases").text
    filer = sign_in(people.an)
    assert filer.post(f"/cases/{case.id}/state", data={"state": "acknowledged"}).status_code == 403
    assert filer.post(f"/cases/{case.id}/notes", data={"text": "补一张照片"}).status_code == 303
    assert "补一张照片" in filer.get(f"/cases/{case.id}").text


def test_of_two_who_take_it_up_at_once_the_second_is_told(people: People, case: Case, sign_in: SignIn) -> None:
    client = sign_in(people.east_manager)
    client.post(f"/cases/{case.id}/state", data={"state": "acknowledged"})
    assert client.post(f"/cases/{case.id}/state", data={"state": "acknowledged"}).status_code == 409


def test_a_case_is_handed_over_to_somebody_by_name(people: People, case: Case, sign_in: SignIn) -> None:
    boss = sign_in(people.east_manager)
    assert boss.post(f"/cases/{case.id}/owner", data={"owner": "没有这个人"}).status_code == 422
    assert boss.post(f"/cases/{case.id}/owner", data={"owner": "安店长 (S001)"}).status_code == 303
    assert sign_in(people.an).post(f"/cases/{case.id}/state", data={"state": "acknowledged"}).status_code == 303


def test_S97_a_solved_case_becomes_knowledge(people: People, case: Case, sign_in: SignIn) -> None:
    boss = sign_in(people.east_manager)
    for state in ("acknowledged", "resolved"):
        boss.post(f"/cases/{case.id}/state", data={"state": state, "text": "入口右侧最好"})
    assert "入口右侧最好" in boss.get(f"/knowledge/new?case={case.id}").text
    kept = boss.post("/knowledge/new", data={"case": str(case.id), "title": "体验角的位置", "body": "入口右侧最好"})
    assert kept.status_code == 303
    asset = db.session.query(Asset).one()
    assert f'href="/cases/{case.id}"' in boss.get(f"/knowledge/{asset.id}").text
