"""Every refusal says what is wrong, where, and what to write instead, in Chinese and English."""

import re
import string

import pytest

import formulas
from formulas import Schema
from formulas.messages import MESSAGES
from tests.formulas.samples import SCHEMA, refusal

NAMES = Schema(
    {
        "客户拜访频次": "number",
        "利润": "number",
        "转化率": "number",
        "阶段": {"type": "choice", "options": ["新品推广期"]},
    }
)


@pytest.mark.parametrize(
    ("text", "code", "start", "end", "sentence"),
    [
        ("客户拜访频率*0.4", "E_NAME", 0, 6, "没有字段“客户拜访频率”（是不是：客户拜访频次）"),
        ("IF(利润,1,2)", "E_KIND", 3, 5, "IF 的条件这里需要是/否，但得到数字（条件要写成比较，例如 利润>0）"),
        ("0<利润<5", "E_CHAIN", 4, 5, "不能连着写两个比较（请写成 AND(下限<=x, x<=上限)）"),
        ("利润 AND 转化率", "E_SYNTAX", 3, 6, "这里缺少运算符或逗号（AND/OR 要写成函数：AND(甲, 乙)）"),
        ("VLOOKUP(1,2,3)", "E_FUNC", 0, 7, "没有函数“VLOOKUP”（LOOKUP(值, 表.列, 表.结果列)）"),
    ],
)
def test_the_documented_messages(text: str, code: str, start: int, end: int, sentence: str) -> None:
    error = refusal(text, NAMES)
    assert (error.code, error.start, error.end, error.text()) == (code, start, end, sentence)
    assert error.message + f"（{error.hint}）" == sentence


@pytest.mark.parametrize(
    ("text", "start", "end", "part"),
    [
        ("-完成额^2", 0, 5, "-(x^2) 或 (-x)^2"),
        ("2^3^2", 3, 4, "(2^3)^2 或 2^(3^2)"),
        ("1,000", 2, 5, "1,000 写成 1000"),
        ("1,100", 1, 2, "1,000 写成 1000"),
        ("1 000", 2, 5, "1000"),
        ("完成额=>1", 4, 5, ">="),
        ("100元", 3, 4, "单位不用写"),
        ("SUM(1、2)", 5, 6, "逗号"),
        ("完成额。", 3, 4, "表.列"),
        ('阶段="新品期"', 3, 8, "是不是：新品推广期"),
        ("阶段=成熟期", 3, 6, '文字要加引号："成熟期"'),
        ("SUM", 0, 3, "SUM(…)"),
        ("明细", 0, 2, "SUM(明细.类型)"),
        ("明细.数", 3, 4, "是不是：数量"),
        ("名细.数量", 0, 2, "是不是：明细"),
        ("明细.数量", 0, 5, "SUM(明细.数量)"),
        ("完成额+明细.数量*2", 4, 9, "SUM(明细.数量)"),
        ("SUMM(1)", 0, 4, "是不是：SUM"),
        ("IF(达标,1)", 0, 8, "IF(条件, 成立时, 不成立时)"),
        ('"5"+1', 0, 3, "数字字段"),
        ("达标+1", 0, 2, "IF(达标,1,0)"),
        ("入职日期>1", 0, 6, "DATE(2025,1,31)"),
        ('IF(达标,1,"a")', 8, 11, "数字，例如 5"),
        ('备注<"a"', 0, 6, "= 或 <>"),
        ("完成额\u200b+1", 3, 4, "删掉它"),
        ("(1+2", 0, 1, "每个 ( 都要有一个 )"),
        ('"三甲', 0, 3, "右引号"),
        ("COUNT(明细.类型)", 6, 11, 'COUNTIF(表.列,"<>")'),
        ('COUNTIF(明细.类型,"三*")', 14, 18, "通配符"),
        ('COUNTIF(明细.数量,"多")', 14, 17, ">=30"),
    ],
)
def test_a_refusal_names_the_place_and_the_remedy(text: str, start: int, end: int, part: str) -> None:
    error = refusal(text)
    assert (error.start, error.end) == (start, end), error
    assert part in error.text()


@pytest.mark.parametrize(
    "old",
    ["VLOOKUP", "XLOOKUP", "SUMIFS", "DATEDIF", "NOW"],
)
def test_a_spreadsheet_function_that_is_missing_names_its_replacement(old: str) -> None:
    error = refusal(f"{old}(1)")
    assert error.code == "E_FUNC"
    assert any(name in error.hint for name in formulas.FUNCTIONS)


def test_every_wording_has_both_languages_and_the_same_blanks() -> None:
    def blanks(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name} - {"zh_hint", "en_hint"}

    for name, wording in MESSAGES.items():
        assert re.fullmatch("E_[A-Z]+", wording.code), name
        assert wording.zh, name
        assert wording.en, name
        assert blanks(wording.zh) == blanks(wording.en), name
        assert bool(wording.hint_zh) == bool(wording.hint_en), name
        assert not re.search("[\u4e00-\u9fff]", wording.en + wording.hint_en.replace("万", "").replace("亿", "")), name


def test_english_sentences_carry_the_hint() -> None:
    assert refusal("完成率", SCHEMA).text("en") == "There is no field “完成率” (did you mean: 达成率)"
