"""What a browser is told about every answer: nothing but our own scripts and styles, and nothing kept on the way."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import access
from core.assets import asset_url
from tests.product import People, make_app

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{nonce}; img-src 'self' data: blob:; media-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; connect-src 'self'; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    settings = app.config["SETTINGS"]
    running = make_app(settings.instance, settings.database_url, TESTING=False)
    running.add_url_rule("/crash", view_func=access.public(lambda: 1 / 0), endpoint="crash")
    return running.test_client()


@pytest.mark.parametrize("address", ["/sign-in", "/nothing", "/crash", "/jobs", "/healthz", "/api/v1/nothing"])
def test_every_answer_bears_the_policy(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    policy = re.sub(r" 'nonce-[\w-]+'", "", answer.headers["Content-Security-Policy"])
    assert policy == POLICY.format(nonce="")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_assets_bear_it_too_and_are_kept(client: FlaskClient) -> None:
    with client.application.test_request_context():
        address = asset_url("app.css")
    answer = client.get(address)
    assert answer.headers["Content-Security-Policy"] == POLICY.format(nonce="")
    assert "immutable" in answer.headers["Cache-Control"]


def test_an_answer_says_that_htmx_gets_another(client: FlaskClient) -> None:
    assert "HX-Request" in client.get("/sign-in").headers["Vary"]


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(app: Flask, people: People) -> None:
    settings = app.config["SETTINGS"]
    client = make_app(settings.instance, settings.database_url).test_client()
    client.post("/language", data={"language": "en"})
    cookie = client.get_cookie("guantong")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")


def test_a_form_without_its_token_is_refused_and_told_what_to_do(app: Flask, people: People) -> None:
    settings = app.config["SETTINGS"]
    guarded = make_app(settings.instance, settings.database_url, WTF_CSRF_ENABLED=True).test_client()
    plain = guarded.post("/sign-in", data={"login": people.an.code, "password": "x"})
    assert plain.status_code == 400
    assert "返回" in plain.text
    assert guarded.post("/sign-in", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_the_sign_of_life_answers_without_signing_in(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}
