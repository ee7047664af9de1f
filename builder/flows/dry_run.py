"""全员试跑: the route of everybody, walked by the engine over the real organisation before anybody depends on it.

    found = dry_run.over(workflow, chart, people, sample, day)      DryRun; no statement, nothing is changed
    found = dry_run.over(…, everywhere=True)                        every branch and outcome is walked once for each

What only a record will say (a field with people that is blank here, the owner of a goal) is counted as found: nobody
knows yet who it is. Whoever is chosen at the time counts in no load.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, cast

import workflows
from builder.flows.ways import Choices, choices
from core.db import Document
from formulas import Formula
from organization.approvers import Chart, Person
from workflows import Route, Stop, Workflow
from workflows.document import JUDGING, parts_of

NOT_YET = "?"
"""Stands for people whom only the record names. No id of a member looks like this."""

NOBODY = ("refused", "stuck", "unclear", "rejected", "passed", "assigned")
HIMSELF = ("himself", "his_manager", "counted")
"""What may be found, the worst first: nobody is found and so the request cannot begin, waits for an admin, cannot go on
as a condition cannot be computed, is rejected, passes, or goes to whom the policy names; the submitter would judge his
own request and does, or his manager does, or his voice counts as given."""

NOTES = {"nobody_passed": "passed", "nobody_rejected": "rejected"}
POLICY, HIS_MANAGER, HIS_VOICE = "/empty/to", "next_manager", "submitter"
SPOKEN = frozenset({HIS_VOICE, "repeated"})
CHOSEN = frozenset({"submitter_choice", "previous_choice"})
HOLDING = frozenset({"choose", "together", "each"})


class Finding(NamedTuple):
    """`kind` is one of NOBODY or HIMSELF, `people` are the submitters whom it hits."""

    kind: str
    step: str
    people: tuple[int, ...]


class Way(NamedTuple):
    """A branch of a condition, and how many people's requests take it."""

    step: str
    branch: str
    people: int


@dataclass
class DryRun:
    """`load` counts what each approver, by his id, is asked if everybody sends one; `reached` who comes to a step."""

    people: int
    findings: list[Finding]
    routes: dict[int, Route]
    load: Counter[str]
    reached: Mapping[str, int]
    ways: list[Way]
    unreached: list[str]

    @property
    def longest(self) -> int:
        return max((route.length for route in self.routes.values()), default=0)

    @property
    def lengths(self) -> list[tuple[int, int]]:
        """How many people have a chain of so many steps, the longest first."""
        return sorted(Counter(route.length for route in self.routes.values()).items(), reverse=True)

    def longest_route(self) -> tuple[int, Route] | None:
        """Whose request passes the most people one after the other, and through whom."""
        return max(self.routes.items(), key=lambda entry: (entry[1].length, -entry[0]), default=None)

    def hit(self, kinds: Collection[str]) -> set[int]:
        """The people for whom one of these was found."""
        return {one for finding in self.findings if finding.kind in kinds for one in finding.people}


@dataclass(frozen=True)
class Sample:
    """A record to walk with: `row` is what conditions see, for a submitter; `named` the raw values by field title."""

    named: Mapping[str, Any] = field(default_factory=dict)
    row: Callable[[Person], Mapping[str, Any]] = lambda person: {}


def over(
    workflow: Workflow,
    chart: Chart,
    people: Iterable[Person],
    sample: Sample,
    day: dt.date,
    *,
    everywhere: bool = False,
) -> DryRun:
    """The route of each of the people with the sample's values; `everywhere` takes each branch in turn instead."""
    tally = _Tally(workflow)
    members = list(people)
    tried = [_Trial(workflow, taken) for taken in (choices(workflow.document["steps"]) if everywhere else [{}])]
    for person in members:
        facts = _Facts(chart, person, sample, day)
        for trial in tried:
            tally.count(person.id, trial, trial.walk(facts))
    return tally.result(len(members))


# ── one walk ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Facts:
    """What the engine asks about the request of one person (workflows.facts.Facts)."""

    chart: Chart
    submitter: Person
    sample: Sample
    day: dt.date

    def resolve(self, who: Mapping[str, Any], row: str | None) -> Sequence[str]:
        values = self.sample.named
        if who["kind"] == "goal_owner" or ("field" in who and not _filled(who["field"], values)):
            return [NOT_YET]
        return [
            str(one) for one in self.chart.people(dict(who), self.submitter.id, self.submitter.unit_id, values, row)
        ]

    def substitute(self, person: str) -> str | None:
        acting = None if person == NOT_YET else self.chart.substitute(int(person))
        return None if acting is None else str(acting)

    def rows(self, over: Mapping[str, Any], row: str | None) -> Sequence[str]:
        if "units" in over:
            return [str(unit) for unit in self.chart.units_at(over["units"], self.submitter.unit_id)]
        return [str(place) for place in range(max(1, len(self.sample.named.get(over["rows"]) or ())))]

    def values(self, row: str | None) -> Mapping[str, Any]:
        return self.sample.row(self.submitter)

    def today(self) -> dt.date:
        return self.day


def _filled(name: str, values: Mapping[str, Any]) -> bool:
    table, _dot, column = name.partition(".")
    found = values.get(name) or [row.get(column) for row in values.get(table) or () if column]
    return found not in (None, "", []) and found != [None]


class _Watched:
    """A condition that writes down whether it held; `forced` where a branch is taken whatever the record says."""

    def __init__(self, formula: Formula, forced: bool | None, log: list[bool]) -> None:
        self.formula, self.forced, self.log = formula, forced, log

    def evaluate(self, values: Mapping[str, Any], today: dt.date) -> Any:
        value = self.formula.evaluate(values, today) if self.forced is None else self.forced
        self.log.append(value is True)
        return value


class _Trial:
    """The workflow with its conditions watched, and the branches and outcomes that are taken."""

    def __init__(self, workflow: Workflow, taken: Choices) -> None:
        self.taken = taken
        self.logs: dict[str, dict[str, list[bool]]] = {}
        steps = {id: self._watched(step) for id, step in workflow.steps.items()}
        self.workflow = replace(workflow, steps=steps)

    def walk(self, facts: _Facts) -> Route | workflows.WorkflowError:
        for log in (log for logs in self.logs.values() for log in logs.values()):
            log.clear()
        try:
            return workflows.simulate(self.workflow, str(facts.submitter.id), facts, outcomes=self.taken)
        except workflows.WorkflowError as error:
            return error

    def branches(self) -> Iterable[tuple[str, str]]:
        """The branches that the last walk took; the other one, where nothing held."""
        for step, logs in self.logs.items():
            held = [branch for branch, log in logs.items() if any(log)]
            judged = max((len(log) for log in logs.values()), default=0)
            yield from ((step, branch) for branch in held)
            if judged > sum(sum(log) for log in logs.values()):
                yield step, self.workflow.steps[step].body["else"]["id"]

    def _watched(self, step: workflows.Step) -> workflows.Step:
        if step.type != "choose" or "else" not in step.body:
            return step
        logs = self.logs[step.id] = {branch["id"]: [] for branch in step.body["branches"]}
        watched = dict(step.formulas)
        for place, branch in enumerate(step.body["branches"]):
            name = f"/branches/{place}/when"
            forced = self.taken[step.id] == branch["id"] if step.id in self.taken else None
            watched[name] = cast(Formula, _Watched(step.formulas[name], forced, logs[branch["id"]]))
        return replace(step, formulas=watched)


# ── counting ──────────────────────────────────────────────────────────────────────────────────────────────────────


class _Tally:
    """What was found so far, over all walks."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self.found: dict[tuple[str, str], dict[int, None]] = {}
        self.routes: dict[int, Route] = {}
        self.asked: set[tuple[str, int, str]] = set()
        self.came: dict[str, set[int]] = {}
        self.took: dict[tuple[str, str], set[int]] = {}

    def count(self, member_id: int, trial: _Trial, route: Route | workflows.WorkflowError) -> None:
        if isinstance(route, workflows.WorkflowError):
            self._find("unclear", route.step or "", member_id)
            return
        for effect in route.effects:
            self._come(effect["step"], member_id)
            if effect.get("note") in NOTES:
                self._find(NOTES[effect["note"]], effect["step"], member_id)
        for stop in route.stops:
            self._stop(stop, member_id)
        for step, said in route.said.items():
            self._come(step, member_id)
            if str(member_id) in said["by"] and self._body(step).get("same_as_submitter") == "skip":
                self._find("counted", step, member_id)
        for way in (*trial.branches(), *((step, said["outcome"]) for step, said in route.said.items())):
            self.took.setdefault(way, set()).add(member_id)
        self._keep_longer(route, member_id)

    def result(self, people: int) -> DryRun:
        steps = [step for step in self.workflow.steps.values() if step.order >= 0]
        order = {step.id: step.order for step in steps}
        kinds = [*NOBODY, *HIMSELF]
        findings = [Finding(kind, step, tuple(who)) for (step, kind), who in self.found.items()]
        return DryRun(
            people,
            sorted(findings, key=lambda finding: (kinds.index(finding.kind), order.get(finding.step, 0))),
            self.routes,
            Counter(approver for approver, _submitter, _step in self.asked),
            {step: len(who) for step, who in self.came.items()},
            [
                Way(step.id, branch, len(self.took.get((step.id, branch), ())))
                for step in steps
                for branch in _ways(step)
            ],
            [step.id for step in steps if step.type not in HOLDING and step.id not in self.came],
        )

    def _stop(self, stop: Stop, member_id: int) -> None:
        self._come(stop.step, member_id)
        body = self._body(stop.step)
        for person, why in zip(stop.people, stop.why, strict=True):
            if kind := _told(person, why, body, str(member_id)):
                self._find(kind, stop.step, member_id)
            if person not in (None, NOT_YET) and why not in SPOKEN and not _is_chosen(why, body):
                self.asked.add((str(person), member_id, stop.step))

    def _keep_longer(self, route: Route, member_id: int) -> None:
        known = self.routes.get(member_id)
        if known is None or route.length > known.length:
            self.routes[member_id] = route

    def _body(self, step: str) -> Document:
        return dict(self.workflow.steps[step].body)

    def _come(self, step: str, member_id: int) -> None:
        self.came.setdefault(step, set()).add(member_id)

    def _find(self, kind: str, step: str, member_id: int) -> None:
        self.found.setdefault((step, kind), {})[member_id] = None


def _told(person: str | None, why: str, body: Document, submitter: str) -> str | None:
    """What is worth knowing about one seat."""
    if person is None:
        return "refused" if body.get("empty", {}).get("do") == "refuse_start" else "stuck"
    if why == POLICY:
        return "assigned"
    if why == HIS_MANAGER:
        return "his_manager"
    return "himself" if person == submitter and body["type"] in JUDGING and why not in SPOKEN else None


def _is_chosen(why: str, body: Document) -> bool:
    """Whether somebody chooses this person at the time: everybody who may be chosen sits here."""
    place = why.removeprefix("/who/")
    return place.isdecimal() and body["who"][int(place)]["kind"] in CHOSEN


def _ways(step: workflows.Step) -> list[str]:
    if step.type == "choose":
        return [part["id"] for _place, part in parts_of(step.body)]
    return [outcome["key"] for outcome in step.body["outcomes"]] if step.type == "decide" else []
