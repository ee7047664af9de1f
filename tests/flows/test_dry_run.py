"""全员试跑: everybody's route over a company of real rows, before anybody depends on the flow."""

import datetime as dt
from typing import Any

import pytest

import formulas
import workflows
from builder.flows import dry_run, ways
from builder.flows.dry_run import DryRun, Sample
from organization import absences, approvers
from tests.product import People, add_member

DAY = dt.date(2025, 6, 30)
SCHEMA = formulas.Schema(fields={"金额": "number", "经办人": "text"})
BOSS = [{"kind": "manager", "of": "submitter", "level": 1}]
HR = {"do": "assign", "to": {"kind": "role", "role": "hr_admin"}}


def approve(id: str, who: list[dict[str, Any]] = BOSS, **more: Any) -> dict[str, Any]:
    return {"id": id, "type": "approve", "title": id, "who": who, "empty": HR, **more}


class Company:
    """何人事 leads all, 华东大区经理 the east; 安店长 and 李敏 work in Shanghai."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.li = add_member(people.shanghai, "S002", "李敏", "sales")
        people.headquarters.head = people.hr
        self.ids = {"hr": people.hr.id, "east": people.east_manager.id, "an": people.an.id, "li": self.li.id}

    def tried(self, *steps: dict[str, Any], everywhere: bool = False, **values: Any) -> DryRun:
        chart = approvers.chart(self.people.company.id, DAY)
        workflow = workflows.read({"steps": list(steps)}, SCHEMA)
        sample = Sample(values, lambda person: {"金额": None, "经办人": person.name, **values})
        return dry_run.over(workflow, chart, chart.members.values(), sample, DAY, everywhere=everywhere)

    def told(self, found: DryRun) -> dict[tuple[str, str], set[str]]:
        names = {member: name for name, member in self.ids.items()}
        return {(one.step, one.kind): {names[person] for person in one.people} for one in found.findings}


@pytest.fixture
def company(people: People) -> Company:
    return Company(people)


def test_who_has_no_approver_is_named_with_what_the_policy_makes_of_it(company: Company) -> None:
    top = {"hr"}
    for empty, kind in (
        ({"do": "refuse_start"}, "refused"),
        ({"do": "pass"}, "passed"),
        ({"do": "reject"}, "rejected"),
        ({"do": "assign", "to": {"kind": "role", "role": "it_admin"}}, "stuck"),
    ):
        assert company.told(company.tried(approve("n1", empty=empty))) == {("n1", kind): top}
    to_vice = {"do": "assign", "to": {"kind": "member", "member": company.ids["east"]}}
    assert company.told(company.tried(approve("n1", empty=to_vice))) == {("n1", "assigned"): top}


def test_who_would_approve_himself_is_named_with_who_does_instead(company: Company) -> None:
    east = [{"kind": "member", "member": company.ids["east"]}]
    assert company.told(company.tried(approve("n1", east))) == {("n1", "his_manager"): {"east"}}
    assert company.told(company.tried(approve("n1", east, same_as_submitter="allow"))) == {("n1", "himself"): {"east"}}
    skipped = company.tried(approve("n1", east, same_as_submitter="skip"))
    assert company.told(skipped) == {("n1", "counted"): {"east"}}
    assert skipped.reached["n1"] == 4


def test_the_load_of_each_manager_is_what_he_gets_if_everybody_sends_one(company: Company) -> None:
    found = company.tried(approve("n1", empty={"do": "pass"}), approve("n2", [{"kind": "role", "role": "hr_admin"}]))
    assert found.load == {str(company.ids["east"]): 2, str(company.ids["hr"]): 4}
    absences.appoint(company.people.east_manager, company.people.an, DAY, DAY, by_id=None)
    found = company.tried(approve("n1", empty={"do": "pass"}))
    assert found.load == {str(company.ids["east"]): 1, str(company.ids["an"]): 1, str(company.ids["hr"]): 1}


def test_the_longest_chain_is_told_with_whose_it_is(company: Company) -> None:
    found = company.tried(
        approve("n1", empty={"do": "pass"}), approve("n2", [{"kind": "manager", "level": 2}], empty={"do": "pass"})
    )
    whose, route = found.longest_route() or (0, None)
    assert (found.longest, whose) == (2, company.ids["an"])
    assert route is not None
    assert [stop.people for stop in route.stops] == [
        (str(company.ids["east"]),),
        (str(company.ids["hr"]),),
    ]
    assert found.lengths == [(2, 2), (1, 1), (0, 1)]


def test_conditions_are_judged_with_the_sample_and_each_branch_is_counted(company: Company) -> None:
    branches = [
        {"id": "b1", "when": "金额>100000", "steps": [approve("n2")]},
        {"id": "b2", "when": '经办人="李敏"', "steps": []},
    ]
    step = {"id": "n1", "type": "choose", "branches": branches, "else": {"id": "b0", "steps": [approve("n3")]}}
    blank = company.tried(step)
    assert [(way.branch, way.people) for way in blank.ways] == [("b1", 0), ("b2", 1), ("b0", 3)]
    assert blank.unreached == ["n2"]
    assert [way.people for way in company.tried(step, 金额=200_000).ways] == [4, 0, 0]
    everywhere = company.tried(step, everywhere=True)
    assert [way.people for way in everywhere.ways] == [4, 4, 4]
    assert everywhere.unreached == []


def test_a_condition_that_cannot_be_computed_is_a_finding_and_not_a_no(company: Company) -> None:
    branches = [{"id": "b1", "when": "1/金额>2", "steps": []}]
    step = {"id": "n1", "type": "choose", "branches": branches, "else": {"id": "b0", "steps": []}}
    assert company.told(company.tried(step, 金额=0)) == {("n1", "unclear"): set(company.ids)}


def test_every_outcome_is_walked_when_all_branches_are_asked_for(company: Company) -> None:
    outcomes = [
        {"key": "adopt", "title": "采纳", "steps": [approve("n2")]},
        {"key": "drop", "title": "作废", "end": "rejected"},
        {"key": "back", "title": "退回", "return": {"to": "submitter"}},
    ]
    steps = (
        {"id": "n1", "type": "decide", "title": "评审", "who": BOSS, "empty": HR, "outcomes": outcomes},
        approve("n4"),
    )
    found = company.tried(*steps, everywhere=True)
    assert {way.branch: way.people for way in found.ways} == {"adopt": 4, "drop": 4, "back": 0}
    assert found.unreached == []


def test_few_walks_come_through_every_branch() -> None:
    def choose(id: str, *inner: list[dict[str, Any]]) -> dict[str, Any]:
        parts = [{"id": f"{id}{place}", "when": "1=1", "steps": steps} for place, steps in enumerate(inner)]
        return {"id": id, "type": "choose", "branches": parts[:-1], "else": parts[-1]}

    nested = choose("a", [choose("b", [], [], [])], [])
    beside = {
        "id": "t",
        "type": "together",
        "branches": [{"id": "x", "steps": [nested]}, {"id": "y", "steps": [choose("c", [], [])]}],
    }
    taken = ways.choices([beside, choose("d", [], [])])
    assert len(taken) == 4
    covered = {branch for one in taken for branch in one.values()}
    assert covered == {"a0", "a1", "b0", "b1", "b2", "c0", "c1", "d0", "d1"}


def test_what_only_a_record_names_counts_as_found_and_as_nobody_s_load(company: Company) -> None:
    for who in ({"kind": "field", "field": "经办人"}, {"kind": "goal_owner", "of": "parent"}):
        found = company.tried(approve("n1", [who]))
        assert (found.findings, found.load) == ([], {})
    found = company.tried(approve("n1", [{"kind": "field", "field": "经办人"}]), 经办人=company.ids["li"])
    assert found.load[str(company.ids["li"])] == 3


def test_whom_somebody_chooses_is_in_nobody_s_load(company: Company) -> None:
    choice = {"kind": "submitter_choice", "from": {"kind": "role", "role": "hr_admin"}}
    found = company.tried(approve("n1", [choice], same_as_submitter="allow"))
    assert (found.load, found.reached) == ({}, {"n1": 4})
