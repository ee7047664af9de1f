"""Invitations and resets: how people who were imported get in."""

import datetime as dt
import io
import json
import re

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from core import clock
from core.db import db
from organization.models import AuthSession, Invitation, Member
from tests.product import PASSWORD, TODAY, People

NEW = "一个新的密码-2025"


@pytest.fixture
def newcomer(people: People) -> Member:
    """Imported: a member with a phone number and no account."""
    member = Member(
        company_id=people.company.id,
        unit_id=people.shanghai.id,
        code="S002",
        name="=新人",
        pinyin="xin ren",
        role="sales",
        phone="13900139000",
        joined_on=TODAY.date(),
        attributes={},
    )
    db.session.add(member)
    db.session.commit()
    return member


def links_of(page: str) -> list[str]:
    return re.findall(r'value="http://localhost(/welcome/[^"]+)"', page)


def link_for(client, unit) -> str:
    return links_of(client.post("/invitations", data={"unit": unit.id, "how": "page"}).text)[0]


def take(client, link: str, password: str = NEW, again: str | None = None):
    return client.post(link, data={"password": password, "again": again or password})


def test_a_newcomer_gets_a_link_and_is_in(browser, people: People, newcomer: Member, enter):
    hr = enter(browser(), "H001")
    listed = hr.get(f"/invitations?unit={people.shanghai.id}").text
    assert "上海：1 人" in listed
    assert "安店长" not in listed, "he has a password"
    link = link_for(hr, people.shanghai)
    client = browser()
    welcome = client.get(link).text
    assert "=新人，欢迎" in welcome
    assert "13900139000" in welcome
    assert take(client, link).location == "/"
    assert client.get("/account").status_code == 200
    enter(browser(), "13900139000", NEW)


def test_a_link_works_once(browser, people: People, newcomer: Member, enter):
    link = link_for(enter(browser(), "H001"), people.shanghai)
    take(browser(), link)
    again = take(browser(), link, "another-password-1")
    assert again.status_code == 409
    assert "链接已使用过" in again.text
    assert browser().get(link).status_code == 409


def test_a_link_expires_after_seven_days(browser, people: People, newcomer: Member, enter):
    link = link_for(enter(browser(), "H001"), people.shanghai)
    with clock.at(TODAY + dt.timedelta(days=7, minutes=1)):
        late = take(browser(), link)
    assert late.status_code == 409
    assert "链接已过期" in late.text
    assert newcomer.account.password_hash is None


def test_a_new_link_puts_the_older_out_of_use(browser, people: People, newcomer: Member, enter):
    hr = enter(browser(), "H001")
    older, newer = link_for(hr, people.shanghai), link_for(hr, people.shanghai)
    assert take(browser(), older).status_code == 404
    assert take(browser(), newer).status_code == 303


def test_a_mistyped_link_is_answered_in_words(client, people: People):
    for link in ("/welcome/x", "/welcome/" + "a" * 2000, "/setup/x"):
        answer = client.get(link)
        assert answer.status_code == 404
        assert "链接无效" in answer.text


def test_a_bad_password_does_not_use_the_link_up(browser, people: People, newcomer: Member, enter):
    link = link_for(enter(browser(), "H001"), people.shanghai)
    client = browser()
    assert "至少 8 个字符" in take(client, link, "short").text
    assert "不一致" in take(client, link, NEW, "other").text
    assert take(client, link, "13900139000").status_code == 422
    assert take(client, link).status_code == 303


def test_the_table_holds_no_link(browser, people: People, newcomer: Member, enter):
    link = link_for(enter(browser(), "H001"), people.shanghai)
    kept = db.session.scalars(select(Invitation)).one()
    assert kept.digest not in link
    assert link.rpartition("/")[2] not in json.dumps([kept.digest, kept.purpose])


def test_who_forgot_his_password_gets_a_link_and_is_out_elsewhere(browser, people: People, enter):
    hr, there = enter(browser(), "H001"), enter(browser(), "S001")
    page = hr.post(f"/invitations/members/{people.an.id}").text
    client = browser()
    (link,) = links_of(page)
    assert "为 安店长 设置新密码" in client.get(link).text
    assert there.get("/account").status_code == 200, "until the link is used nothing changes"
    take(client, link)
    assert there.get("/account").status_code == 303
    assert browser().post("/sign-in", data={"login": "S001", "password": PASSWORD}).status_code == 422


def test_links_come_as_a_workbook_too(people: People, newcomer: Member, sign_in):
    client = sign_in(people.hr)
    answer = client.post("/invitations", data={"unit": people.headquarters.id, "how": "xlsx"})
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert rows[0][:4] == ["姓名", "工号", "单位", "登录名"]
    assert rows[1][:4] == ["=新人", "S002", "上海", "13900139000"]
    assert take(client, rows[1][4].removeprefix("http://localhost")).status_code == 303


def test_everybody_without_a_password_in_four_statements(people: People, sign_in, counted_statements):
    client = sign_in(people.hr)
    for number in range(30):
        db.session.add(
            Member(
                company_id=people.company.id,
                unit_id=people.shanghai.id,
                code=f"N{number}",
                name=f"成员{number}",
                pinyin=f"{number}",
                role="sales",
                joined_on=TODAY.date(),
                attributes={},
            )
        )
    db.session.commit()
    with counted_statements() as counted:
        assert "康联医疗器械：30 人" in client.get("/invitations").text
    assert counted.count <= 4, counted.statements


def test_nobody_invites_outside_his_units(browser, people: People, east_hr: Member, newcomer: Member, enter):
    newcomer.unit_id = people.headquarters.id
    client = enter(browser(), "H002")
    assert client.post("/invitations", data={"unit": people.headquarters.id}).status_code == 403
    assert client.post(f"/invitations/members/{newcomer.id}").status_code == 404
    assert client.post("/invitations", data={"unit": "x"}).status_code == 422
    assert client.post("/invitations/members/9999").status_code == 404
    assert enter(browser(), "S001").get("/invitations").status_code == 403


def test_a_link_is_no_way_into_an_account_that_may_more(browser, people: People, east_hr: Member, enter):
    people.hr.unit_id = people.east.id  # sits in 华东, holds rights over the whole company
    client = enter(browser(), "H002")
    refused = client.post(f"/invitations/members/{people.hr.id}")
    assert refused.status_code == 403
    assert "所辖单位之外" in refused.text
    again = client.post("/invitations", data={"unit": people.east.id, "again": "1"}).text
    assert "安店长" in again
    assert "何人事" not in again


def test_who_has_left_or_is_disabled_gets_no_link(browser, people: People, newcomer: Member, enter):
    newcomer.left_on = TODAY.date()
    people.an.account.disabled = True
    hr = enter(browser(), "H001")
    assert links_of(hr.post("/invitations", data={"unit": people.shanghai.id, "again": "1"}).text) == []
    for member in (newcomer, people.an):
        refused = hr.post(f"/invitations/members/{member.id}")
        assert refused.status_code == 409
        assert "不能登录" in refused.text


def test_two_people_with_one_name_for_signing_in(browser, people: People, newcomer: Member, enter):
    newcomer.phone, newcomer.code = None, "H001-x"
    people.an.account.login = "h001-x"
    page = enter(browser(), "H001").post("/invitations", data={"unit": people.shanghai.id}).text
    assert f"{people.company.id}-h001-x" in page


def test_the_command_line_invites_a_unit(guantong, people: People, newcomer: Member, client):
    answer = guantong("members", "invite", "--unit", "SH", "--json")
    assert answer.exit_code == 0, answer.output
    (link,) = json.loads(answer.stdout)["links"]
    assert (link["code"], link["login"]) == ("S002", "13900139000")
    assert take(client, link["url"].removeprefix("http://127.0.0.1:8000")).status_code == 303
    assert json.loads(guantong("members", "invite", "--json").stdout) == {"links": []}


def test_the_command_line_names_an_unknown_unit(guantong, people: People):
    answer = guantong("members", "invite", "--unit", "NOWHERE", "--json")
    assert answer.exit_code == 1
    assert "NOWHERE" in answer.stderr


def test_using_a_link_begins_one_session(browser, people: People, newcomer: Member, enter):
    link = link_for(enter(browser(), "H001"), people.shanghai)
    take(browser(), link)
    assert len(db.session.scalars(select(AuthSession).filter_by(member_id=newcomer.id)).all()) == 1
