"""目标影响因子库: what stands in it, what a metric's page says, and a new one from a few answers."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from builder import definitions
from builder.models import Definition, DefinitionVersion
from core.db import Document, db
from tests.builder import documents
from tests.product import People, add_member

pytestmark = pytest.mark.sqlite  # pages of one document: no database shows them otherwise

ANSWERS = {
    "title": "科室会场次",
    "rule": "当月召开、有签到表的科室会;取消的不算。",
    "unit": "场",
    "direction": "increase",
    "adding": "sum",
    "source": "form",
    "owner": "sales_ops",
    "tags": ["behaviour", "leading"],
}


@pytest.fixture
def hr(people: People, sign_in: Any) -> FlaskClient:
    return sign_in(people.hr)


def publish(people: People, document: Document) -> DefinitionVersion:
    version = definitions.create(people.company.id, document, by_id=None)
    return definitions.publish(version, by_id=None)


def small_cascade() -> Document:
    cascade = documents.load("cascade")
    for part in ("drivers", "tasks", "behaviour"):
        cascade = documents.changed(cascade, f"/body/{part}", documents.GONE)
    return documents.changed(cascade, "/body/levels/1", documents.GONE)


def id_of(key: str) -> int:
    found = db.session.scalar(select(Definition.id).where(Definition.kind == "metric", Definition.key == key))
    assert found is not None
    return found


def test_S17_the_factor_library_tells_unit_direction_source_owner_version_and_use(
    hr: FlaskClient, people: People
) -> None:
    publish(people, documents.load("metric"))
    cascade = publish(people, small_cascade())
    page = hr.get("/definitions/factors").get_data(as_text=True)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page, re.S)
    assert cells[:-1] == ["已签收订单的含税金额", "元", "越高越好", "文件导入", "销售运营", "1"]
    assert f'<a href="/definitions/{cascade.definition_id}">销售额拆解</a>' in cells[-1]


def test_S17_the_library_shows_one_sort_of_factor(hr: FlaskClient, medical: People) -> None:
    everything = hr.get("/definitions/factors").get_data(as_text=True)
    leading = hr.get("/definitions/factors?tag=leading").get_data(as_text=True)
    assert "目标机构覆盖率</a>" in everything
    assert "目标机构覆盖率</a>" not in leading
    assert "有效拜访量</a>" in leading


def test_S17_the_library_takes_few_statements(hr: FlaskClient, medical: People, counted_statements: Any) -> None:
    with counted_statements() as counted:
        hr.get("/definitions/factors")
    assert counted.count <= 4, counted.statements


def test_S20_a_metric_says_in_words_how_it_is_counted(hr: FlaskClient, medical: People) -> None:
    page = hr.get(f"/definitions/factors/{id_of('medical.visit_effective')}").get_data(as_text=True)
    assert "同一客户一天只计一次" in page
    assert "14 天内同一客户有后续的沟通、报价、会议记录才算有效" in page
    assert "不接受手填数字" in page
    assert "销售额三层拆解" in page, "where it is used"
    assert "<code>" not in page, "no keys outside expert mode"


def test_a_metric_that_is_not_in_force_has_no_page_here(hr: FlaskClient, people: People) -> None:
    draft = definitions.create(people.company.id, documents.load("metric"), by_id=None)
    assert hr.get(f"/definitions/factors/{draft.definition_id}").status_code == 404
    table = publish(people, documents.load("table"))
    assert hr.get(f"/definitions/factors/{table.definition_id}").status_code == 404


def test_a_few_answers_make_a_metric_that_can_be_published(hr: FlaskClient, people: People) -> None:
    answer = hr.post("/definitions/factors/new", data=ANSWERS)
    made = db.session.scalar(select(Definition))
    assert made is not None
    assert answer.location == f"/definitions/{made.id}/review"
    assert made.key == "own.ke_shi_hui_chang_ci", "the key is never typed"
    (draft,) = made.versions
    assert draft.document["body"] == {
        "unit": {"zh": "场"},
        "direction": "increase",
        "org": "sum",
        "time": "sum",
        "source": {"from": "form"},
        "tags": ["factor", "behaviour", "leading"],
        "owner": "sales_ops",
    }
    assert hr.post(answer.location, data={"note": "新增"}).status_code == 303
    assert "科室会场次" in hr.get("/definitions/factors?tag=behaviour").get_data(as_text=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", " "),
        ("title", "长" * 81),
        ("rule", ""),
        ("unit", ""),
        ("unit", "单" * 13),
        ("direction", "up"),
        ("adding", "median"),
        ("source", "guess"),
        ("owner", "nobody"),
    ],
)
def test_a_wrong_answer_is_told_at_its_question_and_the_others_stay(
    hr: FlaskClient, people: People, name: str, value: str
) -> None:
    answer = hr.post("/definitions/factors/new", data={**ANSWERS, name: value})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'href="#field-{name}"' in page
    assert re.search(r'value="leading" checked', page)
    assert db.session.scalar(select(Definition)) is None


def test_two_metrics_of_one_name_get_two_keys(hr: FlaskClient, people: People) -> None:
    for _time in range(2):
        assert hr.post("/definitions/factors/new", data=ANSWERS).status_code == 303
    keys = db.session.scalars(select(Definition.key).order_by(Definition.id)).all()
    assert keys == ["own.ke_shi_hui_chang_ci", "own.ke_shi_hui_chang_ci_2"]


def test_who_may_not_edit_makes_no_metric(people: People, sign_in: Any) -> None:
    manager = sign_in(people.east_manager)
    assert manager.get("/definitions/factors").status_code == 200
    assert manager.get("/definitions/factors/new").status_code == 403
    assert manager.post("/definitions/factors/new", data=ANSWERS).status_code == 403


def test_sales_operations_make_one_and_submit_it(people: People, sign_in: Any) -> None:
    ops = add_member(people.headquarters, "O001", "苏运营", "sales_ops")
    client = sign_in(ops)
    review = client.post("/definitions/factors/new", data=ANSWERS).location
    page = client.get(review).get_data(as_text=True)
    assert "提交审核" in page
    assert "何人事" in page
