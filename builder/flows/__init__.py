"""Approval flows (谁来批) as definitions: what a flow decides on, what its conditions may name, and its designer.

workflow = flows.read(body, digest, known)      ready for the engine, kept by content
flows.schema(body["subject"], known)            the names that its conditions may use
"""

from collections import OrderedDict

import formulas
import workflows
from builder.flows.subjects import form_of, schema
from builder.sources import Sources
from core.db import Document

KEPT = 256

_READ: OrderedDict[tuple[str, str], workflows.Workflow] = OrderedDict()

__all__ = ["form_of", "read", "schema", "sound"]


def read(body: Document, digest: str, known: Sources) -> workflows.Workflow:
    """The tree of a published version, its conditions compiled against the form that stands in `known`.

    Raises FormulaError where the form has lost a field that a condition names.
    """
    form = known.get(("form", body["subject"].get("form", "")))
    key = (digest, form.digest if form else "")
    if key not in _READ:
        _READ[key] = workflows.read(body, schema(body["subject"], known))
        if len(_READ) > KEPT:
            _READ.popitem(last=False)
    return _READ[key]


def sound(body: Document, known: Sources) -> workflows.Workflow | None:
    """The tree of a draft, if it can be walked."""
    try:
        return workflows.read(body, schema(body["subject"], known))
    except formulas.FormulaError:
        return None
