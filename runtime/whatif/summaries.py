"""The figures of a 试算 that a review carries: no names, so that everybody who reviews may read them.

{"digest": of the draft, "computed_at": "…", "parts": [{
    "kind": "scores", "title": {…}, "period": "2025-Q1", "words": {"zh": …, "en": …}, "unit": {"zh": "分", …},
    "people": 430, "held": 0, "changed": 212, "up": {"people": 200, "most": 3.2}, "down": {"people": 12, "most": -0.4},
    "crossed": 7, "crossings": [["良", "优", 7]], "bins": [[0, 0, 218], [0, 0.5, 40], …],
    "regions": [{"name": "华东大区", "people": 120, "changed": 80, "crossed": 3, "before": 71.2, "after": 72.0}],
    "spreads": [{"metric": {…}, "within": [0, 0], "overall": [35, 40]}], "problems": ["…"]}]}
"""

import datetime as dt
from collections.abc import Sequence

from builder.models import DefinitionVersion
from core.db import Document
from runtime.whatif.comparison import Comparison, Spread
from runtime.whatif.moves import Move


def of(draft: DefinitionVersion, comparisons: Sequence[Comparison], at: dt.datetime) -> Document:
    return {
        "digest": draft.digest,
        "computed_at": at.isoformat(),
        "parts": [figures(comparison) for comparison in comparisons],
    }


def figures(found: Comparison) -> Document:
    """The figures of one part, as they are shown and as they are kept."""
    moves = found.moves
    return {
        "kind": found.part.kind,
        "title": found.part.title,
        "period": found.period.value,
        "words": found.period.words,
        "unit": found.unit,
        "people": len(moves),
        "held": moves.held,
        "changed": len(moves.changed),
        "up": _side(moves.risen),
        "down": _side(moves.fallen),
        "crossed": len(moves.crossed),
        "crossings": [list(crossing) for crossing in moves.crossings],
        "grades": [list(entry) for entry in moves.grades(found.order)],
        "bins": [list(entry) for entry in moves.bins],
        "regions": [region._asdict() for region in moves.regions(found.together)],
        "spreads": [_spread(spread) for spread in found.spreads],
        "problems": [problem.message for problem in found.problems],
    }


def _side(moved: Sequence[Move]) -> Document:
    return {"people": len(moved), "most": moved[0].change if moved else 0}


def _spread(spread: Spread) -> Document:
    return {
        "metric": spread.metric,
        "within": [spread.within_before, spread.within_after],
        "overall": [spread.overall_before, spread.overall_after],
    }
