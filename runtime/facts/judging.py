"""What a batch of facts would do: each row is new, the same, a correction, or wrong with the place and the remedy.

Nothing is written here. Whatever the size of the batch, it takes six statements.
"""

import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import or_, select

from core import clock
from core.db import Document, db
from organization.models import Member, OrgUnit, Product
from runtime.facts import metrics, periods
from runtime.facts.metrics import Metric
from runtime.facts.models import Fact, counts
from runtime.facts.periods import Period

LARGEST = 1e15
LONGEST_REF = 120
FEW = 500  # codes or owners that a statement names; beyond that it reads all
Covers = Callable[[str], bool]


@dataclass(frozen=True)
class Given:
    """A fact as it was fed: everything by code or title. `place` is where it stood, such as /facts/3 or line 7."""

    place: str
    metric: str
    period: str
    value: Any
    unit: str = ""
    member: str = ""
    product: str = ""
    source_ref: str = ""
    weight: Any = None


class Known(NamedTuple):
    """A fact that counts now."""

    id: int
    metric_key: str
    unit_id: int
    member_id: int | None
    product_id: int | None
    period: str
    source_ref: str
    value: float
    weight: float | None
    revision: int
    identity: str


@dataclass
class Judged:
    """`change` is add, same, change or wrong; `wrong` has (field, code, sentence); `row` is what would be inserted."""

    given: Given
    row: Document = field(default_factory=dict)
    before: Known | None = None
    change: str = "add"
    wrong: list[tuple[str, str, str]] = field(default_factory=list)

    def refuse(self, name: str, code: str, sentence: str) -> None:
        self.wrong.append((name, code, sentence))
        self.change = "wrong"


@dataclass(frozen=True)
class _Directory:
    """What codes mean in the company."""

    metrics: dict[str, Metric]
    units: dict[str, tuple[int, str]]
    members: dict[str, tuple[int, int, str]]
    products: dict[str, int]


def judge(
    company_id: int, batch: Sequence[Given], *, covers: Covers = lambda _path: True, counted: bool = False
) -> list[Judged]:
    """`covers` says whether whoever feeds may feed the unit at a path. `counted` lets a counting rule feed its own
    metric, which nobody else may."""
    directory = _directory(company_id, batch)
    judged = [Judged(given) for given in batch]
    for one in judged:
        _resolve(one, directory, covers, counted)
    sound = [one for one in judged if not one.wrong]
    known = _known(company_id, [one.row for one in sound])
    _settle(sound, known)
    _refuse_overlaps([one for one in sound if one.change == "add"], known, directory)
    return judged


# ── what a row says ──────────────────────────────────────────────────────────────────────────────────────────────────


def _resolve(one: Judged, directory: _Directory, covers: Covers, counted: bool) -> None:
    given = one.given
    metric = directory.metrics.get(given.metric.strip().lower())
    if metric is None:
        one.refuse("metric", "unknown", _("There is no published metric “%(key)s”.", key=given.metric[:80]))
    elif metric.count and not counted:
        sentence = _("“%(name)s” is counted from visits and what follows them; feed those.", name=metric.name)
        one.refuse("metric", "counted", sentence)
    period = _period(one)
    value, weight = _value(one, "value", given.value), _weight(one, metric)
    unit_id, member_id = _owner(one, directory, covers)
    product_id = directory.products.get(given.product)
    if given.product and product_id is None:
        one.refuse("product", "unknown", _("There is no product with the code “%(code)s”.", code=given.product[:40]))
    if len(given.source_ref) > LONGEST_REF:
        one.refuse("source_ref", "too_long", _("Keep it under %(most)s characters.", most=LONGEST_REF))
    if not one.wrong and metric is not None and period is not None:
        one.row = {"metric_key": metric.key, "unit_id": unit_id, "member_id": member_id, "product_id": product_id}
        one.row |= {"period": period.key, "first_day": period.first_day, "last_day": period.last_day}
        one.row |= {"value": value, "weight": weight, "source_ref": given.source_ref}


def _period(one: Judged) -> Period | None:
    try:
        period = periods.read(one.given.period)
    except ValueError as error:
        one.refuse("period", "period", str(error))
        return None
    if period.first_day > clock.today():
        one.refuse("period", "future", _("This period has not begun yet."))
    return period


def _value(one: Judged, name: str, value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        one.refuse(name, "not_a_number", _("This is not a number."))
        return None
    if abs(value) > LARGEST or not math.isfinite(value):
        one.refuse(name, "not_a_number", _("This is no number that can be stored: it is too large or not finite."))
        return None
    return float(value)


def _weight(one: Judged, metric: Metric | None) -> float | None:
    """What a rate is a rate of: an amount above 0, asked for where the metric is a rate."""
    given = one.given.weight
    if given is None:
        if metric is not None and metric.needs_weight:
            one.refuse("weight", "needed", _("A rate needs what it is a rate of: give its denominator as the weight."))
        return None
    weight = _value(one, "weight", given)
    if weight is not None and weight <= 0:
        one.refuse("weight", "not_positive", _("A weight is above 0."))
    return weight


def _owner(one: Judged, directory: _Directory, covers: Covers) -> tuple[int | None, int | None]:
    """(unit, member). A person's fact counts at his unit unless the row names another."""
    given = one.given
    unit, member = directory.units.get(given.unit), directory.members.get(given.member)
    if given.unit and unit is None:
        one.refuse("unit", "unknown", _("There is no unit with the code “%(code)s”.", code=given.unit[:40]))
    if given.member and member is None:
        one.refuse("member", "unknown", _("Nobody has the number “%(code)s”.", code=given.member[:40]))
    if not given.unit and not given.member:
        one.refuse("unit", "needed", _("Say whose it is: a unit, a person or both."))
    path = unit[1] if unit else member[2] if member else None
    if path is not None and not covers(path):
        one.refuse("unit" if unit else "member", "outside", _("This unit is outside of those you may feed."))
    return unit[0] if unit else member[1] if member else None, member[0] if member else None


# ── what is there already ────────────────────────────────────────────────────────────────────────────────────────────


def _settle(judged: Sequence[Judged], known: Sequence[Known]) -> None:
    """Say of each row whether it is new, known or a correction; refuse what the batch says twice."""
    there = {fact.identity: fact for fact in known}
    units = {_without_unit(fact): fact.unit_id for fact in known if fact.member_id is not None}
    first: dict[str, str] = {}
    for one in judged:
        row = one.row
        if not one.given.unit:  # he may have moved since: the same fact stays where it was counted
            row["unit_id"] = units.get(_without_unit(Known(0, *_named(row), 0, None, 0, "")), row["unit_id"])
        row["identity"] = identity(row)
        if row["identity"] in first:
            sentence = _("%(place)s says the same already. Leave one of the two.", place=first[row["identity"]])
            one.refuse("period", "twice", sentence)
            continue
        first[row["identity"]] = one.given.place
        one.before = there.get(row["identity"])
        row["revision"] = one.before.revision + 1 if one.before else 1
        row["replaces_id"] = one.before.id if one.before else None
        if one.before is not None:
            same = (one.before.value, one.before.weight) == (row["value"], row["weight"])
            one.change = "same" if same else "change"


def identity(row: Document) -> str:
    """What makes two rows the same fact."""
    words = "\x1f".join("" if part is None else str(part) for part in _named(row))
    return hashlib.blake2b(words.encode(), digest_size=16).hexdigest()


def _named(row: Document) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("metric_key", "unit_id", "member_id", "product_id", "period", "source_ref"))


def _without_unit(fact: Known) -> tuple[Any, ...]:
    return fact.metric_key, fact.member_id, fact.product_id, fact.period, fact.source_ref


def _refuse_overlaps(new: Sequence[Judged], known: Sequence[Known], directory: _Directory) -> None:
    """A month beside its days would count twice."""
    adding = {metric.key for metric in directory.metrics.values() if metric.time != "last"}
    spans: dict[tuple[Any, ...], set[Period]] = defaultdict(set)
    for fact in known:
        spans[fact.metric_key, fact.unit_id, fact.member_id, fact.product_id].add(periods.read(fact.period))
    for one in new:
        row, period = one.row, periods.read(one.row["period"])
        if row["metric_key"] not in adding:
            continue
        owned = spans[row["metric_key"], row["unit_id"], row["member_id"], row["product_id"]]
        clash = next((other for other in owned if _overlap(other, period)), None)
        if clash is not None:
            sentence = _("%(other)s is there already and overlaps; it would count twice.", other=clash.key)
            one.refuse("period", "overlap", sentence)
        else:
            owned.add(period)


def _overlap(one: Period, other: Period) -> bool:
    return one.grain != other.grain and one.first_day <= other.last_day and other.first_day <= one.last_day


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _directory(company_id: int, batch: Sequence[Given]) -> _Directory:
    units = select(OrgUnit.code, OrgUnit.id, OrgUnit.path).where(OrgUnit.company_id == company_id)
    people = (
        select(Member.code, Member.id, Member.unit_id, OrgUnit.path)
        .join(OrgUnit, Member.unit_id == OrgUnit.id)
        .where(Member.company_id == company_id)
    )
    products = select(Product.code, Product.id).where(Product.company_id == company_id)
    return _Directory(
        metrics=metrics.by_any_name(metrics.in_force(company_id)),
        units={row[0]: (row[1], row[2]) for row in _coded(units, OrgUnit, {given.unit for given in batch})},
        members={row[0]: (row[1], row[2], row[3]) for row in _coded(people, Member, {given.member for given in batch})},
        products={row[0]: row[1] for row in _coded(products, Product, {given.product for given in batch})},
    )


def _coded(query: sa.Select[Any], model: Any, codes: Collection[str]) -> Iterable[Any]:
    wanted = set(codes) - {""}
    if not wanted:
        return []
    return db.session.execute(query.where(model.code.in_(wanted)) if len(wanted) <= FEW else query).all()


def _known(company_id: int, rows: Sequence[Document]) -> list[Known]:
    """The facts that count and lie within the time that the rows span, of their owners."""
    if not rows:
        return []
    query = select(*(getattr(Fact, name) for name in Known._fields)).where(
        Fact.company_id == company_id,
        Fact.metric_key.in_({row["metric_key"] for row in rows}),
        Fact.first_day <= max(row["last_day"] for row in rows),
        Fact.last_day >= min(row["first_day"] for row in rows),
        counts(),
    )
    units = {row["unit_id"] for row in rows if row["member_id"] is None}
    members = {row["member_id"] for row in rows} - {None}
    if len(units) + len(members) <= FEW:
        query = query.where(or_(Fact.unit_id.in_(units) & Fact.member_id.is_(None), Fact.member_id.in_(members)))
    return [Known(*row) for row in db.session.execute(query)]
