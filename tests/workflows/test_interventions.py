"""What an admin does when a run went astray, always with a reason."""

from typing import Any

import pytest

from tests.workflows.stories import Story, approve, decide, together
from workflows.errors import Incomplete, Stale

STEPS = [
    approve("n1", "a"),
    together("n2", [approve("n3", "b"), approve("n6", "bp")], [approve("n4", "c")]),
    approve("n5", "d"),
]


@pytest.mark.parametrize(
    "command",
    [
        {"do": "reassign", "item": "w1", "to": "bp"},
        {"do": "jump", "to": "n5"},
        {"do": "end", "status": "finished"},
        {"do": "reopen", "to": "n1"},
    ],
    ids=lambda command: str(command["do"]),
)
def test_every_intervention_needs_a_reason(command: dict[str, Any]) -> None:
    story = Story(*STEPS)
    with pytest.raises(Incomplete) as refusal:
        story.does(command.pop("do"), **command, reason=" ")
    assert refusal.value.text("en") == "Give a reason"


def test_somebody_else_is_asked() -> None:
    story = Story(*STEPS).does("reassign", item="w1", to="bp", reason="已离职")
    assert story.waiting == [("n1", "bp")]
    assert story.state["items"][story.item("bp")]["why"] == "reassigned"


def test_a_jump_goes_forward_and_back_and_cancels_what_it_leaves() -> None:
    story = Story(*STEPS).says("a").does("jump", to="n5", reason="加急")
    assert story.waiting == [("n5", "d")]
    assert story.does("jump", to="n2", reason="补审").waiting == [("n3", "b"), ("n4", "c")]
    assert story.does("jump", to="submit", reason="补材料").waiting == [("submit", "an")]


def test_a_jump_within_a_branch_leaves_the_others() -> None:
    story = Story(*STEPS).says("a").says("b")
    assert story.does("jump", to="n3", reason="重审").waiting == [("n4", "c"), ("n3", "b")]


def test_a_jump_into_a_branch_that_is_not_going_on_is_refused() -> None:
    with pytest.raises(Incomplete) as refusal:
        Story(*STEPS).does("jump", to="n3", reason="x")
    assert refusal.value.text() == "不能跳到“n3”：它在一个没有进行中的并行分支里。请跳到并行步骤本身"
    with pytest.raises(Incomplete):
        Story(*STEPS).does("jump", to="nowhere", reason="x")


def test_a_jump_among_several_rows_says_which() -> None:
    head = [{"kind": "unit_head", "of": "row"}]
    steps = [approve("n2", who=head), approve("n3", "vp")]
    story = Story({"id": "n1", "type": "each", "over": {"units": "region"}, "steps": steps})
    with pytest.raises(Incomplete) as refusal:
        story.does("jump", to="n3", reason="x")
    assert refusal.value.code == "several_places"
    story.does("jump", to="n3", item=story.item("head of 华南"), reason="已口头同意")
    assert story.waiting == [("n2", "head of 华东"), ("n3", "vp")]


@pytest.mark.parametrize("status", ["finished", "rejected"])
def test_an_admin_ends_a_run(status: str) -> None:
    story = Story(*STEPS).says("a").does("end", status=status, reason="重复提交")
    assert (story.status, story.waiting) == (status, [])
    with pytest.raises(Stale):
        story.does("end", status=status, reason="x")
    with pytest.raises(Stale):
        story.does("jump", to="n1", reason="x")


def test_a_run_ends_as_one_of_two_things() -> None:
    with pytest.raises(Incomplete):
        Story(*STEPS).does("end", status="paused", reason="x")


def test_a_run_that_is_over_is_opened_again_and_remembers_what_was_before() -> None:
    story = Story(approve("n1", "a"), approve("n2", "b"), approve("n3", "c")).says("a").says("b").says("c", "reject")
    story.does("reopen", to="n3", reason="误点")
    assert story.waiting == [("n3", "c")]
    assert story.does("send_back", "c", to="n2").waiting == [("n2", "b")]
    with pytest.raises(Stale):
        story.does("reopen", to="n1", reason="x")


def test_a_withdrawn_run_is_opened_at_the_submitter() -> None:
    story = Story(*STEPS).does("withdraw", by="an").does("reopen", to="submit", reason="撤错了")
    assert story.says("an", "submit").waiting == [("n1", "a")]
    done = Story(approve("n1", "a")).says("a")
    assert done.does("reopen", to="n1", reason="x").waiting == [("n1", "a")]


def test_a_run_is_not_opened_inside_a_parallel_part() -> None:
    story = Story(*STEPS).does("withdraw", by="an")
    with pytest.raises(Incomplete):
        story.does("reopen", to="n3", reason="x")


def test_everything_is_told_by_the_events() -> None:
    outcomes = [{"key": "ok", "steps": []}, {"key": "back", "return": {"to": "submitter", "resume": "here"}}]
    story = Story(*STEPS, decide("n7", "vp", outcomes=outcomes))
    story.says("a").says("b").does("add_signer", "c", to="e", where="before").says("e").says("c").says("bp").says("d")
    story.says("vp", "back").says("an", "submit").does("transfer", "vp", to="ceo").does("urge", by="an").says(
        "ceo", "ok"
    )
    assert story.status == "finished"
    assert story.replayed() == story.state
