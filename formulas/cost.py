"""How long a formula will take, known before it runs: there are no loops, so it is a sum over its calls."""

from collections.abc import Iterable

from formulas.functions import Cost

REQUEST_BUDGET = 0.05
"""Seconds that a formula may take inside a request; more goes to a background job."""

_START = 80.0
_READ = Cost(14.0, 500.0, 700.0)
_TABLE = Cost(10.0, 400.0)
_RESULT = Cost(60.0, 1200.0)  # what a number below 1e-8 takes; a usual one a tenth of it


def seconds(calls: Iterable[Cost], fields: int, tables: int, item_columns: int, rows: int, items: int) -> float:
    """An upper estimate. Fields, tables and their columns are read, every call runs once per block of rows."""
    blocks = max(1, -(-rows // 16_384))
    fixed = _START + _RESULT.fixed + _READ.fixed * (fields + item_columns) + _TABLE.fixed * tables
    per_row = _RESULT.row + _READ.row * fields + _TABLE.row * tables
    per_item = _READ.item * item_columns
    for call in calls:
        fixed += call.fixed + 4.0
        per_row += call.row
        per_item += call.item
    return blocks * fixed * 1e-6 + (rows * per_row + items * per_item) * 1e-9
