"""What people really type wrong. None ends as a silent value: each is named with a remedy, or its value says it."""

import math
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

import formulas
from builder import definitions, formula_editor, remedies
from builder.formula_editor import Fault, Setting
from builder.formula_values import shown
from builder.samples import Rows
from builder.scopes import Name
from builder.sources import of_documents
from core import clock
from core.db import Document
from tests.builder import documents

STAGES = ["新品推广期", "成长期", "成熟期"]
FIELDS: dict[str, Any] = {
    "阶段": {"type": "choice", "options": STAGES},
    "客户拜访频次": "number",
    "利润": "number",
    "目标额": "number",
    "完成额": "number",
    "覆盖率": "number",
    "姓名": "text",
    "入职日期": "date",
    "转正日期": "date",
}
SCHEMA = formulas.Schema(FIELDS, {"系数表": {"下限": "number", "系数": "number"}})


@dataclass(frozen=True)
class Mistake:
    """`says` stands in the sentence; `instead` is what one click writes, None where only the author can know."""

    typed: str
    code: str
    says: str
    instead: str | None


REFUSED = {
    "a misspelt field": Mistake("客户拜访频率*0.4", "E_NAME", "是不是：客户拜访频次", "客户拜访频次*0.4"),
    "a missing bracket": Mistake("MIN(利润,1.5", "E_SYNTAX", "缺少右括号", "MIN(利润,1.5)"),
    "text times a number": Mistake("姓名*2", "E_KIND", "需要数字，但得到文字（换成数字字段", None),
    "a renamed option": Mistake('IF(阶段="推广期",1,2)', "E_OPTION", "没有选项“推广期”", 'IF(阶段="新品推广期",1,2)'),
    "a percentage typed as text": Mistake('"40%"*利润', "E_KIND", "需要数字，但得到文字", "40%*利润"),
    "a chained comparison": Mistake("0<利润<5", "E_CHAIN", "请写成 AND", "AND(0<利润,利润<5)"),
    "VLOOKUP": Mistake(
        "VLOOKUP(利润,系数表.下限,系数表.系数)", "E_FUNC", "LOOKUP(值", "LOOKUP(利润,系数表.下限,系数表.系数)"
    ),
    "NaN": Mistake("NaN*2", "E_NAME", "没有字段“NaN”（可用的字段", None),
    "a missing argument": Mistake("SUM(利润,)", "E_SYNTAX", "要留空请写 BLANK()", "SUM(利润,BLANK())"),
    "a wrong number of arguments": Mistake("ROUND(利润,1,2)", "E_ARGS", "ROUND(数, [小数位])", None),
    "IF without otherwise": Mistake("IF(利润>0,1)", "E_ARGS", "IF(条件, 成立时, 不成立时)", "IF(利润>0,1,BLANK())"),
    "an unknown function": Mistake("AVERGE(利润)", "E_FUNC", "没有函数“AVERGE”", "AVERAGE(利润)"),
    "a unit behind a number": Mistake("利润/100元", "E_NUMBER", "单位不用写", "利润/100"),
    "a thousands separator": Mistake("利润/1,000", "E_NUMBER", "不要写千位分隔符", "利润/1000"),
    "a sign before a power": Mistake("-利润^2", "E_CHAIN", "有歧义", "-(利润^2)"),
    "a sum of dates": Mistake("入职日期+转正日期", "E_KIND", "两个日期相减得天数", None),
    "a number as a condition": Mistake("IF(利润,1,2)", "E_KIND", "例如 利润>0", "IF(利润>0,1,2)"),
    "AND between conditions": Mistake("利润>0 AND 覆盖率>1", "E_SYNTAX", "AND(甲, 乙)", "AND(利润>0,覆盖率>1)"),
    "branches of two kinds": Mistake('IF(利润>0,1,"无")', "E_KIND", "同一种值", None),
    "a quote left open": Mistake('IF(阶段="成熟期,1,0)', "E_TEXT", "补上引号", 'IF(阶段="成熟期",1,0)'),
}


@pytest.mark.parametrize("mistake", REFUSED.values(), ids=list(REFUSED))
def test_S20_a_mistake_is_named_with_its_place_and_a_remedy(mistake: Mistake) -> None:
    (error,) = formulas.check(mistake.typed, SCHEMA)
    assert error.code == mistake.code
    assert mistake.says in error.text("zh")
    assert error.text("en") != error.text("zh")
    assert 0 <= error.start < error.end <= len(mistake.typed)


CLICKED = {name: mistake for name, mistake in REFUSED.items() if mistake.instead is not None}


@pytest.mark.parametrize("mistake", CLICKED.values(), ids=list(CLICKED))
def test_one_click_puts_it_right(mistake: Mistake) -> None:
    (error,) = formulas.check(mistake.typed, SCHEMA)
    offered = [remedy.applied(mistake.typed) for remedy in remedies.of(mistake.typed, error, SCHEMA)]
    assert offered[0] == mistake.instead
    assert len(offered) <= remedies.MOST


@pytest.mark.parametrize("mistake", REFUSED.values(), ids=list(REFUSED))
def test_no_remedy_makes_it_worse(mistake: Mistake) -> None:
    (error,) = formulas.check(mistake.typed, SCHEMA)
    for remedy in remedies.of(mistake.typed, error, SCHEMA):
        left = formulas.check(remedy.applied(mistake.typed), SCHEMA)
        assert not left or left[0].start > error.start


# ── what the language takes, with a value that shows what happened ───────────────────────────────────────────────


@pytest.fixture
def request_in_chinese(speaking: Flask) -> Any:
    with speaking.test_request_context(headers={"Accept-Language": "zh"}):
        yield


def result(typed: str, **row: Any) -> str:
    """What the editor shows for one person."""
    names = tuple(Name(name, name, kind, {}) for name, kind in FIELDS.items() if isinstance(kind, str))
    setting = Setting(names, hold=True)
    judged = formula_editor.judge(typed, setting, {})
    assert not isinstance(judged, Fault)
    rows = Rows(["李敏"], {name: [value] for name, value in row.items()})
    return shown(formula_editor.compute(judged, setting, rows, clock.today()).values[0])


@pytest.mark.usefixtures("request_in_chinese")
def test_an_empty_target_divides_nothing() -> None:
    assert result("完成额/目标额", 完成额=80.0, 目标额=0.0) == "#DIV/0! 除数为 0 或为空"
    assert result("完成额/目标额", 完成额=80.0, 目标额=None) == "—"
    assert result("PERCENT(完成额,COALESCE(目标额,0),0)", 完成额=80.0, 目标额=None) == "0"


@pytest.mark.usefixtures("request_in_chinese")
def test_a_full_width_comma_is_a_comma() -> None:
    assert result("ＭＩＮ（利润，１．５）", 利润=2.0) == "1.5"


@pytest.mark.usefixtures("request_in_chinese")
def test_a_missing_rate_does_not_score_as_the_cap() -> None:
    assert result("MIN(1.5,覆盖率)", 覆盖率=None) == "—"


def test_a_value_that_is_no_number_is_refused() -> None:
    with pytest.raises(formulas.FormulaError, match="E_INPUT"):
        formulas.compile("利润*2", SCHEMA).evaluate({"利润": math.nan})


# ── in documents ──────────────────────────────────────────────────────────────────────────────────────────────────


def problems(document: Document, *others: Document) -> list[str]:
    return [problem.message for problem in definitions.check(document, of_documents(others))]


@pytest.mark.usefixtures("request_in_chinese")
def test_weights_that_sum_to_99_9_percent_are_refused() -> None:
    table = documents.changed(documents.load("table"), "/body/rows/0/then/c3", "59.9%")
    (sentence,) = problems(table)
    assert "权重合计要等于 100%" in sentence


@pytest.mark.usefixtures("request_in_chinese")
def test_a_circle_is_refused_with_its_way() -> None:
    use = [{"as": "另一个", "formula": "test.other", "inputs": {"coverage": "1", "profit": "1"}}]
    score = documents.changed(documents.load("formula"), "/body/uses", use)
    other = documents.load("formula") | {"key": "test.other", "title": {"zh": "另一个得分"}}
    back = [{"as": "综合", "formula": "test.score", "inputs": {"coverage": "1", "profit": "1"}}]
    (sentence,) = problems(score, documents.changed(other, "/body/uses", back))
    assert "综合得分 → 另一个得分 → 综合得分" in sentence


@pytest.mark.usefixtures("request_in_chinese")
def test_a_sample_that_no_longer_comes_out_is_named() -> None:
    document = documents.changed(documents.load("formula"), "/body/parameters/0/default", 1)
    document = documents.changed(document, "/body/samples/0/inputs/coverage", 1.2)
    assert any("70" in sentence for sentence in problems(document))
