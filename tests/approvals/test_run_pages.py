"""A run on its page: the record as the step sees it, the route, every deed, and its history."""

import io

from sqlalchemy import select

from builder import definitions
from core.db import db
from runtime.approvals.models import RunEvent, WorkflowRun
from runtime.submissions.models import Submission
from tests.approvals.flow import STEPS, decided, flow, open_item, publish_flow, send, visitor
from tests.product import add_member
from tests.submissions.conftest import KEY, POSTED, publish

__all__ = ["flow", "publish", "send"]

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def test_the_route_is_shown_before_sending_with_names_and_reasons(app, people, flow):
    page = visitor(app, "S001").get(f"/forms/{KEY}").text
    assert "将依次经过" in page
    assert page.index("华东大区经理") < page.index("何人事")
    assert "直接主管" in page
    again = visitor(app, "S001").post(f"/forms/{KEY}/route", data={"client_id": "one", "relevance": "4"})
    assert "总部评审" in again.text


def test_the_record_leads_to_its_run(app, people, send):
    run = send()
    page = visitor(app, "S001").get(f"/forms/{KEY}/records/{run.subject_id}").text
    assert f'href="/runs/{run.id}"' in page


def test_a_step_sees_the_record_as_the_flow_says_and_what_comes_next(app, people, send, counted_statements):
    run = send()
    with counted_statements() as counted:
        page = visitor(app, "E001").get(f"/runs/{run.id}").text
    assert counted.count <= 16
    assert "3,600" in page
    assert "开始日" not in page, "the step hides it"
    assert "总部评审" in page
    assert "HR 管理员" in page
    assert "开始日" in visitor(app, "S001").get(f"/runs/{run.id}").text


def test_what_the_step_lets_him_fill_in_goes_with_the_verdict_and_into_the_history(app, people, send):
    run = send(relevance="2", why="先试点")
    browser = visitor(app, "E001")
    page = browser.get(f"/runs/{run.id}").text
    assert 'name="why"' in page
    assert 'name="relevance"' not in page
    posted = decided(open_item(run), "approve", given="f5", why="只在上海试点")
    assert browser.post(f"/runs/{run.id}/act", data=posted).status_code == 303
    assert db.session.scalars(select(Submission)).one().values["why"] == "只在上海试点"
    history = browser.get(f"/runs/{run.id}/history").text
    assert "<del>先试点</del> → <ins>只在上海试点</ins>" in history
    assert "为什么是他" in history


def test_files_of_the_record_are_seen_where_their_field_is(app, people, flow):
    photo = {
        "x-id": "fp",
        "title": "照片",
        "type": "array",
        "items": {"type": "string"},
        "x-files": {"accept": ["image"]},
    }
    form = definitions.published(people.company.id, "form", KEY)
    body = with_field(form.document["body"], "photo", photo, {"id": "lp", "field": "fp", "widget": "image"})
    definitions.publish(
        definitions.begin_draft(form.definition, form.document | {"body": body}, by_id=people.hr.id), by_id=people.hr.id
    )
    publish_flow([STEPS[0] | {"fields": {"fp": "hide"}}, *STEPS[1:]])
    sender, manager, headquarters = (visitor(app, code) for code in ("S001", "E001", "H001"))
    picture = (io.BytesIO(PICTURE), "现场.png")
    uploaded = sender.post(f"/forms/{KEY}/files", data={"client_id": "one", "name": "photo", "files": picture}).text
    name = uploaded.partition('value="')[2].partition('"')[0]
    assert sender.post(f"/forms/{KEY}", data=POSTED | {"client_id": "one", "photo": name}).status_code == 303
    run = db.session.scalars(select(WorkflowRun)).one()
    assert "现场.png" not in manager.get(f"/runs/{run.id}").text
    assert manager.get(f"/runs/{run.id}/attached/{name}").status_code == 404
    manager.post(f"/runs/{run.id}/act", data=decided(open_item(run), "approve"))
    assert "现场.png" in headquarters.get(f"/runs/{run.id}").text
    assert headquarters.get(f"/runs/{run.id}/attached/{name}").data == PICTURE


def with_field(body, name, spec, item):
    """The form with one field more at its end."""
    data = body["data"] | {"properties": body["data"]["properties"] | {name: spec}}
    section = body["layout"][0]
    return body | {"data": data, "layout": [section | {"items": [*section["items"], item]}]}


def test_a_rejection_needs_a_reason_and_says_so_at_the_field(app, people, send):
    run = send()
    browser = visitor(app, "E001")
    refused = browser.post(f"/runs/{run.id}/act", data=decided(open_item(run), "reject"))
    assert refused.status_code == 422
    assert 'id="reason-error"' in refused.text
    browser.post(f"/runs/{run.id}/act", data=decided(open_item(run), "reject", reason="太贵"))
    assert run.status == "rejected"
    assert "太贵" in visitor(app, "S001").get(f"/runs/{run.id}").text


def test_what_is_returned_is_mended_and_comes_straight_back(app, people, send):
    run = send()
    browser, sender = visitor(app, "E001"), visitor(app, "S001")
    back = {"do": "send_back", "item": open_item(run).token, "to": "submit", "reason": "请补充依据", "seen": run.events}
    assert browser.post(f"/runs/{run.id}/act", data=back).status_code == 303
    assert "退回给您" in sender.get("/inbox").text
    page = sender.get(f"/runs/{run.id}").text
    assert "请补充依据" in page
    assert 'name="relevance"' in page
    again = decided(open_item(run), "submit", given="f1", relevance="5")
    assert sender.post(f"/runs/{run.id}/act", data=again).status_code == 303
    assert open_item(run).member_id == people.east_manager.id
    assert db.session.scalars(select(Submission)).one().values["relevance"] == 5


def test_signers_advice_and_passing_on_each_stand_in_the_history(app, people, send):
    run = send()
    add_member(people.headquarters, "H002", "王审", "sales_ops")
    db.session.commit()
    browser, other = visitor(app, "E001"), visitor(app, "H002")
    signer = {"do": "add_signer", "item": open_item(run).token, "person": "H002", "where": "before", "seen": run.events}
    browser.post(f"/runs/{run.id}/act", data=signer)
    assert open_item(run).member.code == "H002"
    other.post(f"/runs/{run.id}/act", data=decided(open_item(run), "approve"))
    advice = {"do": "delegate", "item": open_item(run).token, "person": "王审", "seen": run.events}
    browser.post(f"/runs/{run.id}/act", data=advice)
    assert "之后由华东大区经理决定" in other.get(f"/runs/{run.id}").text
    other.post(f"/runs/{run.id}/act", data=decided(open_item(run), "reject"))
    assert "王审的意见：不同意" in browser.get(f"/runs/{run.id}").text
    passed = {"do": "transfer", "item": open_item(run).token, "person": "H002", "seen": run.events}
    browser.post(f"/runs/{run.id}/act", data=passed)
    history = browser.get(f"/runs/{run.id}/history").text
    for sentence in ("请 王审 先签", "王审：同意", "请 王审 给意见", "转交给 王审"):
        assert sentence in history


def test_whoever_comes_too_late_reads_who_was_first(app, people, send):
    run = send()
    posted = decided(open_item(run), "approve")
    browser = visitor(app, "E001")
    browser.post(f"/runs/{run.id}/act", data=posted)
    late = browser.post(f"/runs/{run.id}/act", data=posted | {"outcome": "reject", "reason": "太贵"})
    assert late.status_code == 409
    assert "华东大区经理" in late.text
    assert "下面是现在的情况" in late.text
    assert run.status == "running"


def test_a_double_click_is_one_answer(app, people, send):
    run = send()
    posted = decided(open_item(run), "approve", client_id="a-page")
    browser = visitor(app, "E001")
    assert [browser.post(f"/runs/{run.id}/act", data=posted).status_code for _time in range(2)] == [303, 303]
    assert len(db.session.scalars(select(RunEvent)).all()) == 2


def test_files_of_a_verdict_are_for_who_sees_the_run(app, people, send):
    run = send()
    browser = visitor(app, "E001")
    posted = decided(open_item(run), "approve", files=(io.BytesIO("依据".encode()), "依据.txt"))
    browser.post(f"/runs/{run.id}/act", data=posted, content_type="multipart/form-data")
    (event,) = db.session.scalars(select(RunEvent).where(RunEvent.number == 2))
    address = f"/runs/{run.id}/files/{event.files[0]['content']}"
    assert visitor(app, "S001").get(address).data.decode() == "依据"
    add_member(people.shanghai, "S002", "路人", "sales")
    db.session.commit()
    assert visitor(app, "S002").get(address).status_code == 404
    assert visitor(app, "S002").get(f"/runs/{run.id}").status_code == 404
    assert visitor(app, "S002").post(f"/runs/{run.id}/act", data={"do": "urge"}).status_code == 404


def test_a_signature_is_drawn_and_shown(app, people, send):
    steps = [STEPS[0] | {"require": ["signature"]}, *STEPS[1:]]
    publish_flow(steps)
    run = send()
    browser = visitor(app, "E001")
    assert browser.post(f"/runs/{run.id}/act", data=decided(open_item(run), "approve")).status_code == 422
    picture = (io.BytesIO(PICTURE), "signature.png")
    drawn = browser.post(f"/runs/{run.id}/files", data={"name": "signature", "files": picture}).text
    name = drawn.partition('value="')[2].partition('"')[0]
    assert (
        browser.post(f"/runs/{run.id}/act", data=decided(open_item(run), "approve", signature=name)).status_code == 303
    )
    assert f"/runs/{run.id}/files/{name}" in browser.get(f"/runs/{run.id}/history").text


def test_the_submitter_urges_and_withdraws(app, people, send):
    run = send()
    sender = visitor(app, "S001")
    sender.post(f"/runs/{run.id}/act", data={"do": "urge"})
    assert "已催办" in visitor(app, "E001").get("/inbox").text
    sender.post(f"/runs/{run.id}/act", data={"do": "withdraw"})
    assert run.status == "withdrawn"
    assert "没有待办" in visitor(app, "E001").get("/inbox").text
    gone = visitor(app, "E001").post(f"/runs/{run.id}/act", data={"do": "decide", "item": "w2", "outcome": "approve"})
    assert gone.status_code == 409


def test_the_submitter_chooses_whom_a_step_asks(app, people, flow):
    chosen = {"kind": "submitter_choice", "from": {"kind": "role", "role": "hr_admin"}}
    publish_flow([STEPS[0] | {"who": [chosen]}, *STEPS[1:]])
    sender = visitor(app, "S001")
    page = sender.get(f"/forms/{KEY}").text
    assert f'name="chosen-n1" value="#{people.hr.id}"' in page
    posted = {"client_id": "one", "relevance": "4", "kind": "price", "resources-0-item": "展架", "resources-0-qty": "3"}
    refused = sender.post(f"/forms/{KEY}", data=posted)
    assert refused.status_code == 422
    assert "请为“直接主管”选择处理人" in refused.text
    assert sender.post(f"/forms/{KEY}", data=posted | {"chosen-n1": f"#{people.hr.id}"}).status_code == 303
    assert "区域提案" in visitor(app, "H001").get("/inbox").text
