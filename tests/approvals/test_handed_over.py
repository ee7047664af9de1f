"""何人事 hands over what waits for 华东大区经理; the history says so, and undoing gives back what is still open."""

from sqlalchemy import select

from core.db import db
from runtime.approvals.models import WorkItem
from tests.approvals.flow import decided, flow, open_item, send
from tests.product import add_member
from tests.submissions.conftest import publish

__all__ = ["flow", "publish", "send"]


def test_what_waits_is_reassigned_and_comes_back_while_it_is_open(app, people, send, sign_in, run_jobs):
    add_member(people.east, "E009", "周副理", "manager")
    db.session.commit()
    run = send()
    client = sign_in(people.hr)
    planned = {"from_day": "2025-06-30", "taker-approvals": "周副理"}
    answer = client.post(f"/handovers/of/{people.east_manager.id}", data=planned)
    assert answer.status_code == 303
    run_jobs()
    assert open_item(run).member.name == "周副理"
    assert "交接" in client.get(f"/runs/{run.id}/history").text
    assert client.post(f"{answer.location}/undo").status_code == 303
    assert open_item(run).member_id == people.east_manager.id


def test_what_the_successor_decided_stands(app, people, send, sign_in, run_jobs):
    taker = add_member(people.east, "E009", "周副理", "manager")
    db.session.commit()
    run = send()
    client = sign_in(people.hr)
    planned = {"from_day": "2025-06-30", "taker-approvals": "周副理"}
    answer = client.post(f"/handovers/of/{people.east_manager.id}", data=planned)
    run_jobs()
    agreed = sign_in(taker).post(f"/runs/{run.id}/act", data=decided(open_item(run), "approve", reason="同意"))
    assert agreed.status_code == 303
    assert sign_in(people.hr).post(f"{answer.location}/undo").status_code == 303
    assert open_item(run).member_id == people.hr.id, "headquarters is asked now"
    his = db.session.scalars(select(WorkItem).where(WorkItem.member_id == people.east_manager.id)).all()
    assert [item.closed_as for item in his] == ["reassigned"]
