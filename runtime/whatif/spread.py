"""同岗权重差 (F9) of a score before and after: how far the weights of units in the same position lie apart.

Equals are those whom the table in force is asked the same (role, stage …). A draft that treats them differently shows
among equals; what the table makes of different stages is 规则差异 and shows over all.
"""

from collections.abc import Iterator, Sequence

import numpy as np

import formulas
from builder.expressions import Filled, Use
from core.db import Document
from runtime.facts import measures
from runtime.facts.measures.columns import Floats, Ints, numbered
from runtime.scores.ground import Ground
from runtime.scores.scoring import Scores
from runtime.whatif.comparison import Spread

NUMBER = "number"


def of(before: Scores, after: Scores) -> list[Spread]:
    """One entry a weight that a table gives the score's formula; of the newest period that was asked."""
    here, there = before.result.inner, after.result.inner
    if not isinstance(here, Filled) or not isinstance(there, Filled) or len(before.ground) != len(after.ground):
        return []
    return list(_spreads(before.ground, here, there))


def _spreads(ground: Ground, here: Filled, there: Filled) -> Iterator[Spread]:
    newest = _newest(ground)
    if not newest.size:
        return
    for name, use in here.scope.uses.items():
        if use.source.kind == "table" and name in here.results and use.target.type_of(use.output, "") == NUMBER:
            units, equals = _cells(ground, _asked(use, here, newest), newest)
            sides = [_weights(side, name, ground, units, newest) for side in (here, there)]
            found = [measures.weight_spread(weights[:, None], equals) for weights in sides]
            within, overall = ([float(getattr(one, kind)[0]) for one in found] for kind in ("within", "overall"))
            yield Spread(_title(use), *within, *overall)


def _newest(ground: Ground) -> Ints:
    """The lines of the newest period that weigh something."""
    period = np.array([person.period for person in ground.people], dtype=np.int64)[ground.owner]
    return np.flatnonzero((period == period.max(initial=0)) & (ground.shares > 0))


def _asked(use: Use, filled: Filled, lines: Ints) -> list[str]:
    """What the table was asked for each of the lines, as one text."""
    columns = [_of(filled.compute(formula), lines).to_list() for formula in use.inputs.values()]
    return ["\x1f".join(map(str, values)) for values in zip(*columns, strict=True)]


def _of(column: formulas.Batch, lines: Ints) -> formulas.Batch:
    return formulas.Batch(column.values[lines], column.status[lines])


def _cells(ground: Ground, asked: Sequence[str], lines: Ints) -> tuple[Ints, list[str]]:
    """Lines of one unit and role that the table is asked the same are one cell: its number for each line, and what
    each cell was asked."""
    people = [ground.people[owner] for owner in ground.owner[lines].tolist()]
    equals = [f"{person.role}\x1f{words}" for person, words in zip(people, asked, strict=True)]
    keys = [f"{person.unit_id}\x1f{equal}" for person, equal in zip(people, equals, strict=True)]
    names, cells = numbered(keys)
    return cells, [str(name).split("\x1f", 1)[1] for name in names]


def _weights(filled: Filled, name: str, ground: Ground, cells: Ints, lines: Ints) -> Floats:
    """The weight of each cell, its lines by their share; a weight that is gone weighs 0."""
    count = int(cells.max(initial=-1)) + 1
    if name not in filled.results:
        return np.zeros(count)
    column = _of(filled.results[name].column, lines)
    given = np.where(column.status == 0, column.values.astype(np.float64), 0.0)
    return measures.weighted(given, ground.shares[lines], cells, count)


def _title(use: Use) -> Document:
    """Of the column that gives the weight."""
    columns: list[Document] = use.source.document["body"]["outputs"]
    column = next((column for column in columns if column["key"] == use.output), columns[0])
    return column.get("title") or {"zh": use.name, "en": use.name}
