"""Decision tables: cells, hit policies, the row that fired, and what is refused."""

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulas import ErrorValue, Schema
from formulas.tables import CompiledTable, TableError, TableProblem, check_table, compile_table
from tests.formulas.test_properties import RELAXED

NA, VALUE, DIV0 = ErrorValue("#N/A"), ErrorValue("#VALUE!"), ErrorValue("#DIV/0!")
STAGE = {"id": "c1", "title": "阶段", "key": "stage", "type": "choice", "options": ["推广期", "成长期", "成熟期"]}
TENURE = {"id": "c2", "title": "司龄月数", "key": "tenure_months", "type": "number"}


def number(id: str, title: str, key: str) -> dict[str, str]:
    return {"id": id, "title": title, "key": key, "type": "number"}


def row(id: str, when: dict[str, str], then: dict[str, str]) -> dict[str, Any]:
    return {"id": id, "when": when, "then": then}


STAGE_WEIGHTS = {
    "hit": "unique",
    "inputs": [STAGE],
    "outputs": [
        number("c3", "覆盖率权重", "coverage"),
        number("c4", "拜访权重", "visit"),
        number("c5", "收入权重", "revenue"),
        number("c6", "利润权重", "profit"),
    ],
    "rows": [
        row("r1", {"c1": '"推广期"'}, {"c3": "40%", "c4": "30%", "c5": "20%", "c6": "10%"}),
        row("r2", {"c1": '"成长期"'}, {"c3": "20%", "c4": "25%", "c5": "30%", "c6": "25%"}),
        row("r3", {"c1": '"成熟期"'}, {"c3": "5%", "c4": "10%", "c5": "30%", "c6": "55%"}),
    ],
    "checks": [
        {
            "id": "k1",
            "text": "覆盖率权重+拜访权重+收入权重+利润权重=100%",
            "message": {"zh": "权重合计要等于 100%", "en": "Weights must add up to 100 %"},
        }
    ],
}
RAMP = {
    "inputs": [TENURE],
    "outputs": [number("c7", "爬坡系数", "ramp")],
    "rows": [
        row("r1", {"c2": "<1"}, {"c7": "0.25"}),
        row("r2", {"c2": ">=1,<2"}, {"c7": "0.5"}),
        row("r3", {"c2": "<3"}, {"c7": "0.75"}),
        row("r4", {"c2": "-"}, {"c7": "1"}),
    ],
}


def table(when: dict[str, str], then: str = "1", **more: Any) -> CompiledTable:
    """A table of one row over a stage, a tenure, a text, a yes/no and a date."""
    inputs = [
        STAGE,
        TENURE,
        {"id": "c8", "title": "区域", "type": "text"},
        {"id": "c9", "title": "达标", "type": "bool"},
        {"id": "c10", "title": "入职", "type": "date"},
    ]
    body = {"inputs": inputs, "outputs": [number("o", "系数", "factor")], "rows": [row("r", when, {"o": then})]}
    return compile_table(body | more)


def holds(cell: str, column: str, value: Any) -> bool:
    title = {"c1": "阶段", "c2": "司龄月数", "c8": "区域", "c9": "达标", "c10": "入职"}[column]
    return table({column: cell}).evaluate({title: value}).rows == ("r",)


@pytest.mark.parametrize(
    ("stage", "coverage", "profit"), [("推广期", 0.4, 0.1), ("成长期", 0.2, 0.25), ("成熟期", 0.05, 0.55)]
)
def test_S22_the_stage_of_a_product_gives_its_weights(stage: str, coverage: float, profit: float) -> None:
    result = compile_table(STAGE_WEIGHTS).evaluate({"阶段": stage})
    assert (result.values["coverage"], result.values["profit"]) == (coverage, profit)
    assert sum(result.values.values()) == pytest.approx(1)
    assert result.problem is None


@pytest.mark.parametrize(
    ("months", "ramp", "fired"),
    [
        (0, 0.25, "r1"),
        (0.99, 0.25, "r1"),
        (1, 0.5, "r2"),
        (2, 0.75, "r3"),
        (3, 1, "r4"),
        (60, 1, "r4"),
        (None, 0.25, "r1"),
    ],
)
def test_a_newcomers_ramp(months: float | None, ramp: float, fired: str) -> None:
    result = compile_table(RAMP).evaluate({"tenure_months": months})
    assert (result.values, result.rows) == ({"ramp": ramp}, (fired,))


@pytest.mark.parametrize(
    ("cell", "column", "yes", "no"),
    [
        ('"推广期"', "c1", "推广期", "成熟期"),
        ('"推广期","成长期"', "c1", "成长期", "成熟期"),
        ('<>"推广期"', "c1", "成熟期", "推广期"),
        ("“推广期”，“成长期”", "c1", "推广期", "成熟期"),
        (">=90%", "c2", 0.9, 0.8999),
        ("＞＝90％", "c2", 1, 0.5),
        (">=1,<2", "c2", 1, 2),
        ("5", "c2", 5, 5.1),
        ("1,2,3", "c2", 2, 4),
        ("<>0", "c2", 1, 0),
        ("=-1", "c2", -1, 1),
        ("-1", "c2", -1, 1),
        ("1/2", "c2", 0.5, 1),
        ("", "c2", 7, None),
        ('"abc"', "c8", "ABC", "ab"),
        ('""', "c8", None, "x"),
        ('CONTAINS(区域,"东")', "c8", "华东", "华南"),
        ("ISBLANK(区域)", "c8", None, ""),
        ("TRUE", "c9", True, False),
        ("FALSE", "c9", None, True),
        (">=DATE(2025,1,1)", "c10", dt.date(2025, 1, 1), dt.date(2024, 12, 31)),
        ("DATE(2025,1,1)", "c10", "2025-01-01", "2025-01-02"),
        (">司龄月数-1", "c2", 4, None),
        ("OR(司龄月数<1,司龄月数>9)", "c2", 10, 5),
        (">=0.1+0.2", "c2", 0.3, 0.29),
        (">=3万", "c2", 30000, 29999),
    ],
)
def test_a_cell(cell: str, column: str, yes: Any, no: Any) -> None:
    assert holds(cell, column, yes)
    if no is not None or cell not in ("",):
        assert holds(cell, column, no) is (cell in ("", ">司龄月数-1"))


def test_numbers_are_compared_as_in_formulas() -> None:
    assert holds(">15%", "c2", 0.16)
    assert not holds(">15%", "c2", 1 - 0.85)
    assert holds("=0.3", "c2", 0.1 + 0.2)
    assert not holds("<0.3", "c2", 0.30000000000000004)


def test_output_cells_are_formulas_over_the_inputs() -> None:
    assert table({}, "司龄月数*2").evaluate({"tenure_months": 4}).values == {"factor": 8.0}
    assert table({}, "1/司龄月数").evaluate({"司龄月数": 0}).values == {"factor": DIV0}
    assert table({}, "").evaluate({}).values == {"factor": None}
    others = Schema({"基数": "number"})
    body = {
        "inputs": [TENURE],
        "outputs": [number("o", "x", "x")],
        "rows": [row("r", {"c2": ">基数"}, {"o": "基数*10"})],
    }
    assert compile_table(body, others).evaluate({"司龄月数": 3, "基数": 2}).values == {"x": 20.0}


def test_names_resolve_by_title_key_id_and_english_title() -> None:
    body = {
        "inputs": [{"id": "c1", "title": {"zh": "司龄", "en": "Tenure"}, "key": "tenure", "type": "number"}],
        "outputs": [number("o", "系数", "factor")],
        "rows": [row("r", {"c1": "AND(tenure>0,Tenure<5)"}, {"o": "司龄+tenure"})],
    }
    compiled = compile_table(body)
    for name in ("司龄", "tenure", "Tenure", "c1"):
        assert compiled.evaluate({name: 2}).values == {"factor": 4.0}, name
    assert compiled.names == {"司龄"}
    assert (compiled.inputs, compiled.outputs) == ({"tenure": "number"}, {"factor": "number"})


OVERLAPPING = [
    row("a", {"c2": ">=1"}, {"o": "10"}),
    row("b", {"c2": ">=2"}, {"o": "司龄月数"}),
    row("c", {"c2": ">=3"}, {"o": ""}),
]


def collected(how: str, months: float, **more: Any) -> Any:
    body = {
        "hit": "collect",
        "collect": how,
        "inputs": [TENURE],
        "outputs": [number("o", "系数", "factor")],
        "rows": OVERLAPPING,
    }
    result = compile_table(body | more).evaluate({"司龄月数": months})
    return result.values["factor"], result.rows


@pytest.mark.parametrize(
    ("how", "value", "nothing"),
    [("sum", 14, 0), ("min", 4, NA), ("max", 10, NA), ("count", 3, 0), ("list", [10, 4, None], [])],
)
def test_collecting_puts_all_rows_together(how: str, value: Any, nothing: Any) -> None:
    assert collected(how, 4) == (value, ("a", "b", "c"))
    assert collected(how, 0) == (nothing, ())
    default = [7.0] if how == "list" else 7.0
    assert collected(how, 0, default={"o": "7"}) == (default, ("default",))


def test_the_first_row_wins_and_the_default_stands_in() -> None:
    body = {"inputs": [TENURE], "outputs": [number("o", "系数", "factor")], "rows": OVERLAPPING}
    assert compile_table(body).evaluate({"司龄月数": 9}).rows == ("a",)
    nothing = compile_table(body).evaluate({"司龄月数": 0})
    assert (nothing.values, nothing.rows) == ({"factor": NA}, ())
    assert "没有一行符合" in nothing.problem["zh"]
    default = compile_table(body | {"default": {"o": "司龄月数-1"}}).evaluate({"司龄月数": 0})
    assert (default.values, default.rows, default.problem) == ({"factor": -1.0}, ("default",), None)


def test_several_rows_under_unique_are_an_error_that_names_them() -> None:
    body = {"hit": "unique", "inputs": [TENURE], "outputs": [number("o", "系数", "factor")], "rows": OVERLAPPING}
    result = compile_table(body).evaluate({"司龄月数": 2.5})
    assert (result.values, result.rows) == ({"factor": VALUE}, ("a", "b"))
    assert "几行同时符合" in result.problem["zh"]
    assert compile_table(body).evaluate({"司龄月数": 1}).rows == ("a",)


def test_an_error_that_comes_in_goes_out() -> None:
    compiled = compile_table(RAMP)
    assert compiled.evaluate({"司龄月数": DIV0}).values == {"ramp": DIV0}
    batch = compiled.evaluate_batch({"司龄月数": [1, DIV0, None]}, 3)
    assert batch.outputs["ramp"].to_list() == [0.5, DIV0, 0.25]


def test_a_batch_says_which_row_fired() -> None:
    batch = compile_table(RAMP | {"rows": RAMP["rows"][:2]}).evaluate_batch({"司龄月数": np.array([0.5, 1.5, 9.0])}, 3)
    assert batch.fired.tolist() == [0, 1, -1]
    assert batch.fired_ids == ["r1", "r2", None]
    assert [batch.ids(place) for place in range(3)] == [("r1",), ("r2",), ()]
    assert batch.outputs["ramp"].to_list() == [0.25, 0.5, NA]


def test_outputs_of_every_kind() -> None:
    outputs = [
        {"id": "a", "title": "灯", "key": "light", "type": "choice", "options": ["green", "red"]},
        {"id": "b", "title": "说明", "key": "note", "type": "text"},
        {"id": "c", "title": "达标", "key": "ok", "type": "bool"},
        {"id": "d", "title": "到期", "key": "due", "type": "date"},
    ]
    then = {"a": '"green"', "b": '"剩"&司龄月数&"月"', "c": "司龄月数>1", "d": "DATE(2025,1,31)"}
    body = {"inputs": [TENURE], "outputs": outputs, "rows": [row("r", {}, then)], "default": {"a": '"red"'}}
    result = compile_table(body).evaluate({"司龄月数": 3})
    assert result.values == {"light": "green", "note": "剩3月", "ok": True, "due": dt.date(2025, 1, 31)}


def problems(body: dict[str, Any]) -> dict[str, TableProblem]:
    return {problem.path: problem for problem in check_table(body)}


def test_every_problem_is_told_at_its_cell() -> None:
    body = {
        "inputs": [STAGE, TENURE],
        "outputs": [number("o", "系数", "factor")],
        "rows": [
            row("r1", {"c1": '"新品期"', "c2": ">=x"}, {"o": "利润*2"}),
            row("r2", {"c1": "5", "c2": '>="a"'}, {"o": '"高"'}),
            row("r3", {"c1": "推广期", "c2": ">=1,5"}, {"o": "("}),
            row("r4", {"c2": "司龄月数+1"}, {}),
            row("r5", {"c2": ">="}, {}),
        ],
        "default": {"o": "没有"},
        "checks": [{"id": "k", "text": "系数+1"}, {"id": "k2", "text": "系数>没有"}],
    }
    found = problems(body)
    assert set(found) == {
        "/rows/0/when/c1",
        "/rows/0/when/c2",
        "/rows/0/then/o",
        "/rows/1/when/c1",
        "/rows/1/when/c2",
        "/rows/1/then/o",
        "/rows/2/when/c1",
        "/rows/2/when/c2",
        "/rows/2/then/o",
        "/rows/3/when/c2",
        "/rows/4/when/c2",
        "/default/o",
        "/checks/0/text",
        "/checks/1/text",
    }
    assert found["/rows/0/when/c1"].code == "E_OPTION"
    assert (found["/rows/0/when/c2"].start, found["/rows/0/when/c2"].end) == (2, 3)
    assert "文字要加引号" in found["/rows/2/when/c1"].message["zh"]
    assert all(problem.message["zh"] and problem.message["en"] for problem in found.values())
    with pytest.raises(TableError) as caught:
        compile_table(body)
    assert len(caught.value.problems) == len(found)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"hit": "any"}, "/hit"),
        ({"collect": "mean", "hit": "collect"}, "/collect"),
        ({"outputs": []}, "/outputs"),
        ({"inputs": [TENURE, TENURE]}, "/inputs/1/id"),
        ({"inputs": [TENURE | {"type": "money"}]}, "/inputs/0/type"),
        ({"rows": [row("r", {"zz": "1"}, {})]}, "/rows/0/when/zz"),
        ({"rows": [row("r", {}, {"zz": "1"})]}, "/rows/0/then/zz"),
        ({"rows": [row("r", {}, {}), row("r", {}, {})]}, "/rows/1/id"),
        ({"rows": [row("r", {"c2": 5}, {})]}, "/rows/0/when/c2"),
        ({"default": {"zz": "1"}}, "/default/zz"),
        (
            {"hit": "collect", "collect": "sum", "outputs": [{"id": "c7", "title": "x", "type": "text"}], "rows": []},
            "/outputs/0/type",
        ),
    ],
)
def test_a_body_that_makes_no_sense_is_refused(change: dict[str, Any], path: str) -> None:
    assert path in problems(RAMP | change)


def test_a_row_that_fails_a_check_is_told() -> None:
    assert check_table(STAGE_WEIGHTS) == []
    wrong = STAGE_WEIGHTS | {
        "rows": [*STAGE_WEIGHTS["rows"][:2], row("r3", {"c1": '"成熟期"'}, {"c3": "5%", "c6": "56%"})]
    }
    (problem,) = check_table(wrong)
    assert (problem.path, problem.message["zh"]) == ("/rows/2", "权重合计要等于 100%")
    open_ = RAMP | {"rows": [row("r", {}, {"c7": "司龄月数"})], "checks": [{"id": "k", "text": "爬坡系数<0"}]}
    assert check_table(open_) == []


months = st.one_of(st.none(), st.sampled_from([0.0, 1.0, 1.5, 2.0, 3.0, -1.0]), st.floats(-5, 5))
cells = st.sampled_from(["-", "<1", ">=1,<2", "1", "<>2", "1,2,3", ">2", "ISBLANK(司龄月数)", ">=司龄月数*2"])
stages = st.sampled_from(["-", '"推广期"', '"推广期","成熟期"', '<>"成长期"', 'OR(阶段="成长期",司龄月数>2)'])
policies = st.sampled_from(
    [{"hit": "first"}, {"hit": "unique"}]
    + [{"hit": "collect", "collect": how} for how in ("sum", "min", "max", "count", "list")]
)


@RELAXED
@given(
    policies,
    st.lists(st.tuples(stages, cells, st.sampled_from(["1", "0.5", "司龄月数", "", "1/司龄月数"])), max_size=5),
    st.lists(st.tuples(st.sampled_from(["推广期", "成长期", "成熟期", None]), months), min_size=1, max_size=4),
    st.sampled_from([{}, {"default": {"o": "9"}}]),
)
def test_a_batch_gives_what_its_rows_give(policy: Any, rules: Any, data: Any, default: Any) -> None:
    rows = [row(f"r{place}", {"c1": stage, "c2": cell}, {"o": then}) for place, (stage, cell, then) in enumerate(rules)]
    compiled = compile_table(
        {"inputs": [STAGE, TENURE], "outputs": [number("o", "系数", "factor")], "rows": rows} | policy | default
    )
    batch = compiled.evaluate_batch(
        {"阶段": [stage for stage, _ in data], "司龄月数": [month for _, month in data]}, len(data)
    )
    alone = [compiled.evaluate({"阶段": stage, "司龄月数": month}) for stage, month in data]
    assert batch.outputs["factor"].to_list() == [result.values["factor"] for result in alone]
    for place, (result, (stage, month)) in enumerate(zip(alone, data, strict=True)):
        held = tuple(one["id"] for one in rows if by_hand(one, stage, month))
        if policy["hit"] == "first":
            held = held[:1]
        assert result.rows == (held or (("default",) if default else ()))
        assert batch.ids(place) == (() if policy["hit"] == "unique" and len(held) > 1 else result.rows)


def by_hand(rule: dict[str, Any], stage: str | None, month: float | None) -> bool:
    x = month or 0.0
    held = {
        "-": True,
        "<1": x < 1,
        ">=1,<2": 1 <= x < 2,
        "1": x == 1,
        "<>2": x != 2,
        "1,2,3": x in (1, 2, 3),
        ">2": x > 2,
        "ISBLANK(司龄月数)": month is None,
        ">=司龄月数*2": x >= 2 * x,
    }[rule["when"]["c2"]]
    allowed = {
        "-": True,
        '"推广期"': stage == "推广期",
        '"推广期","成熟期"': stage in ("推广期", "成熟期"),
        '<>"成长期"': stage != "成长期",
        'OR(阶段="成长期",司龄月数>2)': stage == "成长期" or x > 2,
    }[rule["when"]["c1"]]
    return held and allowed
