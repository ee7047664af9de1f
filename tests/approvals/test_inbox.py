"""待办, 已办, 抄送, 我发起的: one list of what somebody owes, and what became of the rest."""

import datetime as dt

from sqlalchemy import insert, select

from core.clock import now
from core.db import db
from runtime.approvals.models import WorkflowRun, WorkItem
from tests.approvals.flow import decided, flow, open_item, send, visitor
from tests.submissions.conftest import publish

__all__ = ["flow", "publish", "send"]


def test_what_waits_stands_oldest_due_first_and_is_counted_in_the_menu(app, people, send, counted_statements):
    first, second = send("one"), send("two", kind="gift")
    open_item(second).due_at = now() - dt.timedelta(hours=1)
    db.session.commit()
    browser = visitor(app, "E001")
    with counted_statements() as counted:
        page = browser.get("/inbox").text
    assert counted.count <= 4
    assert page.index(f"/runs/{second.id}") < page.index(f"/runs/{first.id}")
    assert '<span>待办</span><span class="count">2</span>' in page
    assert "已超期" in page
    late = browser.get("/inbox?overdue=1").text
    assert f"/runs/{second.id}" in late
    assert f"/runs/{first.id}" not in late
    assert f"/runs/{first.id}" not in browser.get("/inbox?q=赠品").text
    assert f"/runs/{first.id}" not in visitor(app, "H001").get("/inbox").text


def test_the_page_that_he_begins_with_says_that_something_waits(app, people, send):
    send()
    browser = visitor(app, "E001")
    assert "有 1 项待办等您处理" in browser.get("/", follow_redirects=True).text
    assert "项待办等您处理" not in browser.get("/account").text


def test_a_list_goes_on_page_by_page(app, people, send):
    run = send()
    item = open_item(run)
    row = {column.key: getattr(item, column.key) for column in WorkItem.__table__.columns if column.key != "id"}
    db.session.execute(insert(WorkItem), [row | {"token": f"x{number}"} for number in range(60)])
    db.session.commit()
    browser = visitor(app, "E001")
    page = browser.get("/inbox").text
    assert page.count('class="owed-row"') == 50
    last = page.rpartition("?item=")[2].partition('"')[0]
    assert f"/inbox?after={last}" in page
    rest = browser.get(f"/inbox?after={last}").text
    assert rest.count('class="owed-row"') == 11
    assert "before=" in rest


def test_several_are_approved_at_once_each_judged_and_refusals_are_told(app, people, send):
    runs = [send(name) for name in ("one", "two", "three")]
    items = [open_item(run) for run in runs]
    browser = visitor(app, "E001")
    browser.post(f"/runs/{runs[0].id}/act", data=decided(items[0], "reject", reason="太贵"))
    page = browser.post("/inbox/approve", data={"item": [item.id for item in items]}, follow_redirects=True).text
    assert "已同意 2 项" in page
    assert "未处理" in page
    assert [run.status for run in runs] == ["rejected", "running", "running"]
    assert [item.outcome for item in items] == ["reject", "approve", "approve"]


def test_nobody_approves_what_is_not_his_to_approve(app, people, send):
    item = open_item(send())
    visitor(app, "H001").post("/inbox/approve", data={"item": item.id})
    assert item.closed_at is None


def test_ticked_items_are_passed_on_to_somebody(app, people, send):
    item = open_item(send())
    answer = visitor(app, "E001").post("/inbox/transfer", data={"item": item.id, "person": "何人事 (H001)"})
    assert answer.status_code == 303
    assert item.closed_as == "transferred"
    assert open_item(item.run).member_id == people.hr.id


def test_who_is_meant_is_offered_while_a_name_is_typed(app, people, send):
    assert "何人事 (H001)" in visitor(app, "E001").get("/inbox/people?person=何").text


def test_the_other_lists_tell_what_became_of_it(app, people, send, run_jobs, counted_statements):
    run = send()
    manager, headquarters = visitor(app, "E001"), visitor(app, "H001")
    assert "华东大区经理" in visitor(app, "S001").get("/inbox/started").text
    manager.post(f"/runs/{run.id}/act", data=decided(open_item(run), "approve"))
    assert f"/runs/{run.id}" in manager.get("/inbox/done").text
    headquarters.post(f"/runs/{run.id}/act", data=decided(open_item(run), "adopt"))
    run_jobs()
    assert run.status == "finished"
    for name in ("done", "copied", "started"):
        with counted_statements() as counted:
            manager.get(f"/inbox/{name}")
        assert counted.count <= 4
    copied = manager.get("/inbox/copied").text
    assert f"/runs/{run.id}" in copied
    assert '<span class="count">1</span>' in copied
    manager.post(f"/runs/{run.id}/read")
    assert '<span class="count">1</span>' not in manager.get("/inbox/copied").text
    assert "已通过" in visitor(app, "S001").get("/inbox/started").text


def test_runs_of_others_are_in_nobodys_list(app, people, send):
    send()
    stranger = visitor(app, "H001")
    for address in ("/inbox", "/inbox/done", "/inbox/copied", "/inbox/started"):
        assert "区域提案" not in stranger.get(address).text
    assert db.session.scalars(select(WorkflowRun)).one().submitter_id == people.an.id
