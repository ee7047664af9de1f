"""The approver is away, has left, is the submitter himself, was asked before, or nobody is found: never in silence."""

import datetime as dt
from collections.abc import Callable

from core import clock
from core.db import db
from organization import absences
from organization.models import Member, OrgUnit
from runtime.approvals import effects, leaving
from tests.approvals.conftest import HR, MANAGER, Document, Send, approve, asked, decide, do, open_items
from tests.product import People, add_member

Flow = Callable[..., object]
HEAD: Document = {"kind": "unit_head", "of": "submitter"}
EXECUTIVES: Document = {"kind": "role", "role": "hq_exec"}


def acts_for(people: People, member: Member, substitute: Member) -> None:
    today = clock.today()
    absences.appoint(member, substitute, today, today + dt.timedelta(days=3), by_id=people.hr.id)
    db.session.commit()


def test_a_dated_substitute_is_asked_and_either_may_answer(people: People, flow: Flow, send: Send) -> None:
    flow()
    acts_for(people, people.east_manager, people.hr)
    run = send(people.an)
    (item,) = open_items(run)
    assert (item.member_id, item.instead_of_id) == (people.hr.id, people.east_manager.id)
    assert asked(decide(run, people.east_manager)) == ["H001"]


def test_substitutes_in_a_circle_leave_it_with_the_person(people: People, flow: Flow, send: Send) -> None:
    flow()
    acts_for(people, people.east_manager, people.hr)
    acts_for(people, people.hr, people.east_manager)
    run = send(people.an)
    assert asked(run) == ["E001"]


def test_the_submitter_never_approves_himself(people: People, flow: Flow, send: Send, boss: Member) -> None:
    flow([approve("n1", {"kind": "role", "role": "region_manager"})])
    run = send(people.east_manager)
    assert asked(run) == ["B001"]
    assert open_items(run)[0].why == "next_manager"
    flow([approve("n1", {"kind": "role", "role": "region_manager"}, same_as_submitter="skip"), approve("n2", HR)])
    assert asked(send(people.east_manager, "two")) == ["H001"]


def test_who_approved_before_is_not_asked_again_where_the_flow_says_so(people: People, flow: Flow, send: Send) -> None:
    flow([approve("n1", MANAGER), approve("n2", HEAD, repeated="skip"), approve("n3", HR)])
    assert asked(decide(send(people.an), people.east_manager)) == ["H001"]
    flow([approve("n1", MANAGER), approve("n2", HEAD), approve("n3", HR)])
    assert asked(decide(send(people.an, "two"), people.east_manager)) == ["E001"]


def test_nobody_found_goes_to_somebody_else_passes_or_waits_for_an_admin(
    people: People, flow: Flow, send: Send
) -> None:
    flow([approve("n1", EXECUTIVES)])
    assert asked(send(people.an)) == ["H001"]
    flow([approve("n1", EXECUTIVES, empty={"do": "pass"}), approve("n2", HR)])
    run = send(people.an, "two")
    assert asked(run) == ["H001"]
    assert [effect.document["note"] for effect in effects.of(run)] == ["nobody_passed"]
    flow([approve("n1", EXECUTIVES, empty={"do": "assign", "to": EXECUTIVES})])
    run = send(people.an, "three")
    assert asked(run) == [None]
    token = open_items(run)[0].token
    do(run, {"do": "reassign", "item": token, "to": str(people.east_manager.id)}, people.hr, reason="没有高管")
    assert asked(run) == ["E001"]


def test_who_has_left_is_never_asked_and_what_waits_for_him_goes_up(
    people: People, flow: Flow, send: Send, boss: Member
) -> None:
    flow()
    waiting = send(people.an)
    assert asked(waiting) == ["E001"]
    people.east_manager.left_on = clock.today()
    db.session.commit()
    assert asked(send(people.an, "two")) == ["B001"]
    assert leaving.hand_on() == 1
    db.session.commit()
    assert asked(waiting) == ["B001"]
    assert open_items(waiting)[0].why == "reassigned"
    assert leaving.hand_on() == 0


def test_each_region_is_asked_and_every_one_must_agree(people: People, flow: Flow, send: Send, boss: Member) -> None:
    regions = [add_region(people, code) for code in ("NORTH", "SOUTH")]
    steps = [approve("n2", {"kind": "unit_head", "of": "row"})]
    flow([{"id": "n1", "type": "each", "over": {"units": "region"}, "steps": steps, "join": {"at_least": 2}}])
    run = send(boss)
    assert asked(run) == ["E001", "NORTH1", "SOUTH1"]
    assert [item.row for item in open_items(run)] == [str(people.east.id), *(str(one.unit_id) for one in regions)]
    decide(run, regions[1])
    run = decide(run, regions[0])
    assert (run.status, asked(run)) == ("finished", [])


def add_region(people: People, code: str) -> Member:
    unit = OrgUnit(parent_id=people.headquarters.id, path="", code=code, name=code, level="region", attributes={})
    unit.company_id = people.company.id
    db.session.add(unit)
    db.session.flush()
    unit.path = f"{people.headquarters.path}{unit.id}/"
    head = add_member(unit, f"{code}1", code, "region_manager")
    unit.head = head
    db.session.commit()
    return head


def test_people_in_a_field_are_asked(people: People, flow: Flow, send: Send) -> None:
    flow([approve("n1", {"kind": "field", "field": "负责人"})])
    colleague = add_member(people.shanghai, "S002", "李店长", "sales")
    db.session.commit()
    assert asked(send(people.an, owner=str(colleague.id))) == ["S002"]
