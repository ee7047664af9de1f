"""What publishing refuses, each at its place, with the remedy."""

from typing import Any

import pytest

import workflows
from tests.workflows.stories import HR, SCHEMA, approve, choose, decide, role, together

OK = {"key": "ok", "steps": []}
BACK = {"key": "back", "title": "退回", "return": {"to": "submitter"}}
PANEL = {"who": role("panel"), "mode": "all"}


def problems(*steps: dict[str, Any]) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in workflows.check({"steps": steps}, SCHEMA)]


def without(step: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in step.items() if name != key}


A = approve("n1", "a")


@pytest.mark.parametrize(
    ("steps", "path", "code"),
    [
        ([], "/steps", "no_steps"),
        ([A, A], "/steps/1/id", "repeated_id"),
        ([approve("submit", "a")], "/steps/0/id", "reserved_id"),
        ([together("n2", [A], [A])], "/steps/0/branches/1/steps/0/id", "repeated_id"),
        ([without(A, "empty")], "/steps/0/empty", "missing_empty"),
        ([approve("n1")], "/steps/0/who", "nobody_named"),
        ([approve("n1", who=[{"kind": "previous_choice"}])], "/steps/0/who/0", "nobody_chooses"),
        ([without(choose("n2", "目标关联度评分<3", A), "else")], "/steps/0/else", "missing_else"),
        ([choose("n2", "关联度<3", A)], "/steps/0/branches/0/when", "formula"),
        ([choose("n2", "目标关联度评分+1", A)], "/steps/0/branches/0/when", "not_bool"),
        (
            [choose("n2", "目标关联度评分<3", choose("n3", "金额<3", A))],
            "/steps/0/branches/0/steps/0/branches/0/when",
            "formula",
        ),
        ([choose("n2", "AND(目标关联度评分<3, 目标关联度评分>5)", A)], "/steps/0/branches/0", "unreachable_branch"),
        ([approve("n1", who=[{"kind": "formula", "formula": "目标关联度评分"}])], "/steps/0/who/0/formula", "not_text"),
        ([approve("n1", who=[{"kind": "field", "field": "负责人"}])], "/steps/0/who/0/field", "unknown_field"),
        ([approve("n1", who=[{"kind": "field", "field": "资源清单.负责人"}])], "/steps/0/who/0/field", "unknown_field"),
        (
            [{"id": "n1", "type": "each", "over": {"rows": "明细"}, "steps": [approve("n2", "a")]}],
            "/steps/0/over/rows",
            "unknown_field",
        ),
        ([{"id": "n1", "type": "wait", "for": {"until": "签约日"}}], "/steps/0/for/until", "unknown_field"),
        ([decide("n1", "a", outcomes=[OK, {"key": "no"}])], "/steps/0/outcomes/1", "no_way_on"),
        (
            [decide("n1", "a", outcomes=[OK, {**BACK, "steps": [approve("n2", "b")]}])],
            "/steps/0/outcomes/1",
            "two_ways_on",
        ),
        ([decide("n1", "a", outcomes=[OK, {**BACK, "end": "rejected"}])], "/steps/0/outcomes/1", "two_ways_on"),
        ([decide("n1", "a", outcomes=[OK, OK])], "/steps/0/outcomes/0/key", "repeated_outcome"),
        ([decide("n1", "a", outcomes=[BACK]), approve("n2", "b")], "/steps/1", "unreachable_step"),
        ([decide("n1", outcomes=[OK], **PANEL)], "/steps/0/split", "missing_split"),
        ([decide("n1", "a", outcomes=[OK], same_as_submitter="skip")], "/steps/0/same_as_submitter", "no_skip"),
        ([decide("n1", "a", outcomes=[OK], can=["add_with"])], "/steps/0/can", "no_add_with"),
        ([decide("n1", "a", outcomes=[OK], empty={"do": "reject"})], "/steps/0/empty", "no_verdict"),
        ([decide("n1", "a", outcomes=[OK], empty={"do": "pass"})], "/steps/0/empty/outcome", "no_pass"),
        (
            [decide("n1", "a", outcomes=[OK, BACK], empty={"do": "pass", "outcome": "back"})],
            "/steps/0/empty/outcome",
            "no_pass",
        ),
        (
            [A, approve("n2", "b", **{"return": {"to": "n3"}}), approve("n3", "c")],
            "/steps/1/return/to",
            "unknown_target",
        ),
        (
            [decide("n1", "a", outcomes=[OK, {"key": "x", "return": {"to": "n9"}}])],
            "/steps/0/outcomes/1/return/to",
            "unknown_target",
        ),
        (
            [approve("n1", "a", due={"then": [{"after": 4, "outcome": "done"}]})],
            "/steps/0/due/then/0/outcome",
            "unknown_outcome",
        ),
        ([together("n2", [A], join={"at_least": 2})], "/steps/0/join", "join_too_many"),
        ([together("n2", [A], [], join="any")], "/steps/0", "joined_at_once"),
    ],
)
def test_it_is_refused_at_its_place(steps: list[dict[str, Any]], path: str, code: str) -> None:
    assert (path, code) in problems(*steps)


def test_a_step_behind_parts_that_never_arrive_is_unreachable() -> None:
    end = decide("n2", "a", outcomes=[{"key": "x", "end": "finished"}])
    other = decide("n3", "a", outcomes=[{"key": "x", "end": "finished"}])
    assert problems(choose("n1", "目标关联度评分<3", end, other=[other]), approve("n4", "b")) == [
        ("/steps/1", "unreachable_step")
    ]
    assert problems(choose("n1", "目标关联度评分<3", end), approve("n4", "b")) == []
    assert problems(together("n1", [end], [approve("n5", "b")]), approve("n4", "b")) == [
        ("/steps/1", "unreachable_step")
    ]
    assert problems(together("n1", [end], [approve("n5", "b")], join="any"), approve("n4", "b")) == []


def test_a_return_may_name_a_step_that_every_run_has_passed() -> None:
    rule = {"return": {"to": "n1"}}
    inner = choose("n2", "目标关联度评分<3", approve("n3", "b", **rule))
    assert problems(A, inner, together("n4", [approve("n5", "c", **rule)], [approve("n6", "d")])) == []
    aside = choose("n2", "目标关联度评分<3", A)
    assert problems(aside, approve("n3", "b", **rule)) == [("/steps/1/return/to", "unknown_target")]


def test_every_problem_is_told_at_once() -> None:
    assert len(problems(without(A, "empty"), choose("n2", "甲<3"), approve("n3"))) == 3


def test_a_problem_is_a_sentence_with_its_remedy() -> None:
    steps = [
        without(choose("n2", "目标关联度评分<3", A), "else"),
        approve("n3", "b", title={"zh": "总部", "en": "HQ"}, who=[]),
    ]
    missing, nobody = workflows.check({"steps": steps}, SCHEMA)
    assert missing.text() == "“n2”没有“其他情况”。请加上（可以为空），否则都不符合时无路可走"
    assert nobody.text("en") == "It does not say who is asked. Name somebody"
    (misspelled,) = workflows.check({"steps": [choose("n1", "目标关联度评<3", A | {"id": "n2"})]}, SCHEMA)
    assert misspelled.text() == "没有字段“目标关联度评”（是不是：目标关联度评分）"
    assert misspelled.text("en") == "There is no field “目标关联度评” (did you mean: 目标关联度评分)"


def test_the_policy_for_nobody_may_be_any_of_four() -> None:
    for empty in (HR, {"do": "pass"}, {"do": "reject"}, {"do": "refuse_start"}):
        assert problems(approve("n1", "a", empty=empty)) == []
