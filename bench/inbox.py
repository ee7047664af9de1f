"""待办 with 1,000 open items: `python -m bench.inbox [--postgres]`. The goal is 100 ms for a page, wherever it stands.

The page is asked for through the front door: session, rights, counts in the menu, rows, filters, HTML.
"""

from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from bench.databases import on_each
from bench.side_by_side import seconds
from builder import definitions
from builder.models import DefinitionVersion
from core import clock
from core.config import Settings
from core.db import db
from core.server import prepare
from organization.models import Member
from runtime.approvals.models import WorkflowRun, WorkItem
from seeds import demo
from wsgi import create_app

SOMEBODY = "E0002"
OPEN = 1_000
FLOW = {
    "kind": "workflow",
    "schema_version": 1,
    "key": "bench.inbox",
    "title": {"zh": "审批", "en": "Approval"},
    "body": {
        "subject": {"kind": "target"},
        "steps": [
            {
                "id": "n1",
                "type": "approve",
                "title": {"zh": "主管", "en": "Manager"},
                "who": [{"kind": "manager", "of": "submitter", "level": 1}],
                "empty": {"do": "reject"},
            }
        ],
    },
}


def main() -> None:
    on_each(run)


def run(instance: Path, url: str) -> None:
    app = create_app(Settings(instance=instance, database_url=url), TESTING=True, WTF_CSRF_ENABLED=False)
    prepare(app, demo.fill)
    with app.app_context():
        last = fill()
    client = app.test_client()
    client.post("/sign-in", data={"login": SOMEBODY, "password": "guantong-demo"})
    show(client, "the first page of 1,000 open items", "/inbox")
    show(client, "a page in the middle", f"/inbox?after={last - OPEN // 2}")
    show(client, "overdue only", "/inbox?overdue=1")
    show(client, "by words", "/inbox?q=99")
    show(client, "another page, with the count in its menu", "/account")


def fill() -> int:
    """1,000 runs that wait for one person, half of them overdue; the id of the last item."""
    member = db.session.scalars(sa.select(Member).where(Member.code == SOMEBODY)).one()
    draft = definitions.create(member.company_id, FLOW, by_id=member.id)
    version = definitions.publish(draft, by_id=member.id)
    db.session.flush()
    people = db.session.scalars(sa.select(Member).where(Member.company_id == member.company_id).limit(200)).all()
    runs = [begun(number, version, people[number % len(people)]) for number in range(OPEN)]
    db.session.add_all(runs)
    db.session.flush()
    db.session.add_all([waiting(number, one, member) for number, one in enumerate(runs)])
    db.session.commit()
    return db.session.scalar(sa.select(sa.func.max(WorkItem.id))) or 0


def begun(number: int, version: DefinitionVersion, submitter: Member) -> WorkflowRun:
    return WorkflowRun(
        company_id=submitter.company_id,
        definition_id=version.definition_id,
        version_id=version.id,
        subject_kind="target",
        subject_id=number,
        title=f"区域提案 {number}",
        submitter_id=submitter.id,
        unit_id=submitter.unit_id,
        state={},
        started_at=clock.now(),
    )


def waiting(number: int, one: WorkflowRun, member: Member) -> WorkItem:
    moment = clock.now()
    due_at: Any = moment.replace(year=2024 + number % 2 * 2)
    step = {"token": "w1", "step": "n1", "step_title": {"zh": "主管", "en": "Manager"}, "kind": "approve"}
    return WorkItem(run_id=one.id, member_id=member.id, why="/who/0", opened_at=moment, due_at=due_at, **step)


def show(client: FlaskClient, name: str, address: str) -> None:
    assert client.get(address).status_code == 200
    took = median(seconds(lambda: client.get(address)) for _ in range(15))
    print(f"{name:<52} {took * 1e3:>10.1f} ms   goal < 100 ms")


if __name__ == "__main__":
    main()
