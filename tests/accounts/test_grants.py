import pytest
from sqlalchemy import select

from core.audit import AuditEvent
from core.db import db
from organization.models import Grant, Member
from tests.accounts.conftest import grant_of
from tests.product import People, add_member


def grant(client, member: Member, role: str, unit, reason: str = "新任命"):
    return client.post("/grants", data={"member": member.id, "role": role, "unit": unit.id, "reason": reason})


def test_hr_grants_a_role_and_the_record_says_why(people: People, sign_in):
    client = sign_in(people.hr)
    assert grant(client, people.an, "manager", people.shanghai).status_code == 303
    roles = {grant.role for grant in db.session.scalars(select(Grant).filter_by(member_id=people.an.id))}
    assert roles == {"sales", "manager"}
    event = db.session.scalars(select(AuditEvent).filter_by(action="grant.add")).one()
    assert (event.by_id, event.subject) == (people.hr.id, f"member:{people.an.id}")
    assert event.value.after == {"role": "manager", "unit": people.shanghai.id}
    assert event.value.reason == "新任命"


def test_a_role_is_taken_away_at_once(browser, people: People, enter):
    manager, hr = enter(browser(), "E001"), enter(browser(), "H001")
    held = grant_of(people.east_manager)
    grant(hr, people.east_manager, "it_admin", people.east)
    assert manager.get("/grants").status_code == 200
    extra = db.session.scalars(select(Grant).filter_by(member_id=people.east_manager.id, role="it_admin")).one()
    assert "将不再是" in hr.get(f"/grants/{extra.id}/remove").text
    assert hr.post(f"/grants/{extra.id}/remove", data={"reason": "轮岗"}).status_code == 303
    assert manager.get("/grants").status_code == 403
    assert db.session.get(Grant, held.id) is not None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reason": "  "}, "请填写原因"),
        ({"reason": "x" * 501}, "请填写原因"),
        ({"role": "emperor"}, "请从列表中选择角色"),
        ({"role": ""}, "请从列表中选择角色"),
        ({"member": ""}, "请按姓名查找"),
        ({"member": "99999"}, "请按姓名查找"),
        ({"member": "1e9"}, "请按姓名查找"),
        ({"unit": "x"}, "请选择单位"),
        ({"unit": "-1"}, "请选择单位"),
    ],
)
def test_a_bad_grant_is_refused_in_words(people: People, sign_in, wrong: dict[str, str], said: str):
    form = {"member": people.an.id, "role": "manager", "unit": people.shanghai.id, "reason": "新任命"}
    answer = sign_in(people.hr).post("/grants", data=form | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert grant_of(people.an).role == "sales"


def test_the_same_role_twice_is_refused(people: People, sign_in):
    answer = grant(sign_in(people.hr), people.an, "sales", people.shanghai)
    assert answer.status_code == 409
    assert "已有该角色" in answer.text


def test_hr_of_a_region_grants_in_his_region_only(browser, people: People, east_hr: Member, enter):
    client = enter(browser(), "H002")
    assert grant(client, people.an, "hr_admin", people.shanghai).status_code == 303
    refused = grant(client, people.an, "sales", people.headquarters)
    assert refused.status_code == 403
    assert "请联系 康联医疗器械 的管理员" in refused.text
    listed = client.get("/grants").text
    assert "安店长" in listed
    assert "何人事" not in listed
    of_hr = grant_of(people.hr)
    assert client.get(f"/grants/{of_hr.id}/remove").status_code == 404
    assert client.post(f"/grants/{of_hr.id}/remove", data={"reason": "x"}).status_code == 404


def test_others_may_neither_look_nor_grant(browser, people: People, enter):
    for login in ("S001", "E001"):
        client = enter(browser(), login)
        assert client.get("/grants").status_code == 403
        assert client.get("/grants/people?q=a").status_code == 403
        assert grant(client, people.an, "hr_admin", people.headquarters).status_code == 403


def test_the_last_hr_admin_stays(browser, people: People, it: Member, enter):
    held = grant_of(people.hr)
    for login in ("H001", "T001"):
        refused = enter(browser(), login).post(f"/grants/{held.id}/remove", data={"reason": "试试"})
        assert refused.status_code == 409
        assert "最后一位 HR 管理员" in refused.text
    second = add_member(people.headquarters, "H003", "李人事", "hr_admin")
    second.account.disabled = True
    client = enter(browser(), "T001")
    assert client.post(f"/grants/{held.id}/remove", data={"reason": "试试"}).status_code == 409, "she cannot sign in"
    second.account.disabled = False
    assert client.post(f"/grants/{held.id}/remove", data={"reason": "交接"}).status_code == 303


def test_people_are_found_by_name_pinyin_and_number(people: People, sign_in):
    client = sign_in(people.hr)
    people.an.pinyin = "an dian zhang"
    for words in ("安店", "andian", "s001"):
        assert "安店长" in client.get("/grants/people", query_string={"q": words}).text
    assert "没有找到" in client.get("/grants/people?q=zzz").text


def test_the_list_is_searched_and_paged_in_few_statements(people: People, sign_in, counted_statements):
    for number in range(60):
        add_member(people.shanghai, f"N{number:02}", f"成员{number}", "sales")
    client = sign_in(people.hr)
    with counted_statements() as counted:
        first = client.get("/grants").text
    assert counted.count <= 4, counted.statements
    assert "page=2" in first
    assert first.count("收回</a>") == 50
    second = client.get("/grants?page=2").text
    assert second.count("收回</a>") == 13
    assert "page=1" in second
    assert client.get("/grants?role=hr_admin").text.count("收回</a>") == 1
    assert client.get("/grants?q=成员59").text.count("收回</a>") == 1
    assert "没有符合条件的权限" in client.get("/grants?q=nobody&page=0").text
    assert client.get("/grants?page=abc&role=emperor").status_code == 200


def test_a_member_of_another_company_is_not_there(people: People, sign_in, guantong):
    guantong("admin", "create", "--login", "boss", "--name", "钱总", "--company", "乙公司")
    boss = db.session.scalars(select(Member).filter_by(name="钱总")).one()
    client = sign_in(people.hr)
    assert "钱总" not in client.get("/grants/people", query_string={"q": "钱总"}).text
    assert grant(client, boss, "sales", people.shanghai).status_code == 422
    assert grant(client, people.an, "sales", boss.unit).status_code == 422
