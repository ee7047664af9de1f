"""What a Chinese input method types is read as meant, column by column; what is unclear is refused."""

import pytest

from formulas import FormulaError, Schema, compile
from tests.formulas.samples import refusal, value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("（1＋2）＊3", 9),
        ("６÷４×２", 3),
        ("5−3", 2),
        ("５０％", 0.5),
        ("3万", 30_000),
        ("7.2亿", 720_000_000),
        ("1.5万亿", 1.5e12),
        ("3万*2", 60_000),
        ("1≤2", True),
        ("2≥3", False),
        ("1≠2", True),
        ("1《2", True),
        ("2！＝3", True),
        ("1==1", True),
        ("1!=1", False),
        ("ＩＦ（ＴＲＵＥ，1，2）", 1),
        ("SUM(1；2;3)", 6),
        ("“a”&”b“", "ab"),
        ("‘新’&'品'", "新品"),
        ("\u3000 1\u00a0+1\t", 2),
        ("＝1+1", 2),
        ("=1", 1),
        ("“（，）”", "（，）"),
        ('"他说""好"""', '他说"好"'),
        ("TRUE()", True),
        ("false", False),
        ("最大(1,2)", 2),
        ("如果(并且(TRUE,TRUE),1,2)", 1),
        ("avg(1,3)", 2),
        (".5", 0.5),
        ("1e3", 1000),
        ("2^-1", 0.5),
        ("5--3", 8),
    ],
)
def test_typed_forms_are_read_as_meant(text: str, value: object) -> None:
    assert value_of(text, {}) == value


def test_a_column_counts_in_the_original_text() -> None:
    error = refusal("（完成额＋　无此字段）")
    assert (error.start, error.end) == (6, 10)


@pytest.mark.parametrize("name", ["客单价(元)", "客单价（元）", "ＫＰＩ", "a b"])
def test_a_name_is_the_same_however_wide_it_is_typed(name: str) -> None:
    schema = Schema({name: "number"})
    for text in (f"[{name}]", f"【{name}】", f"[ {name} ]"):
        assert compile(text, schema).evaluate({name: 3}) == 3
    assert compile("[客单价（元）]", Schema({"客单价(元)": "number"})).evaluate({"客单价(元)": 3}) == 3


@pytest.mark.parametrize("fields", [{"ＫＰＩ": "number", "KPI": "number"}, {"x": "number", " x": "number"}])
def test_names_that_become_one_are_refused(fields: dict[str, str]) -> None:
    with pytest.raises(FormulaError) as caught:
        Schema(fields)
    assert caught.value.code == "E_SCHEMA"


@pytest.mark.parametrize("sign", list("、。…￥$—{}:!\\@#|'?`~"))
def test_an_unclear_sign_is_refused_where_it_stands(sign: str) -> None:
    error = refusal(f"完成额 {sign} 1")
    assert error.start == 4
    assert error.hint


@pytest.mark.parametrize(
    "hidden", ["\u0000", "\u200b", "\u202e", "\ufeff", "\ue000", "\u2028", "\u2029", "\u3164", "\x0c", "\ud800"]
)
def test_what_cannot_be_seen_is_refused_even_in_text(hidden: str) -> None:
    for text in (f"完成额{hidden}+1", f'"a{hidden}"', f"[完成额{hidden}]"):
        error = refusal(text)
        assert error.code == "E_CHAR"
        assert f"U+{ord(hidden):04X}" in error.message
        assert text[error.start] == hidden
