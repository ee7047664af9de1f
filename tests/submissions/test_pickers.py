"""What people may pick in a form: found by words, by what they may see; the designer's preview goes by it too."""

from flask.testing import FlaskClient

from builder import definitions
from core.db import db
from organization.models import Customer, Member
from runtime.goals.models import Goal, GoalSet
from tests.sales import Sales
from tests.submissions.conftest import KEY, POSTED, Document, Publish, SignIn

PROPERTIES: Document = {
    "goal": {"x-id": "g1", "title": "对应目标", "type": "integer", "x-pick": {}},
    "link": {"x-id": "g2", "title": "对应提案", "type": "integer", "x-pick": {"form": KEY}},
}
LINKING: Document = {
    "data": {"type": "object", "properties": PROPERTIES},
    "layout": [{"id": "i1", "field": "g1", "widget": "goal"}, {"id": "i2", "field": "g2", "widget": "record"}],
}


def test_a_goal_is_found_by_who_may_see_it_alone(
    sales: Sales, published: GoalSet, publish: Publish, sign_in: SignIn
) -> None:
    publish()
    publish(LINKING, "test.linking")
    mine, theirs = _goal_of(sales.people.an, "沪七号"), _goal_of(_in_sichuan(sales), "川七号")
    client = sign_in(sales.people.an)
    assert f'value="{mine.id}"' in _offered(client, "g1", "七号")
    assert f'value="{theirs.id}"' not in _offered(client, "g1", "七号")
    refused = client.post("/forms/test.linking", data={"client_id": "one", "goal": str(theirs.id)})
    assert refused.status_code == 422
    assert client.post("/forms/test.linking", data={"client_id": "one", "goal": str(mine.id)}).status_code == 303


def test_a_record_is_found_by_who_may_see_it_alone(sales: Sales, publish: Publish, sign_in: SignIn) -> None:
    publish()
    publish(LINKING, "test.linking")
    assert sign_in(sales.people.an).post(f"/forms/{KEY}", data=POSTED | {"client_id": "one"}).status_code == 303
    assert "降价" in _offered(sign_in(sales.people.an), "g2", "降价")
    assert "降价" not in _offered(sign_in(_in_sichuan(sales)), "g2", "降价")
    assert "降价" in _offered(sign_in(sales.people.hr), "g2", "降价")


def test_searching_on_keeps_what_is_chosen(sales: Sales, published: GoalSet, publish: Publish, sign_in: SignIn) -> None:
    publish()
    publish(LINKING, "test.linking")
    mine = _goal_of(sales.people.an, "沪七号")
    searched = _offered(sign_in(sales.people.an), "g1", "别的", goal=mine.id)
    assert f'<option value="{mine.id}" selected>沪七号' in searched


def test_the_preview_offers_what_the_person_it_is_looked_at_as_may_pick(
    sales: Sales, published: GoalSet, publish: Publish, sign_in: SignIn
) -> None:
    publish()
    document = {"kind": "form", "schema_version": 1, "key": "test.linking", "title": {"zh": "关联"}, "body": LINKING}
    draft = definitions.create(sales.people.company.id, document, by_id=sales.people.hr.id)
    mine, theirs = _goal_of(sales.people.an, "沪七号"), _goal_of(_in_sichuan(sales), "川七号")
    client = sign_in(sales.people.hr)
    preview = f"/form-designer/{draft.definition_id}/preview"
    pick = f"{preview}/pick?field=g1&q=七号"
    assert "川七号" in client.get(pick).text  # nobody in particular: what HR sees
    as_an = client.get(f"{pick}&who={sales.people.an.id}").text
    assert f'value="{mine.id}"' in as_an
    assert f'value="{theirs.id}"' not in as_an
    drawn = client.post(f"{preview}?who={sales.people.an.id}", data={"goal": str(mine.id)}).text
    assert "沪七号" in drawn


def test_a_page_carries_all_customers_that_somebody_looks_after(sales: Sales, sign_in: SignIn) -> None:
    """So that a visit is logged where there is no network to search over."""
    an = sales.people.an
    more = [
        Customer(
            company_id=an.company_id, unit_id=an.unit_id, owner_id=an.id, code=f"Z{n}", name=f"医院{n}", tier="二级"
        )
        for n in range(40)
    ]
    db.session.add_all(more)
    page = sign_in(an).get("/forms/medical.visit_log").text
    assert all(f"医院{n} (Z{n})" in page for n in range(40))
    others = db.session.query(Customer).filter(Customer.owner_id != an.id).first()
    assert others is not None
    assert others.name not in page
    of_hr = sign_in(sales.people.hr).get("/forms/medical.visit_log").text  # who looks after none sees some
    assert "医院0 (Z0)" in of_hr


def _offered(client: FlaskClient, field: str, words: str, **chosen: int) -> str:
    return client.get("/forms/test.linking/offered", query_string={"field": field, "q": words, **chosen}).text


def _goal_of(member: Member, name: str) -> Goal:
    goal = db.session.query(Goal).filter(Goal.member_id == member.id).order_by(Goal.id).first()
    assert goal is not None
    goal.name = name
    db.session.commit()
    return goal


def _in_sichuan(sales: Sales) -> Member:
    return next(rep for rep in sales.reps if rep.unit_id == sales.sichuan.id)
