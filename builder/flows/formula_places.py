"""The formulas of a flow in the formula editor: `at` is the id of a step and the path of the text in it,
`n2/branches/0/when`. A condition gives yes or no, whoever is named a text, a new value what its field holds."""

from builder import flows, form_formulas
from builder.flows import tree
from builder.flows.around import at as part_at
from builder.form_formulas import Place
from builder.formula_editor import Shown
from builder.sources import Sources
from core.db import Document
from core.errors import NotFound


def show(body: Document, at: str, typed: str | None, known: Sources) -> Shown | None:
    """What the formula editor shows of a text at its place; None where the place is gone."""
    place = find(body, at, known)
    if place is None:
        return None
    return form_formulas.judged(place, typed, flows.schema(body["subject"], known))


def find(body: Document, at: str, known: Sources) -> Place | None:
    identity, _slash, path = at.partition("/")
    step = tree.find(body["steps"], identity)
    holder, _slash, key = path.rpartition("/")
    try:
        part = part_at(step, holder) if step else None
    except NotFound:
        return None
    if not isinstance(part, dict):
        return None
    if key == "to":
        form = flows.form_of(body["subject"], known)
        return Place(part.get("to", ""), form.fields.get(part.get("field", "")) if form else None)
    return Place(part.get(key, ""), wanted="bool" if key == "when" else "text")
