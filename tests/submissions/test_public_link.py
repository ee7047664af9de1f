"""A form by a link: off by default, with limits of its own, and nothing of the house to be seen through it."""

import re

from flask.testing import FlaskClient
from sqlalchemy import select

from core.db import db
from runtime.submissions.models import Submission
from tests.product import People
from tests.submissions.conftest import KEY, POSTED, Publish, SignIn

LINK = {"most_a_day": 2, "until": "2025-07-31"}


def link_of(client: FlaskClient) -> str:
    found = re.search(r'href="http://[^/]+(/public/forms/[^"]+)"', client.get(f"/forms/{KEY}").text)
    return found[1] if found else ""


def sent() -> list[Submission]:
    return list(db.session.scalars(select(Submission)))


def test_there_is_no_link_unless_the_form_says_so(people: People, publish: Publish, sign_in: SignIn) -> None:
    publish()
    assert link_of(sign_in(people.hr)) == ""


def test_somebody_without_an_account_sends_it_and_the_day_has_its_number(
    people: People, publish: Publish, sign_in: SignIn, client: FlaskClient
) -> None:
    publish(public=LINK)
    link = link_of(sign_in(people.hr))
    client.post("/sign-out")
    assert "区域提案" in client.get(link).text
    assert client.post(f"{link}/live", data=POSTED | {"relevance": "1"}).status_code == 200
    assert sent() == [], "nothing is kept before it is sent"
    assert client.post(link, data=POSTED | {"relevance": "9"}).status_code == 422
    for name in ("one", "one", "two", "three"):
        answer = client.post(link, data=POSTED | {"client_id": name})
    assert answer.status_code == 403
    assert [(one.client_id, one.submitter_id, one.source) for one in sent()] == [
        ("one", None, "link"),
        ("two", None, "link"),
    ]
    assert sent()[0].unit_id == people.headquarters.id


def test_nobody_of_the_house_is_seen_through_it(people: People, publish: Publish, sign_in: SignIn) -> None:
    publish(public=LINK)
    client = sign_in(people.hr)
    link = link_of(client)
    client.post("/sign-out")
    page = client.get(link).text
    assert "安店长" not in page
    answer = client.post(link, data=POSTED | {"client_id": "one", "owner": str(people.an.id)})
    assert answer.status_code == 422
    assert client.get(f"/forms/{KEY}/offered?field=f9").status_code == 303


def test_a_made_up_link_leads_nowhere(people: People, publish: Publish, client: FlaskClient) -> None:
    publish(public=LINK)
    assert client.get("/public/forms/1.made-up").status_code == 404


def test_a_link_whose_last_day_is_over_takes_nothing(people: People, publish: Publish, sign_in: SignIn) -> None:
    publish(public=LINK | {"until": "2025-06-29"})
    client = sign_in(people.hr)
    assert client.post(link_of(client), data=POSTED | {"client_id": "one"}).status_code == 403
    assert sent() == []
