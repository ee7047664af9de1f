"""One person's data: handed over on request, gone on request."""

import json

import pytest
from sqlalchemy import select

from core import audit
from core.audit import AuditEvent
from core.db import db
from organization import erasure
from organization.models import Account, AuthSession, ExternalRef, Grant, Member
from tests.product import PASSWORD, TODAY, People, add_member


@pytest.fixture
def leaver(people: People) -> Member:
    member = add_member(people.shanghai, "S009", "林小美", "sales")
    member.phone, member.email, member.attributes = "13700137000", "lin@example.com", {"seniority": 3}
    db.session.add(ExternalRef(system="crm", subject="member", subject_id=member.id, external_id="lin-xiaomei"))
    subject = f"member:{member.id}"
    audit.record("member.change", subject, by_id=people.hr.id, after={"name": "林小美"}, reason="林小美 转岗")
    db.session.commit()
    return member


def everything() -> str:
    """All that the database says, as text."""
    rows = [row for table in db.metadata.tables.values() for row in db.session.execute(select(table))]
    return "\n".join(str(value) for row in rows for value in row)


def test_what_is_held_about_a_person_is_handed_over(guantong, browser, people: People, leaver: Member, enter):
    enter(browser(), "S009")
    answer = guantong("members", "export", "S009", "--json")
    assert answer.exit_code == 0, answer.output
    held = json.loads(answer.stdout)
    assert held["organization"]["member"][0]["name"] == "林小美"
    assert held["organization"]["member"][0]["attributes"] == {"seniority": 3}
    assert held["organization"]["sessions"][0]["created_at"].startswith(TODAY.date().isoformat())
    assert held["organization"]["external_refs"][0]["external_id"] == "lin-xiaomei"
    assert held["audit"][0]["reason"] == "林小美 转岗"
    assert leaver.account.password_hash not in answer.stdout
    assert answer.stdout.count("\n") == 1


def test_an_erased_person_is_nameless_and_out(guantong, browser, people: People, leaver: Member, enter):
    client = enter(browser(), "S009")
    member_id = leaver.id
    answer = guantong("members", "erase", "S009", "--yes", "--json", "--reason", "本人要求")
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout) == {"erased": member_id}
    kept = db.session.get(Member, member_id)
    assert kept.name == f"已删除成员 #{member_id}"
    assert kept.left_on == TODAY.date()
    assert client.get("/account").status_code == 303
    for name in ("S009", "13700137000", "lin@example.com"):
        assert browser().post("/sign-in", data={"login": name, "password": PASSWORD}).status_code == 422
    said = everything()
    for trace in ("林小美", "13700137000", "lin@example.com", "lin-xiaomei", "S009", "s009"):
        assert trace not in said, trace
    for model in (Account, AuthSession, Grant):
        assert db.session.scalar(select(model).filter_by(member_id=member_id)) is None


def test_the_record_stays_whole_and_says_that_somebody_was_erased(guantong, people: People, leaver: Member):
    audit.seal()
    guantong("members", "erase", str(leaver.id), "--yes")
    audit.seal()
    assert audit.verify() is None
    actions = db.session.scalars(select(AuditEvent.action).filter_by(subject=f"member:{leaver.id}")).all()
    assert actions == ["member.change", "member.erase"]


def test_it_asks_first(guantong, people: People, leaver: Member):
    assert guantong("members", "erase", "S009", input="n\n").exit_code != 0
    assert db.session.get(Member, leaver.id).name == "林小美"
    assert guantong("members", "erase", "S009", input="y\n").exit_code == 0
    assert db.session.get(Member, leaver.id).name != "林小美"


def test_nobody_is_erased_on_whom_others_depend(guantong, people: People):
    head = guantong("members", "erase", "E001", "--yes", "--json")
    assert head.exit_code == 1
    assert "负责人" in head.stderr
    last = guantong("members", "erase", "H001", "--yes", "--json")
    assert last.exit_code == 1
    assert "最后一位 HR 管理员" in last.stderr
    assert people.hr.name == "何人事"


def test_an_unknown_person_is_answered_in_words(guantong, people: People):
    for command in (("erase", "NOBODY", "--yes"), ("export", "NOBODY"), ("export", "99999")):
        answer = guantong("members", *command)
        assert answer.exit_code == 1
        assert command[1] in answer.stderr
    assert guantong("members", "export", "S001", "--company", "乙公司").exit_code == 1


def test_other_packages_add_what_they_hold(guantong, people: People, leaver: Member, monkeypatch):
    erased = []
    monkeypatch.setattr(erasure, "_holdings", dict(erasure._holdings))
    erasure.register("diary", lambda member: [f"of {member.code}"], lambda member: erased.append(member.id))
    assert json.loads(guantong("members", "export", "S009").stdout)["diary"] == ["of S009"]
    guantong("members", "erase", "S009", "--yes")
    assert erased == [leaver.id]
