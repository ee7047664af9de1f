"""The rules of the language, one by one: blanks, errors, kinds, texts, dates, sub-tables."""

import datetime as dt
from typing import Any

import pytest

import formulas
from formulas import Calendar, ErrorValue, Schema
from tests.formulas.samples import SCHEMA, TODAY, refusal, value_of

DIV0, NUM, NA, VALUE = (ErrorValue(code) for code in ("#DIV/0!", "#NUM!", "#N/A", "#VALUE!"))
ITEMS = [
    {"类型": "三甲", "数量": 2, "单价": 10, "日期": "2025-01-31"},
    {"类型": "二甲", "数量": 3, "单价": None, "日期": None},
    {"类型": "三甲", "数量": None, "单价": 5, "日期": "2025-02-28"},
    {"类型": None, "数量": -1, "单价": 4, "日期": "2024-12-31"},
]
EMPTY: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("完成额+1", 1),
        ("完成额=0", True),
        ("完成额/1", 0),
        ('备注=""', True),
        ('备注&"x"', "x"),
        ("IF(达标,1,2)", 2),
        ("NOT(达标)", True),
        ("SUM(完成额,1)", 1),
        ("AVERAGE(完成额,4)", 4),
        ("MIN(完成额,目标额)", 0),
        ("MAX(完成额,-1)", -1),
        ("COUNT(完成额,1)", 1),
        ("YEAR(入职日期)", None),
        ("DAYS(TODAY(),入职日期)", None),
        ("EDATE(入职日期,1)", None),
        ("入职日期+1", None),
        ("截止日期-入职日期", None),
        ("入职日期+10^300", None),
        ("DATE(完成额,99,10^300)", None),
        ("达标=FALSE", True),
        ("达标=BLANK()", True),
        ("BLANK()", None),
        ("IF(TRUE,BLANK(),1)", None),
        ("COALESCE(完成额,BLANK(),3)", 3),
        ("ISBLANK(备注)", True),
        ("LEN(备注)", 0),
        ("ISBLANK(IF(TRUE,BLANK(),1))", True),
        ("完成额=BLANK()", True),
        ("备注=BLANK()", True),
        ("入职日期<DATE(2025,1,1)", True),
        ("MAX(入职日期,截止日期)", None),
        ("CLAMP(9,完成额,目标额)", 9),
        ('LOOKUP("x",明细.类型,明细.数量,BLANK())', None),
        ("SWITCH(完成额,0,1,2)", 1),
        ("IFS(达标,1,TRUE,2)", 2),
    ],
)
def test_a_blank(text: str, value: object) -> None:
    assert value_of(text, EMPTY) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/0", DIV0),
        ("0/0", DIV0),
        ("0^-1", NUM),
        ("(-8)^(1/3)", NUM),
        ("10^308*10", NUM),
        ("SQRT(-1)", NUM),
        ("0^0", 1),
        ("1/0+SQRT(-1)", DIV0),
        ("SQRT(-1)+1/0", NUM),
        ("10^300*10^300+1/0", NUM),
        ("1/(10^300*10^300)", NUM),
        ("IFERROR(10^300*10^300,1)", 1),
        ("10^300*10^300>1", NUM),
        ("MIN(10^300*10^300,1)", NUM),
        ("IF(TRUE,1,1/0)", 1),
        ("IF(1/0=1,1,2)", DIV0),
        ("IFERROR(1/0,2)", 2),
        ("PERCENT(1,0)", DIV0),
        ("PERCENT(1,0,0)", 0),
        ("PERCENT(1/0,0,0)", DIV0),
        ("IFS(FALSE,1)", NA),
        ("IFS(TRUE,1,1/0=1,2)", 1),
        ("IFS(1/0=1,1,TRUE,2)", DIV0),
        ("SWITCH(3,1,1,2,2)", NA),
        ("SWITCH(3,1,1,9)", 9),
        ("SWITCH(1/0,1,1,9)", DIV0),
        ("AND(FALSE,1/0=1)", DIV0),
        ("OR(TRUE,1/0=1)", DIV0),
        ("COALESCE(1,1/0)", 1),
        ("COALESCE(1/0,1)", DIV0),
        ("ISBLANK(1/0)", False),
        ("COUNT(1,1/0)", DIV0),
        ("SUM(1/0,SQRT(-1))", DIV0),
        ("AVERAGE(完成额)", DIV0),
        ("MOD(1,0)", DIV0),
        ("MOD(10^300,3)", NUM),
        ("INT(10^300)", 1e300),
        ('LEFT("ab",-1)', VALUE),
        ("DATE(1800,1,1)", NUM),
        ("DATE(10000,1,1)", NUM),
        ("DATE(9999,12,31)+1", NUM),
        ("DATE(2025,1,1)+10^300", NUM),
        ("EDATE(DATE(2025,1,1),10^9)", NUM),
        ('""&1/0', DIV0),
        ("-(1/0)", DIV0),
        ("(1/0)%", DIV0),
        ("NOT(1/0=1)", DIV0),
    ],
)
def test_an_error(text: str, value: object) -> None:
    assert value_of(text, EMPTY) == value


@pytest.mark.parametrize(
    "text",
    [
        '"5"+1',
        "IF(1,2,3)",
        "TRUE+1",
        "入职日期+截止日期",
        '备注<"a"',
        "达标>TRUE",
        "入职日期>1",
        '完成额="1"',
        "SUM(备注)",
        "SUM(达标)",
        "NOT(1)",
        'IF(TRUE,1,"a")',
        "1-入职日期",
        "入职日期*2",
        "ROUND(入职日期,1)",
        "YEAR(1)",
        "入职日期&1",
        "达标&1",
        "CONTAINS(1,2)",
        "AND(1,2)",
        "明细.数量",
        "明细.数量+1",
        "ABS(明细.数量)",
        "SUMIF(明细.数量*2,1)",
        "LOOKUP(1,明细.类型,明细.数量)",
        "IF(明细.数量>1,1,2)",
        "COUNTIF(明细.数量,明细.单价)",
        "-达标",
        "备注%",
        "SWITCH(备注,1,2)",
        "-入职日期",
    ],
)
def test_kinds_do_not_mix(text: str) -> None:
    assert refusal(text).code == "E_KIND"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"Abc"="aBC"', True),
        ('"Ａ"="A"', False),
        ('"a"<>"b"', True),
        ('IF("straße"="STRASSE",1,2)', 1),
        ("1&2", "12"),
        ('0.1+0.2&""', "0.3"),
        ('1/3&""', "0.333333333333333"),
        ('10^20&""', "100000000000000000000"),
        ('10^21&""', "1E+21"),
        ('0.00001&""', "0.00001"),
        ('1/10^12&""', "1E-12"),
        ('-0&""', "0"),
        ("LEN(12.5)", 4),
        ("LEFT(2025,2)", "20"),
        ('RIGHT("ab",0)', ""),
        ('LEFT("ab",9)', "ab"),
        ('CONTAINS("新品推广期","推广")', True),
        ('CONTAINS("a*c","*")', True),
        ('CONTAINS("abc","a?c")', False),
        ('LEFT("ab",1.9)', "a"),
    ],
)
def test_texts(text: str, value: object) -> None:
    assert value_of(text, EMPTY) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("DATE(2025,1,31)+1", dt.date(2025, 2, 1)),
        ("1+DATE(2025,1,31)-2", dt.date(2025, 1, 30)),
        ("DATE(2025,2,30)", dt.date(2025, 3, 2)),
        ("DATE(2025,1,1)+0.9", dt.date(2025, 1, 1)),
        ("DATE(2025,0,1)", dt.date(2024, 12, 1)),
        ("DATE(2025,3,1)-DATE(2025,2,1)+1", 29),
        ("EDATE(DATE(2025,1,31),1)", dt.date(2025, 2, 28)),
        ("EDATE(DATE(2024,2,29),-12)", dt.date(2023, 2, 28)),
        ("EOMONTH(DATE(2024,1,15),1)", dt.date(2024, 2, 29)),
        ("TODAY()", TODAY),
        ("DAYS(TODAY(),DATE(2025,6,1))", 29),
        ("WORKDAYS(DATE(2025,1,10),DATE(2025,1,6))", -5),
        ("WORKDAYS(DATE(2025,1,4),DATE(2025,1,5))", 0),
        ("MAX(DATE(2025,1,1),DATE(2025,2,1))", dt.date(2025, 2, 1)),
        ("MAX(明细.日期)", dt.date(2025, 2, 28)),
        ("DATE(1900,3,1)-DATE(1900,2,28)", 1),
        ("DAY(DATE(2024,2,29))", 29),
        ("MONTH(EDATE(DATE(2025,12,1),1))", 1),
    ],
)
def test_dates(text: str, value: object) -> None:
    assert value_of(text, {"明细": ITEMS}) == value


def test_working_days_follow_the_companys_calendar() -> None:
    calendar = Calendar(holidays=[dt.date(2025, 1, 28), dt.date(2025, 1, 29)], workdays=[dt.date(2025, 1, 26)])
    formula = formulas.compile("WORKDAYS(DATE(2025,1,24),DATE(2025,1,31))", SCHEMA)
    assert formula.evaluate({}) == 6
    assert formula.evaluate({}, calendar=calendar) == 5
    assert formulas.compile("WORKDAYS(DATE(2025,1,31),DATE(2025,1,24))", SCHEMA).evaluate({}, calendar=calendar) == -5


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SUM(明细.数量*明细.单价)", 16),
        ("SUM(明细.数量*完成额)", 40),
        ("SUM(明细.数量)", 4),
        ("AVERAGE(明细.数量,100)", 26),
        ("COUNT(明细.数量)", 3),
        ("MIN(明细.数量)", -1),
        ("MAX(明细.数量,2.5)", 3),
        ('SUM(IF(明细.类型="三甲",明细.单价,0))', 15),
        ("SUM(明细.数量/SUM(明细.数量))", 1),
        ("SUM(ROUND(明细.单价/3,0))", 6),
        ("SUM(1/明细.单价)", DIV0),
        ('SUMIF(明细.类型,"三甲",明细.单价)', 15),
        ('SUMIF(明细.类型,"<>三甲",明细.数量)', 2),
        ('SUMIF(明细.数量,">0")', 5),
        ('SUMIF(明细.数量,"＞＝2")', 5),
        ('SUMIF(明细.数量,"≥2")', 5),
        ('COUNTIF(明细.数量,"<>")', 3),
        ('COUNTIF(明细.类型,"")', 1),
        ('COUNTIF(明细.数量,"<"&完成额)', 3),
        ("COUNTIF(明细.数量,3)", 1),
        ('COUNTIF(明细.日期,">=2025-01-31")', 2),
        ('COUNTIF(明细.日期,">"&截止日期)', 1),
        ("COUNTIF(明细.数量,0)", 0),
        ('AVERAGEIF(明细.类型,"没有",明细.数量)', DIV0),
        ("COUNTIF(明细.类型,备注)", 2),
        ('COUNTIF(明细.数量,"<50%")', 1),
        ('LOOKUP("二甲",明细.类型,明细.数量)', 3),
        ('LOOKUP("丙",明细.类型,明细.数量)', NA),
        ('LOOKUP("丙",明细.类型,明细.数量,-1)', -1),
        ('LOOKUP("二甲",明细.类型,明细.单价)', None),
        ("LOOKUP(3,明细.数量,明细.类型)", "二甲"),
        ("TIER(2.5,明细.数量,明细.单价)", 10),
        ("TIER(-9,明细.数量,明细.单价)", NA),
        ("TIER(0.1*3/0.1,明细.数量,明细.类型)", "二甲"),
        ("RANK(2,明细.数量)", 2),
        ("RANK(2,明细.数量,TRUE)", 2),
        ("RANK(7,明细.数量)", NA),
        ("RANK(-1,明细.数量,1)", 1),
        ("IFERROR(LOOKUP(9,明细.数量,明细.单价),0)", 0),
    ],
)
def test_sub_tables(text: str, value: object) -> None:
    assert value_of(text, {"明细": ITEMS, "完成额": 10, "备注": "三甲", "截止日期": "2025-01-31"}) == value


@pytest.mark.parametrize("way", ["row", "batch"])
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("达成率=0.3", True),
        ("达成率<>0.3", False),
        ("达成率>0.3", False),
        ("达成率>=0.3", True),
        ("0.3<达成率", False),
        ("0.3>=达成率", True),
        ("SWITCH(达成率,0.3,1,2)=1", True),
        ("达标=新人", False),
        ("达标<>新人", True),
        ("达标=TRUE", True),
        ("新人=FALSE", True),
        ("SWITCH(达标,TRUE,1,2)=1", True),
    ],
)
def test_equality_forgives_binary_noise_and_nothing_else(text: str, value: bool, way: str) -> None:
    row = {"达成率": 0.1 + 0.2, "达标": True, "新人": None}
    formula = formulas.compile(text, SCHEMA)
    if way == "row":
        assert formula.evaluate(row) is value
    else:
        assert formula.evaluate_batch({name: [cell] for name, cell in row.items()}, 1).to_list() == [value]


@pytest.mark.parametrize("items", [[], None])
def test_an_empty_sub_table(items: object) -> None:
    row = {"明细": items}
    for text, value in (
        ("SUM(明细.数量)", 0),
        ("COUNT(明细.数量)", 0),
        ("AVERAGE(明细.数量)", DIV0),
        ("MAX(明细.数量)", 0),
        ("MAX(明细.日期)", None),
        ('SUMIF(明细.类型,"三甲",明细.数量)', 0),
        ('LOOKUP("a",明细.类型,明细.数量)', NA),
        ('LOOKUP("a",明细.类型,明细.类型,"无")', "无"),
        ("TIER(1,明细.数量,明细.类型)", NA),
        ("RANK(1,明细.数量)", NA),
        ('COUNTIF(明细.类型,"<>")', 0),
    ):
        assert value_of(text, row) == value


def test_a_renamed_option_is_an_error_wherever_it_is_compared() -> None:
    for text in (
        '阶段="新品期"',
        '"新品期"<>阶段',
        'SWITCH(阶段,"新品期",1,2)',
        'IF(达标,阶段,"成熟期")="新品期"',
        '(阶段)="新品期"',
    ):
        error = refusal(text)
        assert error.code == "E_OPTION"
        assert text[error.start : error.end] == '"新品期"'
    assert value_of('COALESCE(阶段,"未定")="未定"', {}) is True
    assert value_of('阶段=""', {}) is True


def test_names_are_exactly_what_is_used() -> None:
    formula = formulas.compile(
        "IF(ISBLANK(完成额),COALESCE(目标额,1),达成率)+SUM(明细.数量)+DAYS(TODAY(),入职日期)", SCHEMA
    )
    assert formula.names == {"完成额", "目标额", "达成率", "明细.数量", "入职日期"}
    assert formula.required_names == {"达成率", "入职日期"}
    assert formula.reads_day
    assert formula.kind == "number"


def test_a_computed_column_of_a_sub_table_names_its_own_row() -> None:
    schema = Schema({"系数": "number"}, {"明细": {"数量": "number"}}, own_row={"数量": "number", "单价": "number"})
    formula = formulas.compile("本行.数量*本行.单价*系数", schema)
    assert formula.names == {"本行.数量", "本行.单价", "系数"}
    assert formula.evaluate({"本行": {"数量": 2, "单价": 3}, "系数": 10}) == 60
    assert formula.evaluate_batch({"本行.数量": [2, 1], "本行.单价": [3, 4], "系数": [1, 1]}, 2).to_list() == [6, 4]
    assert refusal("本行.数", schema).hint == "是不是：数量"


def test_a_field_may_be_named_by_its_key() -> None:
    schema = Schema({"阶段": {"type": "choice", "options": ["成熟期"]}}, aliases={"stage": "阶段"})
    formula = formulas.compile('stage="成熟期"', schema)
    assert formula.names == {"阶段"}
    assert formula.evaluate({"阶段": "成熟期"}) is formula.evaluate({"stage": "成熟期"}) is True
    assert refusal('stage="x"', schema).code == "E_OPTION"


@pytest.mark.parametrize(
    "schema",
    [
        {"fields": {"x": "integer"}},
        {"fields": {"x": None}},
        {"fields": {"x": {"type": "choice", "options": [1]}}},
        {"fields": {"x": "number"}, "tables": {"x": {"y": "number"}}},
        {"fields": {"x": "number"}, "aliases": {"y": "z"}},
        {"tables": {"ｔ": {}, "t": {}}},
    ],
)
def test_a_schema_that_is_wrong_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(formulas.FormulaError) as caught:
        Schema(**schema)
    assert caught.value.code == "E_SCHEMA"
    assert caught.value.text("en").startswith("The schema is wrong")


def test_an_error_value_is_its_code() -> None:
    assert str(DIV0) == "#DIV/0!"
    assert DIV0 == ErrorValue("#DIV/0!") != NUM
    assert len({DIV0, ErrorValue("#DIV/0!")}) == 1
