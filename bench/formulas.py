"""Formulas and decision tables beside what one writes by hand: `python -m bench.formulas`."""

from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from asteval import Interpreter

import formulas
from formulas.tables import compile_table

WEIGHT = 'IF(阶段="新品推广期",0.4,0.25)*覆盖率+0.35*转化率+CLAMP(完成额/目标额,0,1.5)*0.25'
PYTHON = '(0.4 if 阶段=="新品推广期" else 0.25)*覆盖率+0.35*转化率+min(max(完成额/目标额,0),1.5)*0.25'
SCHEMA = formulas.Schema(
    {
        "阶段": {"type": "choice", "options": ["新品推广期", "成长期", "成熟期"]},
        "覆盖率": "number",
        "转化率": "number",
        "完成额": "number",
        "目标额": "number",
    }
)
STAGES = ["新品推广期", "成长期", "成熟期"]
ROUNDS = 9


def seconds(work: Callable[[], object], times: int) -> float:
    start = perf_counter()
    for _ in range(times):
        work()
    return (perf_counter() - start) / times


def show(name: str, ours: Callable[[], object], limit: Callable[[], object], *, per: int, unit: str, goal: str) -> None:
    """Both in turn in the same minute; the best of each, for `per` rows, and the ratio."""
    times = max(1, int(0.02 / seconds(limit, 3)))
    pairs = [(seconds(ours, times), seconds(limit, times)) for _ in range(ROUNDS)]
    mine, bare = min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)
    ratio = median(pair[0] / pair[1] for pair in pairs)
    scale = {"ns/row": 1e9 / per, "us": 1e6, "ms": 1e3}.get(unit)
    left, right = (per / mine / 1e6, per / bare / 1e6) if scale is None else (mine * scale, bare * scale)
    print(f"{name:<44} {left:>10.3f} {unit:<10} limit {right:>10.3f}   ratio {ratio:>6.2f}   goal {goal}")


def data(rows: int) -> dict[str, np.ndarray[Any, Any]]:
    chance = np.random.default_rng(1)
    return {
        "阶段": np.array(STAGES)[chance.integers(0, 3, rows)],
        "覆盖率": chance.uniform(0, 1, rows),
        "转化率": chance.uniform(0, 1, rows),
        "完成额": chance.uniform(0, 200, rows),
        "目标额": chance.uniform(50, 150, rows),
    }


def by_hand(columns: dict[str, np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    weight = np.where(columns["阶段"] == "新品推广期", 0.4, 0.25)
    reached = np.clip(columns["完成额"] / columns["目标额"], 0, 1.5)
    return np.asarray(weight * columns["覆盖率"] + 0.35 * columns["转化率"] + reached * 0.25)


def weights() -> None:
    formula = formulas.compile(WEIGHT, SCHEMA)
    for rows, unit, goal in ((430, "us", "<= 200 us"), (1_000_000, "ns/row", "<= 100 ns/row")):
        columns = data(rows)
        assert np.allclose(formula.evaluate_batch(columns, rows).values, by_hand(columns), rtol=1e-9)
        show(
            f"weight formula, {rows:,} rows (numpy by hand)",
            partial(formula.evaluate_batch, columns, rows),
            partial(by_hand, columns),
            per=rows,
            unit=unit,
            goal=goal,
        )


def one_row() -> None:
    formula = formulas.compile(WEIGHT, SCHEMA)
    row = {"阶段": "成熟期", "覆盖率": 0.6, "转化率": 0.5, "完成额": 20.0, "目标额": 40.0}
    machine = Interpreter(use_numpy=False, minimal=True, config={"ifexp": True})
    node = machine.parse(PYTHON)

    def parsed_node() -> Any:
        machine.symtable.update(row)
        return machine.run(node)

    assert abs(formula.evaluate(row) - parsed_node()) < 1e-9
    ours = partial(formula.evaluate, row)
    show("one row (asteval on the parsed node)", ours, parsed_node, per=1, unit="us", goal="<= 1.3 x")


def compiling() -> None:
    machine = Interpreter(use_numpy=False, minimal=True, config={"ifexp": True})
    show(
        "compile (asteval's parse)",
        lambda: formulas.compile(WEIGHT, SCHEMA),
        lambda: machine.parse(PYTHON),
        per=1,
        unit="us",
        goal="<= 1000 us",
    )


def exact_table(rows: int) -> None:
    regions = [f"区域{place}" for place in range(28)]
    factors = {
        (stage, region): float(f"1.{place:02}")
        for place, (stage, region) in enumerate((s, r) for s in STAGES for r in regions)
    }
    body = {
        "inputs": [{"id": "a", "title": "阶段", "type": "text"}, {"id": "b", "title": "区域", "type": "text"}],
        "outputs": [{"id": "o", "title": "系数", "key": "factor", "type": "number"}],
        "rows": [
            {"id": f"r{place}", "when": {"a": f'"{stage}"', "b": f'"{region}"'}, "then": {"o": str(factor)}}
            for place, ((stage, region), factor) in enumerate(factors.items())
        ],
    }
    table = compile_table(body)
    chance = np.random.default_rng(2)
    columns = {
        "阶段": np.array(STAGES)[chance.integers(0, 3, rows)].tolist(),
        "区域": np.array(regions)[chance.integers(0, 28, rows)].tolist(),
    }

    def dictionary() -> list[float]:
        return [factors[key] for key in zip(columns["阶段"], columns["区域"], strict=True)]

    assert table.evaluate_batch(columns, rows).outputs["factor"].to_list() == dictionary()
    show(
        f"table of {len(factors)} exact rows (dict)",
        partial(table.evaluate_batch, columns, rows),
        dictionary,
        per=rows,
        unit="M rows/s",
        goal=">= 1 M rows/s",
    )


def range_table(rows: int) -> None:
    bounds = [place / 10 for place in range(20)]
    body = {
        "inputs": [{"id": "a", "title": "阶段", "type": "text"}, {"id": "b", "title": "达成率", "type": "number"}],
        "outputs": [{"id": "o", "title": "系数", "key": "factor", "type": "number"}],
        "rows": [
            {
                "id": f"r{stage}{low}",
                "when": {"a": f'"{stage}"', "b": f">={low},<{low + 0.1:.1f}"},
                "then": {"o": str(low)},
            }
            for stage in STAGES
            for low in bounds
        ],
        "default": {"o": "9"},
    }
    table = compile_table(body)
    chance = np.random.default_rng(3)
    columns = {"阶段": np.array(STAGES)[chance.integers(0, 3, rows)], "达成率": chance.uniform(0, 2.2, rows)}

    def scan() -> np.ndarray[Any, Any]:
        return np.append(bounds, 9.0)[np.minimum(np.searchsorted(bounds, columns["达成率"], side="right") - 1, 20)]

    show(
        f"table of {len(STAGES) * len(bounds)} ranges (searchsorted)",
        partial(table.evaluate_batch, columns, rows),
        scan,
        per=rows,
        unit="M rows/s",
        goal=">= 0.1 M rows/s",
    )


def main() -> None:
    weights()
    one_row()
    compiling()
    exact_table(200_000)
    range_table(200_000)


if __name__ == "__main__":
    main()
