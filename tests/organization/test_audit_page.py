"""Those who may read the audit see who did what and why; others see nothing of it."""

from core import audit
from core.db import db
from tests.product import People


def test_hr_reads_who_changed_what_and_why(people: People, sign_in) -> None:
    audit.record(
        "unit.rename", "unit:7", by_id=people.hr.id, before={"name": "甲"}, after={"name": "乙"}, reason="合并"
    )
    audit.record("goals.published", "goal_set:1", by_id=people.east_manager.id, after={"total": 828_000_000})
    db.session.commit()
    client = sign_in(people.hr)
    page = client.get("/audit").get_data(as_text=True)
    for words in ("何人事", "unit.rename", "甲", "乙", "并", "828000000"):
        assert words in page
    assert "goals.published" not in client.get("/audit?subject=unit:7").get_data(as_text=True)
    assert "unit.rename" not in client.get("/audit?q=华东").get_data(as_text=True)


def test_what_the_system_did_is_for_who_maintains_it(people: People, sign_in) -> None:
    audit.record("demo.load", "company:1", by_id=None)
    db.session.commit()
    assert "demo.load" not in sign_in(people.hr).get("/audit").get_data(as_text=True)


def test_a_salesperson_may_not(people: People, sign_in) -> None:
    assert sign_in(people.an).get("/audit").status_code == 403


def test_a_page_costs_few_statements(people: People, sign_in, counted_statements) -> None:
    for number in range(120):
        audit.record("x.y", f"unit:{number}", by_id=people.hr.id)
    db.session.commit()
    client = sign_in(people.hr)
    with counted_statements() as counted:
        page = client.get("/audit").get_data(as_text=True)
    assert counted.count <= 4
    assert 'rel="next"' in page
