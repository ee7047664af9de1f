"""退回: to the submitter or to an earlier step, and where the run goes on then."""

import pytest

import workflows
from tests.workflows.stories import Story, approve, decide, together
from workflows.errors import Forbidden, Incomplete

HERE = {"to": "earlier", "resume": "here"}
AGAIN = {"to": "earlier", "resume": "again"}


def chain(rule: dict[str, str]) -> Story:
    """Three approvals; the third is being asked."""
    return Story(*(approve(f"n{n}", who, **{"return": rule}) for n, who in enumerate("abc", 1))).says("a").says("b")


def test_the_submitter_mends_and_the_run_goes_on_where_it_was_or_from_the_start() -> None:
    here = chain(HERE).does("send_back", "c", to="submit")
    assert here.waiting == [("submit", "an")]
    assert here.says("an", "submit").waiting == [("n3", "c")]
    again = chain(AGAIN).does("send_back", "c", to="submit").says("an", "submit")
    assert again.waiting == [("n1", "a")]


def test_an_earlier_step_is_done_anew_and_the_run_resumes_or_walks() -> None:
    assert chain(HERE).does("send_back", "c", to="n1").says("a").waiting == [("n3", "c")]
    assert chain(AGAIN).does("send_back", "c", to="n1").says("a").waiting == [("n2", "b")]


def test_the_one_who_returns_may_choose_how_it_resumes() -> None:
    ask = {"to": "earlier", "resume": "ask"}
    assert chain(ask).does("send_back", "c", to="n1", resume="here").says("a").waiting == [("n3", "c")]
    assert chain(ask).does("send_back", "c", to="n1").says("a").waiting == [("n2", "b")]
    assert chain(AGAIN).does("send_back", "c", to="n1", resume="here").says("a").waiting == [("n2", "b")]


def test_returns_within_returns_lead_back_one_by_one() -> None:
    story = chain(HERE).does("send_back", "c", to="n2").does("send_back", "b", to="n1")
    assert story.waiting == [("n1", "a")]
    assert story.says("a").waiting == [("n2", "b")]
    assert story.says("b").waiting == [("n3", "c")]
    assert story.says("c").status == "finished"


def test_the_targets_are_the_steps_that_were_done_and_the_submitter() -> None:
    story = chain(HERE)
    item = story.state["items"][story.item("c")]
    assert workflows.targets(story.workflow, story.state, item) == ["n2", "n1", "submit"]
    with pytest.raises(Incomplete) as refusal:
        story.does("send_back", "c", to="n9")
    assert refusal.value.text("en") == "Choose where “n3” returns to. There are: n2, n1, submitter"


def test_a_document_may_name_the_one_place_to_return_to() -> None:
    story = Story(approve("n1", "a"), approve("n2", "b"), approve("n3", "c", **{"return": {"to": "n1"}}))
    story.says("a").says("b")
    with pytest.raises(Incomplete):
        story.does("send_back", "c", to="n2")
    assert story.does("send_back", "c", to="n1").waiting == [("n1", "a")]


def test_a_step_that_does_not_allow_it_is_not_returned_from() -> None:
    with pytest.raises(Forbidden):
        Story(approve("n1", "a", can=[])).does("send_back", "a", to="submit")
    needs = Story(approve("n1", "a", require=["reason"]))
    with pytest.raises(Incomplete):
        needs.does("send_back", "a", to="submit")
    assert needs.does("send_back", "a", to="submit", reason="附件缺失").waiting == [("submit", "an")]


def test_a_decision_asks_for_a_reason_as_each_outcome_says() -> None:
    outcomes = [{"key": "approve", "steps": [], "require": ["reason"]}, {"key": "accept", "steps": []}]
    story = Story(decide("n1", "vp", outcomes=outcomes))
    with pytest.raises(Incomplete):
        story.says("vp", "approve")
    assert story.says("vp", "accept").status == "finished"


# parallel parts


def parallel(join: str = "all") -> Story:
    part = together("n2", [approve("n3", "a"), approve("n4", "b", **{"return": HERE})], [approve("n5", "c")], join=join)
    return Story(approve("n1", "chen"), part, approve("n9", "vp")).says("chen")


def test_a_return_within_a_branch_leaves_the_others_alone() -> None:
    story = parallel().says("a").does("send_back", "b", to="n3")
    assert story.waiting == [("n5", "c"), ("n3", "a")]
    assert story.says("a").waiting == [("n5", "c"), ("n4", "b")]


def test_a_return_out_of_a_parallel_part_cancels_it_and_walks_it_again() -> None:
    story = parallel().says("a").does("send_back", "b", to="n1")
    assert story.waiting == [("n1", "chen")]
    assert {one.why for one in story.turn.closed} == {"returned"}
    assert len(story.turn.closed) == 2
    assert [region["at"] for region in story.state["regions"].values()] == ["n1"]
    assert sorted(story.says("chen").waiting) == [("n3", "a"), ("n5", "c")]


def test_what_was_approved_after_the_target_counts_no_more() -> None:
    story = Story(approve("n1", "a"), approve("n2", "b"), approve("n3", "c"), approve("n4", "b", repeated="skip"))
    story.says("a").says("b").does("send_back", "c", to="n1")
    assert story.state["said"] == {}
    assert story.says("a").waiting == [("n2", "b")]


def test_what_stands_between_still_counts_when_the_run_resumes_here() -> None:
    steps = approve("n1", "a"), approve("n2", "b"), approve("n3", "c", **{"return": HERE})
    story = Story(*steps, approve("n4", "b", repeated="skip")).says("a").says("b").does("send_back", "c", to="n1")
    assert story.says("a").says("c").status == "finished"


# named outcomes


def test_an_outcome_returns_to_the_submitter_and_resumes_at_the_decision() -> None:
    back = {"key": "decline", "return": {"to": "submitter", "resume": "here"}}
    story = Story(approve("n1", "chen"), decide("n2", "vp", outcomes=[{"key": "adopt", "steps": []}, back]))
    story.says("chen").says("vp", "decline")
    assert story.waiting == [("submit", "an")]
    assert story.says("an", "submit").waiting == [("n2", "vp")]


def test_an_outcome_may_leave_the_step_to_the_person() -> None:
    back = {"key": "redo", "return": {"to": "earlier", "resume": "again"}}
    story = Story(
        approve("n1", "a"), approve("n2", "b"), decide("n3", "vp", outcomes=[{"key": "ok", "steps": []}, back])
    )
    story.says("a").says("b")
    item = story.state["items"][story.item("vp")]
    assert workflows.targets(story.workflow, story.state, item, "redo") == ["n2", "n1", "submit"]
    with pytest.raises(Incomplete) as refusal:
        story.says("vp", "redo")
    assert refusal.value.text() == "请选择“n3”退回到哪一步。可选：n2、n1、发起人"
    assert story.says("vp", "redo", to="n1").waiting == [("n1", "a")]


def test_another_outcome_than_last_time_walks_its_own_way() -> None:
    outcomes = [{"key": "big", "steps": [approve("n2", "b", **{"return": HERE})]}, {"key": "small", "steps": []}]
    story = Story(decide("n1", "vp", outcomes=outcomes), approve("n3", "c")).says("vp", "big")
    same = story.does("send_back", "b", to="n1").says("vp", "big")
    assert same.waiting == [("n2", "b")]
    assert same.does("send_back", "b", to="n1").says("vp", "small").waiting == [("n3", "c")]
