"""The first administrator, with and without a browser, and the demo's accounts."""

import json

import pytest
from sqlalchemy import select

from core.db import db
from core.errors import Conflict
from organization import accounts, companies
from organization.models import Company, Grant, Member
from tests.product import People

FORM = {
    "company": "新康医疗",
    "time_zone": "Asia/Shanghai",
    "name": "周一",
    "login": "zhouyi",
    "password": "一个好密码-2025",
    "again": "一个好密码-2025",
}


@pytest.fixture
def link(app) -> str:
    path = accounts.create_setup_link()
    db.session.commit()
    return path


def test_an_empty_installation_is_set_up_in_the_browser(client, link: str):
    assert "设置您的公司" in client.get(link).text
    assert client.post(link, data=FORM).location == "/"
    company = db.session.scalars(select(Company)).one()
    assert (company.name, company.time_zone) == ("新康医疗", "Asia/Shanghai")
    admin = db.session.scalars(select(Member)).one()
    assert {grant.role for grant in admin.grants} == {"hr_admin", "it_admin"}
    assert {grant.unit_id for grant in admin.grants} == {company.id}
    start = client.get("/").text
    assert "周一，欢迎" in start


def test_the_setup_names_a_company_that_is_there_already(client, link: str):
    companies.ensure_company("贯通")
    client.post(link, data=FORM)
    company = db.session.scalars(select(Company)).one()
    assert company.name == "新康医疗"
    assert companies.ensure_company("贯通").name == "新康医疗", "the next start founds no second company"


def test_the_setup_link_works_once_and_a_newer_replaces_it(client, link: str):
    newer = accounts.create_setup_link()
    assert client.get(link).status_code == 404
    assert client.post(newer, data=FORM).status_code == 303
    assert client.post(newer, data=FORM | {"login": "second"}).status_code == 409
    with pytest.raises(Conflict):
        accounts.create_setup_link()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"company": ""}, "公司名称为 1 至 120 个字符"),
        ({"time_zone": "Mars/Olympus"}, "请从列表中选择时区"),
        ({"name": ""}, "1 "),
        ({"login": "has space"}, "登录名为 1 至 120 个字符"),
        ({"login": ""}, "登录名为 1 至 120 个字符"),
        ({"password": "short", "again": "short"}, "至少 8 个字符"),
        ({"again": "other"}, "两次输入的密码不一致"),
        ({"company": "x" * 200}, "公司名称为 1 至 120 个字符"),
    ],
)
def test_a_bad_set_up_is_refused_in_words_and_changes_nothing(client, link: str, wrong: dict[str, str], said: str):
    answer = client.post(link, data=FORM | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert db.session.scalar(select(Member.id)) is None
    assert client.post(link, data=FORM).status_code == 303


def test_an_admin_is_made_on_the_command_line(guantong, client):
    made = guantong("admin", "create", "--login", "boss", "--name", "钱总", "--company", "新康医疗", "--json")
    assert made.exit_code == 0, made.output
    answer = json.loads(made.stdout)
    path = answer["url"].removeprefix("http://127.0.0.1:8000")
    assert client.post(path, data={"password": FORM["password"], "again": FORM["password"]}).status_code == 303
    assert client.post("/sign-in", data={"login": "boss", "password": FORM["password"]}).status_code == 303
    assert db.session.scalars(select(Company.name)).all() == ["新康医疗"]


def test_an_admin_with_a_password_from_standard_input(guantong, client):
    who = ("--login", "boss", "--name", "钱总")
    made = guantong("admin", "create", *who, "--password-stdin", input="一个好密码-2025\n")
    assert made.exit_code == 0, made.output
    assert "http" not in made.stdout
    assert client.post("/sign-in", data={"login": "boss", "password": "一个好密码-2025"}).status_code == 303


def test_a_login_that_is_taken_and_a_short_password_end_with_exit_1(guantong, people: People):
    taken = guantong("admin", "create", "--login", "H001", "--name", "钱总", "--json")
    assert taken.exit_code == 1
    assert json.loads(taken.stdout)["problems"][0]["path"] == "/login"
    short = guantong("admin", "create", "--login", "boss", "--name", "钱总", "--password-stdin", input="short\n")
    assert short.exit_code == 1
    assert db.session.scalar(select(Member.id).filter_by(name="钱总")) is None


def test_a_second_company_gets_its_own_admin(guantong, people: People):
    assert guantong("admin", "create", "--login", "boss", "--name", "钱总", "--company", "乙公司").exit_code == 0
    grant = db.session.scalars(select(Grant).join(Grant.member).where(Member.name == "钱总")).first()
    assert grant.unit.name == "乙公司"
    assert grant.unit.id != people.company.id


def test_the_demo_offers_one_person_of_each_role_with_one_tap(client, people: People):
    assert not accounts.has_demo_accounts()
    assert "体验演示" not in client.get("/sign-in").text
    people.company.demo = True
    people.an.account.password_hash = accounts.hasher().hash(accounts.DEMO_PASSWORD)
    page = client.get("/sign-in").text
    assert accounts.has_demo_accounts()
    assert "华东大区经理" in page
    assert [person.login for person in accounts.demo_accounts()] == ["h001", "e001", "s001"]
    offered = accounts.demo_accounts()[2]
    assert client.post("/sign-in", data={"login": offered.login, "password": offered.password}).status_code == 303
