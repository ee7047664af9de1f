"""Four eyes: who submits, who decides, what both leave behind, and the way back."""

import datetime as dt
import json
import re
from typing import Any

import pytest
from sqlalchemy import select

from builder import definitions
from builder.models import DefinitionVersion, Review
from core.audit import AuditEvent
from core.db import Document, db
from organization.models import Grant, Member
from runtime.goals.models import Goal, GoalSet
from tests.builder import documents
from tests.builder.reviewing import decide, in_force, page, submit
from tests.product import People, add_member, add_unit
from tests.sales import Sales


def small_cascade() -> Document:
    """A cascade that needs nothing but its metric."""
    small = documents.load("cascade")
    for part in ("drivers", "tasks", "behaviour"):
        small = documents.changed(small, f"/body/{part}", documents.GONE)
    return documents.changed(small, "/body/levels/1", documents.GONE)


def test_S54_one_role_submits_and_another_approves(
    people: People, ops: Member, draft: DefinitionVersion, sign_in: Any
) -> None:
    assert submit(sign_in(ops), draft).status_code == 303
    assert in_force(draft) == 1, "nothing changes before somebody else approves"
    assert "标题 " in page(sign_in(people.hr), draft)
    assert decide(sign_in(people.hr), draft, "approve").status_code == 303
    assert in_force(draft) == 2
    review = db.session.scalars(select(Review)).one()
    assert (review.submitted_by, review.submitted_as) == (ops.id, "sales_ops")
    assert (review.decided_by, review.decided_as, review.outcome) == (people.hr.id, "hr_admin", "approved")
    told = page(sign_in(people.hr), draft, "")
    assert "苏运营(销售运营)提交,何人事(HR 管理员)批准" in told
    assert "按Q2数据校准" in told


def test_S54_both_names_and_roles_stand_in_the_audit(
    people: People, ops: Member, draft: DefinitionVersion, sign_in: Any
) -> None:
    submit(sign_in(ops), draft)
    decide(sign_in(people.hr), draft, "approve")
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "definition.approve")).one()
    assert event.value is not None
    assert event.value.after == {
        "number": 2,
        "submitted_by": ops.id,
        "submitted_as": "sales_ops",
        "approved_by": people.hr.id,
        "approved_as": "hr_admin",
    }


def test_S54_hr_submits_and_sales_operations_approve(
    people: People, ops: Member, draft: DefinitionVersion, sign_in: Any
) -> None:
    submit(sign_in(people.hr), draft)
    assert decide(sign_in(ops), draft, "approve").status_code == 303
    assert in_force(draft) == 2


def test_S54_a_split_too_takes_two_roles(people: People, ops: Member, sign_in: Any) -> None:
    metric = definitions.create(people.company.id, documents.load("metric"), by_id=None)
    definitions.publish(metric, by_id=None)
    cascade = definitions.create(people.company.id, small_cascade(), by_id=ops.id)
    db.session.commit()
    submit(sign_in(ops), cascade)
    assert in_force(cascade) is None
    assert decide(sign_in(people.hr), cascade, "approve").status_code == 303
    review = db.session.scalars(select(Review)).one()
    assert (in_force(cascade), review.submitted_as, review.decided_as) == (1, "sales_ops", "hr_admin")


@pytest.mark.parametrize("kind", ["table", "cascade"])
def test_S54_nobody_publishes_a_table_or_a_split_alone(kind: str, people: People, sign_in: Any) -> None:
    alone = definitions.create(people.company.id, documents.load(kind), by_id=people.hr.id)
    answer = sign_in(people.hr).post(f"/definitions/{alone.definition_id}/review", data={"note": "我说了算"})
    assert answer.status_code == 409
    assert "两个不同角色" in answer.get_data(as_text=True)
    assert in_force(alone) is None


def test_S54_the_same_role_twice_is_not_two_roles(people: People, draft: DefinitionVersion, sign_in: Any) -> None:
    second = add_member(people.headquarters, "H002", "何二人事", "hr_admin")
    submit(sign_in(people.hr), draft)
    assert "两个不同角色" in page(sign_in(second), draft)
    assert decide(sign_in(second), draft, "approve").status_code == 403
    assert in_force(draft) == 1


def test_S54_nobody_approves_his_own_even_with_two_roles(
    people: People, ops: Member, draft: DefinitionVersion, sign_in: Any
) -> None:
    db.session.add(Grant(member_id=ops.id, role="hr_admin", unit_id=people.headquarters.id))
    submit(sign_in(ops), draft)
    assert decide(sign_in(ops), draft, "approve").status_code == 403
    assert in_force(draft) == 1


def test_S54_who_holds_two_roles_decides_in_the_one_that_differs(
    people: People, ops: Member, draft: DefinitionVersion, sign_in: Any
) -> None:
    second = add_member(people.headquarters, "O002", "苏二", "sales_ops")
    db.session.add(Grant(member_id=second.id, role="hr_admin", unit_id=people.headquarters.id))
    submit(sign_in(ops), draft)
    assert decide(sign_in(second), draft, "approve").status_code == 303
    assert db.session.scalars(select(Review)).one().decided_as == "hr_admin"


def test_the_page_names_who_can_approve(
    people: People, ops: Member, it: Member, draft: DefinitionVersion, sign_in: Any
) -> None:
    told = page(sign_in(ops), draft)
    assert "何人事" in told
    assert "信息部" in told


def test_the_page_says_when_nobody_can_approve(people: People, table: DefinitionVersion, sign_in: Any) -> None:
    definitions.open_draft(table.definition, by_id=people.hr.id)
    assert "目前没有人能批准" in page(sign_in(people.hr), table)


def test_other_kinds_are_published_by_one_person_after_review(people: People, sign_in: Any) -> None:
    metric = definitions.create(people.company.id, documents.load("metric"), by_id=people.hr.id)
    answer = sign_in(people.hr).post(f"/definitions/{metric.definition_id}/review", data={"note": "首版"})
    assert answer.status_code == 303
    assert in_force(metric) == 1


def test_sales_operations_cannot_put_a_metric_in_force_among_themselves(
    people: People, ops: Member, sign_in: Any
) -> None:
    second = add_member(people.headquarters, "O002", "苏二", "sales_ops")
    metric = definitions.create(people.company.id, documents.load("metric"), by_id=ops.id)
    submit(sign_in(ops), metric)
    assert decide(sign_in(second), metric, "approve").status_code == 403
    assert decide(sign_in(people.hr), metric, "approve").status_code == 303
    assert in_force(metric) == 1


def test_returning_takes_a_reason_that_the_author_reads(
    people: People, ops: Member, draft: DefinitionVersion, sign_in: Any
) -> None:
    submit(sign_in(ops), draft)
    hr = sign_in(people.hr)
    assert decide(hr, draft, "return", reason=" ").status_code == 422
    assert decide(hr, draft, "return", reason="请补充依据").status_code == 303
    assert "请补充依据" in page(sign_in(ops), draft)
    assert submit(sign_in(ops), draft).status_code == 303, "mended, it is submitted again"


def test_withdrawing_opens_the_draft_again(ops: Member, draft: DefinitionVersion, sign_in: Any) -> None:
    client = sign_in(ops)
    submit(client, draft)
    assert draft.state == "in_review"
    assert decide(client, draft, "withdraw").status_code == 303
    assert draft.state == "draft"
    assert "还没有人提交" in client.get("/definitions/reviews").get_data(as_text=True)


def test_an_edit_during_review_withdraws_it_and_says_so(
    people: People, ops: Member, draft: DefinitionVersion, sign_in: Any
) -> None:
    client = sign_in(ops)
    submit(client, draft)
    editor = page(client, draft, "edit?plain=1")
    assert "正在审核" in editor
    seen = re.search(r'name="seen" value="(\d+)"', editor)
    assert seen is not None
    changed = documents.changed(draft.document, "/title/zh", "又改了")
    address = f"/definitions/{draft.definition_id}/edit"
    answer = client.post(address, data={"text": json.dumps(changed), "seen": seen[1]}, follow_redirects=True)
    assert "已退出审核" in answer.get_data(as_text=True)
    assert decide(sign_in(people.hr), draft, "approve").status_code == 409, "what HR read is not what is there now"
    assert in_force(draft) == 1
    events = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert events[-2:] == ["definition.withdraw", "definition.save"]


@pytest.mark.parametrize("kind", ["table", "formula", "cascade"])
def test_every_editor_says_that_a_draft_is_in_review(kind: str, medical: People, ops: Member, sign_in: Any) -> None:
    named = {"table": "region_coef", "formula": "unit_weight", "cascade": "sales_cascade"}
    definition = definitions.find(medical.company.id, kind, f"medical.{named[kind]}")
    assert definition is not None
    draft = definitions.open_draft(definition, by_id=ops.id)
    changed = json.dumps(documents.changed(draft.document, "/title/zh", "新标题"))
    definitions.save_draft(draft, changed, seen=draft.version_id, by_id=ops.id)
    client = sign_in(ops)
    assert submit(client, draft).status_code == 303
    editor = client.get(f"/definitions/{definition.id}/edit", follow_redirects=True)
    assert "正在审核" in editor.get_data(as_text=True)


def test_who_had_the_editor_open_before_it_was_submitted_is_told(
    people: People, ops: Member, draft: DefinitionVersion, sign_in: Any
) -> None:
    seen = draft.version_id
    submit(sign_in(ops), draft)
    text = json.dumps(documents.changed(draft.document, "/title/zh", "悄悄改"))
    answer = sign_in(people.hr).post(f"/definitions/{draft.definition_id}/edit", data={"text": text, "seen": seen})
    assert answer.status_code == 409
    assert draft.state == "in_review"


def test_a_draft_in_review_is_not_thrown_away(ops: Member, draft: DefinitionVersion, sign_in: Any) -> None:
    client = sign_in(ops)
    submit(client, draft)
    assert client.post(f"/definitions/{draft.definition_id}/discard").status_code == 409
    decide(client, draft, "withdraw")
    assert client.post(f"/definitions/{draft.definition_id}/discard").status_code == 303
    assert db.session.scalars(select(Review)).all() == []


def test_a_draft_is_submitted_once_with_a_note_and_without_problems(
    ops: Member, draft: DefinitionVersion, sign_in: Any
) -> None:
    client = sign_in(ops)
    assert submit(client, draft, note="").status_code == 422
    assert submit(client, draft, effective_from="31.07.2025").status_code == 422
    assert submit(client, draft).status_code == 303
    assert submit(client, draft).status_code == 409
    bad = documents.changed(draft.document, "/body/hit", "random")
    definitions.save_draft(draft, json.dumps(bad), seen=draft.version_id, by_id=ops.id)
    assert submit(client, draft).status_code == 422


def test_a_draft_that_changes_nothing_is_not_submitted(
    people: People, table: DefinitionVersion, ops: Member, sign_in: Any
) -> None:
    same = definitions.open_draft(table.definition, by_id=ops.id)
    assert submit(sign_in(ops), same).status_code == 409
    assert same.state == "draft"


def test_what_does_not_fit_any_more_is_not_approved(people: People, ops: Member, sign_in: Any) -> None:
    """A reference that was retired between submission and approval."""
    metric = definitions.create(people.company.id, documents.load("metric"), by_id=None)
    definitions.publish(metric, by_id=None)
    cascade = definitions.create(people.company.id, small_cascade(), by_id=ops.id)
    submit(sign_in(ops), cascade)
    definitions.retire(metric, by_id=None)
    answer = decide(sign_in(people.hr), cascade, "approve")
    assert answer.status_code == 422
    assert "test.sales" in answer.get_data(as_text=True)
    assert cascade.state == "in_review"


def test_S23_periods_before_the_effective_day_keep_the_old_version(
    people: People, ops: Member, draft: DefinitionVersion, sign_in: Any
) -> None:
    submit(sign_in(ops), draft, effective_from="2025-07-01")
    decide(sign_in(people.hr), draft, "approve")
    assert [in_force(draft, on=day) for day in (dt.date(2025, 6, 30), dt.date(2025, 7, 1))] == [1, 2]


def test_S23_without_a_day_the_past_keeps_the_old_version(
    people: People, ops: Member, draft: DefinitionVersion, sign_in: Any
) -> None:
    submit(sign_in(ops), draft)
    decide(sign_in(people.hr), draft, "approve")
    assert [in_force(draft, on=day) for day in (dt.date(2025, 5, 31), dt.date(2025, 6, 30))] == [1, 2]


def test_S23_the_way_back_is_a_new_version_and_shows_what_it_changes(
    people: People, ops: Member, table: DefinitionVersion, draft: DefinitionVersion, sign_in: Any
) -> None:
    submit(sign_in(ops), draft)
    decide(sign_in(people.hr), draft, "approve")
    client = sign_in(ops)
    address = f"/definitions/{table.definition_id}/versions/{table.id}/restore"
    assert "标题 新标题 → " in client.get(address).get_data(as_text=True)
    assert client.post(address).status_code == 303
    assert "退回到第 1 版" in page(client, table)
    submit(client, table, note="退回到第 1 版")
    decide(sign_in(people.hr), table, "approve")
    newest = definitions.history(table.definition)[0]
    assert (newest.number, newest.document) == (3, table.document)


def test_S54_retiring_is_no_way_around_the_second_role(
    people: People, ops: Member, table: DefinitionVersion, draft: DefinitionVersion, sign_in: Any
) -> None:
    submit(sign_in(ops), draft)
    hr = sign_in(people.hr)
    decide(hr, draft, "approve")
    answer = hr.post(f"/definitions/{table.definition_id}/versions/{draft.id}/retire")
    assert answer.status_code == 409
    assert in_force(draft) == 2
    assert "停用" not in page(hr, table, "")


def test_there_is_no_way_back_over_an_open_draft(
    draft: DefinitionVersion, table: DefinitionVersion, sign_in: Any, people: People
) -> None:
    address = f"/definitions/{table.definition_id}/versions/{table.id}/restore"
    client = sign_in(people.hr)
    assert "已有草稿" in client.get(address).get_data(as_text=True)
    assert client.post(address).status_code == 409


def test_the_list_says_what_waits_and_for_whom(
    people: People, ops: Member, draft: DefinitionVersion, sign_in: Any, counted_statements: Any
) -> None:
    submit(sign_in(ops), draft)
    assert "等别人处理" in sign_in(ops).get("/definitions/reviews").get_data(as_text=True)
    hr = sign_in(people.hr)
    with counted_statements() as counted:
        shown = hr.get("/definitions/reviews").get_data(as_text=True)
    assert "等您处理" in shown
    assert "按Q2数据校准" in shown
    assert counted.count <= 4, counted.statements
    assert re.search(r'待审\s*<span class="count">1</span>', hr.get("/definitions").get_data(as_text=True))


def test_who_may_not_review_is_refused(people: People, ops: Member, draft: DefinitionVersion, sign_in: Any) -> None:
    submit(sign_in(ops), draft)
    manager = sign_in(people.east_manager)
    assert manager.get("/definitions/reviews").status_code == 403
    assert decide(manager, draft, "approve").status_code == 403


def test_reviews_of_another_company_are_not_there(
    people: People, ops: Member, draft: DefinitionVersion, sign_in: Any
) -> None:
    submit(sign_in(ops), draft)
    other = add_unit(None, "B", "别家", "company")
    draft.definition.company_id = other.id
    assert decide(sign_in(people.hr), draft, "approve").status_code == 404
    assert draft.state == "in_review"


def test_S19_one_table_serves_many_goals_and_the_review_counts_their_people(
    sales: Sales, published: GoalSet, sign_in: Any
) -> None:
    """A table two steps above the cascade touches everybody whose goal the cascade split."""
    company_id = published.company_id
    whom = {goal.member_id for goal in db.session.scalars(select(Goal).where(Goal.member_id.is_not(None)))}
    client = sign_in(sales.people.hr)
    definition = definitions.find(company_id, "table", "medical.region_coef")
    assert definition is not None
    definitions.open_draft(definition, by_id=None)
    assert whom, "somebody has a goal"
    shown = client.get(f"/definitions/{definition.id}/review").get_data(as_text=True)
    assert f"{len(whom)} 人的目标、任务或得分由它算出" in shown
