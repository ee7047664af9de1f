"""A dry run of a version, draft or published, over the company as it is today: for its page, its file, its review.

    trial = trials.of(version)                       everybody; `unit_id` narrows it, `everywhere` takes every branch
    trial.found                                      a DryRun, None while the flow cannot be walked
    trials.summary(draft)                            figures without names, kept with the review of a draft

Six statements, however many people there are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from builder import definitions, flows, forms
from builder.flows import dry_run, samples, tree, words
from builder.flows.dry_run import HIMSELF, NOBODY, DryRun
from builder.flows.samples import Asked
from builder.flows.words import Names, Pair
from builder.models import DefinitionVersion
from builder.sources import Sources
from core import clock
from core.db import Document, db
from core.errors import Problem
from core.i18n import text
from organization import approvers
from organization.approvers import Chart, Person
from organization.models import Company
from workflows import Route, Stop, Workflow

KINDS: dict[str, tuple[Pair, str]] = {
    "refused": (("找不到审批人，不让提交", "nobody is found: it cannot be submitted"), "bad"),
    "stuck": (("找不到审批人，要等管理员指定", "nobody is found: an administrator must name somebody"), "bad"),
    "unclear": (("条件算不出来，走不下去", "a condition cannot be computed: it stops here"), "bad"),
    "rejected": (("找不到审批人，自动不通过", "nobody is found: it is rejected"), "warn"),
    "passed": (("找不到审批人，自动通过", "nobody is found: it passes"), "warn"),
    "assigned": (("找不到审批人，按设置转给别人", "nobody is found: it goes to somebody else"), "warn"),
    "himself": (("自己审批自己的单", "approves his own request"), "bad"),
    "his_manager": (("审批人就是本人，改由他的主管审批", "would approve himself: his manager does"), "info"),
    "counted": (("审批人就是本人，算他已同意", "would approve himself: counts as agreed"), "info"),
}
"""What a finding is called, and how grave it is."""

STUCK = frozenset({"refused", "stuck", "unclear", "himself"})
"""What must not be in a flow that people depend on."""


@dataclass(frozen=True)
class Trial:
    version: DefinitionVersion
    known: Sources
    chart: Chart
    levels: Mapping[str, str]
    workflow: Workflow | None
    found: DryRun | None
    asked: Sequence[Asked] = ()
    problems: Sequence[Problem] = ()

    @property
    def body(self) -> Document:
        body: Document = self.version.document["body"]
        return body

    @cached_property
    def names(self) -> Names:
        return names_of(self.body, self.known, self.chart, self.levels)

    def step(self, identity: str) -> str:
        found = self.workflow.steps.get(identity) if self.workflow else None
        return words.called(dict(found.body)) if found else identity

    def branch(self, step: str, branch: str) -> str:
        """A branch or an outcome by its name or its condition."""
        body = self.workflow.steps[step].body if self.workflow else {}
        for part in (*body.get("branches", ()), *body.get("outcomes", ())):
            if branch in (part.get("id"), part.get("key")):
                return text(part.get("title")) or part.get("when") or branch
        return words.said(("其他情况", "otherwise"))

    def kind(self, kind: str) -> str:
        return words.said(KINDS[kind][0])

    def tone(self, kind: str) -> str:
        return KINDS[kind][1]

    def person(self, identity: str | int | None) -> str:
        if identity is None:
            return words.said(("无人", "nobody"))
        if identity == dry_run.NOT_YET:
            return words.said(("由单据决定", "whom the record names"))
        found = self.chart.members.get(int(identity))
        return found.name if found else str(identity)

    def people(self, members: Iterable[int]) -> str:
        return words.said(("、", ", ")).join(self.person(one) for one in members)

    def steps(self, identities: Iterable[str]) -> str:
        return words.said(("、", ", ")).join(self.step(one) for one in identities)

    def unit(self, person: Person) -> str:
        return self.chart.units[person.unit_id].name if person.unit_id in self.chart.units else ""

    def stop(self, stop: Stop) -> str:
        """A stop with its people: 直接主管（陈店长）."""
        people = words.said(("、", ", ")).join(dict.fromkeys(self.person(one) for one in stop.people))
        row = self.chart.units.get(int(stop.row)) if stop.row and stop.row.isdecimal() else None
        step = f"{self.step(stop.step)} · {row.name}" if row else self.step(stop.step)
        return words.said((f"{step}（{people}）", f"{step} ({people})"))

    def route(self, route: Route) -> str:
        return " → ".join(self.stop(stop) for stop in route.stops)

    @property
    def load(self) -> list[tuple[str, int]]:
        """Who is asked how often, the busiest first."""
        return [(self.person(one), count) for one, count in (self.found.load.most_common() if self.found else ())]

    @property
    def nobody(self) -> set[int]:
        return self.found.hit(NOBODY) if self.found else set()

    @property
    def himself(self) -> set[int]:
        return self.found.hit(HIMSELF) if self.found else set()


def names_of(body: Document, known: Sources, chart: Chart, levels: Mapping[str, str]) -> Names:
    """What ids and keys of a flow are called."""
    form = flows.form_of(body["subject"], known)
    fields: Sequence[forms.Field] = [*form.fields.values()] if form else []
    return Names(
        {person.id: person.name for person in chart.members.values()},
        {unit.id: unit.name for unit in chart.units.values()},
        levels,
        {key: text(source.document["title"]) for (kind, key), source in known.items() if kind == "workflow"},
        {one.id: text(one.title) for one in fields},
    )


def of(
    version: DefinitionVersion,
    typed: Mapping[str, str] | None = None,
    *,
    unit_id: int | None = None,
    everywhere: bool = False,
) -> Trial:
    """`typed` are sample values as `samples.asked` posts them."""
    company_id, body = version.definition.company_id, version.document["body"]
    known, today = definitions.sources(company_id), clock.today()
    chart = approvers.chart(company_id, today)
    workflow, found = flows.sound(body, known), None
    sample, problems = samples.read(body, known, chart, typed or {})
    if workflow is not None and not definitions.check(version.document, known):
        found = dry_run.over(workflow, chart, people_in(chart, unit_id), sample, today, everywhere=everywhere)
    asked = samples.asked(body, known)
    return Trial(version, known, chart, levels(company_id), workflow, found, asked, problems)


def steps_of(version: DefinitionVersion) -> list[Document]:
    return list(tree.walk(version.document["body"]["steps"]))


def people_in(chart: Chart, unit_id: int | None) -> list[Person]:
    """The people of a unit and below it; of the company where none is named."""
    everybody = list(chart.members.values())
    if unit_id is None:
        return everybody
    return [one for one in everybody if one.unit_id in chart.units and unit_id in chart.units[one.unit_id].line]


def levels(company_id: int) -> dict[str, str]:
    company = db.session.get_one(Company, company_id)
    return {level["key"]: text(level["title"]) for level in company.levels}


def summary(draft: DefinitionVersion, period: str = "") -> Document | None:
    """What a review of a flow carries; None for every other kind, and while it cannot be walked."""
    if draft.definition.kind != "workflow":
        return None
    trial = of(draft)
    if trial.found is None:
        return None
    kept = {"digest": draft.digest, "computed_at": clock.now().isoformat()}
    return {**kept, "parts": [], "flow": figures(trial, trial.found)}


def figures(trial: Trial, found: DryRun) -> Document:
    """How many people each finding hits, by step and kind; without names, so that everybody who reviews may read it."""
    return {
        "people": found.people,
        "nobody": len(trial.nobody),
        "himself": len(trial.himself),
        "longest": found.longest,
        "busiest": max(found.load.values(), default=0),
        "findings": [[one.step, one.kind, len(one.people)] for one in found.findings],
        "unreached": list(found.unreached),
    }


def as_json(trial: Trial, found: DryRun) -> Document:
    """The whole of it, with names: for the command line."""
    return {
        **figures(trial, found),
        "findings": [
            {"step": one.step, "kind": one.kind, "people": [trial.chart.members[who].code for who in one.people]}
            for one in found.findings
        ],
        "load": {trial.chart.members[int(one)].code: count for one, count in found.load.most_common()},
        "lengths": dict(found.lengths),
        "ways": [way._asdict() for way in found.ways],
    }


def told(trial: Trial, found: DryRun) -> list[str]:
    """The same in a few lines."""
    lines = [
        words.said(
            (
                f"试跑 {found.people} 人，最长 {found.longest} 步",
                f"{found.people} people, {found.longest} steps at most",
            )
        )
    ]
    for one in found.findings:
        lines.append(
            f"{trial.step(one.step)}: {trial.kind(one.kind)}: {len(one.people)} ({trial.people(one.people[:5])})"
        )
    if found.unreached:
        lines.append(words.said(("没人走到：", "nobody comes to: ")) + trial.steps(found.unreached))
    return lines + [f"{name}: {count}" for name, count in trial.load[:10]]


def table(trial: Trial, found: DryRun) -> tuple[list[str], list[list[object]]]:
    """Everybody with his route and what was found, as rows of a sheet."""
    told: dict[int, list[str]] = {}
    for finding in found.findings:
        for who in finding.people:
            told.setdefault(who, []).append(f"{trial.step(finding.step)}: {trial.kind(finding.kind)}")
    header = [words.said(pair) for pair in COLUMNS]
    rows: list[list[object]] = []
    for member_id, route in found.routes.items():
        person = trial.chart.members[member_id]
        own = [person.code, person.name, trial.unit(person), route.length, trial.route(route)]
        rows.append([*own, "\n".join(told.get(member_id, ()))])
    return header, rows


COLUMNS: tuple[Pair, ...] = (
    ("工号", "Staff number"),
    ("姓名", "Name"),
    ("部门", "Unit"),
    ("几步", "Steps"),
    ("经过", "Route"),
    ("发现", "Findings"),
)
