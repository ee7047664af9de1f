"""The fixed list of everyday mistakes, each typed into the editor of a formula as sales operations would.

None ends as a silent value: what is refused gives nobody a result, what is allowed but probably not meant is told.
"""

import html
import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from builder import definitions
from builder.models import Definition
from core.db import Document, db
from tests.builder import documents
from tests.product import add_member
from tests.sales import CASCADE, Sales

pytestmark = pytest.mark.sqlite  # pages of one document: no database shows them otherwise

FORMULA: Document = {
    "kind": "formula",
    "schema_version": 1,
    "key": "test.bonus",
    "title": {"zh": "季度奖金", "en": "Bonus"},
    "body": {
        "inputs": [
            {"id": "visits", "as": "客户拜访频次", "type": "number"},
            {"id": "profit", "as": "利润", "type": "number"},
            {"id": "target", "as": "目标额", "type": "number"},
            {"id": "done", "as": "完成额", "type": "number"},
            {"id": "name", "as": "姓名", "type": "text"},
            {"id": "joined", "as": "入职日期", "type": "date"},
            {"id": "confirmed", "as": "转正日期", "type": "date"},
            {"id": "tier", "as": "等级", "type": "text"},
        ],
        "uses": [
            {"as": "找谁", "table": "medical.customer_tiers", "inputs": {"tier": "等级"}, "output": "contact_level"}
        ],
        "parameters": [{"id": "p1", "as": "封顶", "default": 1.5}],
        "expression": "利润",
        "result": {"type": "number"},
        "samples": [
            {
                "id": "x1",
                "inputs": {
                    "visits": 4,
                    "profit": 3,
                    "target": 0,
                    "done": 80,
                    "name": "安店长",
                    "tier": "三甲",
                    "joined": "2024-01-01",
                    "confirmed": "2024-07-01",
                },
                "gives": 3,
            }
        ],
    },
}


@dataclass(frozen=True)
class Mistake:
    """`says` stands in the sentence, the remedy in it or on a button: `click` is what one click writes."""

    typed: str
    says: str
    click: str | None = None


REFUSED = {
    "a misspelt field": Mistake("客户拜访频率*0.4", "是不是：客户拜访频次", "客户拜访频次"),
    "a missing bracket": Mistake("MIN(利润,1.5", "缺少右括号", ")"),
    "a bracket too many": Mistake("利润+1)", "多", ""),
    "text times a number": Mistake("姓名*2", "换成数字字段"),
    "a renamed option": Mistake('IF(找谁="科主任",1,2)', "没有选项“科主任”", '"主任"'),
    "a percentage typed as text": Mistake('"40%"*利润', "需要数字，但得到文字", "40%"),
    "a chained comparison": Mistake("0<利润<5", "请写成 AND", "AND(0<利润,利润<5)"),
    "VLOOKUP": Mistake("VLOOKUP(利润,目标额,2)", "LOOKUP", "LOOKUP"),
    "a missing argument": Mistake("SUM(利润,)", "要留空请写 BLANK()", "BLANK()"),
    "too many arguments": Mistake("ROUND(利润,1,2)", "ROUND(数, [小数位])"),
    "IF without otherwise": Mistake("IF(利润>0,1)", "IF(条件, 成立时, 不成立时)", ",BLANK()"),
    "a misspelt function": Mistake("AVERGE(利润)", "没有函数“AVERGE”", "AVERAGE"),
    "a unit behind a number": Mistake("利润/100元", "单位不用写", ""),
    "a thousands separator": Mistake("利润/1,000", "不要写千位分隔符", "1000"),
    "a sign before a power": Mistake("-利润^2", "有歧义", "-(利润^2)"),
    "a sum of dates": Mistake("入职日期+转正日期", "两个日期相减得天数"),
    "a number as a condition": Mistake("IF(利润,1,2)", "例如 利润>0", "利润>0"),
    "AND between conditions": Mistake("IF(利润>0 AND 完成额>1,1,2)", "AND(甲, 乙)"),
    "branches of two kinds": Mistake('IF(利润>0,1,"无")', "同一种值"),
    "a quote left open": Mistake('IF(找谁="主任,1,0)', "补上引号", '"'),
    "a mark of another kind": Mistake("SUM(利润、2)", "、", ","),
    "a result of the wrong kind": Mistake("利润>0", "这里要得到数字"),
    "a circle": Mistake("季度奖金*2", "循环计算:季度奖金 → 季度奖金"),
    "nothing at all": Mistake("", "公式是空的"),
}


@pytest.fixture
def operations(sales: Sales, sign_in: Any) -> FlaskClient:
    member = add_member(sales.people.headquarters, "OPS", "苏运营", "sales_ops")
    db.session.commit()
    return sign_in(member)


@pytest.fixture
def bonus(sales: Sales, operations: FlaskClient) -> Definition:
    draft = definitions.create(sales.people.company.id, FORMULA, by_id=None)
    db.session.commit()
    return draft.definition


def check(client: FlaskClient, definition: Definition, typed: str, **more: str) -> str:
    """What the editor answers to a text that somebody typed."""
    page = client.get(f"/formulas/{definition.id}").get_data(as_text=True)
    kept = re.search(r'name="expression-kept" value="([^"]*)"', page)
    assert kept is not None
    sent = {"id": "expression", "field": "expression", "expression": typed, "expression-kept": html.unescape(kept[1])}
    answer = client.post(f"/formulas/{definition.id}/check", data=sent | more)
    assert answer.status_code == 200
    return html.unescape(answer.get_data(as_text=True))


def results(fragment: str) -> list[str]:
    """What this draft gives each person."""
    rows = re.findall(r"<th scope=\"row\">.*?</tr>", fragment, re.DOTALL)
    found = [re.findall(r"<td class=\"number\">(.*?)</td>", row, re.DOTALL)[1] for row in rows]
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in found]


def remedies(fragment: str) -> list[str]:
    """What one click would write."""
    return re.findall(r'data-remedy="(.*?)" data-start', fragment)


@pytest.mark.parametrize("mistake", REFUSED.values(), ids=list(REFUSED))
def test_S20_a_mistake_is_named_and_gives_nobody_a_value(
    operations: FlaskClient, bonus: Definition, mistake: Mistake
) -> None:
    fragment = check(operations, bonus, mistake.typed)
    said = fragment[: fragment.index('role="region"')]
    assert "is-wrong" in said
    assert mistake.says in said
    assert results(fragment) == ["—"]
    if mistake.click is not None:
        assert mistake.click in remedies(fragment)


def test_the_list_is_long_enough() -> None:
    assert len(REFUSED) >= 20


@pytest.mark.parametrize("typed", ["SUM(1,234)", "ＳＵＭ（1，234）", "MAX(利润,1,234,567)"])
def test_a_number_with_commas_is_told_to_be_several(operations: FlaskClient, bonus: Definition, typed: str) -> None:
    fragment = check(operations, bonus, typed)
    assert "is-caution" in fragment
    assert "如果是一个数,请写成" in fragment


@pytest.mark.parametrize("typed", ["SUM(1, 234)", "IF(利润>0,1,100)", "ROUND(利润,2)", 'IF(姓名="1,234",1,2)'])
def test_values_that_are_surely_several_are_not_doubted(operations: FlaskClient, bonus: Definition, typed: str) -> None:
    fragment = check(operations, bonus, typed)
    assert "is-wrong" not in fragment
    assert "is-caution" not in fragment


def test_one_click_makes_one_number_of_it_or_keeps_them_apart(operations: FlaskClient, bonus: Definition) -> None:
    fragment = check(operations, bonus, "SUM(1,234)")
    assert 'data-remedy="1234"' in fragment
    assert 'data-remedy="1, 234"' in fragment


def test_weights_that_sum_to_99_9_percent_are_told(operations: FlaskClient, bonus: Definition) -> None:
    assert "权重合计是 99.9%,不是 100%" in check(operations, bonus, "利润*60%+完成额*39.9%")
    assert "is-caution" not in check(operations, bonus, "利润*60%+完成额*40%")
    assert "is-caution" not in check(operations, bonus, "利润*10%+完成额*5%"), "no weights, then"


def test_an_empty_target_divides_nothing(operations: FlaskClient, bonus: Definition) -> None:
    assert results(check(operations, bonus, "完成额/目标额")) == ["#DIV/0! 除数为 0 或为空"]
    missing = check(operations, bonus, "完成额/目标额", **{"x1-target": ""})
    assert "—" in results(missing)[0] or "#DIV/0!" in results(missing)[0]


def test_a_figure_that_is_none_is_named(operations: FlaskClient, bonus: Definition) -> None:
    fragment = check(operations, bonus, "利润*封顶", **{"p1-default": "一点五"})
    assert "is-wrong" in fragment
    assert "0.4" in fragment, "how it is written"
    assert "is-wrong" not in check(operations, bonus, "利润*封顶", **{"p1-default": "１５０％"})


def test_what_computes_it_in_turn_is_a_circle_while_it_is_typed(
    sales: Sales, operations: FlaskClient, bonus: Definition
) -> None:
    """季度奖金 uses 年度奖金, which uses 季度奖金: named with its way before anything is published."""
    draft = definitions.draft_of(bonus)
    assert draft is not None
    definitions.publish(draft, by_id=None)
    inputs = {entry["id"]: '"三甲"' if entry["type"] == "text" else "TODAY()" for entry in FORMULA["body"]["inputs"]}
    inputs |= dict.fromkeys(("visits", "profit", "target", "done"), "利润")
    yearly = documents.changed(FORMULA, "/body/uses", [{"as": "季奖", "formula": "test.bonus", "inputs": inputs}])
    yearly = documents.changed(yearly, "/body/expression", "季奖*4") | {
        "key": "test.yearly",
        "title": {"zh": "年度奖金"},
    }
    yearly["body"].pop("samples")
    definitions.publish(definitions.create(sales.people.company.id, yearly, by_id=None), by_id=None)
    back = [{"as": "年奖", "formula": "test.yearly", "inputs": inputs}]
    again = definitions.open_draft(bonus, by_id=None)
    again.document = documents.changed(FORMULA, "/body/uses", back)
    db.session.commit()
    fragment = check(operations, bonus, "年奖/4")
    assert "循环计算:季度奖金 → 年度奖金 → 季度奖金" in fragment
    assert 'data-start="0" data-end="2"' in fragment
    assert set(results(fragment)) <= {"—"}


def test_shares_of_a_driver_that_sum_to_99_9_percent_are_told_at_the_card(
    sales: Sales, operations: FlaskClient
) -> None:
    cascade = definitions.find(sales.people.company.id, "cascade", CASCADE)
    assert cascade is not None
    operations.post(f"/cascades/{cascade.id}/draft")
    for task, share in (("t1", "40"), ("t2", "59.9")):
        draft = definitions.draft_of(cascade)
        assert draft is not None
        posted = {"seen": draft.version_id, "id": task, "number_way": "share", "share_percent": share}
        answer = operations.post(f"/cascades/{cascade.id}/task", data=posted, headers={"HX-Request": "true"})
        db.session.expire_all()
    assert "99.9%" in answer.get_data(as_text=True)
