"""From step to step: who is asked when, and how a run ends."""

import pytest

import workflows
from tests.workflows.stories import SCHEMA, Company, Story, approve, choose, decide, role
from workflows.errors import Forbidden, Incomplete, Stale

OUTCOMES = [
    {
        "key": "adopt",
        "title": "采纳",
        "then": [{"do": "append_note", "to": "parent_goal"}, {"do": "create_goals"}],
        "steps": [],
    },
    {"key": "accept", "title": "同意", "steps": [approve("n6", "bp")]},
    {"key": "decline", "title": "退回", "require": ["reason"], "return": {"to": "submitter", "resume": "here"}},
    {"key": "drop", "title": "作废", "end": "rejected"},
    {"key": "file", "title": "归档", "end": "finished"},
]


def test_approvals_follow_one_another_to_the_end() -> None:
    story = Story(approve("n1", "chen"), approve("n2", "east"))
    assert story.waiting == [("n1", "chen")]
    assert story.says("chen").waiting == [("n2", "east")]
    assert story.says("east").status == "finished"
    assert story.waiting == []


def test_a_rejection_ends_the_run() -> None:
    story = Story(approve("n1", "chen"), approve("n2", "east")).says("chen", "reject")
    assert (story.status, story.waiting) == ("rejected", [])


def test_an_outcome_emits_its_actions_and_goes_its_own_way() -> None:
    adopted = Story(decide("n1", "vp", outcomes=OUTCOMES), approve("n9", "hr")).says("vp", "adopt")
    assert [effect["do"] for effect in adopted.effects] == ["append_note", "create_goals"]
    assert adopted.effects[0] == {"do": "append_note", "to": "parent_goal", "step": "n1", "row": None}
    assert adopted.waiting == [("n9", "hr")]
    accepted = Story(decide("n1", "vp", outcomes=OUTCOMES), approve("n9", "hr")).says("vp", "accept")
    assert accepted.waiting == [("n6", "bp")]
    assert accepted.says("bp").waiting == [("n9", "hr")]


@pytest.mark.parametrize(("outcome", "status"), [("drop", "rejected"), ("file", "finished")])
def test_an_outcome_may_end_the_run(outcome: str, status: str) -> None:
    story = Story(decide("n1", "vp", outcomes=OUTCOMES), approve("n9", "hr")).says("vp", outcome)
    assert story.status == status


def test_an_outcome_that_requires_a_reason_waits_for_it() -> None:
    story = Story(decide("n1", "vp", outcomes=OUTCOMES))
    with pytest.raises(Incomplete) as refusal:
        story.says("vp", "decline", reason="  ")
    assert refusal.value.text() == "请写明原因"
    assert story.says("vp", "decline", reason="资源不足").waiting == [("submit", "an")]


def test_the_first_branch_that_holds_is_taken_and_else_otherwise() -> None:
    step = choose("n1", "目标关联度评分<3", approve("n2", "vp"), other=[approve("n3", "hr")])
    assert Story(step, facts=Company(目标关联度评分=2.0)).waiting == [("n2", "vp")]
    assert Story(step, facts=Company(目标关联度评分=3.0)).waiting == [("n3", "hr")]
    assert Story(step, facts=Company(目标关联度评分=None)).waiting == [("n2", "vp")]  # blank counts as 0


def test_a_condition_that_cannot_be_computed_refuses_and_is_no_else() -> None:
    step = choose("n1", "1/目标关联度评分<3", approve("n2", "vp"))
    with pytest.raises(Incomplete) as refusal:
        Story(step, facts=Company(目标关联度评分=0.0))
    assert refusal.value.text() == "“n1”的条件算不出来（#DIV/0!）。请补全或更正表单里的数据"


def test_people_are_told_and_actions_emitted_on_the_way() -> None:
    notify = {"id": "n1", "type": "notify", "who": [*role("hq_exec"), *role("hrbp"), {"kind": "submitter"}]}
    effect = {"id": "n2", "type": "effect", "then": [{"do": "recascade"}]}
    story = Story(notify, effect, approve("n3", "chen", then=[{"do": "award", "points": 5}]))
    assert story.effects == [
        {"do": "notify", "who": ["vp", "ceo", "bp", "an"], "step": "n1", "row": None},
        {"do": "recascade", "step": "n2", "row": None},
    ]
    assert story.says("chen").effects[2] == {"do": "award", "points": 5, "step": "n3", "row": None}


def test_work_is_done_without_a_verdict() -> None:
    step = {**approve("n1", "an"), "type": "handle"}
    story = Story(step)
    with pytest.raises(Incomplete):
        story.says("an", "approve")
    assert story.says("an", "done").status == "finished"


def test_a_wait_ends_when_the_caller_says_so() -> None:
    story = Story({"id": "n1", "type": "wait", "for": {"event": "minutes_filed"}}, approve("n2", "chen"))
    assert story.effects == [{"do": "wait", "for": {"event": "minutes_filed"}, "wait": "w1", "step": "n1", "row": None}]
    assert story.does("wake", wait=story.wait()).waiting == [("n2", "chen")]
    with pytest.raises(Stale):
        story.does("wake", wait="w1")


@pytest.mark.parametrize(("outcome", "status"), [("finished", "finished"), ("rejected", "rejected")])
def test_another_workflow_is_awaited_and_its_rejection_rejects(outcome: str, status: str) -> None:
    story = Story({"id": "n1", "type": "call", "workflow": "medical.target_flow"})
    assert story.effects[0]["workflow"] == "medical.target_flow"
    assert story.does("wake", wait=story.wait(), outcome=outcome).status == status


def test_only_who_is_asked_may_answer_and_only_once() -> None:
    story = Story(approve("n1", "chen"), approve("n2", "east"))
    item = story.item("chen")
    with pytest.raises(Forbidden) as stranger:
        story.keep(workflows.decide(story.workflow, story.state, item, "approve", "bp", story.facts))
    assert stranger.value.people == ("chen",)
    assert stranger.value.text("zh", {"chen": "陈晨"}) == "这项待办不是您的。请由陈晨处理，或请管理员改派"
    story.says("chen")
    with pytest.raises(Stale) as late:
        story.keep(workflows.decide(story.workflow, story.state, item, "approve", "chen", story.facts))
    assert late.value.code == "not_waiting"


def test_an_unknown_outcome_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(Incomplete) as refusal:
        Story(approve("n1", "chen", title={"zh": "直接主管", "en": "Manager"})).says("chen", "maybe")
    assert refusal.value.text("en") == "“Manager” has no outcome “maybe”. There are: approve, reject"
    assert refusal.value.step == "n1"


def test_only_the_submitter_withdraws_and_then_nothing_can_be_done() -> None:
    story = Story(approve("n1", "chen"))
    with pytest.raises(Forbidden):
        story.does("withdraw", by="chen")
    assert story.does("withdraw", by="an").status == "withdrawn"
    assert story.turn.closed == [("w1", "withdrawn")]
    with pytest.raises(Stale):
        story.does("withdraw", by="an")


def test_urging_reminds_whoever_is_waited_for_and_changes_nothing() -> None:
    story = Story(approve("n1", "chen", "east"))
    before = story.state
    story.does("urge", by="an")
    assert [(effect["do"], effect["who"]) for effect in story.effects] == [("remind", ["chen"]), ("remind", ["east"])]
    assert story.state == before


def test_the_example_of_the_reference_runs() -> None:
    """Submitted, adopted by headquarters with the goal's owner asked because the score is low."""
    steps = [
        approve("n1", who=[{"kind": "manager", "of": "submitter", "level": 1}], same_as_submitter="next_manager"),
        choose("n2", "目标关联度评分<3", approve("n3", "east")),
        decide("n5", "vp", outcomes=OUTCOMES),
        {"id": "n7", "type": "notify", "who": role("hrbp")},
    ]
    assert workflows.check({"steps": steps}, SCHEMA) == []
    story = Story(*steps, facts=Company(目标关联度评分=2.0)).says("chen").says("east").says("vp", "adopt")
    assert story.status == "finished"
    assert [effect["do"] for effect in story.effects] == ["append_note", "create_goals", "notify"]
    assert story.replayed() == story.state
