"""Branches at the same time: when they join, and what becomes of the others."""

from typing import Any

import pytest

from tests.workflows.stories import Company, Story, approve, decide, together

EACH = {"id": "n1", "type": "each", "over": {"units": "region"}}
HEAD = [{"kind": "unit_head", "of": "row"}]


def three(join: Any) -> Story:
    return Story(together("n1", *([approve(f"n{p}", p)] for p in "abc"), join=join), approve("n9", "vp"))


@pytest.mark.parametrize(
    ("join", "said", "waiting"),
    [
        ("all", {"a": "approve", "b": "approve"}, ["c"]),
        ("all", {"a": "approve", "b": "approve", "c": "approve"}, ["vp"]),
        ("all", {"b": "reject"}, []),
        ("any", {"b": "approve"}, ["vp"]),
        ("any", {"a": "reject", "b": "reject"}, ["c"]),
        ("any", {"a": "reject", "b": "reject", "c": "reject"}, []),
        ({"at_least": 2}, {"a": "approve"}, ["b", "c"]),
        ({"at_least": 2}, {"a": "approve", "c": "approve"}, ["vp"]),
        ({"at_least": 2}, {"a": "reject", "b": "approve"}, ["c"]),
        ({"at_least": 2}, {"a": "reject", "b": "reject"}, []),
    ],
)
def test_branches_join_when_enough_have_arrived(join: Any, said: dict[str, str], waiting: list[str]) -> None:
    story = three(join)
    assert [who for _, who in story.waiting] == ["a", "b", "c"]
    for person, outcome in said.items():
        story.says(person, outcome)
    assert [who for _, who in story.waiting] == waiting
    assert story.status == ("running" if waiting else "rejected")


def test_a_join_lets_the_others_go() -> None:
    assert [tuple(one) for one in three("any").says("b").turn.closed] == [
        ("w5", "decided"),
        ("w4", "joined"),
        ("w6", "joined"),
    ]


def test_a_rejection_in_a_part_of_a_part_goes_as_far_as_it_is_needed() -> None:
    inner = together("n2", [approve("n3", "a")], [approve("n4", "b")], join="all")
    story = Story(together("n1", [inner], [approve("n5", "c")], join="any"))
    assert story.says("a", "reject").waiting == [("n5", "c")]
    assert story.says("c").status == "finished"


def test_an_outcome_that_finishes_ends_all_branches_and_one_that_rejects_its_own() -> None:
    outcomes = [{"key": "stop", "end": "finished"}, {"key": "no", "end": "rejected"}]
    part = together("n1", [decide("n2", "a", outcomes=outcomes)], [approve("n3", "b")], join="any")
    assert Story(part).says("a", "stop").status == "finished"
    assert Story(part).says("a", "no").waiting == [("n3", "b")]


def test_an_empty_branch_arrives_at_once() -> None:
    assert Story(together("n1", [], [approve("n2", "a")], join="all")).waiting == [("n2", "a")]
    assert Story(together("n1", [], [approve("n2", "a")], join="any")).status == "finished"
    assert Story(together("n1", [], [], join="all")).status == "finished"


def test_each_row_walks_for_itself() -> None:
    effect = {"id": "n3", "type": "effect", "then": [{"do": "recascade"}]}
    story = Story({**EACH, "steps": [approve("n2", who=HEAD), effect]}, approve("n9", "vp"))
    assert [who for _, who in story.waiting] == ["head of 华东", "head of 华南"]
    story.says("head of 华南")
    assert story.effects == [{"do": "recascade", "step": "n3", "row": "华南"}]
    assert story.says("head of 华东").waiting == [("n9", "vp")]


def test_each_over_nothing_goes_on() -> None:
    facts = Company()
    facts.regions = []
    assert Story({**EACH, "steps": [approve("n2", who=HEAD)]}, approve("n9", "vp"), facts=facts).waiting == [
        ("n9", "vp")
    ]


def test_fewer_rows_than_a_join_asks_for_are_enough() -> None:
    story = Story({**EACH, "join": {"at_least": 5}, "steps": [approve("n2", who=HEAD)]})
    assert story.says("head of 华东").says("head of 华南").status == "finished"
