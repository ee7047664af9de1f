"""What a form may ask while somebody fills it: who he is, what is published, what picked ids are called, what linked
records say. Each is looked up when it is first asked for, so that a plain form costs no statement.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy.orm import joinedload

from builder import definitions, forms
from builder.forms import Field, Form, Who, World
from builder.sources import Source
from core.db import db
from organization import managers
from organization.models import Member
from runtime.submissions.models import Submission
from runtime.submissions.pickers import Names


class Published(Mapping[tuple[str, str], Source]):
    """Everything in force in a company, read when something is asked of it."""

    def __init__(self, company_id: int) -> None:
        self.company_id = company_id

    @cached_property
    def _sources(self) -> dict[tuple[str, str], Source]:
        return definitions.sources(self.company_id)

    def __getitem__(self, key: tuple[str, str]) -> Source:
        return self._sources[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)


@dataclass
class Linked:
    """Values of records that a form links to."""

    company_id: int
    records: dict[int, tuple[Form, Mapping[str, Any]] | None] = field(default_factory=dict)

    def value(self, _link: Field, record_id: int, field_id: str) -> Any:
        """The value of a field of another form's record, by the field's permanent id."""
        if record_id not in self.records:
            self.records[record_id] = self._read(record_id)
        found = self.records[record_id]
        known = found[0].fields.get(field_id) if found else None
        return found[1].get(known.name) if found and known else None

    def _read(self, record_id: int) -> tuple[Form, Mapping[str, Any]] | None:
        record = db.session.get(Submission, record_id, options=[joinedload(Submission.version)])
        if record is None or record.company_id != self.company_id or record.state != "submitted":
            return None
        return forms.of(record.version.document["body"], record.version.digest), record.values


def of(member: Member, form: Form, names: Names, begun: Submission | None = None) -> World:
    """The world of a member of the company. 我 in the formulas of what somebody else sent is who sent it."""
    return World(
        who=who(member, needs_manager=_asks_manager(form)),
        author=None if begun is None or begun.submitter_id == member.id else _author(begun),
        known=Published(member.company_id),
        named=names.named,
        found=names.found,
        looked_up=Linked(member.company_id).value,
    )


def of_stranger(names: Names) -> World:
    """The world of somebody without an account who follows a public link."""
    company_id = names.company_id
    return World(known=Published(company_id), named=names.named, found=names.found, looked_up=Linked(company_id).value)


def who(member: Member, *, needs_manager: bool = False) -> Who:
    """`roles` are those that he was granted: they decide what he may see and send."""
    manager = managers.manager_of(member) if needs_manager else None
    return Who(
        member_id=member.id,
        roles=frozenset({member.role, *(grant.role for grant in member.grants)}),
        name=member.name,
        unit_id=member.unit_id,
        unit=_unit_name(member),
        manager_id=manager and manager.id,
    )


def _author(begun: Submission) -> Who:
    """Nobody, for what came by a public link."""
    sender = begun.submitter
    return Who(sender.id, name=sender.name, unit_id=begun.unit_id, unit=begun.unit.name) if sender else Who()


def _unit_name(member: Member) -> str:
    """Without a statement where a grant at his unit, as nearly everybody has one, brought it already."""
    own = next((grant.unit for grant in member.grants if grant.unit_id == member.unit_id), None)
    return (own or member.unit).name


def _asks_manager(form: Form) -> bool:
    return any(entry.get("from") == "my_manager" for entry in form.body.get("prefill", ()))
