"""A flow walked for everybody of the demo company: `python -m bench.flow_dry_run`. Goal: 430 people in less than 2 s.

Beside it what the same people cost without an engine: the chart of the company, and three managers above each by hand.
"""

import tempfile
from functools import partial
from pathlib import Path

from sqlalchemy import select

from bench.side_by_side import compare
from builder import definitions
from builder.flows import trials
from builder.models import DefinitionVersion
from core import clock
from core.config import Settings
from core.db import Document, db
from core.server import prepare
from organization import approvers
from organization.models import Company
from seeds import demo
from wsgi import create_app

MANAGER: Document = {"kind": "manager", "of": "submitter", "level": 1}
HR: Document = {"kind": "role", "role": "hr_admin", "scope": "nearest"}
EXECUTIVES: Document = {"kind": "role", "role": "hq_exec"}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(instance=Path(folder), database_url=f"sqlite:///{folder}/guantong.db"))
        prepare(app, demo.fill)
        with app.app_context():
            company = db.session.scalars(select(Company)).one()
            draft = draft_of(company)
            people = len(approvers.chart(company.id, clock.today()).members)
            by_hand = partial(managers_by_hand, company.id)
            for name, everywhere in (("with a sample record", False), ("every branch", True)):
                ours = partial(trials.of, draft, everywhere=everywhere)
                compare(f"dry run, {people} people, {name}", ours, by_hand, goal="< 2 s", rounds=5)


def managers_by_hand(company_id: int) -> int:
    chart = approvers.chart(company_id, clock.today())
    return sum(len(chart.managers(member)[:3]) for member in chart.members)


def draft_of(company: Company) -> DefinitionVersion:
    document = {
        "schema_version": 1,
        "kind": "workflow",
        "key": "bench.flow",
        "title": {"zh": "目标审批流程"},
        "body": {"subject": {"kind": "goal"}, "steps": steps()},
    }
    draft = definitions.create(company.id, document, by_id=None)
    db.session.commit()
    return draft


def steps() -> list[Document]:
    """A manager, a condition with three ways, two in parallel, each region, and a decision."""
    branches = [
        {"id": "b1", "when": "目标值>100000", "steps": [approve("n3", EXECUTIVES)]},
        {"id": "b2", "when": "目标值>50000", "steps": [approve("n4", {"kind": "manager_chain"})]},
    ]
    both = [{"id": "b3", "steps": [approve("n6", HR)]}, {"id": "b4", "steps": [approve("n7", {"kind": "unit_head"})]}]
    outcomes = [
        {"key": "adopt", "title": {"zh": "采纳"}, "steps": [approve("n11", HR)]},
        {"key": "decline", "title": {"zh": "退回"}, "return": {"to": "submitter"}},
    ]
    asks = {"type": "decide", "title": {"zh": "评审"}, "who": [EXECUTIVES], "empty": {"do": "refuse_start"}}
    return [
        approve("n1", MANAGER),
        {"id": "n2", "type": "choose", "branches": branches, "else": {"id": "b0", "steps": []}},
        {"id": "n5", "type": "together", "branches": both},
        {
            "id": "n8",
            "type": "each",
            "over": {"units": "region"},
            "steps": [approve("n9", {"kind": "unit_head", "of": "row"})],
        },
        {"id": "n10", **asks, "outcomes": outcomes},
    ]


def approve(id: str, who: Document) -> Document:
    return {"id": id, "type": "approve", "title": {"zh": "审批"}, "who": [who], "empty": {"do": "assign", "to": HR}}


if __name__ == "__main__":
    main()
