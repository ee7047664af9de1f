"""What a form needs to know beyond its values: who fills it, what is published, what picked ids are called.

The engine asks through these and never sees a database. `World()` is nobody who knows nothing: enough for a preview
and for tests.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from builder.forms.document import Field
from builder.sources import Sources
from core import clock
from core.i18n import text

NOBODY_KNOWS: Sources = {}


@dataclass(frozen=True)
class Who:
    """The person who fills the form; `roles` are his position and what he was granted."""

    member_id: int | None = None
    roles: frozenset[str] = frozenset()
    name: str = ""
    unit_id: int | None = None
    unit: str = ""
    manager_id: int | None = None


def _called_by_its_id(widget: str, value: Any) -> str | None:
    return str(value)


def _never_found(field: Field, words: str) -> Any:
    return None


def _never_there(link: Field, record_id: int, field_id: str) -> Any:
    return None


@dataclass(frozen=True)
class World:
    """`named(widget, value)`: what a picked id is called, None where there is none or he may not see it.
    `found(field, words)`: the id that typed words mean (张三, H001), None for none or several.
    `looked_up(link, record_id, field_id)`: a field of the record that the linked-record field `link` names.
    `author` is whom 我 means in formulas where somebody else than `who` once filled the form.
    """

    who: Who = Who()
    known: Sources = field(default_factory=lambda: NOBODY_KNOWS)
    on: dt.date | None = None
    named: Callable[[str, Any], str | None] = _called_by_its_id
    found: Callable[[Field, str], Any] = _never_found
    looked_up: Callable[[Field, int, str], Any] = _never_there
    author: Who | None = None

    def called(self, widget: str, value: Any) -> str | None:
        """What was picked is called so; None where there is no such thing. A metric is a published definition."""
        if widget != "metric":
            return self.named(widget, value)
        source = self.known.get(("metric", value))
        return text(source.document["title"]) if source else None

    @property
    def today(self) -> dt.date:
        return self.on or clock.today()


Values = Mapping[str, Any]
"""A submission by the names of its fields: plain JSON, no blanks. A sub-table is a list of such mappings."""
