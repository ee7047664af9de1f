"""The case files, one schema and rows to go with it, and random formulas over that schema."""

import datetime as dt
import json
import struct
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

import formulas
from formulas import ErrorValue, Schema

CASES = Path(__file__).parent / "cases"
TODAY = dt.date(2025, 6, 30)

SCHEMA = Schema(
    fields={
        "完成额": "number",
        "目标额": "number",
        "达成率": "number",
        "阶段": {"type": "choice", "options": ["新品推广期", "成熟期"]},
        "备注": "text",
        "达标": "bool",
        "新人": "bool",
        "入职日期": "date",
        "截止日期": "date",
    },
    tables={"明细": {"类型": "text", "数量": "number", "单价": "number", "日期": "date"}},
)


def cases(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text("utf-8"))
    return document


def decoded(value: Any) -> Any:
    """A value of the case files: {"date": iso}, {"error": code} or itself."""
    if not isinstance(value, dict):
        return value
    return dt.date.fromisoformat(value["date"]) if "date" in value else ErrorValue(value["error"])


def value_of(text: str, row: dict[str, Any] | None = None, **fields: Any) -> Any:
    """The value of a formula over fields declared by the values given, or over SCHEMA."""
    if row is not None:
        return formulas.compile(text, SCHEMA).evaluate(row, TODAY)
    kinds = {bool: "bool", str: "text", dt.date: "date"}
    schema = Schema({name: kinds.get(type(value), "number") for name, value in fields.items()})
    return formulas.compile(text, schema).evaluate(fields, TODAY)


def refusal(text: str, schema: Schema = SCHEMA) -> formulas.FormulaError:
    """The problem of a text that must not compile."""
    problems = formulas.check(text, schema)
    assert problems, f"{text} compiles"
    return problems[0]


def bits(value: Any) -> Any:
    """What two values must share to be the same to the last bit."""
    return struct.pack("<d", value) if isinstance(value, float) else (type(value), value)


# rows

ordinary = st.sampled_from(
    [0.1 + 0.2, 1 - 0.85, 0.0, 1.0, -1.0, 0.1, 0.3, 0.15, 1.005, 2.675, 99.995, 100.0, 1e-9, 123456.789, 3.3]
)
numbers = st.one_of(
    ordinary, st.floats(-1e6, 1e6), st.floats(allow_nan=False, allow_infinity=False), st.integers(-99, 99).map(float)
)
texts = st.sampled_from(["", "三甲", "二甲", "Abc", "aBC", "新品推广期", "a"])
dates = st.one_of(st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31)), st.dates())


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(strategy, strategy, strategy, st.none())


items = st.fixed_dictionaries(
    {"类型": maybe(texts), "数量": maybe(numbers), "单价": maybe(numbers), "日期": maybe(dates)}
)
rows = st.fixed_dictionaries(
    {
        "完成额": maybe(numbers),
        "目标额": maybe(numbers),
        "达成率": maybe(numbers),
        "阶段": maybe(st.sampled_from(["新品推广期", "成熟期"])),
        "备注": maybe(texts),
        "达标": maybe(st.booleans()),
        "新人": maybe(st.booleans()),
        "入职日期": maybe(dates),
        "截止日期": maybe(dates),
        "明细": st.lists(items, max_size=4),
    }
)


# random formulas, well typed


def call(name: str, *args: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*args).map(lambda texts: f"{name}({','.join(texts)})")


def joined(sign: str, *args: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*args).map(lambda texts: "(" + sign.join(texts) + ")")


def several(name: str, arg: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(arg, min_size=1, max_size=3).map(lambda texts: f"{name}({','.join(texts)})")


number_leaf = st.sampled_from(
    ["完成额", "目标额", "达成率", "0", "1", "0.1", "15%", "0.3", "2.675", "3", "100", "1e15"]
)
text_leaf = st.sampled_from(["备注", '"三甲"', '"abc"', '""'])
choice = st.sampled_from(['阶段="成熟期"', '阶段<>"新品推广期"'])
date_leaf = st.sampled_from(["入职日期", "截止日期", "DATE(2025,1,31)", "TODAY()"])


Below = dict[str, st.SearchStrategy[str]]


def formulas_of(depth: int) -> Below:
    """Formulas of each kind, nested up to a depth."""
    if depth == 0:
        return {
            "number": number_leaf,
            "text": text_leaf,
            "bool": st.sampled_from(["达标", "新人", "TRUE"]),
            "date": date_leaf,
            "item": st.sampled_from(["明细.数量", "明细.单价"]),
        }
    below = formulas_of(depth - 1)
    number, truth, item = below["number"], below["bool"], below["item"]
    return {
        "number": _numbers(below),
        "text": _texts(below),
        "bool": _truths(below),
        "date": _dates(below),
        "item": st.one_of(item, joined("*", item, item), joined("+", item, number), call("IF", truth, item, number)),
    }


def _numbers(below: Below) -> st.SearchStrategy[str]:
    number, text, truth, date = (below[kind] for kind in ("number", "text", "bool", "date"))
    return st.one_of(
        number_leaf,
        *(joined(sign, number, number) for sign in "+-*/^"),
        joined("+", number, joined("*", number, number), number),
        number.map(lambda inner: f"(-({inner}))"),
        number.map(lambda inner: f"({inner})%"),
        call("IF", truth, number, number),
        call("IFS", truth, number, truth, number),
        call("SWITCH", number, number, number, number, number),
        call("IFERROR", number, number),
        call("COALESCE", number, number),
        call("CLAMP", number, number, number),
        call("PERCENT", number, number),
        call("PERCENT", number, number, number),
        call("MOD", number, number),
        *(several(name, number) for name in ("SUM", "AVERAGE", "MIN", "MAX", "COUNT")),
        *(call(name, number) for name in ("INT", "ABS", "SQRT", "ROUND")),
        *(
            call(name, number, st.sampled_from(["0", "1", "2", "-2", "达成率"]))
            for name in ("ROUND", "ROUNDUP", "ROUNDDOWN")
        ),
        _over_subtable(below),
        call("LEN", text),
        call("YEAR", date),
        call("DAYS", date, date),
        call("WORKDAYS", date, date),
        joined("-", date, date),
    )


def _over_subtable(below: Below) -> st.SearchStrategy[str]:
    number, text, item = (below[kind] for kind in ("number", "text", "item"))
    return st.one_of(
        *(several(name, item) for name in ("SUM", "AVERAGE", "MIN", "MAX", "COUNT")),
        call("SUMIF", st.just("明细.类型"), text, st.just("明细.数量")),
        call("COUNTIF", st.just("明细.数量"), st.sampled_from(['">=1"', '"<>0"', '">"&完成额', "目标额"])),
        call("LOOKUP", text, st.just("明细.类型"), st.just("明细.单价")),
        call(
            "TIER",
            number,
            st.just("明细.数量"),
            st.just("明细.单价"),
        ),
        call("RANK", number, st.just("明细.数量")),
    )


def _texts(below: Below) -> st.SearchStrategy[str]:
    number, text, truth = (below[kind] for kind in ("number", "text", "bool"))
    return st.one_of(
        text_leaf,
        joined("&", text, text),
        joined("&", text, number),
        call("IF", truth, text, text),
        call("LEFT", text, st.sampled_from(["1", "2", "达成率"])),
        call("COALESCE", text, text),
    )


def _truths(below: Below) -> st.SearchStrategy[str]:
    number, text, truth, date = (below[kind] for kind in ("number", "text", "bool", "date"))
    compare = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
    return st.one_of(
        choice.map(lambda inner: f"({inner})"),
        st.tuples(number, compare, number).map(lambda parts: f"({''.join(parts)})"),
        st.tuples(date, compare, date).map(lambda parts: f"({''.join(parts)})"),
        joined("=", text, text),
        joined("=", truth, truth),
        joined("<>", truth, truth),
        several("AND", truth),
        several("OR", truth),
        call("NOT", truth),
        call("ISBLANK", st.one_of(number, text, date)),
        call("CONTAINS", text, text),
    )


def _dates(below: Below) -> st.SearchStrategy[str]:
    number, truth, date = (below[kind] for kind in ("number", "bool", "date"))
    return st.one_of(
        date_leaf,
        joined("+", date, number),
        call("IF", truth, date, date),
        call("EDATE", date, number),
        call("EOMONTH", date, number),
        call("MAX", date, date),
        call("DATE", number, number, number),
    )


FORMULAS = formulas_of(2)
any_formula = st.one_of(*(FORMULAS[kind] for kind in ("number", "text", "bool", "date")))
