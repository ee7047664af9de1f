"""Links by e-mail, through a real SMTP server on this machine."""

import datetime as dt
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from core import clock, jobs
from core.db import db
from core.jobs import Outbox
from organization.models import Invitation
from tests.product import TODAY, People

NEW = "一个新的密码-2025"


class Mailbox:
    """Keeps what it is given; `broken` refuses it for now."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.broken = False

    async def handle_DATA(self, _server, _session, envelope) -> str:
        if self.broken:
            return "451 try again later"
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def mailbox(app: Flask) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    app.config["SETTINGS"] = replace(
        app.config["SETTINGS"], smtp_url=f"smtp://127.0.0.1:{port}", smtp_from="hr@example.com"
    )
    yield mailbox
    server.stop()


@pytest.fixture
def forgetful(people: People) -> None:
    people.an.email = "an@example.com"
    for member in (people.an, people.east_manager):
        member.account.password_hash = None


def send(client, people: People):
    form = {"unit": people.headquarters.id, "how": "mail"}
    return client.post("/invitations", data=form, follow_redirects=True)


def test_a_link_arrives_and_works(browser, people: People, forgetful, mailbox: Mailbox, enter: Callable):
    answer = send(enter(browser(), "H001"), people)
    assert "正在发送 1 封邮件；另有 1 人没有邮箱" in answer.text
    jobs.run_due()
    (letter,) = mailbox.letters
    assert (letter["To"], letter["From"], letter["Subject"]) == ("an@example.com", "hr@example.com", "您的贯通登录链接")
    text = letter.get_content()
    assert "安店长" in text
    (link,) = re.findall(r"http://localhost(/welcome/\S+)", text)
    taken = browser().post(link, data={"password": NEW, "again": NEW})
    assert taken.status_code == 303
    enter(browser(), "an@example.com", NEW)


def test_english_readers_get_english(browser, people: People, forgetful, mailbox: Mailbox, enter):
    people.an.language = "en"
    send(enter(browser(), "H001"), people)
    jobs.run_due()
    assert mailbox.letters[0]["Subject"] == "Your access to Guantong"


def test_no_row_ever_holds_a_link(browser, people: People, forgetful, mailbox: Mailbox, enter):
    send(enter(browser(), "H001"), people)
    row = db.session.scalars(select(Outbox)).one()
    assert set(row.payload) == {"member_id", "by_id", "base_url"}
    assert db.session.scalar(select(Invitation.digest)) is None


def test_a_server_that_is_down_is_tried_again(browser, people: People, forgetful, mailbox: Mailbox, enter):
    mailbox.broken = True
    send(enter(browser(), "H001"), people)
    jobs.run_due()
    row = db.session.scalars(select(Outbox)).one()
    assert (row.state, row.attempts) == ("due", 1)
    assert db.session.scalar(select(Invitation.digest)) is None, "a failed attempt leaves no link behind"
    mailbox.broken = False
    with clock.at(TODAY + dt.timedelta(hours=1)):
        jobs.run_due()
    assert len(mailbox.letters) == 1


def test_without_a_mail_server_the_page_offers_the_other_ways(browser, people: People, forgetful, enter):
    client = enter(browser(), "H001")
    assert "发送邮件" not in client.get("/invitations").text
    refused = send(client, people)
    assert refused.status_code == 409
    assert "未设置邮件服务器" in refused.text
