"""HR changes how a metric scores people with controls: formula, what its inputs are given, grades."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from builder import definitions, formula_places
from builder.models import Definition
from core.db import Document, db
from tests.product import add_member
from tests.sales import Sales

pytestmark = pytest.mark.sqlite  # pages of one document: no database shows them otherwise

COMPOSITE = "medical.composite"


@pytest.fixture
def operations(sales: Sales, sign_in: Any) -> FlaskClient:
    member = add_member(sales.people.headquarters, "OPS", "苏运营", "sales_ops")
    db.session.commit()
    return sign_in(member)


@pytest.fixture
def composite(sales: Sales, operations: FlaskClient) -> Definition:
    """综合得分, with a draft."""
    return begun(sales, operations, COMPOSITE)


def begun(sales: Sales, client: FlaskClient, key: str) -> Definition:
    found = definitions.find(sales.people.company.id, "metric", key)
    assert found is not None
    assert client.post(f"/definitions/{found.id}/score").status_code == 303
    return found


def score_of(definition: Definition) -> Document:
    db.session.expire_all()
    draft = definitions.draft_of(definition)
    assert draft is not None
    found: Document = draft.document["body"].get("score", {})
    return found


def change(client: FlaskClient, definition: Definition, deed: str = "change", **posted: str) -> str:
    """The page after a control was changed, with nothing wrong in the draft unless the page says so."""
    page = client.get(f"/definitions/{definition.id}/score").get_data(as_text=True)
    seen = re.search(r'id="seen" name="seen" value="(\d+)"', page)
    assert seen is not None
    sent = {"seen": seen[1], **posted}
    answer = client.post(f"/definitions/{definition.id}/score/{deed}", data=sent, follow_redirects=True)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_packs_score_is_shown_as_sentences(operations: FlaskClient, composite: Definition) -> None:
    page = operations.get(f"/definitions/{composite.id}/score").get_data(as_text=True)
    assert "草稿没有问题" in page
    for words in ("每人的每个产品", "综合得分", "覆盖", "按达成程度"):
        assert words in page
    assert "70%*COALESCE(周拜访上限,基准周上限)" in page


def test_a_metric_is_scored_by_controls_alone(sales: Sales, operations: FlaskClient) -> None:
    metric = begun(sales, operations, "medical.collection_days")
    change(operations, metric, "begin", formula="medical.composite_score")
    score = score_of(metric)
    assert score["inputs"].keys() == {"stage", "coverage", "visit", "revenue", "profit"}
    assert score["inputs"]["stage"] == {"value": "阶段"}
    reached = {f"in-{name}-way": "reached" for name in ("coverage", "visit", "revenue", "profit")}
    targets = {f"in-{name}-target": "目标*1" for name in ("coverage", "visit", "revenue", "profit")}
    metrics = {f"in-{name}-metric": "medical.sales_amount" for name in ("coverage", "visit", "revenue", "profit")}
    page = change(operations, metric, goals="medical.sales_amount", grades="medical.grade", by="product", **reached)
    assert "草稿没有问题" in change(operations, metric, **targets, **metrics), page
    assert score_of(metric)["grades"] == "medical.grade"
    change(operations, metric, "end")
    assert score_of(metric) == {}


@pytest.mark.parametrize(
    ("posted", "place", "value"),
    [
        ({"grades": ""}, ("grades",), None),
        ({"figures": ""}, ("targets",), {"goals": "medical.sales_amount"}),
        (
            {"goals": "", "figures": ""},
            ("targets",),
            {"goals": "medical.sales_amount", "figures": "medical.sales_target"},
        ),
        ({"in-revenue-of": "person"}, ("inputs", "revenue", "of"), "person"),
        ({"in-revenue-target": "目标*90%"}, ("inputs", "revenue", "target"), "目标*90%"),
        ({"in-profit-metric": "medical.sales_amount"}, ("inputs", "profit", "metric"), "medical.sales_amount"),
        ({"in-profit-way": "value"}, ("inputs", "profit"), {"value": "目标*30%"}),
        ({"by": "person"}, ("inputs", "coverage"), {"metric": "medical.coverage_rate", "target": "80%"}),
    ],
)
def test_a_control_sets_what_its_words_say(
    operations: FlaskClient, composite: Definition, posted: dict[str, str], place: tuple[str, ...], value: Any
) -> None:
    change(operations, composite, **posted)
    found: Any = score_of(composite)
    for key in place:
        found = found.get(key)
    assert found == value


def test_what_the_page_sends_of_other_inputs_changes_nothing(operations: FlaskClient, composite: Definition) -> None:
    before = score_of(composite)
    change(operations, composite, **{"in-profit-of": "product", "in-profit-way": "reached", "by": "product"})
    assert score_of(composite) == before


def test_a_new_name_of_a_value_is_written_into_the_targets(operations: FlaskClient, composite: Definition) -> None:
    now = score_of(composite)["inputs"]["visit"]["target"]
    page = change(operations, composite, **{"use-0-as": "岗位周上限", "in-visit-target": now})
    assert score_of(composite)["inputs"]["visit"]["target"] == "70%*COALESCE(周拜访上限,岗位周上限)"
    assert "草稿没有问题" in page
    page = change(operations, composite, "undo")
    assert score_of(composite)["inputs"]["visit"]["target"] == now


def test_a_wrong_text_is_kept_and_told(operations: FlaskClient, composite: Definition) -> None:
    page = change(operations, composite, **{"in-revenue-target": "目标额"})
    assert score_of(composite)["inputs"]["revenue"]["target"] == "目标额"
    assert "目标额" in page[page.index('id="score-problems"') :]


def test_every_expression_of_a_score_has_its_desk_with_people(operations: FlaskClient, composite: Definition) -> None:
    draft = definitions.draft_of(composite)
    assert draft is not None
    places = list(formula_places.of(draft.document))
    assert sorted(place.text for place in places) == sorted(
        ["岗位", "职级", "阶段", "80%", "70%*COALESCE(周拜访上限,基准周上限)", "目标", "目标*30%"]
    )
    for place in places:
        sent = {"id": "here", "at": place.at, "field": "typed", "typed": place.text}
        desk = operations.post(f"/formulas/{composite.id}/desk", data=sent).get_data(as_text=True)
        assert "is-wrong" not in desk, place.at
    wrong = operations.post(
        f"/formulas/{composite.id}/desk",
        data={"id": "here", "at": "score/inputs/stage/value", "field": "typed", "typed": "目标"},
    )
    assert "is-wrong" in wrong.get_data(as_text=True), "the formula takes a text here"


def test_the_second_of_two_sees_what_his_change_would_make(operations: FlaskClient, composite: Definition) -> None:
    draft = definitions.draft_of(composite)
    assert draft is not None
    first = draft.version_id
    change(operations, composite, **{"in-revenue-target": "目标*90%"})
    late = {"seen": str(first), "in-profit-target": "目标*20%"}
    answer = operations.post(f"/definitions/{composite.id}/score/change", data=late)
    assert answer.status_code == 409
    assert "20%" in answer.get_data(as_text=True)
    assert score_of(composite)["inputs"]["profit"]["target"] == "目标*30%"


def test_who_may_not_edit_definitions_may_not_come_here(sales: Sales, composite: Definition, sign_in: Any) -> None:
    seller = sign_in(sales.people.an)
    assert seller.get(f"/definitions/{composite.id}/score").status_code == 403
