"""战役: planned or cloned under a strategic goal, with tactics; a change of the target shows what hangs on it (S14)."""

import datetime as dt

from sqlalchemy import select

from core.audit import AuditEvent
from core.db import db
from organization.models import Member, Product
from runtime.goals.models import Campaign, GoalSet, Tactic
from tests.goals.test_entering_a_target import PREVIEW, asked, text_of
from tests.sales import Sales


def planned(sales: Sales, published: GoalSet, **changes: object) -> dict[str, object]:
    fields = {
        "goal": published.id,
        "theme": "三季度主任拜访攻坚",
        "owner": f"{sales.people.east_manager.name} ({sales.people.east_manager.code})",
        "first_day": "2025-07-01",
        "last_day": "2025-09-30",
        "target": "1.2亿",
        "units": [str(sales.people.east.id)],
        "products": [str(db.session.scalar(select(Product.id).where(Product.code == "P2")))],
    }
    return fields | changes


def campaign_of(sales: Sales, published: GoalSet, client, **changes: object) -> Campaign:
    answer = client.post("/campaigns/new", data=planned(sales, published, **changes))
    assert answer.status_code == 303, text_of(answer)
    return db.session.scalars(select(Campaign).order_by(Campaign.id.desc()).limit(1)).one()


def with_tactic(client, campaign: Campaign, owner: Member, title: str = "拜访 20 家三甲主任") -> Tactic:
    fields = {"title": title, "tactic_owner": owner.code, "due_on": "2025-08-15"}
    assert client.post(f"/campaigns/{campaign.id}/tactics", data=fields).status_code == 303
    return db.session.scalars(select(Tactic).order_by(Tactic.id.desc()).limit(1)).one()


def count() -> int:
    return len(db.session.scalars(select(Campaign)).all())


# ── planning ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_S14_a_campaign_is_planned_under_the_strategic_goal(sales: Sales, published: GoalSet, sign_in) -> None:
    client = sign_in(sales.people.hr)
    campaign = campaign_of(sales, published, client)
    assert (campaign.state, campaign.target, campaign.cascade_key) == ("planned", 120_000_000, published.cascade_key)
    assert campaign.owner_id == sales.people.east_manager.id
    page = text_of(client.get(f"/campaigns/{campaign.id}"))
    assert "三季度主任拜访攻坚" in page
    assert "占战略目标 14.5%" in page
    assert "华东大区" in page
    assert "分子诊断" in page
    listed = text_of(client.get("/campaigns"))
    assert "三季度主任拜访攻坚" in listed
    assert "筹备中" in listed


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_planned(sales: Sales, published: GoalSet, sign_in) -> None:
    client = sign_in(sales.people.hr)
    wrong = [
        ("theme", ""),
        ("theme", "长" * 161),
        ("owner", "没有这个人"),
        ("owner", ""),
        ("last_day", "2025-06-01"),
        ("last_day", "昨天"),
        ("target", "-3亿"),
        ("target", "NaN"),
        ("target", "1e308"),
        ("target", "9亿"),
        ("goal", "999999"),
        ("units", "999999"),
        ("products", "abc"),
    ]
    for field, typed in wrong:
        answer = client.post("/campaigns/new", data=planned(sales, published, **{field: typed}))
        assert answer.status_code == 422, (field, typed)
        assert "data-problems" in answer.get_data(as_text=True), (field, typed)
    assert count() == 0


def test_without_a_strategic_goal_there_is_nothing_to_serve(sales: Sales, sign_in) -> None:
    client = sign_in(sales.people.hr)
    assert "还没有战略目标" in text_of(client.get("/campaigns"))
    assert "还没有战略目标" in text_of(client.get("/campaigns/new"))


def test_a_person_is_found_by_name_pinyin_or_code_among_those_one_may_see(
    sales: Sales, published: GoalSet, sign_in
) -> None:
    client = sign_in(sales.people.hr)
    assert "安店长 (S001)" in client.get("/campaigns/people?owner=安").get_data(as_text=True)
    assert "安店长 (S001)" in client.get("/campaigns/people?tactic_owner=S001").get_data(as_text=True)
    east = sign_in(sales.people.east_manager)
    assert "周涛" not in east.get("/campaigns/people?owner=周").get_data(as_text=True)


def test_somebody_out_of_sight_cannot_be_made_owner(sales: Sales, published: GoalSet, sign_in) -> None:
    campaign = campaign_of(sales, published, sign_in(sales.people.hr))
    client = sign_in(sales.people.east_manager)
    fields = {"title": "越区安排", "tactic_owner": "SC0", "due_on": "2025-08-15"}
    assert client.post(f"/campaigns/{campaign.id}/tactics", data=fields).status_code == 422


# ── going through it ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_tactics_are_added_done_and_taken_back(sales: Sales, published: GoalSet, sign_in) -> None:
    client = sign_in(sales.people.hr)
    campaign = campaign_of(sales, published, client)
    tactic = with_tactic(client, campaign, sales.people.an)
    assert client.post(f"/campaigns/tactics/{tactic.id}/done", data={"done": "1"}).status_code == 303
    assert "1/1" in text_of(client.get("/campaigns"))
    client.post(f"/campaigns/tactics/{tactic.id}/done", data={"done": "0"})
    assert "0/1" in text_of(client.get("/campaigns"))
    actions = db.session.scalars(select(AuditEvent.action).where(AuditEvent.subject == f"campaign:{campaign.id}")).all()
    assert actions == ["campaign.create", "tactic.create", "tactic.done", "tactic.reopened"]


def test_a_tactic_stays_within_the_window(sales: Sales, published: GoalSet, sign_in) -> None:
    client = sign_in(sales.people.hr)
    campaign = campaign_of(sales, published, client)
    fields = {"title": "太晚", "tactic_owner": "S001", "due_on": "2025-12-01"}
    answer = client.post(f"/campaigns/{campaign.id}/tactics", data=fields)
    assert answer.status_code == 422
    assert 'id="due_on-error"' in answer.get_data(as_text=True)
    assert db.session.scalar(select(Tactic.id)) is None


def test_whose_tactic_it_is_may_say_that_it_is_done_and_nobody_else_below(
    sales: Sales, published: GoalSet, sign_in
) -> None:
    tactic = with_tactic(
        sign_in(sales.people.hr), campaign_of(sales, published, sign_in(sales.people.hr)), sales.people.an
    )
    path = f"/campaigns/tactics/{tactic.id}/done"
    assert sign_in(sales.reps[1]).post(path, data={"done": "1"}).status_code == 404
    assert sign_in(sales.people.an).post(path, data={"done": "1"}).status_code == 303
    assert db.session.get_one(Tactic, tactic.id).done_at is not None


def test_it_begins_ends_and_is_not_changed_afterwards(sales: Sales, published: GoalSet, sign_in) -> None:
    client = sign_in(sales.people.hr)
    campaign = campaign_of(sales, published, client)
    path = f"/campaigns/{campaign.id}"
    assert client.post(f"{path}/state", data={"state": "won"}).status_code == 409
    assert client.post(f"{path}/state", data={"state": "running"}).status_code == 303
    assert client.post(f"{path}/state", data={"state": "won"}).status_code == 303
    assert client.post(f"{path}/state", data={"state": "running"}).status_code == 409
    assert client.post(f"{path}/edit", data=planned(sales, published)).status_code == 409
    assert db.session.get_one(Campaign, campaign.id).state == "won"


def test_it_is_edited_by_its_owner_and_by_headquarters_only(sales: Sales, published: GoalSet, sign_in) -> None:
    campaign = campaign_of(sales, published, sign_in(sales.people.hr), units=[str(sales.sichuan.id)])
    path = f"/campaigns/{campaign.id}/edit"
    owner = sign_in(sales.people.east_manager)
    assert "三季度主任拜访攻坚" in owner.get(path).get_data(as_text=True)
    changed = planned(sales, published, theme="改名", units=[str(sales.people.east.id)])
    assert owner.post(path, data=changed).status_code == 303
    assert db.session.get_one(Campaign, campaign.id).theme == "改名"
    assert sign_in(sales.people.an).get(path).status_code == 404


def test_a_clone_takes_the_tactics_along_into_its_own_window(sales: Sales, published: GoalSet, sign_in) -> None:
    client = sign_in(sales.people.hr)
    source = campaign_of(sales, published, client)
    with_tactic(client, source, sales.people.an)
    form = client.get(f"/campaigns/new?from={source.id}").get_data(as_text=True)
    assert "三季度主任拜访攻坚(副本)" in form
    assert 'value="2025-06-30"' in form
    fields = planned(sales, published, first_day="2025-10-01", last_day="2025-12-31") | {"from": source.id}
    clone = campaign_of(sales, published, client, **fields)
    (tactic,) = clone.tactics
    assert clone.cloned_from_id == source.id
    assert tactic.due_on == dt.date(2025, 11, 15)
    assert tactic.done_at is None


def test_campaigns_are_seen_where_they_are_fought(sales: Sales, published: GoalSet, sign_in) -> None:
    hr = sign_in(sales.people.hr)
    fields = {"owner": sales.people.hr.code, "units": [str(sales.sichuan.id)], "theme": "四川专项"}
    sichuan = campaign_of(sales, published, hr, **fields)
    everywhere = campaign_of(sales, published, hr, **(fields | {"units": [], "theme": "全国专项"}))
    client = sign_in(sales.people.east_manager)
    listed = text_of(client.get("/campaigns"))
    assert "全国专项" in listed
    assert "四川专项" not in listed
    assert client.get(f"/campaigns/{sichuan.id}").status_code == 404
    assert client.get(f"/campaigns/{everywhere.id}").status_code == 200
    assert sign_in(sales.people.an).get(f"/campaigns/{everywhere.id}").status_code == 404


# ── S14 ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_S14_a_new_strategic_target_shows_campaigns_tactics_and_goals_before_saving(
    sales: Sales, published: GoalSet, sign_in
) -> None:
    client = sign_in(sales.people.hr)
    running = campaign_of(sales, published, client)
    with_tactic(client, running, sales.people.an)
    over = campaign_of(sales, published, client, theme="已经打完的一仗")
    for state in ("running", "won"):
        client.post(f"/campaigns/{over.id}/state", data={"state": state})
    before = db.session.scalars(select(GoalSet.id)).all()
    page = text_of(client.get(PREVIEW, query_string=asked(sales, growth_pct="20")))
    assert "该目标下的战役" in page
    assert "三季度主任拜访攻坚" in page
    assert "占新目标 13.9%" in page
    assert "拜访 20 家三甲主任" in page
    assert "已经打完的一仗" not in page
    assert "个战役目标" in page
    assert "个战术目标" in page
    assert db.session.scalars(select(GoalSet.id)).all() == before
