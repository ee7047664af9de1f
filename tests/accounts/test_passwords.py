import pytest
from sqlalchemy import select

from core.audit import AuditEvent
from core.db import db
from tests.product import PASSWORD, People

NEW = "一个新的密码-2025"


def change(client, current: str = PASSWORD, new: str = NEW, again: str | None = None):
    return client.post("/account/password", data={"current": current, "new": new, "again": again or new})


def test_a_member_changes_his_password(browser, people: People, enter):
    here, there = enter(browser(), "S001"), enter(browser(), "S001")
    assert change(here).status_code == 303
    assert "密码已修改" in here.get("/account").text
    assert there.get("/account").status_code == 303, "other browsers are signed out"
    enter(browser(), "S001", NEW)
    assert browser().post("/sign-in", data={"login": "S001", "password": PASSWORD}).status_code == 422
    assert db.session.scalars(select(AuditEvent.action).filter_by(by_id=people.an.id)).all() == ["account.password"]


@pytest.mark.parametrize(
    ("current", "new", "again", "said"),
    [
        ("not-mine", NEW, NEW, "当前密码不对"),
        (PASSWORD, "short", "short", "至少 8 个字符"),
        (PASSWORD, "x1y2" * 60, "x1y2" * 60, "最多 200 个字符"),
        (PASSWORD, "13800138000", "13800138000", "不能用自己的姓名"),
        (PASSWORD, "12345678", "12345678", "太容易被猜到"),
        (PASSWORD, "aaaaaaaaaa", "aaaaaaaaaa", "太容易被猜到"),
        (PASSWORD, NEW, "something-else", "两次输入的密码不一致"),
        (PASSWORD, PASSWORD, PASSWORD, "不能与当前密码相同"),
        ("", "", "x", "不一致"),
    ],
)
def test_a_bad_password_is_refused_in_words(client, people: People, sign_in, current, new, again, said):
    people.an.phone = "13800138000"
    sign_in(people.an)
    answer = change(client, current, new, again)
    assert answer.status_code == 422
    assert said in answer.text
    assert client.post("/sign-in", data={"login": "S001", "password": PASSWORD}).status_code == 303


def test_who_was_given_a_password_chooses_his_own_first(client, people: People, sign_in):
    people.an.account.must_change = True
    sign_in(people.an)
    for page in ("/", "/account"):
        assert client.get(page).location == "/account/password"
    asked = client.get("/account/password").text
    assert "当前密码由别人设置" in asked
    assert change(client).status_code == 303
    assert client.get("/account").status_code == 200


def test_who_must_change_may_still_leave_and_switch_language(client, people: People, sign_in):
    people.an.account.must_change = True
    sign_in(people.an)
    client.post("/language", data={"language": "en"})
    assert "Somebody else chose" in client.get("/account/password").text
    assert client.post("/sign-out").location == "/sign-in"


def test_guessing_the_present_password_is_limited(client, people: People, sign_in):
    sign_in(people.an)
    tries = [change(client, "guess").status_code for _ in range(11)]
    assert tries == [422] * 10 + [429]
