"""The route that a run would take, before it begins."""

import pytest

import workflows
from tests.workflows.stories import HR, SCHEMA, Company, approve, choose, decide, role, together
from workflows import Route


def route(*steps: dict[str, object], facts: Company | None = None, **more: dict[str, object]) -> Route:
    return workflows.simulate(workflows.read({"steps": steps}, SCHEMA), "an", facts or Company(), **more)  # type: ignore[arg-type]


def test_it_lists_who_is_asked_in_order_and_why() -> None:
    found = route(approve("n1", "chen"), approve("n2", who=[*role("hq_exec")]))
    assert [(stop.step, stop.people, stop.why) for stop in found.stops] == [
        ("n1", ("chen",), ("/who/0",)),
        ("n2", ("vp", "ceo"), ("/who/0", "/who/0")),
    ]
    assert found.length == 2


def test_it_takes_the_branch_that_holds_and_counts_parallel_steps_once() -> None:
    step = choose("n1", "目标关联度评分<3", approve("n2", "vp"), other=[approve("n3", "hr")])
    both = together("n4", [approve("n5", "a")], [approve("n6", "b")])
    found = route(step, both, facts=Company(目标关联度评分=1.0))
    assert [stop.step for stop in found.stops] == ["n2", "n5", "n6"]
    assert found.length == 2


def test_whoever_is_asked_in_a_branch_that_need_not_arrive_is_on_the_route_too() -> None:
    wait = {"id": "n2", "type": "wait", "for": {"hours": 24}}
    found = route(together("n1", [wait], [approve("n3", "a")], join="any"), approve("n4", "vp"))
    assert [stop.step for stop in found.stops] == ["n3", "n4"]
    assert found.length == 2


def test_nobody_shows_as_nobody_and_a_substitute_as_himself() -> None:
    facts = Company()
    facts.away = {"chen": "east"}
    steps = approve("n1", "chen"), approve("n2", who=role("none"), empty={**HR, "to": role("none")[0]})
    assert [stop.people for stop in route(*steps, facts=facts).stops] == [("east",), (None,)]


def test_a_decision_goes_the_first_way_onward_or_the_one_that_is_asked_for() -> None:
    outcomes = [
        {"key": "back", "return": {"to": "submitter", "resume": "here"}},
        {"key": "adopt", "steps": [approve("n2", "a")]},
        {"key": "accept", "steps": [approve("n3", "b")]},
    ]
    step = decide("n1", "vp", outcomes=outcomes)
    assert [stop.step for stop in route(step).stops] == ["n1", "n2"]
    assert [stop.step for stop in route(step, outcomes={"n1": "accept"}).stops] == ["n1", "n3"]
    assert [stop.step for stop in route(step, outcomes={"n1": "back"}).stops] == ["n1", "submit", "n1", "n2"]


def test_a_decision_that_only_leads_back_ends_the_route() -> None:
    step = decide("n1", "vp", outcomes=[{"key": "back", "return": {"to": "submitter"}}])
    assert [stop.step for stop in route(step).stops] == ["n1"]


def test_choices_that_nobody_made_yet_show_the_whole_range() -> None:
    step = approve("n1", who=[{"kind": "submitter_choice", "from": {"kind": "role", "role": "hq_exec"}}])
    assert route(step).stops[0].people == ("vp", "ceo")
    assert route(step, chosen={"n1": ["ceo"]}).stops[0].people == ("ceo",)
    assert route(approve("n1", who=[{"kind": "submitter_choice"}])).stops[0].people == ("hr",)


def test_waits_and_rows_are_passed_and_effects_collected() -> None:
    wait = {"id": "n1", "type": "wait", "for": {"hours": 24}}
    each = {"id": "n2", "type": "each", "over": {"units": "region"}}
    found = route(wait, {**each, "steps": [approve("n3", who=[{"kind": "unit_head", "of": "row"}])]})
    assert [(stop.row, stop.people) for stop in found.stops] == [
        ("华东", ("head of 华东",)),
        ("华南", ("head of 华南",)),
    ]
    assert [effect["do"] for effect in found.effects] == ["wait"]


def test_an_unclear_condition_is_told() -> None:
    with pytest.raises(workflows.Incomplete):
        route(choose("n1", "1/目标关联度评分<3", approve("n2", "vp")), facts=Company(目标关联度评分=0.0))
