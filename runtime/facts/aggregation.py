"""Facts added up as their metric says: first over time, then over the organisation. Pure, over columns.

A rate carries what it is a rate of as its weight: 30 % of 10 and 50 % of 30 are 45 % of 40.
"""

from dataclasses import dataclass

import numpy as np

from runtime.facts.measures.columns import Floats, Ints, divided, numbered, sums


@dataclass(frozen=True)
class Rows:
    """Facts as columns. Ids are 0 where there is none, days are ordinals, a weight that is not given is NaN."""

    id: Ints
    unit_id: Ints
    member_id: Ints
    product_id: Ints
    first_day: Ints
    last_day: Ints
    value: Floats
    weight: Floats

    def __len__(self) -> int:
        return len(self.value)

    def where(self, wanted: np.ndarray) -> "Rows":
        return Rows(*(getattr(self, name)[wanted] for name in self.__dataclass_fields__))


def aggregate(rows: Rows, org: str, time: str, groups: Ints, count: int) -> Floats:
    """One number a group (such as a unit and a period); NaN where a group has no fact."""
    if not len(rows):
        return np.full(count, np.nan)
    codes = _codes(rows)
    cells, cell = numbered(groups * (1 + codes.max()) + codes)
    group = np.zeros(len(cells), dtype=np.int64)
    group[cell] = groups
    value, weight, day = _over_time(rows, time, cell, len(cells))
    return _over_units(value, weight, day, org, group, count)


def _codes(rows: Rows) -> Ints:
    """The same number for facts of the same unit, person and product."""
    owners = numbered(rows.unit_id)[1]
    for ids in (rows.member_id, rows.product_id):  # numbered anew each time: products of ids would not stay in 64 bits
        known, places = numbered(ids)
        owners = numbered(owners * len(known) + places)[1]
    return owners


def _over_time(rows: Rows, time: str, cell: Ints, count: int) -> tuple[Floats, Floats, Ints]:
    """Each owner's value, weight and last day over the time."""
    latest = _latest(rows.last_day, cell, count)
    weight, day = sums(rows.weight, cell, count), rows.last_day[latest]
    if time == "sum":
        return sums(rows.value, cell, count), weight, day
    if time == "mean":
        return divided(sums(rows.value, cell, count), np.bincount(cell, minlength=count)), weight, day
    if time == "ratio":
        return divided(sums(rows.value * rows.weight, cell, count), weight), weight, day
    return rows.value[latest], np.nan_to_num(rows.weight[latest]), day


def _over_units(value: Floats, weight: Floats, day: Ints, org: str, group: Ints, count: int) -> Floats:
    there = np.bincount(group, minlength=count)
    if org in ("ratio", "weighted"):
        return divided(sums(value * weight, group, count), sums(weight, group, count))
    if org == "mean":
        return divided(sums(value, group, count), there)
    if org in ("min", "max"):
        extreme = np.full(count, np.inf if org == "min" else -np.inf)
        (np.minimum if org == "min" else np.maximum).at(extreme, group, value)
        return np.where(there > 0, extreme, np.nan)
    if org == "sum":
        return np.where(there > 0, sums(value, group, count), np.nan)
    latest = np.where(there > 0, _latest(day, group, count), 0)
    return np.where(there > 0, value[latest], np.nan)


def _latest(day: Ints, group: Ints, count: int) -> Ints:
    """The row with the latest day in each group, the last of equals; 0 for a group without rows."""
    found = np.zeros(count, dtype=np.int64)
    order = np.argsort(day, kind="stable")
    found[group[order]] = order
    return found
