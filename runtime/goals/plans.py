"""A published cascade ready to run: its expressions compiled, and the versions of all that they use (`pins`).

A goal set stores the cascade version and the pins, so its numbers can be made again and a change of rules is noticed.
"""

from dataclasses import dataclass
from fractions import Fraction

from builder.expressions import Expression
from flask_babel import gettext as _

from builder import definitions
from builder.models import DefinitionVersion
from builder.sources import Sources
from core.db import Document
from core.errors import NotFound
from organization.models import OrgUnit
from runtime.goals.allocation import as_typed
from runtime.goals.tree import MEMBER

FRONT_LINE = ["sales"]


@dataclass(frozen=True)
class Level:
    """How targets reach the children of one level."""

    id: str
    to: str
    layer: str
    mode: str
    roles: tuple[str, ...]
    asked_of_children: dict[str, Expression]
    reserve: Expression | None
    note: Document | None


@dataclass(frozen=True)
class Caution:
    """A warning that the cascade defines: `when` is asked of each person, the message names its reasons."""

    id: str
    when: Expression
    message: Document


@dataclass(frozen=True)
class PersonalRate:
    """A rate of a person (商机转化率) under the name that `needed` uses, and what stands in where nobody has one."""

    name: str
    value: Expression
    benchmark: Expression | None


@dataclass(frozen=True)
class Driver:
    """How many actions of one metric an amount needs."""

    id: str
    name: str
    metric: str
    rates: tuple[PersonalRate, ...]
    needed: Expression
    capacity: PersonalRate | None


@dataclass(frozen=True)
class Pick:
    """A selection of customers: which, in what order, how many."""

    where: Expression | None
    order: tuple[tuple[Expression, bool], ...]
    take: Expression


@dataclass(frozen=True)
class TaskTemplate:
    """A weekly task. Its number is a share of a driver, or a count of its own."""

    id: str
    key: str
    title: Document
    driver: str | None
    share: Expression | None
    count: Expression | None
    tier: str
    value: float
    customer_tier: str | None
    contact_level: str | None
    pick: Pick | None
    link: str | None


@dataclass(frozen=True)
class Plan:
    """Everything that a split and its weekly tasks need to know of the rules."""

    version: DefinitionVersion
    body: Document
    levels: tuple[Level, ...]
    grain: int
    products: Expression | None
    time: Expression | None
    cautions: tuple[Caution, ...]
    drivers: tuple[Driver, ...]
    tasks: tuple[TaskTemplate, ...]
    pins: dict[str, int]

    @property
    def key(self) -> str:
        return self.version.definition.key

    @property
    def roles(self) -> list[str]:
        """The positions that carry targets of their own."""
        return sorted({role for level in self.levels for role in level.roles})

    @property
    def roles_with_behaviour(self) -> set[str]:
        """Positions whose result goals come with weekly tasks or behaviour metrics (S8)."""
        return set(self.roles) if self.body.get("tasks") else {link["role"] for link in self.body.get("behaviour", [])}

    @property
    def on_change(self) -> str:
        return str(self.body["on_change"]["mode"])

    @property
    def keep_locked(self) -> bool:
        return bool(self.body["on_change"].get("keep_locked", True))

    @property
    def keep_booked(self) -> bool:
        return bool(self.body["on_change"].get("keep_booked", True))

    @property
    def max_child_change(self) -> Fraction | None:
        text = self.body["on_change"].get("max_child_change")
        return None if text is None else as_typed(Expression.constant(text))


def find(unit: OrgUnit, key: str) -> Plan:
    """The cascade in force at a unit today. Raises NotFound with what to do."""
    company_id = unit.company_id or unit.id
    version = definitions.published(company_id, "cascade", key, unit=unit)
    if version is None:
        raise NotFound(_("There is no published cascade “%(key)s”. Install its pack or publish it first.", key=key))
    return of_version(version, definitions.sources(company_id, unit=unit))


def of_version(version: DefinitionVersion, sources: Sources | None = None) -> Plan:
    """Compile a version against what is in force, or against the given sources."""
    known = definitions.sources(version.definition.company_id) if sources is None else sources
    body = version.document["body"]
    expressions = _Expressions(known)
    return Plan(
        version=version,
        body=body,
        levels=tuple(_level(level, expressions) for level in body["levels"]),
        grain=body["grain"],
        products=expressions.weight_of(body.get("products"), "cascade.product"),
        time=expressions.weight_of(body.get("time"), "cascade.month"),
        cautions=tuple(
            Caution(entry["id"], expressions.of(entry, "when", "cascade.warning"), entry["message"])
            for entry in body.get("warnings", [])
        ),
        drivers=tuple(_driver(entry, expressions) for entry in body.get("drivers", [])),
        tasks=tuple(_task(entry, body, expressions) for entry in body.get("tasks", [])),
        pins=expressions.pins(),
    )


def _driver(entry: Document, expressions: "_Expressions") -> Driver:
    rates = tuple(_rate(rate["as"], rate, entry, expressions) for rate in entry.get("rates", []))
    return Driver(
        id=entry["id"],
        name=entry["as"],
        metric=entry["metric"],
        rates=rates,
        needed=expressions.of(entry, "needed", "cascade.needed", [rate.name for rate in rates]),
        capacity=_rate(entry["as"], entry["capacity"], entry, expressions) if "capacity" in entry else None,
    )


def _rate(name: str, rate: Document, driver: Document, expressions: "_Expressions") -> PersonalRate:
    asked = rate | {"uses": driver.get("uses", [])}
    benchmark = expressions.of(asked, "benchmark", "cascade.rate") if "benchmark" in rate else None
    return PersonalRate(name, expressions.of(asked, "value", "cascade.rate"), benchmark)


def _task(entry: Document, body: Document, expressions: "_Expressions") -> TaskTemplate:
    drivers = [driver["as"] for driver in body.get("drivers", [])]
    asked = {
        name: expressions.of(entry, name, "cascade.task", drivers) if name in entry else None
        for name in ("share", "count")
    }
    return TaskTemplate(
        id=entry["id"],
        key=entry["key"],
        title=entry["title"],
        driver=entry.get("of"),
        share=asked["share"],
        count=asked["count"],
        tier=entry["tier"],
        value=float(entry["value"]),
        customer_tier=entry.get("customer_tier"),
        contact_level=entry.get("contact_level"),
        pick=_pick(entry["pick"], expressions) if "pick" in entry else None,
        link=entry.get("link"),
    )


def _pick(entry: Document, expressions: "_Expressions") -> Pick:
    return Pick(
        where=expressions.of(entry, "where", "cascade.customer") if "where" in entry else None,
        order=tuple(
            (expressions.of(by, "by", "cascade.customer"), bool(by.get("desc"))) for by in entry.get("order", [])
        ),
        take=expressions.of(entry, "take", "cascade.take"),
    )


def _level(level: Document, expressions: "_Expressions") -> Level:
    place = "cascade.member" if level["to"] == MEMBER else "cascade.unit"
    asked = [name for name in ("weight", "floor", "cap") if name in level]
    return Level(
        id=level["id"],
        to=level["to"],
        layer=level["layer"],
        mode=level["mode"],
        roles=tuple(level.get("roles", FRONT_LINE)) if level["to"] == MEMBER else (),
        asked_of_children={name: expressions.of(level, name, place) for name in asked},
        reserve=expressions.of(level, "reserve", "cascade.parent") if "reserve" in level else None,
        note=level.get("why"),
    )


class _Expressions:
    """Compiles against one set of sources and remembers which versions were used."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.made: list[Expression] = []

    def of(self, entry: Document, name: str, place: str, numbers: Sequence[str] = ()) -> Expression:
        """The expression at `entry[name]`; `numbers` are names that the document itself adds to the place's."""
        expression = Expression.compile(entry[name], entry.get("uses", []), place, self.sources, numbers)
        self.made.append(expression)
        return expression

    def weight_of(self, entry: Document | None, place: str) -> Expression | None:
        return None if entry is None else self.of(entry, "weight", place)

    def pins(self) -> dict[str, int]:
        """`kind key` → version id of every table and formula that is read."""
        return {
            f"{source.kind} {source.key}": source.version_id or 0
            for expression in self.made
            for source in expression.sources
        }


def exists(unit: OrgUnit, key: str) -> bool:
    return definitions.published(unit.company_id or unit.id, "cascade", key, unit=unit) is not None
