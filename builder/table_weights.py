"""Weights that must add up: which columns a check adds up to which total, and what gives when one of them moves.

A check is known by what it does, not by how it is written: moving a little from one column to another keeps it,
adding a little to one breaks it. So 覆盖+利润=100%, SUM(覆盖,利润)=1 and ABS(覆盖+利润-1)<0.001 are all found.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations

from flask_babel import gettext as _

from core.db import Document
from core.errors import Invalid, Problem
from formulas import FormulaError
from formulas.formula import Formula
from formulas.tables.body import TableBody, TableColumn, read_body

TOTALS = (1.0, 100.0)
MOST_COLUMNS = 12
_NUDGES = (0.01, 0.003)
EQUALLY = "equally"
FINEST = Decimal("0.0001")


@dataclass(frozen=True)
class Group:
    """Output columns whose sum in every row is `total`: 1 where cells are written as 40 %, or 100."""

    columns: tuple[str, ...]
    total: Decimal

    @property
    def in_percent(self) -> bool:
        return self.total == 1


def groups(body: Document) -> list[Group]:
    """The sums that the checks of a table keep. A check that does not compile keeps none."""
    table = read_body(body | {"rows": []})
    found = (_group(table, str(check.get("text", ""))) for check in body.get("checks", ()))
    return list(dict.fromkeys(group for group in found if group))


def _group(table: TableBody, text: str) -> Group | None:
    try:
        formula = Formula(text, table.schema(table.outputs))
    except FormulaError:
        return None
    columns = [column for column in table.outputs if column.title in formula.names]
    if not 2 <= len(columns) <= MOST_COLUMNS or any(column.kind != "number" for column in columns):
        return None
    total = next((total for total in TOTALS if _keeps_sum(formula, columns, total)), None)
    return Group(tuple(column.id for column in columns), Decimal(str(total))) if total else None


def _keeps_sum(formula: Formula, columns: Sequence[TableColumn], total: float) -> bool:
    titles = [column.title for column in columns]
    even = dict.fromkeys(titles, total / len(titles))
    return formula.evaluate(even) is True and all(
        formula.evaluate(values) is holds for values, holds in _tries(even, total)
    )


def _tries(even: Mapping[str, float], total: float) -> Iterator[tuple[Mapping[str, float], bool]]:
    for nudge in (share * total for share in _NUDGES):
        for giver, taker in permutations(even, 2):
            yield {**even, giver: even[giver] - nudge, taker: even[taker] + nudge}, True
        for taker in even:
            yield {**even, taker: even[taker] + nudge}, False
            yield {**even, taker: even[taker] - nudge}, False


# ── numbers of cells ──────────────────────────────────────────────────────────────────────────────────────────────


def value(cell: str | None) -> Decimal | None:
    """The constant that a cell holds as 0.4, 40% or 40; None for a blank and for a formula."""
    written = (cell or "").strip().replace("％", "%")
    percent = written.endswith("%")
    digits = written.removesuffix("%").strip()
    if not digits.replace(".", "", 1).isdigit() or not digits.isascii() or len(digits) > 12:
        return None
    return Decimal(digits) / 100 if percent else Decimal(digits)


def written(amount: Decimal, *, percent: bool) -> str:
    return f"{_short(amount * 100)}%" if percent else _short(amount)


def _short(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


# ── moving one ────────────────────────────────────────────────────────────────────────────────────────────────────


def rebalance(
    amounts: Mapping[str, Decimal],
    column: str,
    wanted: Decimal,
    *,
    total: Decimal,
    locked: Collection[str] = (),
    giver: str = EQUALLY,
) -> dict[str, Decimal]:
    """All amounts of a row after one was moved, with the given sum: the others give or take equally, or `giver`
    alone. Locked ones stay; the one that moves stops where the others have nothing left. Raises Invalid when all
    others are locked."""
    others = [name for name in amounts if name != column and name not in locked and giver in (EQUALLY, name)]
    if not others:
        raise Invalid([Problem("", "locked", _("All others are locked. Unlock one, or choose another to take from."))])
    kept = sum((amount for name, amount in amounts.items() if name != column and name not in others), Decimal(0))
    room = max(total - kept, Decimal(0))
    moved = min(max(wanted, Decimal(0)).quantize(FINEST), room)
    shares = _share([amounts[name] for name in others], room - moved, total / 100)
    return {**amounts, column: moved, **dict(zip(others, shares, strict=True))}


def _share(amounts: Sequence[Decimal], target: Decimal, step: Decimal) -> list[Decimal]:
    """The amounts changed equally, none below nothing, until they add up to the target. Whole steps stay whole."""
    numbers = (*amounts, target)
    grain = next((size for size in (step, step / 10, step / 100) if _whole(numbers, size)), step / 10_000)
    units = [int((amount / grain).to_integral_value()) for amount in amounts]
    wanted = int((target / grain).to_integral_value())
    while left := wanted - sum(units):
        # The largest first: what cannot be divided evenly is least felt there.
        open_ = sorted((place for place, unit in enumerate(units) if left > 0 or unit), key=lambda place: -units[place])
        part, over = divmod(abs(left), len(open_))
        for turn, place in enumerate(open_):
            change = part + (turn < over)
            units[place] += change if left > 0 else -min(change, units[place])
    return [unit * grain for unit in units]


def _whole(amounts: Sequence[Decimal], size: Decimal) -> bool:
    return all(amount % size == 0 for amount in amounts)
