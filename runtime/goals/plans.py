"""A published cascade ready to run: its expressions compiled, and the versions of all that they use (`pins`).

A goal set stores the cascade version and the pins, so its numbers can be made again and a change of rules is noticed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flask_babel import gettext as _

from builder import definitions, references
from builder.expressions import Expression, Filled, Scope, number_named
from builder.models import DefinitionVersion
from builder.scopes import PLACES
from builder.sources import Sources
from core.db import Document
from core.errors import NotFound
from organization.models import OrgUnit
from runtime.goals.allocation import as_typed
from runtime.goals.columns import Columns
from runtime.goals.tree import MEMBER

FRONT_LINE = ["sales"]


@dataclass(frozen=True)
class Asked:
    """Expressions about one kind of thing (a child, a parent, a person), over one set of names."""

    scope: Scope
    place: str
    expressions: dict[str, Expression]

    def fill(self, columns: Columns, rows: int) -> Filled:
        """Columns by key. What the place promises and nobody knows is blank."""
        blank = [None] * rows
        return Filled(self.scope, {key: columns.get(key, blank) for key in self.scope.keys.values()}, rows)

    def __contains__(self, name: str) -> bool:
        return name in self.expressions


@dataclass(frozen=True)
class Level:
    """How targets reach the children of one level: weight, floor and cap of each child, reserve of the parent."""

    id: str
    to: str
    layer: str
    mode: str
    roles: tuple[str, ...]
    child: Asked
    parent: Asked
    note: Document | None


@dataclass(frozen=True)
class Caution:
    """A warning that the cascade defines: `when` is asked of each person, the message names its reasons."""

    id: str
    asked: Asked
    message: Document


@dataclass(frozen=True)
class Driver:
    """How many actions of one metric an amount needs.

    `rates` holds, under each rate's name, the person's own value and, after `:benchmark`, what stands in for it.
    """

    id: str
    name: str
    metric: str
    rate_names: tuple[str, ...]
    rates: Asked
    needed: Asked


@dataclass(frozen=True)
class TaskTemplate:
    """A weekly task. Its number is a share of a driver, or a count of its own. No `roles`: everybody gets it."""

    id: str
    key: str
    title: Document
    driver: str | None
    number: Asked
    tier: str
    value: float
    customer_tier: str | None
    contact_level: str | None
    pick: Asked | None
    take: Asked | None
    order: tuple[tuple[str, bool], ...]
    link: str | None
    roles: frozenset[str]

    def is_for(self, role: str) -> bool:
        return not self.roles or role in self.roles


@dataclass(frozen=True)
class Plan:
    """Everything that a split and its weekly tasks need to know of the rules."""

    version: DefinitionVersion
    body: Document
    levels: tuple[Level, ...]
    products: Asked | None
    time: Asked | None
    cautions: tuple[Caution, ...]
    drivers: tuple[Driver, ...]
    tasks: tuple[TaskTemplate, ...]
    max_child_change: Fraction | None
    pins: dict[str, int]

    @property
    def key(self) -> str:
        return self.version.definition.key

    @property
    def grain(self) -> int:
        return int(self.body["grain"])

    @property
    def roles(self) -> list[str]:
        """The positions that carry targets of their own."""
        return sorted({role for level in self.levels for role in level.roles})

    @property
    def roles_with_behaviour(self) -> set[str]:
        """Positions whose result goals come with weekly tasks or behaviour metrics (S8)."""
        return set(self.roles) if self.tasks else {link["role"] for link in self.body.get("behaviour", [])}

    @property
    def on_change(self) -> str:
        return str(self.body["on_change"]["mode"])

    @property
    def keep_locked(self) -> bool:
        return bool(self.body["on_change"].get("keep_locked", True))

    @property
    def keep_booked(self) -> bool:
        return bool(self.body["on_change"].get("keep_booked", True))


def exists(unit: OrgUnit, key: str) -> bool:
    return definitions.published(unit.company_id or unit.id, "cascade", key, unit=unit) is not None


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
    drivers = tuple(_driver(entry, known) for entry in body.get("drivers", []))
    return Plan(
        version=version,
        body=body,
        levels=tuple(_level(entry, known) for entry in body["levels"]),
        products=_asked(body["products"], ("weight",), "cascade.product", known) if "products" in body else None,
        time=_asked(body["time"], ("weight",), "cascade.month", known) if "time" in body else None,
        cautions=tuple(_caution(entry, known) for entry in body.get("warnings", [])),
        drivers=drivers,
        tasks=tuple(_task(entry, drivers, known) for entry in body.get("tasks", [])),
        max_child_change=_max_child_change(body["on_change"]),
        pins=dict(sorted(_pins(version.document, known))),
    )


def _level(entry: Document, known: Sources) -> Level:
    place = "cascade.member" if entry["to"] == MEMBER else "cascade.unit"
    return Level(
        id=entry["id"],
        to=entry["to"],
        layer=entry["layer"],
        mode=entry["mode"],
        roles=tuple(entry.get("roles", FRONT_LINE)) if entry["to"] == MEMBER else (),
        child=_asked(entry, ("weight", "floor", "cap"), place, known),
        parent=_asked({"reserve": entry.get("reserve")}, ("reserve",), "cascade.parent", known),
        note=entry.get("why"),
    )


def _caution(entry: Document, known: Sources) -> Caution:
    return Caution(entry["id"], _asked(entry, ("when",), "cascade.warning", known, wanted="bool"), entry["message"])


def _driver(entry: Document, known: Sources) -> Driver:
    rates = [(rate["as"], rate) for rate in entry.get("rates", [])]
    if "capacity" in entry:
        rates.append(("capacity", entry["capacity"]))
    texts = {name: rate["value"] for name, rate in rates}
    texts |= {f"{name}:benchmark": rate["benchmark"] for name, rate in rates if "benchmark" in rate}
    names = tuple(rate["as"] for rate in entry.get("rates", []))
    return Driver(
        id=entry["id"],
        name=entry["as"],
        metric=entry["metric"],
        rate_names=names,
        rates=_asked(texts | {"uses": entry.get("uses", [])}, tuple(texts), "cascade.rate", known),
        needed=_asked({"needed": entry["needed"]}, ("needed",), "cascade.needed", known, more=names),
    )


def _task(entry: Document, drivers: Sequence[Driver], known: Sources) -> TaskTemplate:
    pick = entry.get("pick")
    return TaskTemplate(
        id=entry["id"],
        key=entry["key"],
        title=entry["title"],
        driver=entry.get("of"),
        number=_asked(entry, ("share", "count"), "cascade.task", known, more=[driver.name for driver in drivers]),
        tier=entry["tier"],
        value=float(entry["value"]),
        customer_tier=entry.get("customer_tier"),
        contact_level=entry.get("contact_level"),
        pick=_pick(pick, known) if pick else None,
        take=_asked(pick, ("take",), "cascade.take", known) if pick else None,
        order=tuple((f"order:{n}", bool(by.get("desc"))) for n, by in enumerate((pick or {}).get("order", []))),
        link=entry.get("link"),
        roles=frozenset(entry.get("roles", ())),
    )


def _pick(pick: Document, known: Sources) -> Asked:
    scope = Scope(PLACES["cascade.customer"], [], known)
    expressions = {f"order:{n}": scope.compile(by["by"]) for n, by in enumerate(pick.get("order", []))}
    if "where" in pick:
        expressions["where"] = scope.compile(pick["where"], "bool")
    return Asked(scope, "cascade.customer", expressions)


def _asked(
    entry: Document,
    texts: Sequence[str],
    place: str,
    known: Sources,
    *,
    wanted: str = "number",
    more: Sequence[str] = (),
) -> Asked:
    """The expressions at `texts` of an entry, those that it has. `more` are numbers that the document itself names."""
    names = [*PLACES[place], *map(number_named, more)]
    scope = Scope(names, entry.get("uses", []), known)
    compiled = {name: scope.compile(entry[name], wanted) for name in texts if entry.get(name) is not None}
    return Asked(scope, place, compiled)


def _max_child_change(on_change: Document) -> Fraction | None:
    text = on_change.get("max_child_change")
    return None if text is None else as_typed(Expression.constant(text))


def _pins(document: Document, known: Sources) -> Iterator[tuple[str, int]]:
    """Kind and key → version id of every table and formula that is read, also by those that are read."""
    for reference in references.of(document):
        source = known.get((reference.kind, reference.key))
        if reference.kind in ("table", "formula") and source is not None:
            yield f"{reference.kind} {reference.key}", source.version_id or 0
            yield from _pins(source.document, known)
