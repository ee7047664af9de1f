"""On save a table is told where two rows overlap and where no row holds, with values that show it."""

import datetime as dt
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulas.tables import check_table, compile_table
from tests.formulas.test_properties import RELAXED
from tests.formulas.test_tables import RAMP, STAGE, STAGE_WEIGHTS, TENURE, number, row


def body(*cells: dict[str, str], **more: Any) -> dict[str, Any]:
    rows = [row(f"r{place}", when, {"o": str(place)}) for place, when in enumerate(cells)]
    return {"inputs": [STAGE, TENURE], "outputs": [number("o", "系数", "factor")], "rows": rows} | more


def test_a_table_that_covers_everything_once_is_told_nothing() -> None:
    assert compile_table(STAGE_WEIGHTS).gaps() == []
    assert compile_table(STAGE_WEIGHTS).overlaps() == []
    assert compile_table(RAMP).gaps() == []


def test_a_missing_option_is_a_gap() -> None:
    gaps = compile_table(body({"c1": '"推广期"'}, {"c1": '"成熟期"'})).gaps()
    assert [gap.witness for gap in gaps] == [{"阶段": "成长期"}]


@pytest.mark.parametrize(
    ("cells", "witness"),
    [(("<1", ">1"), 1.0), ((">=0", "<-1"), -1.0), (("<1", ">=2"), 1.0), (("<=1", ">=2"), 1.5), (("<5",), 5.0)],
)
def test_a_hole_between_numbers_is_a_gap(cells: tuple[str, ...], witness: float) -> None:
    gaps = compile_table(body(*({"c2": cell} for cell in cells))).gaps()
    assert {"司龄月数": witness} in [gap.witness for gap in gaps]


def test_a_hole_between_dates_is_a_gap() -> None:
    inputs = [{"id": "c1", "title": "入职", "type": "date"}]
    gaps = compile_table(body({"c1": "<DATE(2025,1,1)"}, {"c1": ">DATE(2025,1,1)"}, inputs=inputs)).gaps()
    assert [gap.witness for gap in gaps] == [{"入职": dt.date(2025, 1, 1)}]
    wide = compile_table(body({"c1": "<=DATE(2025,1,1)"}, {"c1": ">=DATE(2025,1,11)"}, inputs=inputs)).gaps()
    assert [gap.witness for gap in wide] == [{"入职": dt.date(2025, 1, 6)}]


def test_nothing_lies_between_two_days() -> None:
    inputs = [{"id": "c1", "title": "入职", "type": "date"}]
    days = ({"c1": "<=DATE(2025,1,1)"}, {"c1": ">=DATE(2025,1,2)"})
    assert compile_table(body(*days, inputs=inputs)).gaps() == []
    doubled = ({"c1": ">DATE(2025,1,1)"}, {"c1": "<DATE(2025,1,2)"})
    assert compile_table(body(*doubled, inputs=inputs, hit="unique")).overlaps() == []


def test_a_missing_yes_or_no_is_a_gap() -> None:
    inputs = [{"id": "c1", "title": "达标", "type": "bool"}]
    assert [gap.witness for gap in compile_table(body({"c1": "TRUE"}, inputs=inputs)).gaps()] == [{"达标": False}]


def test_a_gap_may_need_two_columns() -> None:
    gaps = compile_table(
        body({"c1": '"推广期"', "c2": "<1"}, {"c1": '<>"推广期"'}, {"c1": '"推广期"', "c2": ">1"})
    ).gaps()
    assert [gap.witness for gap in gaps] == [{"阶段": "推广期", "司龄月数": 1.0}]


def test_a_default_closes_every_gap() -> None:
    assert compile_table(body({"c2": "<1"}, default={"o": "0"})).gaps() == []


def test_a_whole_formula_that_holds_is_no_gap() -> None:
    assert compile_table(body({"c2": "<1"}, {"c2": "司龄月数>=1"})).gaps() == []
    assert compile_table(body({"c2": "<1"}, {"c2": "司龄月数>1"})).gaps() != []


def test_free_text_needs_no_row_for_every_word() -> None:
    inputs = [{"id": "c1", "title": "区域", "type": "text"}]
    assert compile_table(body({"c1": '"华东"'}, {"c1": '"华南"'}, inputs=inputs)).gaps() == []


def test_overlaps_are_problems_only_under_unique() -> None:
    cells = ({"c1": '"推广期","成长期"', "c2": "<3"}, {"c1": '"成长期"', "c2": ">=2"})
    (overlap,) = compile_table(body(*cells, hit="unique")).overlaps()
    assert (overlap.rows, overlap.witness) == (("r0", "r1"), {"阶段": "成长期", "司龄月数": 2.0})
    (problem,) = check_table(body(*cells, hit="unique"))
    assert (problem.path, problem.code) == ("/rows/1", "overlap")
    assert "阶段=成长期，司龄月数=2" in problem.message["zh"]
    assert check_table(body(*cells, hit="first")) == []


def test_options_that_do_not_exist_do_not_overlap() -> None:
    stage = STAGE | {"options": ["推广期", "成熟期"]}
    cells = ({"c1": '<>"推广期"'}, {"c1": '<>"成熟期"'})
    assert compile_table(body(*cells, inputs=[stage], hit="unique")).overlaps() == []


def test_rows_with_whole_formulas_overlap_where_both_hold() -> None:
    cells = ({"c2": "司龄月数<1"}, {"c2": "<=1"}, {"c2": "司龄月数>5"})
    found = compile_table(body(*cells, hit="unique")).overlaps()
    assert [(overlap.rows, overlap.witness) for overlap in found] == [(("r0", "r1"), {"司龄月数": 0.0})]


def test_a_table_of_hundreds_of_rows_is_judged_at_once() -> None:
    cells = [
        {"c1": f'"{stage}"', "c2": f">={month},<{month + 1}"} for stage in STAGE["options"] for month in range(150)
    ]
    compiled = compile_table(body(*cells, hit="unique"))
    assert compiled.overlaps() == []
    assert {gap.witness["司龄月数"] for gap in compiled.gaps()} <= {-1.0, 150.0}
    assert compiled.gaps()


plain = st.sampled_from(["-", "<1", ">=1,<2", "1", "<>2", "1,2,3", ">2", "<=1", ">1"])
stages = st.sampled_from(["-", '"推广期"', '"推广期","成熟期"', '<>"成长期"', '"成长期"'])


@RELAXED
@given(st.lists(st.fixed_dictionaries({"c1": stages, "c2": plain}), min_size=1, max_size=5))
def test_a_gap_is_found_exactly_when_there_is_one(cells: list[dict[str, str]]) -> None:
    compiled = compile_table(body(*cells))
    everything = [
        {"阶段": stage, "司龄月数": month} for stage in STAGE["options"] for month in (0, 1, 1.5, 2, 2.5, 3, 4)
    ]
    open_ = [data for data in everything if compiled.evaluate(data).rows == ()]
    gaps = compiled.gaps()
    assert bool(gaps) == bool(open_)
    for gap in gaps:
        assert compiled.evaluate({"阶段": "推广期"} | dict(gap.witness)).rows == ()


@RELAXED
@given(st.lists(st.fixed_dictionaries({"c1": stages, "c2": plain}), min_size=2, max_size=5))
def test_an_overlap_is_found_exactly_when_there_is_one(cells: list[dict[str, str]]) -> None:
    compiled = compile_table(body(*cells, hit="unique"))
    everything = [
        {"阶段": stage, "司龄月数": month} for stage in STAGE["options"] for month in (0, 1, 1.5, 2, 2.5, 3, 4)
    ]
    doubled = [data for data in everything if len(compiled.evaluate(data).rows) > 1]
    overlaps = compiled.overlaps()
    assert bool(overlaps) == bool(doubled)
    for overlap in overlaps:
        assert set(overlap.rows) <= set(
            compiled.evaluate({"阶段": "推广期", "司龄月数": 0} | dict(overlap.witness)).rows
        )


NEW = {"id": "c3", "title": "新品", "type": "bool"}
SIGNED = {"id": "c4", "title": "签约", "type": "date"}
INPUTS = [STAGE, TENURE, NEW, SIGNED]
DAYS = ["-", "<DATE(2025,1,2)", ">=DATE(2025,1,1)", "DATE(2025,1,2)", "<>DATE(2025,1,1)", ">DATE(2025,1,2)"]
POINTS = [
    {"阶段": stage, "司龄月数": month, "新品": new, "签约": dt.date(2025, 1, 1) + dt.timedelta(days=day)}
    for stage in STAGE["options"]
    for month in (0, 1, 1.5, 2, 2.5, 3)
    for new in (True, False)
    for day in (-1, 0, 1, 2)
]


def holding(cells: list[dict[str, str]]) -> list[tuple[str, ...]]:
    """The rows that hold at each of the points."""
    table = compile_table(body(*cells, inputs=INPUTS, hit="collect"))
    batch = table.evaluate_batch({name: [data[name] for data in POINTS] for name in POINTS[0]}, len(POINTS))
    return [batch.ids(point) for point in range(len(POINTS))]


@RELAXED
@given(
    st.lists(
        st.fixed_dictionaries(
            {"c1": stages, "c2": plain, "c3": st.sampled_from(["-", "TRUE", "FALSE"]), "c4": st.sampled_from(DAYS)}
        ),
        min_size=2,
        max_size=6,
    )
)
def test_the_pairs_that_overlap_are_those_that_some_values_bring_together(cells: list[dict[str, str]]) -> None:
    compiled = compile_table(body(*cells, inputs=INPUTS, hit="unique"))
    together = {pair for rows in holding(cells) for pair in combinations(rows, 2)}
    overlaps = compiled.overlaps(limit=100)
    assert [overlap.rows for overlap in overlaps] == sorted(together)
    for overlap in overlaps:
        assert set(overlap.rows) <= set(compiled.evaluate(POINTS[0] | dict(overlap.witness)).rows)
