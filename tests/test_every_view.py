"""Every view says who may use it, and nothing is changed without a CSRF token or a bearer token."""

from collections.abc import Iterator

from flask import Flask
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from core.access import ATTRIBUTE
from core.db import SAFE_METHODS
from organization.roles import PERMISSIONS
from tests.product import PASSWORD, People

# Open to everybody, each for a reason: nobody is signed in yet, or nothing is told.
PUBLIC = {
    "assets.file",
    "root.service_worker",
    "jobs.health",
    "accounts.sign_in",
    "accounts.enter",
    "accounts.language",
    "accounts.invitation",
    "accounts.accept",
    "accounts.setup",
    "accounts.set_up",
    "api.description",
    "public_forms.fill",
    "public_forms.live",
    "public_forms.send",
    "public_forms.upload",
    "public_forms.thanks",
}


def access_of(app: Flask, rule: Rule) -> str | None:
    return getattr(app.view_functions[rule.endpoint], ATTRIBUTE, None)


def pages(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every address with its view, its parts filled with a number or a word."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        parts = {name: _sample(rule, name) for name in rule.arguments}
        yield rule, adapter.build(rule.endpoint, parts, method=next(iter(rule.methods)))


def _sample(rule: Rule, name: str) -> object:
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 999_999 if isinstance(converter, IntegerConverter) else "x"


def test_every_view_says_who_may_use_it(app: Flask):
    silent = sorted(rule.endpoint for rule in app.url_map.iter_rules() if access_of(app, rule) is None)
    assert silent == [], "put @access.public, @access.signed_in or @access.needs(…) under the route"


def test_every_permission_that_a_view_needs_is_one_that_roles_give(app: Flask):
    needed = {access_of(app, rule) for rule in app.url_map.iter_rules()} - {"public", "signed_in"}
    assert needed <= PERMISSIONS.keys(), "add the word to organization/roles.py or mend the view"


def test_what_is_public_is_public_on_purpose(app: Flask):
    public = {rule.endpoint for rule in app.url_map.iter_rules() if access_of(app, rule) == "public"}
    assert public == PUBLIC


def test_a_stranger_is_sent_to_the_sign_in_page_from_everywhere_else(app: Flask, client, people: People):
    for rule, address in pages(app):
        if access_of(app, rule) != "public":
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                answer = client.open(address, method=method)
                is_api = address.startswith("/api/")
                assert answer.status_code == (401 if is_api else 303), (method, address)
                assert is_api or answer.location.startswith("/sign-in"), (method, address)


def test_nothing_changes_without_a_token(app: Flask, client, people: People, sign_in):
    sign_in(people.hr)
    app.config["WTF_CSRF_ENABLED"] = True
    for rule, address in pages(app):
        for method in rule.methods - SAFE_METHODS:
            answer = client.open(address, method=method, data={"login": "H001", "password": PASSWORD})
            expected = 401 if address.startswith("/api/") else 400
            assert answer.status_code == expected, (method, address, answer.text[:300])
