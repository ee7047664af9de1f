"""Who is asked, why, and what happens when it is nobody, the submitter himself, or somebody who approved before."""

import pytest

import workflows
from tests.workflows.stories import HR, Company, Story, approve, decide, role
from workflows.errors import Forbidden, Incomplete, Nobody, Stale

BOSS = [{"kind": "manager", "of": "submitter", "level": 1}]


def whys(story: Story) -> list[tuple[str | None, str]]:
    return [(item["who"], item["why"]) for item in story.state["items"].values()]


def test_everybody_is_asked_once_and_the_entry_that_named_him_is_told() -> None:
    story = Story(approve("n1", who=[*BOSS, *role("hq_exec"), {"kind": "member", "member": "chen"}]))
    assert whys(story) == [("chen", "/who/0"), ("vp", "/who/1"), ("ceo", "/who/1")]


def test_a_formula_may_name_a_person() -> None:
    step = approve("n1", who=[{"kind": "formula", "formula": "经办人"}])
    assert Story(step, facts=Company(经办人="bp")).waiting == [("n1", "bp")]
    assert Story(step, facts=Company(经办人=None)).waiting == [("n1", "hr")]


def test_the_submitter_chooses_within_a_range() -> None:
    step = approve("n1", who=[{"kind": "submitter_choice", "from": {"kind": "role", "role": "hq_exec"}}])
    assert Story(step, chosen={"n1": ["ceo"]}).waiting == [("n1", "ceo")]
    with pytest.raises(Incomplete) as outside:
        Story(step, chosen={"n1": ["bp"]})
    assert outside.value.text() == "为“n1”选择的bp不在可选范围内，请另选"
    with pytest.raises(Incomplete) as missing:
        Story(step)
    assert missing.value.text() == "请为“n1”选择处理人"


def test_a_choice_for_a_step_that_is_not_there_is_refused() -> None:
    with pytest.raises(Incomplete) as refusal:
        Story(approve("n1", "chen"), chosen={"n7": ["ceo"]})
    assert refusal.value.text("en") == "There is no step “n7” in the workflow"


def test_who_decides_may_choose_who_is_next() -> None:
    story = Story(approve("n1", "chen"), approve("n2", who=[{"kind": "previous_choice"}]))
    with pytest.raises(Incomplete):
        story.says("chen")
    assert story.says("chen", chosen={"n2": ["east"]}).waiting == [("n2", "east")]


# nobody


def test_nobody_is_assigned_to_somebody_else() -> None:
    story = Story(approve("n1", who=role("none"), empty=HR))
    assert whys(story) == [("hr", "/empty/to")]


@pytest.mark.parametrize(
    ("do", "status", "note"), [("pass", "finished", "nobody_passed"), ("reject", "rejected", "nobody_rejected")]
)
def test_nobody_passes_or_rejects_and_it_is_told(do: str, status: str, note: str) -> None:
    story = Story(approve("n1", who=role("none"), empty={"do": do}))
    assert story.status == status
    assert story.effects == [{"do": "note", "note": note, "step": "n1", "row": None}]


def test_nobody_in_a_decision_takes_the_outcome_that_the_document_names() -> None:
    outcomes = [{"key": "adopt", "then": [{"do": "create_goals"}]}, {"key": "file", "steps": []}]
    story = Story(decide("n1", who=role("none"), outcomes=outcomes, empty={"do": "pass", "outcome": "adopt"}))
    assert [effect["do"] for effect in story.effects] == ["note", "create_goals"]


def test_a_run_that_would_find_nobody_is_refused_at_its_start() -> None:
    with pytest.raises(Nobody) as refusal:
        Story(approve("n1", "chen"), approve("n2", who=role("none"), empty={"do": "refuse_start"}, title="总部评审"))
    assert refusal.value.text() == "“总部评审”找不到处理人，不能提交。请联系管理员指定"


def test_who_left_meanwhile_is_missed_by_an_item_of_nobody_that_an_admin_gives_to_somebody() -> None:
    facts = Company()
    story = Story(approve("n1", "chen"), approve("n2", who=role("hrbp"), empty={"do": "refuse_start"}), facts=facts)
    facts.roles["hrbp"] = []
    story.says("chen")
    assert story.waiting == [("n2", None)]
    assert story.effects[-1] == {"do": "note", "note": "nobody_found", "step": "n2", "row": None}
    with pytest.raises(Incomplete):
        story.does("reassign", item=story.item(None), to="ceo", reason="")
    story.does("reassign", item=story.item(None), to="ceo", reason="人事专员已离职")
    assert story.says("ceo").status == "finished"


def test_fewer_than_must_agree_is_like_nobody() -> None:
    story = Story(approve("n1", "chen", mode={"at_least": 2}, empty=HR))
    assert story.waiting == [("n1", "chen"), ("n1", "hr")]
    short = Story(approve("n1", "chen", mode={"at_least": 2}, empty={"do": "assign", "to": role("none")[0]}))
    assert short.waiting == [("n1", "chen"), ("n1", None)]


# the submitter himself


def test_nobody_judges_his_own_request() -> None:
    assert Story(approve("n1", "an", "bp")).waiting == [("n1", "chen"), ("n1", "bp")]
    assert Story(approve("n1", "an", "chen")).waiting == [("n1", "chen")]
    assert Story(approve("n1", "ceo"), submitter="ceo", facts=Company()).waiting == [("n1", "chen")]


def test_nor_when_it_is_handed_to_him_or_he_is_the_substitute() -> None:
    facts = Company()
    facts.away = {"chen": "an"}
    story = Story(approve("n1", "chen", due={"then": [{"after": 8, "escalate": 1}]}), facts=facts)
    assert story.waiting == [("n1", "chen")]
    for command in ({"do": "transfer"}, {"do": "delegate"}, {"do": "add_signer", "where": "after"}):
        with pytest.raises(Forbidden) as refusal:
            story.does(command.pop("do"), "chen", to="an", **command)
        assert refusal.value.text() == "发起人不能审批自己的申请，请选择其他人"
    mine = Story(approve("n1", "chen", due={"then": [{"after": 8, "escalate": 1}]}), submitter="east")
    mine.does("lapse", item="w1", entry=0)
    assert mine.waiting == [("n1", "chen")]
    assert mine.effects[-1]["note"] == "nobody_above"


def test_the_document_may_allow_or_skip_it() -> None:
    assert Story(approve("n1", "an", same_as_submitter="allow")).waiting == [("n1", "an")]
    skipped = Story(approve("n1", "an", same_as_submitter="skip"), approve("n2", "east"))
    assert skipped.waiting == [("n2", "east")]
    both = Story(approve("n1", "an", "bp", mode="all", same_as_submitter="skip"))
    assert both.waiting == [("n1", "bp")]
    assert both.says("bp").status == "finished"


def test_the_submitter_is_not_assigned_to_himself_either() -> None:
    story = Story(approve("n1", who=role("none"), empty=HR), submitter="hr")
    assert story.waiting == [("n1", None)]


def test_the_submitter_may_be_the_one_who_does_the_work() -> None:
    assert Story({**approve("n1", "an"), "type": "handle"}).waiting == [("n1", "an")]


# who approved before


@pytest.mark.parametrize(
    ("repeated", "waiting"),
    [("ask", [("n3", "chen")]), ("skip_in_a_row", [("n3", "chen")]), ("skip", [("n4", "vp")])],
)
def test_who_approved_before_is_asked_again_or_not(repeated: str, waiting: list[tuple[str, str]]) -> None:
    steps = [
        approve("n1", "chen"),
        approve("n2", "east"),
        approve("n3", "chen", repeated=repeated),
        approve("n4", "vp"),
    ]
    assert Story(*steps).says("chen").says("east").waiting == waiting


def test_the_same_person_twice_in_a_row_is_asked_once() -> None:
    story = Story(approve("n1", "chen"), approve("n2", "chen", repeated="skip_in_a_row")).says("chen")
    assert story.status == "finished"


def test_a_return_asks_again_whom_it_is_returned_to() -> None:
    steps = [approve("n1", "chen"), approve("n2", "chen", repeated="skip"), approve("n3", "east")]
    story = Story(*steps).says("chen")
    assert story.does("send_back", "east", to="n2").waiting == [("n2", "chen")]


# somebody else


def test_a_substitute_is_asked_and_either_may_answer() -> None:
    facts = Company()
    facts.away = {"chen": "east", "east": "bp"}
    story = Story(approve("n1", "chen"), approve("n2", "vp"), facts=facts)
    assert story.state["items"]["w1"]["instead_of"] == "chen"
    assert story.waiting == [("n1", "bp")]
    assert story.says("bp").waiting == [("n2", "vp")]
    mine = Story(approve("n1", "chen"), facts=facts)
    mine.keep(workflows.decide(mine.workflow, mine.state, "w1", "approve", "chen", facts))
    assert mine.status == "finished"


def test_substitutes_in_a_circle_leave_the_work_where_it_was() -> None:
    facts = Company()
    facts.away = {"chen": "east", "east": "chen"}
    assert Story(approve("n1", "chen"), facts=facts).waiting == [("n1", "chen")]


def test_a_transfer_moves_the_voice() -> None:
    story = Story(approve("n1", "chen", "east", mode="all"), approve("n2", "bp", repeated="skip"))
    story.does("transfer", "chen", to="bp").says("east").says("bp")
    assert story.status == "finished"  # bp approved in n1 already


def test_a_delegate_advises_and_the_same_person_decides() -> None:
    story = Story(approve("n1", "chen")).does("delegate", "chen", to="bp")
    assert story.waiting == [("n1", "bp")]
    with pytest.raises(Forbidden):
        story.does("transfer", "bp", to="hr")
    story.says("bp", "reject")
    assert story.waiting == [("n1", "chen")]
    assert story.state["items"][story.item("chen")]["advice"] == ["bp", "reject"]
    assert story.says("chen").status == "finished"


def test_nobody_is_asked_twice_in_one_step() -> None:
    story = Story(approve("n1", "chen", "east"))
    with pytest.raises(Incomplete) as refusal:
        story.does("transfer", "chen", to="east")
    assert refusal.value.text() == "east已经在这里处理了，请选择其他人"


def test_what_a_step_does_not_allow_is_refused() -> None:
    story = Story(approve("n1", "chen", can=[], title="直接主管"))
    for command in ({"do": "transfer", "to": "bp"}, {"do": "add_signer", "to": "bp", "where": "with"}):
        with pytest.raises(Forbidden):
            story.does(command.pop("do"), "chen", **command)
    with pytest.raises(Forbidden) as refusal:
        story.does("delegate", "chen", to="bp")
    assert refusal.value.text() == "“直接主管”不允许委派。需要的话请修改流程设置"


# when nobody answers in time


DUE = {
    "working_hours": 16,
    "then": [
        {"remind": "assignee"},
        {"remind": "manager"},
        {"after": 8, "escalate": 1},
        {"after": 16, "outcome": "approve"},
    ],
}


def test_time_limits_remind_escalate_and_decide() -> None:
    story = Story(approve("n1", "chen", due=DUE))
    story.does("lapse", item="w1", entry=0).does("lapse", item="w1", entry=1)
    assert [effect["who"] for effect in story.effects] == [["chen"], ["east"]]
    story.does("lapse", item="w1", entry=2)
    assert whys(story) == [("east", "escalated")]
    story.does("lapse", item=story.item("east"), entry=3)
    assert story.status == "finished"
    with pytest.raises(Stale):
        story.does("lapse", item="w1", entry=3)


def test_an_escalation_beyond_the_top_is_told() -> None:
    story = Story(approve("n1", "ceo", due=DUE)).does("lapse", item="w1", entry=2)
    assert story.effects == [{"do": "note", "note": "nobody_above", "step": "n1", "row": None}]
    assert story.waiting == [("n1", "ceo")]
    with pytest.raises(Incomplete):
        story.does("lapse", item="w1", entry=9)
