import datetime as dt
import os
import re
import subprocess
import sys

import pytest
from redis import Redis

from core import clock
from core.db import db
from organization import accounts
from organization.models import AuthSession, Member
from tests.product import PASSWORD, TODAY, People

WRONG = "登录名或密码不对"
SIX_WRONG_TRIES = """
from wsgi import create_app
client = create_app(WTF_CSRF_ENABLED=False).test_client()
for _try in range(6):
    print(client.post("/sign-in", data={"login": "S001", "password": "wrong"}).status_code)
"""


def test_a_stranger_is_asked_to_sign_in_and_led_back(client, people: People):
    asked = client.get("/account?from=mail")
    assert asked.status_code == 303
    assert asked.location == "/sign-in?next=/account?from%3Dmail"
    entered = client.post("/sign-in", data={"login": "S001", "password": PASSWORD, "next": "/account?from=mail"})
    assert entered.location == "/account?from=mail"
    assert "安店长" in client.get("/account").text


@pytest.mark.parametrize(
    "name", ["S001", "s001", "  S001 ", "138 0013-8000", "+86 13800138000", "An@Example.com", "ｓ００１"]
)
def test_login_phone_and_mail_are_names(client, people: People, name: str):
    people.an.phone, people.an.email = "13800138000", "an@example.com"
    assert client.post("/sign-in", data={"login": name, "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize("stored", ["13800138000", "138 0013 8000", "+86-138-0013-8000"])
def test_a_phone_number_is_a_name_however_it_was_imported(client, people: People, stored: str):
    people.an.phone = stored
    assert client.post("/sign-in", data={"login": "13800138000", "password": PASSWORD}).status_code == 303


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, people: People):
    wrong = client.post("/sign-in", data={"login": "S001", "password": "wrong-password"})
    unknown = client.post("/sign-in", data={"login": "nobody", "password": "wrong-password"})
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert WRONG in wrong.text
    assert without_tokens(wrong.text, "S001") == without_tokens(unknown.text, "nobody")


def without_tokens(page: str, login: str) -> str:
    """The token against forged requests says in which second it was made."""
    return re.sub(r'(content|value)="[\w.-]{60,}"', "", page.replace(f'value="{login}"', ""))


def test_an_unknown_name_costs_a_hash_too(client, people: People, monkeypatch):
    hashed = []

    real = accounts.PasswordHasher.verify
    monkeypatch.setattr(accounts.PasswordHasher, "verify", lambda *given: hashed.append(1) or real(*given))
    for name in ("S001", "nobody"):
        client.post("/sign-in", data={"login": name, "password": "wrong-password"})
    assert len(hashed) == 2


@pytest.mark.parametrize(
    "typed", [{}, {"login": "S001"}, {"login": "", "password": ""}, {"login": "S001", "password": "x" * 9999}]
)
def test_what_is_missing_or_endless_is_just_wrong(client, people: People, typed: dict[str, str]):
    answer = client.post("/sign-in", data=typed)
    assert answer.status_code == 422
    assert WRONG in answer.text


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/\t/evil.example",
        "javascript:alert(1)",
        "",
        "account",
    ],
)
def test_nobody_is_led_to_another_site(client, people: People, target: str):
    entered = client.post("/sign-in", data={"login": "S001", "password": PASSWORD, "next": target})
    assert entered.location == "/"


def test_who_has_left_cannot_enter_and_is_out_at_once(client, people: People, sign_in):
    sign_in(people.an)
    people.an.left_on = TODAY.date()
    assert client.get("/account").status_code == 303
    assert client.post("/sign-in", data={"login": "S001", "password": PASSWORD}).status_code == 422


def test_a_disabled_account_cannot_enter_and_is_out_at_once(client, people: People, sign_in):
    sign_in(people.an)
    people.an.account.disabled = True
    assert client.get("/account").status_code == 303
    assert client.post("/sign-in", data={"login": "S001", "password": PASSWORD}).status_code == 422


def test_the_eleventh_wrong_try_in_a_minute_is_refused(client, people: People):
    tries = [client.post("/sign-in", data={"login": f"name{n}", "password": "wrong"}).status_code for n in range(11)]
    assert tries == [422] * 10 + [429]


@pytest.mark.redis
def test_processes_count_wrong_tries_together_in_redis(app, people: People, redis_url: str):
    settings = app.config["SETTINGS"]
    ours = {"GUANTONG_INSTANCE": str(settings.instance), "DATABASE_URL": settings.database_url, "REDIS_URL": redis_url}
    db.session.commit()
    Redis.from_url(redis_url).flushdb()
    both = [
        subprocess.check_output([sys.executable, "-c", SIX_WRONG_TRIES], env=os.environ | ours, text=True)
        for _process in range(2)
    ]
    assert "".join(both).split() == ["422"] * 10 + ["429"] * 2


def test_a_name_is_protected_from_many_addresses(client, people: People):
    for number in range(10):
        client.post(
            "/sign-in", data={"login": "S001", "password": "wrong"}, environ_base={"REMOTE_ADDR": f"10.0.0.{number}"}
        )
    right = {"login": " s001", "password": PASSWORD}
    refused = client.post("/sign-in", data=right, environ_base={"REMOTE_ADDR": "10.0.1.1"})
    assert refused.status_code == 429
    assert "分钟" in refused.text


def test_an_office_behind_one_address_signs_in_on_monday_morning(client, people: People):
    for _member in range(30):
        assert client.post("/sign-in", data={"login": "S001", "password": PASSWORD}).status_code == 303


def test_the_cookie_is_kept_from_scripts_and_its_token_from_the_database(client, people: People, sign_in):
    entered = client.post("/sign-in", data={"login": "S001", "password": PASSWORD})
    cookie = next(value for value in entered.headers.getlist("Set-Cookie") if value.startswith("guantong_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    token = cookie.split(";")[0].partition("=")[2]
    kept = db.session.scalars(db.select(AuthSession)).one()
    assert token not in (kept.digest, kept.device)


def test_twelve_hours_or_thirty_days(browser, people: People, enter):
    short, long = enter(browser(), "S001"), enter(browser(), "S001", stay="1")
    with clock.at(TODAY + dt.timedelta(hours=13)):
        assert short.get("/account").status_code == 303
        assert long.get("/account").status_code == 200
    with clock.at(TODAY + dt.timedelta(days=31)):
        assert long.get("/account").status_code == 303


def test_a_password_is_hashed_anew_when_the_cost_changes(app, client, people: People):
    before = people.an.account.password_hash
    app.config["ARGON2"] = app.config["ARGON2"] | {"time_cost": 2}
    assert client.post("/sign-in", data={"login": "S001", "password": PASSWORD}).status_code == 303
    member = db.session.get(Member, people.an.id)
    assert before != member.account.password_hash
    assert "t=2" in member.account.password_hash


def test_signed_in_people_do_not_see_the_sign_in_page(people: People, sign_in):
    assert sign_in(people.an).get("/sign-in").location == "/"
