"""HR draws a flow: what each control does, what is kept, what is told."""

from flask.testing import FlaskClient

from builder.flows import palette, tree
from tests.flows.conftest import Desk
from tests.product import People


def test_a_new_flow_begins_with_a_pattern_that_may_be_published(hr: FlaskClient, desk: Desk) -> None:
    assert [step["title"]["zh"] for step in desk.steps] == ["直接主管审批"]
    assert desk.problems == []
    assert "发起人的直接主管" in desk.page()
    refused = hr.post("/flow-designer/new", data={"title": "没有对象", "starter": "manager"})
    assert refused.status_code == 422
    assert "请选择流程批的是什么" in refused.text


def test_every_type_of_step_is_added_and_holds_after_it_was_filled_in(desk: Desk) -> None:
    for type in palette.TYPES:
        assert desk.do("add", what=type, into="", at=len(desk.steps)).status_code == 200
        assert desk.page(at=desk.steps[-1]["id"])
    ids = {step["type"]: step["id"] for step in desk.steps}
    desk.do("branch", id=ids["choose"], branch=desk.step(ids["choose"])["branches"][0]["id"], when="评分<3")
    desk.do("action_add", id=ids["effect"], place="then", do="notify")
    other = desk.client.post(
        "/flow-designer/new", data={"title": "另一条", "subject": "kind:target", "starter": "manager"}
    )
    called = Desk(desk.client, int(other.location.rsplit("/", 1)[1]))
    desk.client.post(f"/definitions/{called.id}/review", data={"note": "先用起来"})
    desk.do("call", id=ids["call"], workflow="own.ling_yi_tiao")
    assert desk.problems == []


def test_a_card_that_is_incomplete_says_so(desk: Desk) -> None:
    desk.do("add", what="effect", into="", at=1)
    page = desk.page()
    assert "is-incomplete" in page
    assert "这一步还没有动作" in page


def test_the_sentence_says_who_when_and_how(desk: Desk) -> None:
    step = desk.steps[0]["id"]
    desk.do("who", id=step, place="who/0", kind="manager_chain")
    desk.do("who", id=step, place="who/0", of="submitter", to="3")
    desk.do("mode", id=step, mode="at_least")
    desk.do("mode", id=step, mode="at_least", least="60%")
    desk.do("due", id=step, working_hours="24")
    desk.do("can", id=step, has_can="1", can=["return", "add_after"])
    desk.do("can", id=step, return_to="submitter", resume="here")
    found = desk.step(step)
    assert found["who"] == [{"kind": "manager_chain", "of": "submitter", "to": 3}]
    assert found["mode"] == {"at_least": "60%"}
    assert found["return"] == {"to": "submitter", "resume": "here"}
    page = desk.page()
    for words in ("发起人的逐级主管（到第 3 级）", "至少 60% 人同意", "24 工作小时内", "退回、后加签"):
        assert words in page
    assert desk.problems == []


def test_people_are_named_by_name_or_number(desk: Desk, people: People) -> None:
    step = desk.steps[0]["id"]
    desk.do("who_add", id=step, place="who")
    desk.do("who", id=step, place="who/1", kind="member")
    desk.do("who", id=step, place="who/1", member=f"{people.east_manager.name} ({people.east_manager.code})")
    assert desk.step(step)["who"][1] == {"kind": "member", "member": people.east_manager.id}
    assert people.east_manager.name in desk.page()
    assert "没有叫" in desk.do("who", id=step, place="who/1", member="没有此人").text
    desk.do("who_remove", id=step, place="who/1")
    assert len(desk.step(step)["who"]) == 1


def test_time_limits_remind_escalate_and_decide(desk: Desk) -> None:
    step = desk.steps[0]["id"]
    desk.do("lapse_add", id=step)
    desk.do("lapse", id=step, n="2", when="after", hours="16", does="outcome:approve")
    assert desk.step(step)["due"]["then"][2] == {"after": 16, "outcome": "approve"}
    desk.do("lapse_remove", id=step, n="0")
    assert [set(one) for one in desk.step(step)["due"]["then"]] == [{"after", "escalate"}, {"after", "outcome"}]
    assert desk.problems == []


def test_a_decision_has_outcomes_with_ways_of_their_own(desk: Desk) -> None:
    desk.do("add", what="decide", into="", at=1)
    step = desk.steps[1]["id"]
    desk.do("outcome_add", id=step)
    desk.do("outcome", id=step, outcome="outcome_1", title="同意", way="on")
    desk.do("add", what="notify", into=f"{step}.outcome_1", at=0)
    assert desk.step(step)["outcomes"][2]["steps"][0]["type"] == "notify"
    refused = desk.do("outcome", id=step, outcome="outcome_1", way="rejected")
    assert refused.status_code == 422
    assert "这个结论后面还有步骤" in refused.text
    assert desk.do("add", what="notify", into=f"{step}.decline", at=0).status_code == 422
    desk.do("action_add", id=step, place="outcomes/0/then", do="create_goals")
    assert desk.step(step)["outcomes"][0]["then"] == [{"do": "create_goals", "parent": "parent_goal"}]
    assert desk.problems == []


def test_conditions_tell_what_they_leave_over_with_a_record(desk: Desk) -> None:
    desk.do("add", what="choose", into="", at=1)
    step = desk.steps[1]
    desk.do("branch", id=step["id"], branch=step["branches"][0]["id"], when="评分<3")
    desk.do("branch_add", id=step["id"])
    second = desk.steps[1]["branches"][1]["id"]
    desk.do("branch", id=step["id"], branch=second, when="评分<=3")
    page = desk.page()
    assert "时第 1 个分支也成立" in page
    assert "会走“其他情况”" in page
    review = desk.client.get(f"/definitions/{desk.id}/review").text
    assert "发布前值得知道" in review
    assert "时第 1 个分支也成立" in review
    desk.do("branch_move", id=step["id"], branch=second, to="up")
    assert [branch["when"] for branch in desk.steps[1]["branches"]] == ["评分<=3", "评分<3"]
    assert ("/body/steps/1/branches/1", "unreachable_branch") in desk.problems
    desk.do("branch_remove", id=step["id"], branch=second)
    assert len(desk.steps[1]["branches"]) == 1


def test_the_formula_editor_knows_the_fields_of_the_form(desk: Desk) -> None:
    desk.do("add", what="choose", into="", at=1)
    posted = {"id": "c", "at": f"{desk.steps[1]['id']}/branches/0/when", "field": "when", "when": "评分<"}
    checked = desk.client.post(f"/formulas/{desk.id}/desk", data=posted)
    assert checked.status_code == 200
    assert "data-start" in checked.text


def test_cards_are_moved_dropped_doubled_and_removed(desk: Desk) -> None:
    desk.do("add", what="together", into="", at=1)
    both = [branch["id"] for branch in desk.steps[1]["branches"]]
    desk.do("move", id="n1", to="down")
    assert tree.address_of(desk.steps, "n1") == both[0]
    desk.do("move", id="n1", to="down")
    assert tree.address_of(desk.steps, "n1") == both[1]
    desk.do("move", id="n1", to="down")
    assert [step["id"] for step in desk.steps][-1] == "n1"
    desk.do("drop", id="n1", into=both[0], at=0)
    desk.do("duplicate", id="n1")
    inside = [step["id"] for step in tree.sequence(desk.steps, both[0]) or ()]
    assert inside[0] == "n1"
    assert len(set(inside)) == 2
    together = desk.steps[0]["id"]
    assert "不能放到自己里面" in desk.do("drop", id=together, into=both[0], at=0).text
    desk.do("remove", id=together)
    assert desk.steps == []


def test_every_step_is_undone_and_done_again(desk: Desk) -> None:
    before = desk.steps
    desk.do("add", what="notify", into="", at=1)
    desk.do("title", id=desk.steps[1]["id"], title="知会")
    after = desk.steps
    desk.do("undo")
    desk.do("undo")
    assert desk.steps == before
    desk.do("redo")
    desk.do("redo")
    assert desk.steps == after


def test_two_editors_are_told_of_each_other_and_lose_nothing(desk: Desk) -> None:
    seen = desk.draft.version_id
    desk.do("title", id="n1", title="经理审批")
    told = desk.do("title", seen=seen, id="n1", title="上级审批")
    assert told.status_code == 422
    assert "经理审批 → 上级审批" in told.text
    assert desk.steps[0]["title"]["zh"] == "经理审批"


def test_experts_edit_the_same_draft_as_json(desk: Desk) -> None:
    desk.client.post("/definitions/expert", data={"on": "1"})
    assert "json-text" in desk.page(at="start")
    document = desk.draft.document
    mended = str(document).replace("'", '"').replace("直接主管审批", "老板审批")
    assert desk.do("text", text=mended).status_code == 200
    assert desk.steps[0]["title"]["zh"] == "老板审批"
    assert desk.do("text", text='{"kind": "workflow"}').status_code == 422


def test_the_route_of_a_person_is_marked_on_the_cards(desk: Desk) -> None:
    seats = desk.page().split('name="who"')[1].split("</select>")[0]
    values = [part.split('"')[0] for part in seats.split('value="')[1:] if part[0] != '"']
    assert any("flow-order" in desk.page(who=value) for value in values)
