"""How long a formula will take, known before it runs: there are no loops, so it is a sum over its calls."""

from collections.abc import Iterable

from formulas.functions import Cost

REQUEST_BUDGET = 0.05
"""Seconds that a formula may take inside a request; more goes to a background job."""

_START = 80.0
_READ = Cost(12.0, 420.0, 900.0)
_RESULT = Cost(60.0, 160.0)


def seconds(calls: Iterable[Cost], fields: int, item_columns: int, rows: int, items: int) -> float:
    """An upper estimate. `fields` and `item_columns` are read, every call runs once per block of rows."""
    blocks = max(1, -(-rows // 16_384))
    fixed = _START + _RESULT.fixed + _READ.fixed * (fields + item_columns)
    per_row = _RESULT.row + _READ.row * fields
    per_item = _READ.item * item_columns
    for call in calls:
        fixed += call.fixed + 4.0
        per_row += call.row
        per_item += call.item
    return blocks * fixed * 1e-6 + (rows * per_row + items * per_item) * 1e-9
