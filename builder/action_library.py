"""岗位动作库 (S9): what a position does for a metric.

The library is no store of its own: its lines are the weekly tasks of the cascades, and what actions are worth in a swap
stands in the pack's table `<pack>.swap_values`. Where somebody works on a draft, the draft is shown.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select

from builder import definitions
from builder.models import Definition, DefinitionVersion
from core.db import Document, db
from core.errors import NotFound
from core.i18n import text

SWAPS = "swap_values"
FRONT_LINE = ["sales"]


class Line(NamedTuple):
    """An action of a position for a metric."""

    role: str
    metric: str
    title: Document
    task: Document
    definition_id: int
    cascade: str
    seen: int
    is_draft: bool

    @property
    def swappable(self) -> bool:
        """Base tasks never are (decision 8)."""
        return bool(self.task["tier"] != "base")


class Swap(NamedTuple):
    """An action that may stand in for routine tasks of the same value."""

    row_id: str
    action: str
    value: str
    needs_proof: bool
    definition_id: int
    seen: int
    is_draft: bool


def of(company_id: int) -> tuple[list[Line], list[Swap]]:
    """By position, then metric, as the tasks stand in their cascade."""
    versions = [newest(definition) for definition in _definitions(company_id)]
    metrics = {v.definition.key: text(v.document["title"]) for v in versions if v.definition.kind == "metric"}
    lines = [line for v in versions if v.definition.kind == "cascade" for line in _lines(v, metrics)]
    swaps = [swap for v in versions if v.definition.kind == "table" for swap in _swaps(v)]
    return sorted(lines, key=lambda line: (line.role, line.metric)), swaps


def newest(definition: Definition) -> DefinitionVersion:
    """Its draft, else the newest version. Raises NotFound where there is neither."""
    history = definitions.history(definition)
    found = definitions.draft_of(definition) or next(iter(history), None)
    if found is None:
        raise NotFound(_("There is no such definition."), f"definition {definition.id} has no version")
    return found


def _definitions(company_id: int) -> list[Definition]:
    asked = select(Definition).where(Definition.company_id == company_id, Definition.versions.any())
    return list(db.session.scalars(asked.order_by(Definition.kind, Definition.key)))


def _lines(version: DefinitionVersion, metrics: Mapping[str, str]) -> Iterator[Line]:
    body = version.document["body"]
    counted = {driver["id"]: driver["metric"] for driver in body.get("drivers", ())}
    carrying = [role for level in body["levels"] for role in level.get("roles", FRONT_LINE) if level["to"] == "member"]
    for task in body.get("tasks", ()):
        key = counted.get(task.get("of", ""), body["metric"])
        for role in task.get("roles", carrying):
            yield Line(
                role=role,
                metric=metrics.get(key, key),
                title=task["title"],
                task=task,
                definition_id=version.definition_id,
                cascade=text(version.document["title"]),
                seen=version.version_id if version.is_open else 0,
                is_draft=version.is_open,
            )


def _swaps(version: DefinitionVersion) -> Iterator[Swap]:
    body = version.document["body"]
    columns = {column["key"]: column["id"] for column in (*body["inputs"], *body["outputs"])}
    if not version.definition.key.endswith(f".{SWAPS}") or not {"action", "value"} <= columns.keys():
        return
    for row in body["rows"]:
        proof = row["then"].get(columns.get("needs_proof", ""), "FALSE")
        yield Swap(
            row_id=row["id"],
            action=str(row["when"].get(columns["action"], "")).strip('"“”'),
            value=str(row["then"].get(columns["value"], "")),
            needs_proof=proof.upper() == "TRUE",
            definition_id=version.definition_id,
            seen=version.version_id if version.is_open else 0,
            is_draft=version.is_open,
        )


def set_swap(document: Document, row_id: str, posted: Mapping[str, str]) -> Document:
    """The table with another value or proof in one row. Cells are kept as typed; the check judges them."""
    body = document["body"]
    columns = {column["key"]: column["id"] for column in body["outputs"]}
    if row_id not in {row["id"] for row in body["rows"]}:
        raise NotFound(_("This row is gone: somebody removed it. Reload the page."), f"no row {row_id}")
    given: Document = {}
    if posted.get("value", "").strip():
        given[columns["value"]] = posted["value"].strip()
    if "has_proof" in posted and "needs_proof" in columns:
        given[columns["needs_proof"]] = "TRUE" if "needs_proof" in posted else "FALSE"
    rows = [{**row, "then": row["then"] | given} if row["id"] == row_id else row for row in body["rows"]]
    return {**document, "body": {**body, "rows": rows}}
