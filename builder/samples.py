"""Real rows for whoever edits an expression: the people or units that it will be asked about.

The builder does not know who runs definitions, so each part that does registers, place by place, where rows come from.

    samples.register("cascade.member", members)        # members(company_id, level) -> Rows or None
    samples.of("cascade.member", company_id)           # what the place's expressions would read today
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rows:
    """What each row is called, and columns by key, each as long as the names."""

    names: list[str]
    columns: Mapping[str, list[Any]]

    def __len__(self) -> int:
        return len(self.names)

    def take(self, positions: Sequence[int]) -> "Rows":
        columns = {key: [column[at] for at in positions] for key, column in self.columns.items()}
        return Rows([self.names[at] for at in positions], columns)


NOBODY = Rows([], {})
Provider = Callable[[int, str | None], Rows | None]
_PROVIDERS: dict[str, Provider] = {}
SAME = {"cascade.rate": "cascade.member", "cascade.task": "cascade.member"}
"""Places that ask the same people."""


def register(place: str, provider: Provider) -> None:
    """`provider(company_id, level)` gives the rows of a place of `scopes.PLACES`; None where there are none yet."""
    _PROVIDERS[place] = provider


def of(place: str, company_id: int, level: str | None = None) -> Rows:
    """The rows of a place, of one level of units where `level` names it."""
    provider = _PROVIDERS.get(SAME.get(place, place))
    return (provider(company_id, level) if provider else None) or NOBODY
