"""What is worth knowing about a document that may be published: conditions that overlap, and what they leave over."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import formulas
from workflows.coverage import GAP, NEVER, Finding, findings
from workflows.document import Document, parts_of
from workflows.problems import Problem

YES_NO = {True: ("是", "yes"), False: ("否", "no")}


def hints(document: Document, schema: formulas.Schema | None = None) -> list[Problem]:
    """Each at the branch that it is about, with a record that shows it in its sentence."""
    return [*_hints(document["steps"], "/steps", schema or formulas.Schema())]


def _hints(steps: Sequence[Document], path: str, schema: formulas.Schema) -> Iterator[Problem]:
    for position, step in enumerate(steps):
        here = f"{path}/{position}"
        if step["type"] == "choose":
            found = findings(step["branches"], schema)
            yield from (_hint(finding, here) for finding in found if finding.kind != NEVER)
        for place, part in parts_of(step):
            yield from _hints(part.get("steps", ()), here + place, schema)


def _hint(finding: Finding, path: str) -> Problem:
    record = (in_short(finding.record, 0), in_short(finding.record, 1))
    if finding.kind == GAP:
        return Problem(f"{path}/else", "conditions_leave", {"record": record})
    first, later = finding.branches
    return Problem(f"{path}/branches/{later}/when", "conditions_overlap", {"record": record, "first": str(first + 1)})


def in_short(record: Mapping[str, Any], place: int) -> str:
    """A record as people read it: 评分=3、加急=是."""
    return ("、", ", ")[place].join(f"{name}={_shown(value, place)}" for name, value in record.items())


def _shown(value: Any, place: int) -> str:
    if isinstance(value, bool):
        return YES_NO[value][place]
    return formulas.number_text(value) if isinstance(value, float) else str(value)
