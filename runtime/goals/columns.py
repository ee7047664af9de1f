"""What formulas of a cascade may read, as columns by key: one entry per child, parent, person or product.

The words and their meaning stand in `builder/scopes.py`; a blank (None) is a number that nobody entered.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import fsum
from typing import Any

from core.db import Document
from runtime.goals.ground import Ground, MemberRow, UnitRow

Column = list[Any]
Columns = dict[str, Column]

SHARED_AMONG_SIBLINGS = ("history", "potential", "capacity")


def of_children(ground: Ground, rows: Sequence[UnitRow | MemberRow | None], given: Columns, parents: Column) -> Columns:
    """For weights, floors and caps. `given` adds history, parent_target, parent_growth; `parents` groups siblings."""
    facts = [_facts(ground, row) for row in rows]
    names = {name for row in facts for name in row}
    columns = {name: [row.get(name) for row in facts] for name in names} | given
    for name in SHARED_AMONG_SIBLINGS:
        columns[f"share_{name}"] = _shares(columns.get(name, [None] * len(rows)), parents)
    return columns


def of_parents(ground: Ground, rows: Sequence[UnitRow], given: Columns) -> Columns:
    """For reserves. `given` holds target, history and growth."""
    facts = [unit_facts(ground, row) for row in rows]
    return {name: [row[name] for row in facts] for name in ("maturity", "headcount")} | given


def unit_facts(ground: Ground, unit: UnitRow) -> Document:
    own = unit.attributes
    return {
        "potential": _number(own, "potential"),
        "capacity": _number(own, "capacity"),
        "maturity": own.get("maturity"),
        "senior_share": _number(own, "senior_share"),
        "launch_factor": _number(own, "launch_factor"),
        "headcount": float(ground.headcount(unit)),
    }


def member_facts(ground: Ground, member: MemberRow) -> Document:
    own = member.attributes
    return {
        "role": member.role,
        "seniority": own.get("seniority"),
        "tenure_months": float(ground.tenure_months(member)),
        "workdays_share": ground.workdays_share(member),
        "account_potential": float(member.account_potential) or None,
        "ticket": _number(own, "ticket"),
        "conversion": _number(own, "conversion"),
        "visits_per_opportunity": _number(own, "visits_per_opportunity"),
        "weekly_capacity": _number(own, "weekly_capacity"),
    }


def _facts(ground: Ground, row: UnitRow | MemberRow | None) -> Document:
    if row is None:
        return {}
    return unit_facts(ground, row) if isinstance(row, UnitRow) else member_facts(ground, row)


def of_products(ground: Ground) -> Columns:
    rows = [(product.line, product.stage, _number(product.attributes, "share")) for product in ground.products]
    return _named(("line", "stage", "sales_share"), rows)


def of_months(ground: Ground) -> Columns:
    """One entry per month of the cycle."""
    months = [int(name[-2:]) for name in ground.year.months]
    workdays = ground.year.workdays_of_months()
    rows = [(float(m), float((m + 2) // 3), float(days)) for m, days in zip(months, workdays, strict=True)]
    return _named(("month", "quarter", "workdays"), rows)


def _named(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Columns:
    return {name: [row[position] for row in rows] for position, name in enumerate(names)}


def _shares(values: Column, groups: Column) -> Column:
    """Each value over the sum of its group; blank counts as nothing, and so does a group that has nothing."""
    members: dict[Any, list[float]] = defaultdict(list)
    for value, group in zip(values, groups, strict=True):
        members[group].append(value or 0.0)
    sums = {group: fsum(own) for group, own in members.items()}  # fsum: the order of siblings must not matter
    pairs = zip(values, groups, strict=True)
    return [(value or 0.0) / sums[group] if sums[group] else 0.0 for value, group in pairs]


def _number(attributes: Document, name: str) -> float | None:
    value = attributes.get(name)
    return None if value is None or value == "" else float(value)
