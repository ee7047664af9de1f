"""字段关系图谱 (S18): drawn from parsed expressions, walked up and down, and no circle is published."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from builder import definitions, graph
from builder.models import DefinitionVersion
from core.config import CHECKOUT
from core.db import Document, db
from tests.builder import documents
from tests.product import People

SALES = "cascade:medical.sales_cascade"


def pack() -> list[Document]:
    files = Path(CHECKOUT / "seeds").glob("*/definitions/*/*.json")
    return [json.loads(file.read_text("utf-8")) for file in files]


@pytest.fixture(scope="module")
def drawn() -> graph.Graph:
    return graph.of(pack())


@pytest.fixture
def hr(people: People, sign_in: Any) -> FlaskClient:
    return sign_in(people.hr)


def titles(drawn: graph.Graph, ids: Any) -> set[str]:
    return {drawn.nodes[node_id].title["zh"] for node_id in ids}


def test_S18_a_field_leads_to_everything_that_changes_with_it(drawn: graph.Graph) -> None:
    assert drawn.downstream("name:maturity") == {
        "table:medical.region_coef": 1,
        "formula:medical.unit_weight": 2,
        SALES: 3,
    }


def test_S18_a_split_is_computed_from_its_fields_tables_formulas_and_metrics(drawn: graph.Graph) -> None:
    above = titles(drawn, drawn.upstream(SALES))
    assert {"历史业绩", "成熟度", "区域成熟度系数", "单位权重", "销售额", "月度季节占比", "新人爬坡系数"} <= above
    assert "综合得分" not in above
    assert drawn.downstream(SALES) == {}


def test_S18_facts_lead_to_what_is_counted_from_them(drawn: graph.Graph) -> None:
    assert "metric:medical.visit_effective" in drawn.downstream("fact:visits")
    assert titles(drawn, drawn.above["metric:medical.visit_effective"]) == {
        "拜访记录",
        "沟通记录",
        "报价记录",
        "会议记录",
    }


def test_S18_what_a_score_is_made_of_goes_through_its_formula(drawn: graph.Graph) -> None:
    above = titles(drawn, drawn.above["formula:medical.composite_score"])
    assert {"销售额", "毛利贡献", "目标机构覆盖率", "客户拜访频次", "产品阶段权重", "阶段"} <= above
    assert {"综合得分", "得分等级", "销售目标"} == titles(drawn, drawn.above["metric:medical.composite"])


def test_S18_fields_of_a_form_lead_to_the_field_that_is_computed(drawn: graph.Graph) -> None:
    target = next(node.id for node in drawn.nodes.values() if node.key == "medical.annual_target.target")
    assert titles(drawn, drawn.upstream(target)) == {"上年实际", "增长率"}


def test_two_things_of_one_name_are_two(drawn: graph.Graph) -> None:
    """潜力 of a unit and of a customer; 历史业绩 of a unit and of a person is one thing."""
    assert len([node for node in graph.NAMES.values() if node.title["zh"] == "潜力"]) == 2
    assert len([node for node in graph.NAMES.values() if node.title["zh"] == "历史业绩"]) == 1


def test_either_spelling_of_a_name_is_the_same_field() -> None:
    chinese = documents.changed(documents.load("cascade"), "/body/levels/0/weight", "历史占比")
    english = documents.changed(documents.load("cascade"), "/body/levels/0/weight", "share_history")
    assert graph.of([chinese]).edges == graph.of([english]).edges


def test_every_edge_joins_two_nodes_and_every_reference_of_a_pack_is_drawn(drawn: graph.Graph) -> None:
    assert all(edge.start in drawn.nodes and edge.end in drawn.nodes for edge in drawn.edges)
    for document in pack():
        for reference in graph.references.of(document):
            start, end = (
                graph.identity(reference.kind, reference.key),
                graph.identity(document["kind"], document["key"]),
            )
            assert start in drawn.upstream(end), (start, end)


def test_a_text_that_cannot_be_read_leaves_the_rest_of_the_graph() -> None:
    broken = documents.changed(documents.load("cascade"), "/body/levels/0/weight", "历史占比*(")
    assert "name:ticket" in graph.of([broken]).upstream("cascade:test.split")


def test_renaming_an_input_redraws_it_everywhere(drawn: graph.Graph) -> None:
    """The graph goes by what expressions say today; nothing of it is stored."""
    documents_ = [document for document in pack() if "score" not in document["body"]]  # nothing feeds the formula
    formula = next(document for document in documents_ if document["key"] == "medical.composite_score")
    formula["body"]["inputs"][0]["as"] = "产品阶段"
    again = graph.of(documents_)
    assert "产品阶段" in titles(again, again.above["formula:medical.composite_score"])


def test_S18_choosing_a_field_lists_upstream_and_downstream(hr: FlaskClient, medical: People) -> None:
    page = hr.get("/definitions/relations?of=table:medical.region_coef").get_data(as_text=True)
    above, below = page.partition('id="above"')[2].partition('id="below"')[::2]
    assert "成熟度" in above
    assert "单位权重" not in above
    assert "单位权重" in below.partition("</section>")[0]
    assert "销售额三层拆解" in below.partition("</section>")[0]
    assert "隔 2 步" in below


def test_S18_the_list_says_what_the_picture_shows(hr: FlaskClient, medical: People, counted_statements: Any) -> None:
    with counted_statements() as counted:
        page = hr.get("/definitions/relations").get_data(as_text=True)
    assert counted.count <= 4, counted.statements
    picture = json.loads(page.partition('<script type="application/json">')[2].partition("</script>")[0])
    rows = page.partition('aria-labelledby="list"')[2]
    assert len(picture["links"]) > 50
    assert all(node["name"] in rows for node in picture["nodes"])


def test_the_graph_of_one_pack_leaves_the_others_out(hr: FlaskClient, medical: People) -> None:
    page = hr.get("/definitions/relations?pack=okr").get_data(as_text=True).partition('aria-labelledby="list"')[2]
    assert "红黄绿灯判定表" in page
    assert "销售额三层拆解" not in page


def test_what_is_not_there_is_not_found(hr: FlaskClient, medical: People) -> None:
    assert hr.get("/definitions/relations?of=table:nowhere").status_code == 404


def test_an_empty_company_is_told_what_to_do(hr: FlaskClient) -> None:
    assert "模板包" in hr.get("/definitions/relations").get_data(as_text=True).partition("<main")[2]


def formula(key: str, title: str, uses: str | None) -> Document:
    document = documents.load("formula")
    body = {"inputs": [{"id": "i1", "as": "甲", "type": "number"}], "expression": "甲+1"}
    if uses:
        body |= {"uses": [{"as": "乙", "formula": uses, "inputs": {"i1": "甲"}}], "expression": "甲+乙"}
    return {**document, "key": key, "title": {"zh": title}, "body": {**body, "result": {"type": "number"}}}


def test_S18_a_circle_is_refused_at_publish_with_its_path(hr: FlaskClient, people: People) -> None:
    """达成率 → 加权率 → 达成率, closed by an edit of the first."""
    company = people.company.id
    first = definitions.create(company, formula("test.a", "达成率", None), by_id=None)
    definitions.publish(first, by_id=None)
    second = definitions.create(company, formula("test.b", "加权率", "test.a"), by_id=None)
    definitions.publish(second, by_id=None)
    draft = definitions.open_draft(first.definition, by_id=None)
    closing = json.dumps(formula("test.a", "达成率", "test.b"))
    definitions.save_draft(draft, closing, seen=draft.version_id, by_id=None)
    db.session.commit()
    review = f"/definitions/{first.definition_id}/review"
    assert "达成率 → 加权率 → 达成率" in hr.get(review).get_data(as_text=True)
    answer = hr.post(review, data={"note": "成环"})
    assert answer.status_code == 422
    assert "达成率 → 加权率 → 达成率" in answer.get_data(as_text=True)
    assert in_force(first) == 1


def in_force(version: DefinitionVersion) -> int | None:
    definition = version.definition
    found = definitions.published(definition.company_id, definition.kind, definition.key)
    return found.number if found else None
