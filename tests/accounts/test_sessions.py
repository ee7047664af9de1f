from sqlalchemy import func, select

from core.db import db
from organization.models import AuthSession
from tests.product import People

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1"


def sessions() -> int:
    return db.session.scalar(select(func.count(AuthSession.digest)))


def test_signing_out_ends_this_browser_only(browser, people: People, enter):
    here, there = enter(browser(), "S001"), enter(browser(), "S001")
    left = here.post("/sign-out")
    assert (left.status_code, left.location) == (303, "/sign-in")
    assert here.get("/account").status_code == 303
    assert there.get("/account").status_code == 200


def test_a_stolen_cookie_is_worthless_after_signing_out(browser, people: People, enter):
    client = enter(browser(), "S001")
    token = client.get_cookie("guantong_session").value
    client.post("/sign-out")
    thief = browser()
    thief.set_cookie("guantong_session", token)
    assert thief.get("/account").status_code == 303


def test_signing_out_everywhere_ends_all_browsers(browser, people: People, enter):
    here, there = enter(browser(), "S001"), enter(browser(), "S001")
    stranger = enter(browser(), "H001")
    here.post("/sign-out-everywhere")
    assert here.get("/account").status_code == 303
    assert there.get("/account").status_code == 303
    assert stranger.get("/account").status_code == 200


def test_one_sees_where_one_is_signed_in_and_ends_it(browser, people: People, enter):
    here, phone = enter(browser(), "S001"), browser()
    phone.environ_base["HTTP_USER_AGENT"] = IPHONE
    enter(phone, "S001")
    assert "Safari · iPhone" in here.get("/account").text
    kept = db.session.scalars(select(AuthSession).where(AuthSession.device == IPHONE)).one()
    ended = here.post(f"/account/sessions/{kept.digest}/end", follow_redirects=True)
    assert "该浏览器已退出登录" in ended.text
    assert phone.get("/account").status_code == 303
    assert here.get("/account").status_code == 200


def test_nobody_ends_the_session_of_another(browser, people: People, enter):
    an, hr = enter(browser(), "S001"), enter(browser(), "H001")
    of_an = db.session.scalars(select(AuthSession).filter_by(member_id=people.an.id)).one()
    assert hr.post(f"/account/sessions/{of_an.digest}/end").status_code == 404
    assert hr.post("/account/sessions/none/end").status_code == 404
    assert an.get("/account").status_code == 200


def test_signing_in_sweeps_away_what_has_expired(browser, people: People, enter):
    enter(browser(), "S001")
    for session in db.session.scalars(select(AuthSession)):
        session.expires_at = session.created_at
    enter(browser(), "S001")
    assert sessions() == 1


def test_looking_writes_nothing_and_who_looks_costs_one_statement(client, people: People, sign_in, counted_statements):
    sign_in(people.an)
    with counted_statements() as counted:
        assert client.get("/account/password").status_code == 200
    assert counted.count == 1, counted.statements
    assert all(statement.startswith(("BEGIN", "SELECT", "ROLLBACK", "PRAGMA")) for statement in counted.statements)


def test_a_forged_or_empty_cookie_is_nobody(client, people: People):
    for token in ("", "x", "a" * 3000, "中文"):
        client.set_cookie("guantong_session", token)
        assert client.get("/account").status_code == 303


def test_the_browser_language_is_chosen_before_and_kept_after_signing_in(browser, people: People, enter):
    client = browser()
    client.post("/language", data={"language": "en", "next": "/sign-in"})
    assert "Password" in client.get("/sign-in").text
    enter(client, "S001")
    assert "My account" in client.get("/account").text
    other = enter(browser(), "S001")
    assert "My account" in other.get("/account").text
    changed = other.post("/language", data={"language": "zh", "next": "/account"})
    assert changed.location == "/account"
    assert "我的账号" in client.get("/account").text


def test_a_language_that_we_do_not_speak_is_refused_in_words(client, people: People):
    answer = client.post("/language", data={"language": "fr"})
    assert answer.status_code == 422
    assert "请选择 zh 或 en" in answer.text
