"""The menu follows the role, what a person uses most first; `/` leads there."""

import re

import pytest

from core.db import db
from organization.models import Grant, Member
from organization.roles import ROLES
from tests.product import People, add_member


def menu(client) -> list[str]:
    page = client.get("/account").text
    side = page.partition('<nav class="sidenav"')[2].partition("</nav>")[0]
    return re.findall(r"<span>([^<]+)</span>", side)


def test_the_front_line_sees_its_week_first_and_no_administration(people: People, sign_in):
    words = menu(sign_in(people.an))
    assert words[:2] == ["本周", "我的目标"]
    assert not {"目标录入", "定义", "模板包", "权限", "登录链接", "团队目标"} & set(words)


def test_a_manager_sees_his_team_first(people: People, sign_in):
    words = menu(sign_in(people.east_manager))
    assert words[0] == "团队目标"
    assert "本周" in words
    assert "目标录入" not in words


def test_hr_sees_goals_definitions_packs_and_people(people: People, sign_in):
    words = menu(sign_in(people.hr))
    assert words[:2] == ["目标", "目标录入"]
    assert {"组织", "模板包", "权限", "登录链接"} <= set(words)
    assert "本周" not in words


def test_it_sees_what_it_maintains_and_no_goals(browser, people: People, it: Member, enter):
    words = menu(enter(browser(), "T001"))
    assert {"组织", "权限", "登录链接", "模板包"} <= set(words)
    assert not {"目标", "目标录入", "本周"} & set(words)


@pytest.mark.parametrize("role", ROLES)
def test_everybody_has_a_home_and_a_menu_that_leads_where_he_may_go(browser, people: People, enter, role: str):
    add_member(people.shanghai, "X001", "某人", role)
    client = enter(browser(), "X001")
    home = client.get("/")
    assert home.status_code == 303
    page = client.get(home.location)
    assert page.status_code == 200, (home.location, page.text[:500])
    side = page.text.partition('<nav class="sidenav"')[2].partition("</nav>")[0]
    for address in re.findall(r'href="([^"]+)"', side):
        assert client.get(address).status_code == 200, address


def test_somebody_without_any_grant_still_has_a_page(browser, people: People, enter):
    db.session.execute(db.delete(Grant).where(Grant.member_id == people.an.id))
    client = enter(browser(), "S001")
    assert client.get("/").location == "/account"
    assert client.get("/account").status_code == 200
    assert client.get("/grants").status_code == 403


def test_the_page_one_is_on_is_marked(people: People, sign_in):
    page = sign_in(people.hr).get("/grants/new").text
    side = page.partition('<nav class="sidenav"')[2].partition("</nav>")[0]
    marked = re.findall(r'href="([^"]+)" aria-current="page"', side)
    assert marked == ["/grants"]


def test_the_menu_speaks_english(people: People, sign_in):
    client = sign_in(people.an)
    client.post("/language", data={"language": "en"})
    assert menu(client)[:2] == ["My week", "My goals"]


def test_the_corner_says_who_one_is(people: People, sign_in):
    assert "大区经理 · 华东大区" in sign_in(people.east_manager).get("/account").text
