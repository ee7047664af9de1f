"""Formulas give what spreadsheets give: values computed by two spreadsheet engines."""

from typing import Any

import pytest

import formulas
from tests.formulas.samples import cases, decoded

VALUES = cases("formula_values")["cases"]


def row_of(case: dict[str, Any]) -> dict[str, Any]:
    row = {name: decoded(value) for name, value in case["inputs"].items()}
    for table, content in case["tables"].items():
        row[table] = [{name: decoded(cell) for name, cell in item.items()} for item in content["rows"]]
    return row


def same(value: Any, expected: Any) -> bool:
    if isinstance(expected, (int, float)) and not isinstance(expected, bool):
        return isinstance(value, float) and abs(value - expected) <= 1e-9 * max(1.0, abs(expected))
    return type(value) is type(expected) and bool(value == expected)


@pytest.mark.parametrize("case", VALUES, ids=[case["id"] for case in VALUES])
def test_a_formula_gives_the_spreadsheets_value(case: dict[str, Any]) -> None:
    schema = formulas.Schema(case["fields"], {name: table["columns"] for name, table in case["tables"].items()})
    formula = formulas.compile(case["formula"], schema)
    row = row_of(case)
    value = formula.evaluate(row)
    assert same(value, decoded(case["expected"])), (case["formula"], case["inputs"], value)
    assert formula.evaluate_batch({name: [cell] for name, cell in row.items()}, 1).to_list() == [value]
