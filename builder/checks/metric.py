"""A metric that scores people holds together: its formula gets every input, in its type, and grades fit points."""

from collections.abc import Iterator

from flask_babel import gettext as _

from builder import compiled
from builder.compiled import Computed
from builder.expressions import Scope, target_of
from builder.scopes import PLACES
from builder.sources import Sources
from core.db import Document
from core.errors import Invalid, Problem

PATH = "/body/score"


def problems(body: Document, known: Sources) -> Iterator[Problem]:
    score = body.get("score")
    if score is None:
        return
    scope = Scope(PLACES["metric.score"], score.get("uses", ()), known)
    for problem in scope.problems:
        yield Problem(f"{PATH}/uses{problem.path}", problem.code, problem.message)
    yield from _formula(score, scope, known)
    yield from _grades(score, known)


def _formula(score: Document, scope: Scope, known: Sources) -> Iterator[Problem]:
    try:
        formula = target_of(known["formula", score["formula"]], known)
    except Invalid:
        sentence = _("“%(key)s” has problems of its own. Mend that first.", key=score["formula"])
        yield Problem(f"{PATH}/formula", "broken", sentence)
        return
    if formula.type_of(None, "") != "number":
        yield Problem(f"{PATH}/formula", "kind", _("Points are a number, and this formula gives none."))
    yield from _all_given(formula, score["inputs"])
    for name, given in score["inputs"].items():
        if name in formula.inputs:
            yield from _given(given, scope, formula.inputs[name], score["by"], f"{PATH}/inputs/{name}")


def _all_given(formula: Computed, inputs: Document) -> Iterator[Problem]:
    for name in inputs.keys() - formula.inputs.keys():
        sentence = _("“%(title)s” has no input “%(key)s”.", title=formula.title, key=name)
        yield Problem(f"{PATH}/inputs/{name}", "input", sentence)
    for name in formula.inputs.keys() - inputs.keys():
        sentence = _("“%(title)s” needs the input “%(key)s”.", title=formula.title, key=name)
        yield Problem(f"{PATH}/inputs", "input", sentence)


def _given(given: Document, scope: Scope, wanted: str, by: str, path: str) -> Iterator[Problem]:
    if ("value" in given) == ("metric" in given) or ("metric" in given) != ("target" in given):
        yield Problem(path, "given", _("Give either a value, or a metric and the target that it is to reach."))
        return
    if "metric" in given and wanted != "number":
        yield Problem(path, "kind", _("How far a target is reached is a number, and this input takes none."))
    if by == "person" and given.get("of") == "product":
        yield Problem(f"{path}/of", "lines", _("Lines are people here, so there is no product to look at."))
    name, kind = ("value", wanted) if "value" in given else ("target", "number")
    try:
        scope.compile(given[name], kind, f"{path}/{name}")
    except Invalid as error:
        yield from error.problems


def _grades(score: Document, known: Sources) -> Iterator[Problem]:
    if "grades" not in score:
        return
    table = compiled.table(known["table", score["grades"]])
    if list(table.inputs.values()) != ["number"] or table.table.outputs.get("grade") not in ("text", "choice"):
        sentence = _("A table of grades takes one number and gives a text “grade”. Choose or mend the table.")
        yield Problem(f"{PATH}/grades", "grades", sentence)
