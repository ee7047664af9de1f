"""The 试算 that goes with a draft into its review: the approver reads what the author saw."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from builder import definitions
from builder.models import DefinitionVersion, Review
from core.db import Document, db
from organization.models import Member
from runtime.goals.models import GoalSet
from tests.product import add_member
from tests.sales import Sales
from tests.whatif.drafts_of import draft_of

SAID = "9 人中 8 人变化,最多 +274万、-324万"


def more_potential(body: Document) -> None:
    body["parameters"][0]["default"] = 0.9
    body["samples"] = []


@pytest.fixture
def draft(ops: Member, sold: GoalSet) -> DefinitionVersion:
    return draft_of(ops, "formula", "medical.member_weight", more_potential)


def submit(client: Any, draft: DefinitionVersion, **posted: str) -> Review:
    answer = client.post(f"/definitions/{draft.definition_id}/submit", data={"note": "更看重客户潜力", **posted})
    assert answer.status_code == 303
    return db.session.scalars(select(Review).order_by(Review.id.desc())).first()


def review_page(client: Any, draft: DefinitionVersion) -> str:
    return str(client.get(f"/definitions/{draft.definition_id}/review").get_data(as_text=True))


def test_S23_the_figures_are_kept_with_the_review_and_the_approver_reads_them(
    draft: DefinitionVersion, ops: Member, sales: Sales, sign_in: Any
) -> None:
    review = submit(sign_in(ops), draft)
    assert review.what_if is not None
    assert review.what_if["digest"] == draft.digest
    assert review.what_if["parts"][0]["changed"] == 8
    told = review_page(sign_in(sales.people.hr), draft)
    assert SAID in told
    assert "提交时的试算" in told
    assert "安店长" not in told, "the review carries figures, not names"


def test_before_it_is_submitted_the_page_asks_for_the_figures_of_now(
    draft: DefinitionVersion, ops: Member, sign_in: Any
) -> None:
    client = sign_in(ops)
    address = f"/what-if/{draft.definition_id}/summary"
    assert address in review_page(client, draft)
    assert SAID in client.get(address).get_data(as_text=True)


def test_a_draft_that_changed_since_is_said_and_computed_anew(
    draft: DefinitionVersion, ops: Member, sign_in: Any
) -> None:
    submit(sign_in(ops), draft)
    draft_of(ops, "formula", "medical.member_weight", lambda body: body["parameters"][0].update(default=0.5))
    told = review_page(sign_in(ops), draft)
    assert "草稿在上次提交后又改过" in told
    assert SAID not in told
    assert f"/what-if/{draft.definition_id}/summary" in told


def test_what_gives_nobody_a_number_is_submitted_all_the_same(ops: Member, sales: Sales, sign_in: Any) -> None:
    draft = draft_of(ops, "table", "medical.ramp", lambda body: body["rows"][0]["then"].update(c2="0.3"))
    assert submit(sign_in(ops), draft).what_if is None
    summary = sign_in(ops).get(f"/what-if/{draft.definition_id}/summary").get_data(as_text=True)
    assert "它还没有给任何人算出数" in summary


def test_a_form_has_no_what_if(sales: Sales, sign_in: Any) -> None:
    form = definitions.find(sales.people.company.id, "form", "medical.annual_target")
    assert form is not None
    definitions.open_draft(form, by_id=None)
    client = sign_in(sales.people.hr)
    assert client.get(f"/what-if/{form.id}").status_code == 404
    assert "谁会变" not in client.get(f"/definitions/{form.id}/review").get_data(as_text=True)


def test_the_editors_save_and_lead_to_who_would_move(ops: Member, sales: Sales, sign_in: Any) -> None:
    client = sign_in(ops)
    table = draft_of(ops, "table", "medical.ramp", lambda body: body["rows"][0]["then"].update(c2="0.3"))
    posted = {"document": json.dumps(table.document), "seen": str(table.version_id), "try_out": "1"}
    saved = client.post(f"/definitions/{table.definition_id}/table", data=posted)
    assert saved.headers["Location"] == f"/what-if/{table.definition_id}"
    formula = draft_of(ops, "formula", "medical.newcomer_limit", lambda body: body.update(samples=[]))
    editor = client.get(f"/formulas/{formula.definition_id}").get_data(as_text=True)
    assert 'name="try_out"' in editor
    split = draft_of(ops, "cascade", "medical.sales_cascade", lambda body: body["levels"][0].update(reserve="10%"))
    assert f"/what-if/{split.definition_id}" in client.get(
        f"/definitions/{split.definition_id}/edit", follow_redirects=True
    ).get_data(as_text=True)


# ── who is affected ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_people_whose_goals_are_made_with_it_are_counted(draft: DefinitionVersion, ops: Member, sign_in: Any) -> None:
    assert "9 人的目标、任务或得分由它算出" in review_page(sign_in(ops), draft)


def test_people_whose_lights_are_judged_by_it_are_counted(ops: Member, sold: GoalSet, sign_in: Any) -> None:
    draft = draft_of(ops, "table", "okr.light", lambda body: body["rows"][5]["when"].update(deviation=">20%"))
    assert "9 人的目标、任务或得分由它算出" in review_page(sign_in(ops), draft)


def test_before_anything_is_made_it_says_to_whom_it_would_apply(ops: Member, sales: Sales, sign_in: Any) -> None:
    draft = draft_of(ops, "table", "medical.ramp", lambda body: body["rows"][0]["then"].update(c2="0.3"))
    add_member(sales.people.headquarters, "X001", "离职者", "sales").left_on = sales.newcomer.joined_on
    assert "启用后将用于 9 人" in review_page(sign_in(ops), draft)
