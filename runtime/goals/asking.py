"""What headquarters asks for, as an address or a form says it: by which rules, for which year and unit, how much.

The same fields travel from the entry page through the preview to publishing: `key`, `year`, `unit`, `base`,
`growth_pct`, and one `lock-<node>` for each node whose amount is fixed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from builder import definitions, forms
from core import clock
from core.db import Document, db
from core.errors import Invalid, Problem
from core.i18n import text
from organization.models import Member, OrgUnit
from runtime.goals import plans, publishing, targets
from runtime.goals.models import Cycle
from runtime.goals.plans import Plan
from runtime.goals.targets import Target
from runtime.goals.tree import Preview

FIELDS = ("key", "year", "unit", "base", "growth_pct")
LOCK = "lock-"
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Asked:
    plan: Plan
    unit: OrgUnit
    cycle: Cycle
    target: Target
    locks: dict[str, int]

    def fields(self, locks: Mapping[str, int] | None = None) -> dict[str, str]:
        """What asks for this again, with other locks where they are given."""
        fixed = self.locks if locks is None else locks
        asked = {
            "key": self.plan.key,
            "year": self.cycle.key,
            "unit": str(self.unit.id),
            "base": str(self.target.base),
            "growth_pct": self.target.growth_pct,
        }
        return asked | {f"{LOCK}{node}": str(amount) for node, amount in fixed.items()}


def read(actor: Member, typed: Mapping[str, str], permission: str) -> Asked:
    """Raises Invalid with a problem at each field that cannot be used."""
    problems: list[Problem] = []
    with _kept(problems):
        unit = _unit(actor, typed.get("unit", ""), permission)
        plan = _plan(unit, typed.get("key", ""))
    with _kept(problems):
        year = _year(typed.get("year", ""))
    with _kept(problems):
        target = targets.read(typed.get("base", ""), typed.get("growth_pct", ""))
    with _kept(problems):
        locks = _locks(typed)
    if not problems:
        with _kept(problems):
            _refuse_outside_form(plan, typed)
    if problems:
        raise Invalid(problems)
    return Asked(plan, unit, publishing.planned_cycle(actor.company_id, year), target, locks)


@contextmanager
def _kept(problems: list[Problem]) -> Iterator[None]:
    """What is wrong with one field does not keep us from looking at the next."""
    try:
        yield
    except Invalid as invalid:
        problems.extend(invalid.problems)


def _unit(actor: Member, typed: str, permission: str) -> OrgUnit:
    unit = db.session.get(OrgUnit, int(typed)) if typed.isdecimal() and len(typed) < 19 else None
    if unit is None or not actor.may(permission, unit):
        raise Invalid([Problem("/unit", "unknown", _("Choose a unit that you are responsible for."))])
    return unit


def _plan(unit: OrgUnit, key: str) -> Plan:
    if not plans.exists(unit, key):
        raise Invalid([Problem("/key", "unknown", _("Choose a published cascade."))])
    return plans.find(unit, key)


def _year(typed: str) -> int:
    if not typed.isdecimal() or not FIRST_YEAR <= int(typed[:5]) <= LAST_YEAR:
        raise Invalid([Problem("/year", "year", _("Choose a year."))])
    return int(typed)


def _locks(typed: Mapping[str, str]) -> dict[str, int]:
    """An emptied field frees its node."""
    problems: list[Problem] = []
    locks: dict[str, int] = {}
    for name, words in typed.items():
        if name.startswith(LOCK) and words.strip():
            with _kept(problems):
                locks[name.removeprefix(LOCK)] = targets.read_amount(words, f"/{name}")
    if problems:
        raise Invalid(problems)
    return locks


def refuse_unknown_locks(asked: Asked, tree: Preview) -> None:
    """A lock on what is not in the tree would be forgotten in silence. Raises Invalid."""
    unknown = [node for node in asked.locks if node not in tree.nodes] if not tree.problems else []
    if unknown:
        sentence = _("This unit or person is not part of the split any more. Empty the field.")
        raise Invalid(Problem(f"/{LOCK}{node}", "unknown", sentence) for node in unknown)


# ── the entry form ───────────────────────────────────────────────────────────────────────────────────────────────────


def cascades(company_id: int) -> list[tuple[str, str]]:
    """Published cascades by title."""
    return [
        (version.definition.key, text(version.document["title"]))
        for version in definitions.published_all(company_id, "cascade")
    ]


def years(chosen: str = "") -> list[tuple[str, str]]:
    """This year and the next, and the one that is chosen already."""
    this = clock.today().year
    offered = sorted({str(this), str(this + 1)} | ({chosen} if chosen.isdecimal() else set()))
    return [(year, year) for year in offered]


def total_of(typed: Mapping[str, str]) -> Target | None:
    """The target while it is being typed; None until it is one."""
    try:
        return targets.read(typed.get("base", ""), typed.get("growth_pct", ""))
    except Invalid:
        return None


def form_fields(company_id: int, cascade_key: str) -> dict[str, forms.Field]:
    """What the pack calls the fields of the entry page; empty without its form."""
    form = _form(company_id, cascade_key)
    return dict(forms.of(form).named) if form else {}


def _refuse_outside_form(plan: Plan, typed: Mapping[str, str]) -> None:
    """The pack's form may allow less than the product does, such as a growth of 200 % at most. Raises Invalid."""
    company_id, key = plan.version.definition.company_id, plan.body["metric"]
    form, metric = _form(company_id, plan.key), definitions.published(company_id, "metric", key)
    if form is not None:
        known = {("metric", key): definitions.source(metric)} if metric else {}
        forms.accepted(forms.of(form), {"metric": key, **typed}, forms.World(known=known))


def _form(company_id: int, cascade_key: str) -> Document | None:
    """The form `<pack>.annual_target`, where the pack of the cascade has one."""
    version = definitions.published(company_id, "form", f"{cascade_key.partition('.')[0]}.annual_target")
    return version.document["body"] if version else None


@dataclass(frozen=True)
class LockField:
    """A field for the amount that a node keeps."""

    name: str
    node: str
    label: str
    typed: str


def lock_fields(typed: Mapping[str, str]) -> list[LockField]:
    nodes = [name.removeprefix(LOCK) for name in typed if name.startswith(LOCK)]
    names = _names(OrgUnit, "u", nodes) | _names(Member, "m", nodes)
    return [LockField(f"{LOCK}{node}", node, names.get(node, node[:40]), typed[f"{LOCK}{node}"]) for node in nodes]


def _names(model: type[OrgUnit] | type[Member], letter: str, nodes: list[str]) -> dict[str, str]:
    ids = [int(node[1:]) for node in nodes if node[:1] == letter and node[1:].isdecimal() and len(node) < 19]
    rows = db.session.execute(select(model.id, model.name).where(model.id.in_(ids)))
    return {f"{letter}{row.id}": row.name for row in rows}
