"""A draft that is open on two devices: the second to save is told what the first kept there, sees both, and chooses.
Until then neither is overwritten.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from builder.forms import Field
from runtime.submissions import filling
from runtime.submissions.histories import said
from runtime.submissions.models import Submission
from runtime.submissions.pages import FillingPage


@dataclass(frozen=True)
class Difference:
    """A field in words: as it stands on this page, and as the other device kept it."""

    field: Field
    here: str
    there: str


@dataclass(frozen=True)
class Elsewhere:
    """`seen` is the draft that this page knows, `edits` the one that is stored now."""

    seen: int
    edits: int
    kept_at: dt.datetime
    differences: Sequence[Difference]


def of(page: FillingPage, draft: Submission, seen: int) -> Elsewhere:
    return Elsewhere(seen, draft.edits, draft.received_at, list(_differences(page, draft)))


def _differences(page: FillingPage, draft: Submission) -> Iterator[Difference]:
    here = filling.joined(page.form, page.state.kept, page.state.values)
    there = filling.joined(page.form, draft.kept, draft.values)
    if page.place is not None:
        page.place.names.learn(page.form, there)
    for at in page.form.tops:
        if here.get(at.name) != there.get(at.name) and at.typed and at.id not in page.state.unseen:
            yield Difference(at, _said(page, at, here), _said(page, at, there))


def _said(page: FillingPage, at: Field, values: Mapping[str, Any]) -> str:
    return said(page, at, values.get(at.name))
