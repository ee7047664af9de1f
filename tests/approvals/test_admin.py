"""审批单管理: what is stuck gets going again, and runs of an older version go over to the newest, or not."""

from sqlalchemy import select

from builder import definitions
from core.audit import AuditEvent
from core.db import db
from organization.models import Grant
from runtime.approvals.models import RunEffect
from tests.approvals.flow import STEPS, decided, flow, open_item, publish_flow, send, visitor
from tests.submissions.conftest import publish

__all__ = ["flow", "publish", "send"]


def test_a_run_that_asks_nobody_is_found_and_given_to_somebody(app, people, send, counted_statements):
    nobody = {"kind": "role", "role": "it_admin"}
    publish_flow([STEPS[0] | {"who": [nobody], "empty": {"do": "assign", "to": nobody}}, *STEPS[1:]])
    run = send()
    admin = visitor(app, "H001")
    with counted_statements() as counted:
        page = admin.get("/admin/runs?trouble=nobody").text
    assert counted.count <= 5
    assert f"/admin/runs/{run.id}" in page
    assert "无人处理" in page
    posted = {"do": "reassign", "item": open_item(run).token, "person": "E001"}
    assert admin.post(f"/admin/runs/{run.id}/act", data=posted).status_code == 422, "it needs a reason"
    assert admin.post(f"/admin/runs/{run.id}/act", data=posted | {"reason": "没有 IT"}).status_code == 303
    assert open_item(run).member_id == people.east_manager.id
    assert f"/admin/runs/{run.id}" not in admin.get("/admin/runs?trouble=nobody").text
    assert "没有 IT" in admin.get(f"/runs/{run.id}/history").text


def test_a_run_is_moved_ended_and_opened_again_each_with_a_reason(app, people, send):
    run = send()
    admin = visitor(app, "H001")
    address = f"/admin/runs/{run.id}/act"
    admin.post(address, data={"do": "jump", "to": "n2", "reason": "主管出差"})
    assert open_item(run).step == "n2"
    admin.post(address, data={"do": "end", "status": "rejected", "reason": "重复提交"})
    assert run.status == "rejected"
    admin.post(address, data={"do": "reopen", "to": "n1", "reason": "并不重复"})
    assert run.status == "running"
    assert open_item(run).step == "n1"
    history = admin.get(f"/runs/{run.id}/history").text
    for sentence in ("跳转到“总部评审”", "重复提交", "从“直接主管”重新打开"):
        assert sentence in history
    told = set(db.session.scalars(select(AuditEvent.action).where(AuditEvent.subject == f"run:{run.id}")))
    assert {"run.jump", "run.end", "run.reopen"} <= told


def test_only_who_looks_after_the_unit_steps_in(app, people, send):
    run = send()
    assert visitor(app, "E001").get("/admin/runs").status_code == 403
    ended = {"do": "end", "status": "finished", "reason": "x"}
    assert visitor(app, "E001").post(f"/runs/{run.id}/act", data=ended).status_code == 403
    other = db.session.scalars(select(Grant).where(Grant.member_id == people.hr.id)).one()
    other.unit_id = people.east.id
    run.unit_id = people.headquarters.id
    db.session.commit()
    of_east = visitor(app, "H001")
    assert f"/admin/runs/{run.id}" not in of_east.get("/admin/runs").text
    assert of_east.post(f"/admin/runs/{run.id}/act", data=ended).status_code == 404
    assert run.status == "running"


def test_an_effect_that_failed_is_seen_and_tried_again(app, people, send):
    run = send()
    failed = {"do": "webhook", "url": "https://example.com", "step": "n1", "row": None}
    effect = RunEffect(run_id=run.id, number=1, event=1, step="n1", kind="webhook", document=failed, state="failed")
    effect.error = "503"
    db.session.add(effect)
    db.session.commit()
    admin = visitor(app, "H001")
    assert "动作失败" in admin.get("/admin/runs?trouble=failed").text
    assert "503" in admin.get(f"/admin/runs/{run.id}").text
    assert admin.post(f"/admin/runs/{run.id}/effects/1/retry").status_code == 303
    assert effect.state == "waiting"


def test_runs_that_fit_a_new_version_go_over_and_back_and_others_need_a_person(app, people, flow, send):
    early, late = send("one"), send("two")
    visitor(app, "E001").post(f"/runs/{late.id}/act", data=decided(open_item(late), "approve"))
    newer = publish_flow([STEPS[0] | {"title": {"zh": "主管", "en": "Manager"}}, STEPS[2]])
    admin = visitor(app, "H001")
    versions = f"/admin/runs/versions/{newer.definition_id}"
    page = admin.get(versions).text
    assert "可转到新版" in page
    assert "新版里没有“总部评审”" in page
    admin.post(f"{versions}/move", data={"run": [early.id, late.id], "reason": "流程简化"})
    assert (early.version_id, late.version_id) == (newer.id, flow.id)
    assert "换了流程版本" in admin.get(f"/runs/{early.id}/history").text
    assert "已从旧版转来" in admin.get(versions).text
    admin.post(f"{versions}/back", data={"run": early.id})
    assert early.version_id == flow.id
    admin.post(f"{versions}/move", data={"run": early.id})
    visitor(app, "E001").post(f"/runs/{early.id}/act", data=decided(open_item(early), "approve"))
    assert early.status == "finished", "the new version asks headquarters no more"


def test_the_review_of_a_new_version_tells_what_it_means_for_runs_that_go_on(app, people, flow, send):
    send("one")
    late = send("two")
    visitor(app, "E001").post(f"/runs/{late.id}/act", data=decided(open_item(late), "approve"))
    document = flow.document | {"body": flow.document["body"] | {"steps": [STEPS[0], STEPS[2]]}}
    definitions.begin_draft(flow.definition, document, by_id=people.hr.id)
    db.session.commit()
    admin = visitor(app, "H001")
    assert f"/admin/runs/drafts/{flow.definition_id}" in admin.get(f"/definitions/{flow.definition_id}/review").text
    told = admin.get(f"/admin/runs/drafts/{flow.definition_id}").text
    assert "有 2 张审批单正在进行" in told
    assert "1 张可转到新版，1 张需人工处理" in told
