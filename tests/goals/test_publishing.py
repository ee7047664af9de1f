"""From a preview to goals that hold: what was seen is what is published, the old goals or the new ones, never half."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import select

from core import clock, jobs
from core.audit import AuditEvent
from core.db import db
from organization.models import Member
from runtime.actions.models import Task
from runtime.goals import plans, publishing, targets
from runtime.goals.models import Goal, GoalSet
from tests.goals.test_entering_a_target import PREVIEW, asked, text_of
from tests.sales import CASCADE, Sales, publish
from tests.waiting import wait_until


def digest_on(page: str) -> str:
    return page.partition('name="digest" value="')[2].partition('"')[0]


def previewed(sales: Sales, client, **changes: str) -> dict[str, str]:
    """The fields of the publish form, as the preview page hands them on."""
    fields = asked(sales, **changes)
    return fields | {"digest": digest_on(client.get(PREVIEW, query_string=fields).get_data(as_text=True))}


def active() -> list[GoalSet]:
    return list(db.session.scalars(select(GoalSet).where(GoalSet.state == "active")))


def goals_of(goal_set: GoalSet) -> dict[str, Goal]:
    return {goal.node: goal for goal in db.session.scalars(select(Goal).where(Goal.goal_set_id == goal_set.id))}


def assert_whole(goal_set: GoalSet) -> None:
    """Σ children + reserve = target at every node, and over every period and product too (S3)."""
    goals = goals_of(goal_set)
    assert goals
    for goal in goals.values():
        children = [child for child in goals.values() if child.parent == goal.node]
        for kind, parts in goal.split.items():
            assert sum(parts.values()) == goal.target, (goal.name, kind)
        if children:
            assert sum(child.target for child in children) + goal.reserve == goal.target, goal.name
            for key in goal.split["month"]:
                assert sum(child.split["month"][key] for child in children) <= goal.split["month"][key]


# ── publishing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_S24_publishing_leads_to_its_progress_and_on_to_the_tree(sales: Sales, sign_in) -> None:
    client = sign_in(sales.people.hr)
    answer = client.post("/goals/targets/publish", data=previewed(sales, client))
    assert answer.status_code == 303
    before = client.get(answer.location)
    assert "正在写入目标" in text_of(before)
    assert "hx-get" in before.get_data(as_text=True)
    jobs.run_due()
    after = client.get(answer.location)
    assert "目标已于 2025-06-30" in text_of(after)
    assert "本周任务已生成" in text_of(after)
    assert 'hx-trigger="load' not in after.get_data(as_text=True)
    assert "查看目标树" in text_of(after)


def test_S24_every_level_sums_to_the_yuan_and_S3_over_time_and_products(sales: Sales, published: GoalSet) -> None:
    root = goals_of(published)[f"u{sales.people.headquarters.id}"]
    assert (root.target, published.state) == (828_000_000, "active")
    assert {goal.level for goal in goals_of(published).values()} == {"company", "region", "province", "member"}
    assert {goal.layer for goal in goals_of(published).values()} == {"strategic", "campaign", "tactic"}
    assert root.split.keys() == {"quarter", "month", "week", "product"}
    assert_whole(published)


def test_S25_publishing_makes_the_tasks_of_this_week(sales: Sales, published: GoalSet) -> None:
    weeks = set(db.session.scalars(select(Task.week)))
    assert weeks == {"2025-W27"}


@pytest.mark.parametrize(("base", "growth"), [("7.2亿", "15"), ("123456789", "-7.5"), ("1000001", "0.01")])
def test_P13_what_is_published_is_what_was_previewed(sales: Sales, sign_in, base: str, growth: str) -> None:
    client = sign_in(sales.people.hr)
    unit = sales.people.headquarters
    plan, cycle = plans.find(unit, CASCADE), publishing.planned_cycle(unit.id, 2025)
    seen = publishing.preview(plan, unit, cycle, targets.read(base, growth), {}, None)
    client.post("/goals/targets/publish", data=previewed(sales, client, base=base, growth_pct=growth))
    jobs.run_due()
    (held,) = active()
    assert {node: goal.target for node, goal in goals_of(held).items()} == {n.id: n.target for n in seen.nodes.values()}
    assert {node: goal.split for node, goal in goals_of(held).items()} == {n.id: n.split for n in seen.nodes.values()}
    assert_whole(held)


def test_publishing_is_in_the_audit_with_who_and_what(sales: Sales, sign_in) -> None:
    client, hr_id = sign_in(sales.people.hr), sales.people.hr.id
    client.post("/goals/targets/publish", data=previewed(sales, client))
    jobs.run_due()
    event = db.session.scalar(select(AuditEvent).where(AuditEvent.action == "goals.published"))
    assert event.by_id == hr_id
    assert event.value.after["total"] == 828_000_000


# ── what changed meanwhile ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_preview_that_is_no_longer_true_is_409_with_the_way_back(sales: Sales, sign_in) -> None:
    client = sign_in(sales.people.hr)
    fields = previewed(sales, client)
    rep = db.session.get_one(Member, sales.reps[1].id)
    rep.attributes = rep.attributes | {"history": 200_000_000}
    answer = client.post("/goals/targets/publish", data=fields)
    assert answer.status_code == 409
    assert "预览之后,组织或规则有了变动" in text_of(answer)
    assert "/goals/targets/preview?" in answer.get_data(as_text=True)
    assert active() == []
    assert db.session.scalar(select(GoalSet.id)) is None


def test_a_digest_of_nothing_is_refused_too(sales: Sales, sign_in) -> None:
    answer = sign_in(sales.people.hr).post("/goals/targets/publish", data=asked(sales) | {"digest": "0" * 64})
    assert answer.status_code == 409


def test_what_changes_between_asking_and_writing_discards_the_set_and_says_why(sales: Sales, sign_in) -> None:
    client = sign_in(sales.people.hr)
    answer = client.post("/goals/targets/publish", data=previewed(sales, client))
    rep = db.session.get_one(Member, sales.reps[1].id)
    rep.attributes = rep.attributes | {"history": 200_000_000}
    db.session.commit()
    jobs.run_due()
    page = client.get(answer.location)
    assert "目标没有下达" in text_of(page)
    assert "重新预览" in text_of(page)
    assert active() == []


def test_of_two_publications_of_one_preview_the_second_is_discarded(sales: Sales, sign_in) -> None:
    client = sign_in(sales.people.hr)
    fields = previewed(sales, client)
    for _tap in range(2):
        assert client.post("/goals/targets/publish", data=fields).status_code == 303
    jobs.run_due()
    states = db.session.scalars(select(GoalSet.state).order_by(GoalSet.id)).all()
    assert states[0] in ("active", "superseded")
    assert len(active()) == 1
    assert_whole(active()[0])


# ── publishing again ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_P10_a_new_total_moves_people_only_one_way_and_no_further_than_needed(sales: Sales, published: GoalSet) -> None:
    before = {node: goal.target for node, goal in goals_of(published).items()}
    after_set = publish(sales, "7.2亿", "16")
    after = {node: goal.target for node, goal in goals_of(after_set).items()}
    people = [node for node in after if node.startswith("m")]
    moves = [after[node] - before[node] for node in people]
    assert min(moves) >= 0
    assert sum(moves) <= 835_200_000 - 828_000_000
    assert db.session.get_one(GoalSet, published.id).state == "superseded"
    assert_whole(after_set)


def test_publishing_the_same_again_moves_nobody(sales: Sales, published: GoalSet) -> None:
    before = {node: goal.target for node, goal in goals_of(published).items()}
    again = publish(sales, "7.2亿", "15")
    assert {node: goal.target for node, goal in goals_of(again).items()} == before


def test_a_lock_that_was_published_is_kept_by_the_next_publication(sales: Sales, published: GoalSet) -> None:
    node = f"m{sales.reps[1].id}"
    held = goals_of(published)[node].target
    locked = publish(sales, "7.2亿", "15", locks={node: held})
    assert goals_of(locked)[node].locked
    raised = publish(sales, "7.2亿", "17")
    assert goals_of(raised)[node].target == held


def test_an_old_address_leads_to_the_goal_that_holds(sales: Sales, published: GoalSet, sign_in) -> None:
    old = goals_of(published)[f"m{sales.people.an.id}"]
    new_set = publish(sales, "7.2亿", "16")
    page = sign_in(sales.people.an).get(f"/goals/{old.id}")
    assert "这套目标已经失效" in text_of(page)
    assert f'/goals/{goals_of(new_set)[old.node].id}"' in page.get_data(as_text=True)


# ── killed in the middle ─────────────────────────────────────────────────────────────────────────────────────────────

WORKER = """
import sys, time
import datetime as dt
from pathlib import Path
from core import clock, jobs
from runtime.goals import publishing
from wsgi import create_app

clock.set_to(dt.datetime.fromisoformat(sys.argv[1]))
if len(sys.argv) > 2:  # stop within the second slice, after the first one is committed
    checkpoint, publishing.SLICE = jobs.checkpoint, 4

    def stop_after_one(done, of, note=""):
        checkpoint(done, of, note)
        Path(sys.argv[2]).touch()
        time.sleep(600)

    jobs.checkpoint = stop_after_one
with create_app().app_context():
    jobs.release_claims()
    jobs.run_due()
"""


@contextmanager
def worker(app: Flask, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own that does what is due on the test's database."""
    db.session.commit()
    settings = app.config["SETTINGS"]
    ours = {"GUANTONG_INSTANCE": str(settings.instance), "DATABASE_URL": settings.database_url, "REDIS_URL": ""}
    command = [sys.executable, "-c", WORKER, clock.now().isoformat(), *arguments]
    popen = subprocess.Popen(command, env=os.environ | ours)
    try:
        yield popen
    finally:
        if popen.poll() is None:
            popen.send_signal(signal.SIGKILL)
        popen.wait()
        db.session.rollback()


def kill_in_the_middle(app: Flask, begun: Path) -> None:
    with worker(app, str(begun)) as popen:
        wait_until(begun.exists, "the first slice", patience=60)
        popen.send_signal(signal.SIGKILL)
        popen.wait()


def test_killed_while_publishing_first_goals_there_are_none_and_the_next_start_finishes(
    app: Flask, sales: Sales, sign_in, tmp_path: Path
) -> None:
    client = sign_in(sales.people.hr)
    progress = client.post("/goals/targets/publish", data=previewed(sales, client)).location
    kill_in_the_middle(app, tmp_path / "begun")
    (staged,) = db.session.scalars(select(GoalSet)).all()
    assert staged.state == "staged"
    assert 0 < len(goals_of(staged)) < 14
    assert "还没有下达目标" in text_of(client.get("/goals"))
    assert "正在写入目标" in text_of(client.get(progress))
    with worker(app) as popen:
        assert popen.wait(timeout=60) == 0
    (held,) = active()
    assert held.id == staged.id
    assert_whole(held)
    assert "本周任务已生成" in text_of(client.get(progress))


def test_killed_while_replacing_goals_the_old_ones_hold_until_the_next_start(
    app: Flask, sales: Sales, published: GoalSet, sign_in, tmp_path: Path
) -> None:
    client = sign_in(sales.people.hr)
    client.post("/goals/targets/publish", data=previewed(sales, client, growth_pct="20"))
    kill_in_the_middle(app, tmp_path / "begun")
    assert [row.id for row in active()] == [published.id]
    assert "8.28亿" in text_of(client.get("/goals"))
    with worker(app) as popen:
        assert popen.wait(timeout=60) == 0
    (held,) = active()
    assert held.total == 864_000_000
    assert_whole(held)
    superseded = db.session.scalars(sa.select(GoalSet.id).where(GoalSet.state == "superseded")).all()
    assert superseded == [published.id]


def test_progress_is_for_who_may_see_the_unit(sales: Sales, published: GoalSet, sign_in) -> None:
    assert sign_in(sales.people.an).get(f"/goals/sets/{published.id}").status_code == 403
    assert sign_in(sales.people.east_manager).get(f"/goals/sets/{published.id}").status_code == 404
    assert sign_in(sales.people.hr).get("/goals/sets/999999").status_code == 404
