"""What the engine asks of the world outside, and how its answers are kept so that a run can be replayed without it."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import formulas
from workflows.document import Document, Step
from workflows.errors import Incomplete


class Facts(Protocol):
    """Written by the caller, who knows the organisation and the record that is being decided on.

    People, units and rows are ids (text). `row` is the element of the innermost `each` around the step, or None.
    """

    def resolve(self, who: Document, row: str | None) -> Sequence[str]:
        """The people behind an entry of `who`, nobody twice; `{"kind": "submitter"}` among them. May be empty."""
        ...

    def substitute(self, person: str) -> str | None:
        """Who acts for this person today; None if he is there himself."""
        ...

    def rows(self, over: Document, row: str | None) -> Sequence[str]:
        """The elements that an `each` goes over: units, or rows of a sub-table."""
        ...

    def values(self, row: str | None) -> Mapping[str, Any]:
        """The record as names to values, for conditions."""
        ...

    def today(self) -> datetime.date:
        """The day on which conditions are judged."""
        ...


class Source(Protocol):
    """Where a walk has its answers from: asked now, or remembered."""

    answers: list[Any]

    def resolve(self, who: Document, row: str | None) -> list[str]: ...
    def substitute(self, person: str) -> str | None: ...
    def rows(self, over: Document, row: str | None) -> list[str]: ...
    def holds(self, step: Step, place: str, row: str | None) -> bool: ...
    def named(self, step: Step, place: str, row: str | None) -> list[str]: ...


class Asked:
    """Answers of `facts`, each written down."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.answers: list[Any] = []

    def resolve(self, who: Document, row: str | None) -> list[str]:
        people = list(self.facts.resolve(who, row))
        self.answers.append(people)
        return people

    def substitute(self, person: str) -> str | None:
        """The end of the chain of substitutes; a circle of them leaves the task with the person himself."""
        stands_in, seen = self.facts.substitute(person), {person}
        while stands_in is not None and (further := self.facts.substitute(stands_in)) is not None:
            seen.add(stands_in)
            stands_in = None if further in seen else further
        self.answers.append(stands_in)
        return stands_in

    def rows(self, over: Document, row: str | None) -> list[str]:
        rows = list(self.facts.rows(over, row))
        self.answers.append(rows)
        return rows

    def holds(self, step: Step, place: str, row: str | None) -> bool:
        """A blank condition does not hold; one that cannot be computed is refused, never taken for a no."""
        value = self._value(step, place, row)
        self.answers.append(value is True)
        return value is True

    def named(self, step: Step, place: str, row: str | None) -> list[str]:
        """The person whom a formula names, if it names one."""
        value = self._value(step, place, row)
        people = [value] if isinstance(value, str) and value else []
        self.answers.append(people)
        return people

    def _value(self, step: Step, place: str, row: str | None) -> Any:
        value = step.formulas[place].evaluate(self.facts.values(row), self.facts.today())
        if isinstance(value, formulas.ErrorValue):
            raise Incomplete("unclear", step, value=str(value))
        return value


class Remembered:
    """The answers of an event, given again in the order in which they were asked for."""

    def __init__(self, answers: Sequence[Any]) -> None:
        self.answers = list(answers)
        self._left: Iterator[Any] = iter(self.answers)

    def resolve(self, who: Document, row: str | None) -> list[str]:
        return list(next(self._left))

    def substitute(self, person: str) -> str | None:
        stands_in: str | None = next(self._left)
        return stands_in

    def rows(self, over: Document, row: str | None) -> list[str]:
        return list(next(self._left))

    def holds(self, step: Step, place: str, row: str | None) -> bool:
        return bool(next(self._left))

    def named(self, step: Step, place: str, row: str | None) -> list[str]:
        return list(next(self._left))
