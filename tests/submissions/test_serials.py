"""Serial numbers: one for each record, in order, none left out, however many send at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from runtime.submissions import filling, submissions
from runtime.submissions.models import Serial, Submission
from runtime.submissions.submissions import SentAlready
from tests.product import PASSWORD, People
from tests.submissions.conftest import Publish, SignIn

KEY = "test.numbered"
NUMBERED: dict[str, Any] = {
    "data": {
        "type": "object",
        "required": ["what"],
        "properties": {
            "what": {"x-id": "f1", "title": "事项", "type": "string", "maxLength": 5},
            "no": {
                "x-id": "f2",
                "title": "编号",
                "type": "string",
                "x-serial": {"prefix": "TA-", "each": "year", "digits": 4},
            },
        },
    },
    "layout": [{"id": "l1", "field": "f1", "widget": "text"}, {"id": "l2", "field": "f2", "widget": "serial"}],
}
TOGETHER = 6
EACH = 5


def numbers() -> list[str]:
    sent = select(Submission).where(Submission.state == "submitted").order_by(Submission.id)
    return [one.values["no"] for one in db.session.scalars(sent)]


def test_each_record_has_the_next_number_and_is_called_by_it(people: People, publish: Publish, sign_in: SignIn) -> None:
    publish(NUMBERED, KEY)
    client = sign_in(people.an)
    for name, what in (("a", "一"), ("b", "太长太长太长"), ("c", "三")):
        client.post(f"/forms/{KEY}", data={"what": what, "client_id": name})
    assert numbers() == ["TA-20250001", "TA-20250002"]
    assert "TA-20250002" in client.get("/forms").text


def test_nobody_can_give_himself_a_number(people: People, publish: Publish, sign_in: SignIn) -> None:
    publish(NUMBERED, KEY)
    sign_in(people.an).post(f"/forms/{KEY}", data={"what": "一", "no": "TA-20259999", "client_id": "a"})
    assert numbers() == ["TA-20250001"]


def test_many_at_once_leave_no_gap(app: Flask, people: People, publish: Publish) -> None:
    publish(NUMBERED, KEY)
    code = people.an.code
    db.session.remove()

    def send_some(sender: int) -> list[int]:
        client = app.test_client()
        client.post("/sign-in", data={"login": code, "password": PASSWORD})
        return [
            client.post(f"/forms/{KEY}", data={"what": words, "client_id": f"{sender}-{n}-{words}"}).status_code
            for n in range(EACH)
            for words in ("好", "这一句太长了")
        ]

    with ThreadPoolExecutor(TOGETHER) as together:
        answers = [status for statuses in together.map(send_some, range(TOGETHER)) for status in statuses]
    assert sorted(set(answers)) == [303, 422]
    count = TOGETHER * EACH
    assert sorted(numbers()) == [f"TA-2025{number:04}" for number in range(1, count + 1)]
    assert db.session.scalars(select(Serial.last)).one() == count


def test_the_same_filling_from_two_threads_is_one_record(app: Flask, people: People, publish: Publish) -> None:
    publish(NUMBERED, KEY)
    code = people.an.code
    db.session.remove()

    def send_once(_sender: int) -> int:
        client = app.test_client()
        client.post("/sign-in", data={"login": code, "password": PASSWORD})
        return client.post(f"/forms/{KEY}", data={"what": "好", "client_id": "the same"}).status_code

    with ThreadPoolExecutor(TOGETHER) as together:
        answers = list(together.map(send_once, range(TOGETHER)))
    assert set(answers) == {303}
    assert numbers() == ["TA-20250001"]


def test_who_comes_second_in_the_same_instant_is_led_to_the_first(people: People, publish: Publish) -> None:
    publish(NUMBERED, KEY)
    one, other = (filling.find(people.an, KEY, "the same") for _post in range(2))
    first = submissions.submit(one, {"what": "好"})
    db.session.commit()
    with pytest.raises(SentAlready) as again:
        submissions.submit(other, {"what": "好"})
    assert again.value.submission.id == first.id
    assert numbers() == ["TA-20250001"]
