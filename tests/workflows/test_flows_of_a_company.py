"""The flows that a company lives by: targets handed down, a proposal sent up, a task swapped."""

import formulas
import workflows
from tests.workflows.stories import HR, Company, Story, approve, choose, decide, role

TARGET = (
    {"id": "n1", "type": "wait", "title": "目标共启会", "for": {"event": "three_meetings_with_minutes"}},
    approve(
        "n2", who=role("hq_exec"), mode="all", title="总部评审", **{"return": {"to": "submitter", "resume": "here"}}
    ),
    {
        "id": "n3",
        "type": "each",
        "title": "各大区调整并确认",
        "over": {"units": "region"},
        "join": "all",
        "steps": [
            approve(
                "n4",
                who=[{"kind": "unit_head", "of": "row"}],
                due={"working_hours": 24, "then": [{"remind": "assignee"}, {"after": 16, "outcome": "approve"}]},
                **{"return": {"to": "earlier", "resume": "again"}},
            )
        ],
    },
    {"id": "n5", "type": "effect", "then": [{"do": "publish_goals"}, {"do": "make_tasks"}]},
    {"id": "n6", "type": "notify", "who": role("hrbp")},
)

PROPOSAL = (
    choose("n1", "目标关联度评分<3", approve("n2", "goal_owner")),
    decide(
        "n3",
        who=role("hq_exec"),
        title="总部评审",
        outcomes=[
            {
                "key": "adopt",
                "title": "采纳",
                "then": [{"do": "append_note", "to": "parent_goal"}, {"do": "create_goals"}],
            },
            {"key": "accept", "title": "同意", "then": [{"do": "create_goals"}]},
            {"key": "decline", "title": "退回", "require": ["reason"], "return": {"to": "submitter", "resume": "here"}},
        ],
    ),
)

SWAP_FIELDS = formulas.Schema({"基础量完成": "bool", "增加价值": "number", "减少价值": "number", "置换占比": "number"})
SWAP = choose(
    "n1",
    "AND(基础量完成,增加价值>=减少价值,置换占比<=30%)",
    other=[approve("n2", who=[{"kind": "manager", "of": "submitter", "level": 1}], empty=HR, require=["reason"])],
)


def effects(story: Story) -> list[str]:
    return [effect["do"] for effect in story.effects]


def agreed_by_headquarters() -> Story:
    story = Story(*TARGET, submitter="hr")
    return story.does("wake", wait=story.wait()).says("vp").says("ceo")


def test_goals_are_published_and_tasks_made_after_the_last_region_without_a_further_click() -> None:
    story = agreed_by_headquarters().says("head of 华南")
    assert effects(story) == ["wait"]
    story.says("head of 华东")
    assert effects(story) == ["wait", "publish_goals", "make_tasks", "notify"]
    assert story.status == "finished"
    assert story.replayed() == story.state


def test_a_region_that_returns_the_targets_takes_them_from_the_others_too() -> None:
    story = agreed_by_headquarters().says("head of 华南").does("send_back", "head of 华东", to="n2", reason="基数有误")
    assert story.waiting == [("n2", "vp"), ("n2", "ceo")]
    story.says("ceo").says("vp")
    assert [who for _, who in story.waiting] == ["head of 华东", "head of 华南"]


def test_a_region_that_is_late_counts_as_agreed_because_the_flow_says_so() -> None:
    story = agreed_by_headquarters().says("head of 华南")
    assert story.does("lapse", item=story.item("head of 华东"), entry=1).status == "finished"
    assert effects(story)[-1] == "notify"


def test_an_idea_that_is_adopted_is_noted_at_the_goal_above() -> None:
    story = Story(*PROPOSAL, facts=Company(目标关联度评分=2.0)).says("goal_owner").says("vp", "adopt")
    assert effects(story) == ["append_note", "create_goals"]
    assert story.status == "finished"


def test_a_proposal_that_is_declined_comes_back_to_the_one_who_declined_it() -> None:
    story = Story(*PROPOSAL, facts=Company(目标关联度评分=4.0)).says("vp", "decline", reason="缺少资源测算")
    assert story.waiting == [("submit", "an")]
    story.says("an", "submit")
    assert story.waiting == [("n3", "vp"), ("n3", "ceo")]


def test_a_swap_is_granted_by_rule_or_asked_of_the_manager() -> None:
    workflow = workflows.read({"steps": [SWAP]}, SWAP_FIELDS)
    fair = Company(基础量完成=True, 增加价值=5.0, 减少价值=5.0, 置换占比=0.3)
    unfair = Company(基础量完成=True, 增加价值=4.0, 减少价值=5.0, 置换占比=0.1)
    assert workflows.start(workflow, "an", fair).state["status"] == "finished"
    (item,) = workflows.start(workflow, "an", unfair).state["items"].values()
    assert item["who"] == "chen"


def test_all_of_them_may_be_published() -> None:
    fields = formulas.Schema({"目标关联度评分": "number"})
    assert workflows.check({"steps": TARGET}, fields) == []
    assert workflows.check({"steps": PROPOSAL}, fields) == []
    assert workflows.check({"steps": [SWAP]}, SWAP_FIELDS) == []
