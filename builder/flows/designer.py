"""A draft of a flow as its designer shows it: the cards, what is chosen, what is wrong and where, somebody's route."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from builder import form_designer, form_people, forms, shape
from builder.checks import workflow_people
from builder.flows import palette, subjects, tree, words
from builder.flows.words import Names, Piece
from builder.forms import Form
from builder.sources import Sources
from core.db import Document
from core.errors import Problem
from core.i18n import text
from organization import roles
from organization.approvers import Chart
from workflows import Route

START = "start"
"""What the card of the submitter is chosen by: the flow as a whole."""

UNFINISHED = frozenset({"minItems", "minLength"})
MOST_LISTED = 500


def is_readable(document: Document) -> bool:
    """Whether it can be drawn; a text of the JSON editor may be anything."""
    return all(problem.code in UNFINISHED for problem in shape.problems(document))


@dataclass(frozen=True)
class Shown:
    """What of the designer somebody has open: the step chosen, the + that is open (`b1:0`), whose route is marked."""

    at: str = ""
    plus: str = ""
    who: int | None = None

    def fields(self, **other: Any) -> dict[str, Any]:
        now = {"at": self.at, "plus": self.plus, "who": self.who or ""} | other
        return {name: value for name, value in now.items() if value not in ("", None)}


@dataclass(frozen=True)
class Passed:
    """Somebody's request comes by here: who is asked, and as the how many-th."""

    order: int
    people: Sequence[str]


@dataclass(frozen=True)
class Designer:
    document: Document
    shown: Shown
    known: Sources
    chart: Chart
    levels: Mapping[str, str]
    seats: Sequence[form_people.Seat]
    problems: Sequence[Problem] = ()
    cautions: Sequence[Problem] = ()
    route: Route | None = None
    said: Mapping[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> Document:
        body: Document = self.document["body"]
        return body

    @cached_property
    def form(self) -> Form | None:
        source = self.known.get(("form", self.body["subject"].get("form", "")))
        return forms.of(source.document["body"], source.digest) if source else None

    @cached_property
    def names(self) -> Names:
        return Names(
            {person.id: person.name for person in self.chart.members.values()},
            {unit.id: unit.name for unit in self.chart.units.values()},
            self.levels,
            dict(self._known("workflow")),
            {one.id: text(one.title) for one in self.form.fields.values()} if self.form else {},
        )

    # ── cards ──

    @cached_property
    def step(self) -> Document | None:
        return tree.find(self.body["steps"], self.shown.at)

    def parts(self, step: Document) -> list[tree.Part]:
        return tree.parts(step)

    def type(self, step: Document) -> palette.Type:
        return palette.TYPES[step["type"]]

    @property
    def types(self) -> list[palette.Type]:
        return list(palette.TYPES.values())

    def called(self, part: Document) -> str:
        return words.called(part)

    def sentence(self, step: Document) -> list[Piece]:
        return words.sentence(step, self.names)

    def takes_steps(self, part: tree.Part) -> bool:
        return "type" in part.what or not part.what.keys() & {"return", "end"}

    def way(self, outcome: Document) -> str:
        """What comes of an outcome that does not go on."""
        if "return" in outcome:
            to = outcome["return"]["to"]
            return _("back to: %(step)s", step=self.target(to))
        return words.said(words.WAYS[outcome["end"]])

    def target(self, to: str) -> str:
        """Where a return leads, in words."""
        if to in words.RETURN_TO:
            return words.said(words.RETURN_TO[to])
        found = tree.find(self.body["steps"], to)
        return words.called(found) if found else to

    @property
    def subject(self) -> str:
        return words.subject(self.body, dict(self._known("form")))

    # ── what is wrong ──

    @cached_property
    def wrong(self) -> Mapping[str, Sequence[Problem]]:
        """Problems by the step or branch that they are in."""
        return form_designer.located(self.document, self.problems)

    @cached_property
    def doubtful(self) -> Mapping[str, Sequence[Problem]]:
        return form_designer.located(self.document, self.cautions)

    def problems_of(self, step: Document) -> list[Problem]:
        """Of the step itself and of its branches, not of the steps inside."""
        return [problem for identity in self._own_ids(step) for problem in self.wrong.get(identity, ())]

    def cautions_of(self, step: Document) -> list[Problem]:
        return [problem for identity in self._own_ids(step) for problem in self.doubtful.get(identity, ())]

    def _own_ids(self, step: Document) -> Iterator[str]:
        yield step["id"]
        yield from (part["id"] for part in (*step.get("branches", ()), *([step["else"]] if "else" in step else [])))

    @cached_property
    def elsewhere(self) -> list[Problem]:
        """What belongs to no card."""
        known = set(tree.ids(self.body["steps"]))
        return [problem for at, problems in self.wrong.items() if at not in known for problem in problems]

    # ── somebody's route ──

    @cached_property
    def passed(self) -> Mapping[str, Passed]:
        """The steps of the route by id, with the people who are asked."""
        found: dict[str, Passed] = {}
        for stop in self.route.stops if self.route else ():
            people = [*(found[stop.step].people if stop.step in found else ()), *map(self._person, stop.people)]
            order = found[stop.step].order if stop.step in found else len(found) + 1
            found[stop.step] = Passed(order, list(dict.fromkeys(people)))
        return found

    @cached_property
    def touched(self) -> frozenset[str]:
        """Steps without people that the route comes by."""
        return frozenset(effect["step"] for effect in (self.route.effects if self.route else ()))

    def _person(self, person: str | None) -> str:
        if person is None:
            return _("nobody found")
        known = self.chart.members.get(int(person)) if person.isdecimal() else None
        return known.name if known else _("whom the record names")

    # ── what controls offer ──

    def role_choices(self) -> words.Choices:
        return [(role.key, text(role.title)) for role in roles.ROLES.values()]

    def unit_choices(self) -> words.Choices:
        units = sorted(self.chart.units.values(), key=lambda unit: unit.line[::-1])
        return [(str(unit.id), "　" * (len(unit.line) - 1) + unit.name) for unit in units]

    def level_choices(self) -> words.Choices:
        return list(self.levels.items())

    def people(self) -> list[str]:
        """Names with numbers, as they are typed."""
        return [f"{one.name} ({one.code})" for one in list(self.chart.members.values())[:MOST_LISTED]]

    def person(self, member_id: int | None) -> str:
        found = self.chart.members.get(member_id or 0)
        return f"{found.name} ({found.code})" if found else ""

    def holding(self, widget: str) -> words.Choices:
        return [(name, name) for name, _field in workflow_people.holding(self.form, widget)]

    def dates(self) -> words.Choices:
        titles = [one.title["zh"] for one in (self.form.tops if self.form else ()) if one.kind == "date"]
        return [(title, title) for title in titles]

    def tables(self) -> words.Choices:
        titles = [one.title["zh"] for one in (self.form.tables if self.form else ())]
        return [(title, title) for title in titles]

    def fields(self, *, columns: bool = True) -> words.Choices:
        known = self.form.fields.values() if self.form else ()
        return [(one.id, self._field(one)) for one in known if columns or not one.table]

    def _field(self, one: forms.Field) -> str:
        table = self.form.fields.get(one.table or "") if self.form else None
        return f"{text(table.title)} · {text(one.title)}" if table else text(one.title)

    def subject_choices(self) -> words.Choices:
        own = [(f"form:{key}", title) for key, title in self._known("form")]
        return [*own, *((f"kind:{kind}", text(title)) for kind, title in subjects.TITLES.items())]

    def flow_choices(self) -> words.Choices:
        return [(key, title) for key, title in self._known("workflow") if key != self.document["key"]]

    def cascade_choices(self) -> words.Choices:
        return self._known("cascade")

    def outcomes(self, step: Document) -> words.Choices:
        """What may come of a step, for its time limit and its policies."""
        if step["type"] == "decide":
            return [(one["key"], words.called(one)) for one in step["outcomes"]]
        if step["type"] == "approve":
            return [("approve", _("approve")), ("reject", _("reject"))]
        return [("done", _("done"))]

    def lapse_outcomes(self, step: Document) -> words.Choices:
        """What may be taken when the time is over: nothing that goes back."""
        return [(f"outcome:{key}", _("take “%(outcome)s”", outcome=title)) for key, title in self.outcomes(step)]

    def lapse_does(self, lapse: Document) -> str:
        if "outcome" in lapse:
            return f"outcome:{lapse['outcome']}"
        return "escalate" if "escalate" in lapse else str(lapse.get("remind", ""))

    def waits_for(self, step: Document) -> str:
        return str(next(iter(step["for"])))

    def manager_levels(self) -> words.Choices:
        return [(str(level), _("%(level)s up", level=level) if level > 1 else _("direct")) for level in range(1, 10)]

    def earlier(self, step: Document) -> words.Choices:
        """Steps before this one that a return may lead to."""
        before = []
        for one in tree.walk(self.body["steps"]):
            if one["id"] == step["id"]:
                break
            if one["type"] in palette.ASKING:
                before.append((one["id"], words.called(one)))
        return [*words.choices(words.RETURN_TO), *before]

    def _known(self, kind: str) -> words.Choices:
        found = [(key, text(source.document["title"])) for (known, key), source in self.known.items() if known == kind]
        return sorted(found, key=lambda pair: pair[1])
