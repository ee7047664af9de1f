"""What the retail forms make: a campaign with three key results, a proposal that serves it, snapshots, micro OKRs,
cases and knowledge. Each is led back to the record that made it.
"""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from builder import packs
from core import jobs
from core.db import db
from organization.models import Member
from runtime.approvals import running
from runtime.approvals.models import WorkItem
from runtime.cases.models import Case
from runtime.goals.models import CheckIn, Goal, GoalNote
from runtime.knowledge.models import Asset
from runtime.submissions.models import Submission
from tests.product import People
from tests.submissions.conftest import SignIn

Send = Callable[..., int]
CAMPAIGN = {
    "theme": "高端产品占比 35%",
    "window-from": "2025-07-01",
    "window-to": "2025-09-28",
    **{f"key_results-{n}-title": title for n, title in enumerate(("门店改造 8 场", "认证导购 50 名", "上线权益包"))},
    **{f"key_results-{n}-kind": kind for n, kind in enumerate(("number", "milestone", "milestone"))},
    **{f"key_results-{n}-weight": share for n, share in enumerate(("34", "33", "33"))},
    "key_results-0-target": "8",
    "key_results-0-metric": "retail.store_refit",
}


@pytest.fixture
def retail(people: People) -> People:
    for key in ("okr_core", "retail_okr"):
        packs.install(packs.shipped_folder(key), people.company.id, by_id=people.hr.id)
    db.session.commit()
    return people


@pytest.fixture
def send(retail: People, sign_in: SignIn, run_jobs: Callable[[], int]) -> Send:
    """Send a form of the pack and let the worker do its part; the id of the record."""

    def sent(member: Member, key: str, **values: str) -> int:
        posted = values | {"client_id": f"{key}-{member.code}", "anyway": "1"}
        answer = sign_in(member).post(f"/forms/retail.{key}", data=posted)
        assert answer.status_code == 303, re.findall(r'class="error".*', answer.text)
        run_jobs()
        return int(answer.location.rpartition("/")[2])

    return sent


def goal(name: str) -> Goal:
    return db.session.scalars(select(Goal).where(Goal.name == name, Goal.state == "active")).one()


def test_S71_a_campaign_makes_an_objective_with_its_three_key_results(
    retail: People, send: Send, sign_in: SignIn
) -> None:
    record = send(retail.hr, "hq_campaign", **CAMPAIGN, owner=str(retail.hr.id))
    top, refit = goal("高端产品占比 35%"), goal("门店改造 8 场")
    assert (top.kind, top.layer, top.member_id) == ("objective", "campaign", retail.hr.id)
    assert (refit.kind, refit.serves_id, refit.wanted, refit.weight) == ("key_result", top.id, 8.0, 0.34)
    assert goal("上线权益包").wanted is None, "a milestone has no number"
    client = sign_in(retail.hr)
    shown = client.get(f"/forms/retail.hq_campaign/records/{record}").text
    assert "标杆门店改造" in shown, "a metric is told by its title"
    assert "由此产生" in shown
    assert f'href="/goals/{top.id}"' in shown
    page = client.get(f"/goals/{top.id}").text
    assert "认证导购 50 名" in page
    assert f'href="/forms/records/{record}"' in page
    assert client.get(f"/forms/records/{record}").location.endswith(f"/forms/retail.hq_campaign/records/{record}")
    assert "门店改造 8 场" in sign_in(retail.an).get("/goals/objectives").text, "everybody sees objectives (S90)"


def test_doing_it_again_makes_nothing_twice_and_drops_what_is_not_said_any_more(
    retail: People, send: Send, run_jobs: Callable[[], int]
) -> None:
    record = send(retail.hr, "hq_campaign", **CAMPAIGN, owner=str(retail.hr.id))
    stored = db.session.get_one(Submission, record)
    rows = stored.values["key_results"]
    stored.values = stored.values | {"key_results": [rows[0] | {"title": "门店改造 9 场"}, rows[1]]}
    jobs.enqueue("runtime.submissions.jobs.create", {"submission_id": record})
    db.session.commit()
    run_jobs()
    names = select(Goal.name).where(Goal.state == "active").order_by(Goal.id)
    assert db.session.scalars(names).all() == ["高端产品占比 35%", "门店改造 9 场", "认证导购 50 名"]
    assert db.session.scalars(select(Goal.name).where(Goal.state == "dropped")).all() == ["上线权益包"]


def test_S45_a_snapshot_is_a_check_in_and_a_correction_a_newer_one(
    retail: People, send: Send, run_jobs: Callable[[], int], sign_in: SignIn
) -> None:
    send(retail.hr, "hq_campaign", **CAMPAIGN, owner=str(retail.hr.id))
    refit = goal("门店改造 8 场")
    record = send(retail.hr, "kr_snapshot", goal=str(refit.id), value="3", confidence="open")
    page = sign_in(retail.hr).get(f"/goals/{refit.id}").text
    assert "37.5%" in page
    assert "悬" in page
    stored = db.session.get_one(Submission, record)
    stored.values = stored.values | {"value": 4}
    for _again in range(2):
        jobs.enqueue("runtime.submissions.jobs.create", {"submission_id": record})
    db.session.commit()
    run_jobs()
    rows = db.session.scalars(select(CheckIn.value).order_by(CheckIn.id)).all()
    assert rows == [3.0, 4.0], "the first row stands, and the same again adds none"


def test_S84_a_micro_okr_lasts_ninety_days_and_has_a_witness(retail: People, send: Send) -> None:
    values = {"goal": "掌握 3 种高客单讲解话术", "target": "3", "evidence": "video", "buddy": str(retail.an.id)}
    send(retail.an, "micro_okr", **values)
    made = goal("掌握 3 种高客单讲解话术")
    assert (made.kind, made.layer, made.member_id, made.witness_id) == ("micro", "tactic", retail.an.id, retail.an.id)
    assert (made.first_day, made.last_day) == (dt.date(2025, 6, 30), dt.date(2025, 9, 28))
    assert made.note == "视频通关"


def test_S75_a_proposal_that_is_adopted_serves_the_goal_that_its_campaign_made(
    retail: People, send: Send, sign_in: SignIn, run_jobs: Callable[[], int]
) -> None:
    campaign = send(retail.hr, "hq_campaign", **CAMPAIGN, owner=str(retail.hr.id))
    proposal = {
        "campaign": str(campaign),
        "relevance": "4",
        "plan": "在华东 20 家社区店做高端产品体验角,每周两场讲解。",
        "blocker": "none",
        "resources-0-item": "体验展架",
        "resources-0-qty": "20",
        "resources-0-need_by": "2025-07-15",
        "key_results-0-title": "体验角上线门店",
        "key_results-0-target": "20",
    }
    send(retail.east_manager, "region_proposal", **proposal)
    assert db.session.scalar(select(Goal).where(Goal.name == "体验角上线门店")) is None, (
        "headquarters has not adopted it"
    )
    adopt(retail.hr)
    run_jobs()
    served = goal("体验角上线门店").serves
    assert served is not None
    assert (served.unit_id, served.layer) == (retail.east.id, "tactic")
    assert served.serves is not None
    assert served.serves.unit_id == retail.headquarters.id
    (note,) = db.session.scalars(select(GoalNote))
    assert (note.goal_id, note.unit_id, note.by_id) == (served.serves_id, retail.east.id, retail.hr.id)
    assert proposal["plan"] in sign_in(retail.hr).get(f"/goals/{served.serves_id}").text


def adopt(by: Member) -> None:
    """The answer of headquarters to the one proposal there is."""
    item = db.session.scalars(select(WorkItem).where(WorkItem.closed_at.is_(None))).one()
    operation = {"do": "decide", "item": item.token, "outcome": "adopt"}
    running.act(running.locked(item.run_id), operation, by)
    db.session.commit()


def test_S87_S100_intelligence_and_suggestions_open_cases(retail: People, send: Send, sign_in: SignIn) -> None:
    send(retail.an, "intelligence", competitor="海澜", what="launch", where=str(retail.shanghai.id), urgency="3")
    send(retail.an, "suggestion", about="display", idea="把体验角移到门店入口右侧", gain="进店多一成")
    cases = db.session.scalars(select(Case).order_by(Case.id)).all()
    assert [(one.kind, one.title, one.state) for one in cases] == [
        ("intelligence", "海澜", "open"),
        ("suggestion", "把体验角移到门店入口右侧", "open"),
    ]
    assert {one.opened_by for one in cases} == {retail.an.id}
    assert "海澜" in sign_in(retail.east_manager).get("/cases").text, "whoever follows the unit reads it at once"


def test_S97_review_minutes_keep_an_asset_only_where_one_is_named(retail: People, send: Send, sign_in: SignIn) -> None:
    minutes = {"cause": "capability", "countermeasure": "派两名产品专家驻店三天", "due": "2025-07-31"}
    send(retail.hr, "review_minutes", **minutes, owner=str(retail.hr.id))
    assert db.session.scalars(select(Asset)).all() == []
    send(retail.east_manager, "review_minutes", **minutes, owner=str(retail.an.id), asset="专家驻店法")
    asset = db.session.scalars(select(Asset)).one()
    assert (asset.title, asset.body) == ("专家驻店法", "派两名产品专家驻店三天")
    assert "专家驻店法" in sign_in(retail.an).get("/knowledge?q=驻店").text
