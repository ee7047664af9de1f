"""Values that no page could have sent are refused before anything looks at them: NaN, depth and size without end."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from core.errors import Invalid, Problem

DEEPEST = 3  # a sub-table, its row, several choices in a cell
MOST_VALUES = 50_000
HUGE = 1e300


def refuse(values: Mapping[str, Any]) -> None:
    """Raises Invalid."""
    left = [MOST_VALUES]
    for name, value in values.items():
        _look(value, f"/{name}" if isinstance(name, str) else "", 1, left)


def _look(value: Any, path: str, depth: int, left: list[int]) -> None:
    kind = value.__class__
    if kind is str or kind is bool or value is None:
        return
    if kind is int or kind is float:
        if not -HUGE < value < HUGE:  # NaN is neither
            raise Invalid([Problem(path, "number", _("This is no number that can be stored."))])
        return
    if depth > DEEPEST:
        raise Invalid([Problem(path, "depth", _("This is nested deeper than any form."))])
    entries = value.values() if kind is dict else value if kind is list else None
    if entries is None:
        raise Invalid([Problem(path, "type", _("Only JSON can be stored."))])
    left[0] -= len(entries)
    if left[0] < 0:
        raise Invalid([Problem(path, "too_many", _("These are too many values for one form."))])
    for entry in entries:
        if entry.__class__ is not str:
            _look(entry, path, depth + 1, left)
