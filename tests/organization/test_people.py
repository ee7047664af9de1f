"""People through the front door: adding, moving, leaving, being away, and who sees what."""

import csv
import datetime as dt
import io
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select

from core.db import db
from organization import absences
from organization.models import Absence, Grant, Member, Substitute
from tests.product import People, add_member, add_unit

SignIn = Callable[[Member], FlaskClient]


def _member(code: str) -> Member:
    return db.session.scalars(select(Member).where(Member.code == code)).one()


def _posted(people: People, **more: object) -> dict[str, object]:
    unit = {"unit": people.shanghai.id, "joined_on": "2025-06-30"}
    return {"name": "李敏", "code": "S100", "role": "sales"} | unit | more


def test_hr_adds_a_person_who_sorts_by_pinyin_and_may_do_his_job(people: People, sign_in: SignIn) -> None:
    assert sign_in(people.hr).post("/people/add", data=_posted(people)).status_code == 303
    member = _member("S100")
    assert member.pinyin == "li min"
    assert [(grant.role, grant.unit_id) for grant in member.grants] == [("sales", people.shanghai.id)]


def test_a_position_at_headquarters_brings_no_rights_by_itself(people: People, sign_in: SignIn) -> None:
    assert sign_in(people.hr).post("/people/add", data=_posted(people, role="hr_admin")).status_code == 303
    assert _member("S100").grants == []


def test_a_move_takes_the_field_position_s_right_along(people: People, sign_in: SignIn) -> None:
    zhejiang = add_unit(people.east, "ZJ", "浙江", "province")
    moved = _posted(people, unit=zhejiang.id, role="manager", name="安店长", joined_on="2024-01-01")
    assert sign_in(people.hr).post(f"/people/{people.an.id}/edit", data=moved).status_code == 303
    grants = db.session.execute(select(Grant.role, Grant.unit_id).where(Grant.member_id == people.an.id))
    assert [tuple(row) for row in grants] == [("manager", zhejiang.id)]


def test_every_mistake_of_a_form_is_named_at_its_field(people: People, sign_in: SignIn) -> None:
    people.east_manager.phone = "13900000000"
    wrong = _posted(people, name="", unit="", joined_on="31.02.2025", phone="13900000000", code="S001")
    answer = sign_in(people.hr).post("/people/add", data=wrong)
    assert answer.status_code == 422
    assert 'id="joined_on-error"' in answer.text
    wrong |= {"unit": people.shanghai.id, "joined_on": "2025-06-30", "left_on": "2025-06-01"}
    answer = sign_in(people.hr).post("/people/add", data=wrong)
    assert answer.status_code == 422
    assert all(f'id="{field}-error"' in answer.text for field in ("name", "phone", "code", "left_on"))


def test_two_people_cannot_manage_each_other(people: People, sign_in: SignIn) -> None:
    people.an.manager_id = people.east_manager.id
    posted = _posted(people, name="华东大区经理", role="region_manager", unit=people.east.id, manager="S001")
    answer = sign_in(people.hr).post(f"/people/{people.east_manager.id}/edit", data=posted)
    assert answer.status_code == 422
    assert 'id="manager-error"' in answer.text


def test_leave_is_recorded_and_counted_by_day(people: People, sign_in: SignIn) -> None:
    days = {"first_day": "2025-06-30", "last_day": "2025-07-02"}
    assert sign_in(people.hr).post(f"/people/{people.an.id}/absences", data=days).status_code == 303
    away = absences.absent_days([people.an.id], dt.date(2025, 7, 1), dt.date(2025, 7, 31))
    assert away == {people.an.id: {dt.date(2025, 7, 1), dt.date(2025, 7, 2)}}
    backwards = {"first_day": "2025-07-02", "last_day": "2025-07-01"}
    assert sign_in(people.hr).post(f"/people/{people.an.id}/absences", data=backwards).status_code == 422
    leave = db.session.scalars(select(Absence)).one()
    assert sign_in(people.hr).post(f"/people/absences/{leave.id}/remove").status_code == 303
    assert db.session.scalar(select(Absence.id)) is None


def test_a_substitute_acts_on_his_days_only(people: People, sign_in: SignIn) -> None:
    posted = {"substitute": "S001", "first_day": "2025-07-01", "last_day": "2025-07-04", "reason": "年假"}
    client = sign_in(people.hr)
    assert client.post(f"/people/{people.east_manager.id}/substitutes", data=posted).status_code == 303
    assert absences.substitute_of(people.east_manager, dt.date(2025, 7, 4)) == people.an
    assert absences.substitute_of(people.east_manager, dt.date(2025, 7, 5)) is None
    assert "安店长" in client.get(f"/people/{people.east_manager.id}").text
    himself = posted | {"substitute": "E001"}
    assert client.post(f"/people/{people.east_manager.id}/substitutes", data=himself).status_code == 422
    row = db.session.scalars(select(Substitute)).one()
    assert client.post(f"/people/substitutes/{row.id}/remove").status_code == 303
    assert absences.substitute_of(people.east_manager, dt.date(2025, 7, 4)) is None


def test_a_colleague_sees_who_but_not_how_much(people: People, sign_in: SignIn) -> None:
    colleague = add_member(people.shanghai, "S002", "李敏", "sales")
    colleague.attributes = {"history": 1_234_567}
    page = sign_in(people.an).get(f"/people/{colleague.id}").text
    assert "李敏" in page
    assert "123.46" not in page
    assert "123.46" in sign_in(people.east_manager).get(f"/people/{colleague.id}").text
    assert "123.46" in sign_in(colleague).get(f"/people/{colleague.id}").text


def test_an_export_keeps_amounts_from_colleagues_and_formulas_from_spreadsheets(
    people: People, sign_in: SignIn
) -> None:
    colleague = add_member(people.shanghai, "S002", '=HYPERLINK("x")', "sales")
    colleague.attributes = {"history": 1_234_567}
    assert "1234567" not in sign_in(people.an).get("/people/export.csv").get_data(as_text=True)
    body = sign_in(people.hr).get("/people/export.csv").get_data()
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    (exported,) = [row for row in rows if row[0] == "S002"]
    assert exported[1] == '\'=HYPERLINK("x")'
    assert "1234567" in exported


def test_who_has_left_is_listed_only_when_asked_for(people: People, sign_in: SignIn) -> None:
    people.an.left_on = dt.date(2025, 6, 1)
    client = sign_in(people.hr)
    assert "安店长" not in client.get("/people").text
    assert "安店长" in client.get("/people?left=1").text


def test_a_stranger_s_page_is_not_there_and_one_s_own_is(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.an)
    assert client.get(f"/people/{people.hr.id}").status_code == 404
    assert client.get(f"/people/{people.an.id}").status_code == 200
    assert client.get(f"/people/{people.an.id}/edit").status_code == 403
