"""A form as the page of filling draws it, and as the page of a record shows it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from flask import url_for

from builder import forms
from builder.form_page import FormPage
from builder.forms import Field
from core.db import Document
from core.errors import Problem
from organization.models import Member
from runtime.submissions import attachments, filling, held, pickers
from runtime.submissions.filling import Filling
from runtime.submissions.posting import Sent
from runtime.submissions.records import Record

NOT_YET = frozenset({"required", "minItems"})
"""Problems of what is still to come: told when it is sent, not while it is filled in."""


@dataclass(frozen=True)
class FillingPage(FormPage):
    """`checked` once it was sent and came back: from then on everything that is wrong is told at once."""

    place: Filling | None = None
    checked: bool = False
    doubtful: bool = False
    found: dict[str, Sequence[tuple[Any, str]]] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        return attachments.titles(self.form, self.state.values, self._place.company_id)

    @property
    def given(self) -> str:
        """Ids of the fields and columns that the page asks for."""
        return " ".join(self._asked)

    @cached_property
    def _asked(self) -> list[str]:
        known = (one for at in self.form.tops if self.state.shows(at.id) for one in (at, *at.columns))
        return [one.id for one in known if self.state.shows(one.id) and self.state_of(one) == "given"]

    def mark(self, table: Field, number: int) -> str:
        """By it the cells of a line that are not asked for are found again when the form is sent."""
        rows = self._joined.get(table.name) or []
        return held.mark(table, rows[number], self._asked) if number < len(rows) else ""

    @cached_property
    def _joined(self) -> Document:
        return filling.joined(self.form, self.state.kept, self.state.values)

    @property
    def _place(self) -> Filling:
        if self.place is None:
            raise LookupError("a page of filling knows its place")
        return self.place

    def rows(self, table: Field) -> list[Document]:
        """A line that was added and is empty yet stays where it was added."""
        found = super().rows(table)
        return [*found, *({} for _line in range(self.lines.get(table.name, 0) - len(found)))]

    def shown(self, at: Field, value: Any) -> str:
        if at.widget in attachments.FILES:
            names = value if isinstance(value, list) else [value]
            return ", ".join(self.titles.get(name, "—") for name in names if name)
        return super().shown(at, value)

    def offered(self, at: Field) -> Sequence[tuple[Any, str]]:
        """The first that he may pick; asked for once however many rows show the field."""
        if at.id not in self.found:
            self.found[at.id] = self._first(at)
        return self.found[at.id]

    def _first(self, at: Field) -> Sequence[tuple[Any, str]]:
        if at.widget == "metric":
            return super().offered(at)
        return pickers.first(self._place.member, at) if self._place.member else []

    def pick_url(self, at: Field) -> str | None:
        if at.widget == "metric" or self._place.member is None:
            return None
        return url_for("forms.offered", key=self._place.definition.key, field=at.id)

    def summary(self) -> Iterator[tuple[str, str, str]]:
        """(anchor, where in words, sentence) of everything that is wrong."""
        for problem in self.problems:
            anchor = problem.path.strip("/").replace("/", "-")
            yield anchor, forms.called(self.form, problem.path), problem.message


class RecordPage(FillingPage):
    """Everything is only to be read."""

    def state_of(self, at: Field) -> str:
        return "fixed"


def of(place: Filling, sent: Sent, *, checked: bool = False, problems: Sequence[Problem] | None = None) -> FillingPage:
    """The page with what was sent. `problems` where a rule has told them; otherwise what is wrong so far."""
    state = forms.effective(place.form, sent.values, place.world)
    judged = forms.judge(state, sent.unread)
    wrong = judged.problems if checked else [one for one in judged.problems if one.code not in NOT_YET]
    place.names.learn(place.form, state.values)
    return FillingPage(
        form=place.form,
        state=state,
        world=place.world,
        problems=wrong if problems is None else problems,
        warnings=[*judged.warnings, *judged.infos],
        raw=sent.raw,
        place=place,
        checked=checked,
        lines=sent.rows,
    )


def begun(place: Filling, values: Mapping[str, Any]) -> FillingPage:
    """The page as it is opened: nothing is wrong yet."""
    state = forms.effective(place.form, values, place.world)
    place.names.learn(place.form, state.values)
    return FillingPage(form=place.form, state=state, world=place.world, place=place)


def reading(member: Member, record: Record) -> RecordPage:
    """A record for somebody who sees it: fields that his roles may not see are left out."""
    submission = record.submission
    place = filling.of(member, submission.version, submission.unit_id, submission.client_id, submission)
    state = forms.effective(record.form, {**submission.kept, **submission.values}, place.world)
    state = replace(state, values=submission.values)
    place.names.learn(record.form, submission.values)
    return RecordPage(form=record.form, state=state, world=place.world, place=place)
