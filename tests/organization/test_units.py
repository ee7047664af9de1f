"""The tree of units through the front door."""

import datetime as dt
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.db import db
from core.errors import Conflict, Invalid
from organization import managers, units
from organization.models import Member, OrgUnit
from tests.product import People, add_member, add_unit

SignIn = Callable[[Member], FlaskClient]


def _unit(code: str) -> OrgUnit:
    return db.session.scalars(select(OrgUnit).where(OrgUnit.code == code)).one()


def test_hr_adds_a_unit_and_it_stands_in_the_tree(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.hr)
    posted = {"code": "SH-PD", "name": "浦东", "level": "province"}
    assert client.post(f"/organisation/units/{people.shanghai.id}/add", data=posted).status_code == 303
    assert _unit("SH-PD").path == f"{people.shanghai.path}{_unit('SH-PD').id}/"
    assert "浦东" in client.get(f"/organisation?open={people.shanghai.id}").text


def test_S60_a_tree_may_be_ten_levels_deep(people: People) -> None:
    unit = people.shanghai
    for depth in range(10):
        unit = units.create(unit, f"D{depth}", f"第{depth}层", "province", by_id=None)
    assert len(units.ids_above(unit)) == 13
    assert [above.code for above in units.line_above(unit)][:3] == ["HQ", "EAST", "SH"]


def test_S60_the_names_of_levels_are_the_company_s(people: People, sign_in: SignIn) -> None:
    people.company.levels = [*people.company.levels, {"key": "store", "title": {"zh": "门店", "en": "Store"}}]
    db.session.commit()
    client = sign_in(people.hr)
    posted = {"code": "S23", "name": "南京东路店", "level": "store"}
    assert client.post(f"/organisation/units/{people.shanghai.id}/add", data=posted).status_code == 303
    assert "门店" in client.get(f"/organisation/units/{_unit('S23').id}").text


def test_moving_a_unit_takes_everything_below_along(people: People, sign_in: SignIn) -> None:
    south = add_unit(people.headquarters, "SOUTH", "华南大区", "region")
    pudong = add_unit(people.shanghai, "PD", "浦东", "province")
    client = sign_in(people.hr)
    answer = client.post(f"/organisation/units/{people.shanghai.id}/move", data={"parent": south.id})
    assert answer.status_code == 303
    assert _unit("PD").path == f"{south.path}{people.shanghai.id}/{pudong.id}/"
    assert _unit("SH").parent_id == south.id


def test_a_unit_cannot_move_below_itself(people: People, sign_in: SignIn) -> None:
    answer = sign_in(people.hr).post(f"/organisation/units/{people.east.id}/move", data={"parent": people.shanghai.id})
    assert answer.status_code == 422
    assert _unit("EAST").parent_id == people.headquarters.id


def test_a_unit_with_people_stays_open_and_an_empty_one_closes(people: People) -> None:
    with pytest.raises(Conflict, match="1"):
        units.close(people.shanghai, dt.date(2025, 6, 30), by_id=None)
    with pytest.raises(Conflict):
        units.close(people.east, dt.date(2025, 6, 30), by_id=None)
    empty = units.create(people.east, "ZJ", "浙江", "province", by_id=None)
    units.close(empty, dt.date(2025, 6, 30), by_id=None)
    with pytest.raises(Conflict):
        units.create(empty, "HZ", "杭州", "province", by_id=None)


def test_the_head_of_a_unit_is_everybody_s_manager_there_but_not_his_own(people: People) -> None:
    boss = add_member(people.headquarters, "B001", "高远", "hq_exec")
    people.headquarters.head = boss
    db.session.flush()
    assert managers.manager_of(people.an) == people.east_manager
    assert managers.manager_of(people.east_manager) == boss
    assert managers.manager_of(people.an, 2) == boss
    assert managers.manager_of(boss) is None


def test_a_named_manager_comes_before_the_head_until_he_leaves(people: People) -> None:
    mentor = add_member(people.shanghai, "M001", "李敏", "sales")
    people.an.manager = mentor
    db.session.flush()
    assert managers.manager_of(people.an) == mentor
    mentor.left_on = dt.date(2025, 6, 1)
    assert managers.manager_of(people.an, on=dt.date(2025, 5, 31)) == mentor
    assert managers.manager_of(people.an) == people.east_manager


def test_a_circle_of_named_managers_ends(people: People) -> None:
    people.an.manager_id, people.east_manager.manager_id = people.east_manager.id, people.an.id
    db.session.flush()
    assert managers.line_of(people.an) == [people.east_manager]


def test_only_somebody_present_can_lead(people: People) -> None:
    people.an.left_on = dt.date(2025, 6, 1)
    with pytest.raises(Invalid):
        units.set_head(people.shanghai, people.an, by_id=None)


def test_editing_a_unit_keeps_its_attributes_as_numbers(people: People, sign_in: SignIn) -> None:
    posted = {
        "name": "上海",
        "level": "province",
        "head": people.an.id,
        "attribute": ["history", "maturity", "potential"],
        "attribute_value": ["7.2亿", "成熟", ""],
    }
    assert sign_in(people.hr).post(f"/organisation/units/{people.shanghai.id}/edit", data=posted).status_code == 303
    assert _unit("SH").attributes == {"history": 720_000_000, "maturity": "成熟"}
    assert _unit("SH").head_id == people.an.id


def test_a_form_with_mistakes_names_each_and_changes_nothing(people: People, sign_in: SignIn) -> None:
    posted = {"code": "", "name": "", "level": "galaxy"}
    answer = sign_in(people.hr).post(f"/organisation/units/{people.east.id}/add", data=posted)
    assert answer.status_code == 422
    assert all(f'id="{field}-error"' in answer.text for field in ("code", "name", "level"))
    assert db.session.scalar(select(OrgUnit.id).where(OrgUnit.parent_id == people.east.id)) == people.shanghai.id


def test_a_salesperson_sees_his_own_units_and_no_others(people: People, sign_in: SignIn) -> None:
    north = add_unit(people.headquarters, "NORTH", "华北大区", "region")
    client = sign_in(people.an)
    page = client.get("/organisation").text
    assert "上海" in page
    assert "华北大区" not in page
    assert client.get(f"/organisation/units/{north.id}").status_code == 404
    assert client.get(f"/organisation/units/{people.shanghai.id}/edit").status_code == 403


def test_the_tree_answers_one_branch_at_a_time(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.hr)
    closed = client.get(f"/organisation/units/{people.east.id}/branch?open=0", headers={"HX-Request": "true"}).text
    opened = client.get(f"/organisation/units/{people.east.id}/branch?open=1", headers={"HX-Request": "true"}).text
    assert "上海" not in closed
    assert "上海" in opened
    assert "<html" not in opened


def test_search_finds_units_and_people_by_pinyin_and_phone(people: People, sign_in: SignIn) -> None:
    people.an.pinyin, people.an.phone = "an dian zhang", "13912345678"
    client = sign_in(people.hr)
    for words in ("安店", "andian", "an dian", "139123", "s001"):
        assert "安店长" in client.get("/organisation", query_string={"q": words}).text
    assert f"/organisation/units/{people.shanghai.id}" in client.get("/organisation?q=上海").text
    assert "安店长" not in client.get("/organisation?q=%25").text


def test_a_unit_of_another_company_is_not_there(people: People, sign_in: SignIn) -> None:
    other = units.found_company("别家", "OTHER", people.company.levels)
    client = sign_in(people.hr)
    assert client.get(f"/organisation/units/{other.id}").status_code == 404
    assert client.post(f"/organisation/units/{people.east.id}/move", data={"parent": other.id}).status_code == 404
