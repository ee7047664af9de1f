"""A formula holds together: it compiles, its parameters stay within their limits, its samples come out."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

import formulas
from builder.checks.names import taken
from builder.expressions import FormulaRule, number_named, refused
from builder.sources import Sources
from core.db import Document
from core.errors import Invalid, Problem

NEAR = 1e-9  # how near to the number in the document a sample must come


def problems(body: Document, known: Sources) -> Iterator[Problem]:
    inputs = body["inputs"]
    yield from taken(inputs, "/body/inputs")
    yield from taken(body.get("parameters", ()), "/body/parameters", [number_named(entry["as"]) for entry in inputs])
    for position, parameter in enumerate(body.get("parameters", ())):
        yield from _limits(parameter, f"/body/parameters/{position}")
    try:
        rule = FormulaRule({"title": {"zh": ""}, "body": body}, known)
    except Invalid as error:
        yield from error.problems
        return
    for position, sample in enumerate(body.get("samples", ())):
        yield from _sample(rule, sample, f"/body/samples/{position}")


def _limits(parameter: Document, path: str) -> Iterator[Problem]:
    default, least, most = parameter["default"], parameter.get("min"), parameter.get("max")
    if least is not None and most is not None and least > most:
        yield Problem(f"{path}/min", "limits", _("The least is more than the most. Swap them."))
    elif (least is not None and default < least) or (most is not None and default > most):
        yield Problem(f"{path}/default", "limits", _("The default lies outside its limits."))
    steps = (default - (least or 0)) / parameter["step"] if "step" in parameter else 0
    if abs(steps - round(steps)) > NEAR:
        yield Problem(f"{path}/default", "step", _("The default is no whole number of steps from the least."))


def _sample(rule: FormulaRule, sample: Document, path: str) -> Iterator[Problem]:
    for name in sample["inputs"].keys() - rule.inputs.keys():
        yield Problem(f"{path}/inputs/{name}", "input", _("There is no input “%(name)s”.", name=name))
    columns = {name: [sample["inputs"].get(name)] for name in rule.inputs}
    try:
        found = rule.compute(columns, 1, None, None).value(0)
    except formulas.FormulaError as error:
        yield refused(error, f"{path}/inputs")
        return
    if not same(found, sample["gives"]):
        sentence = _("The sample gives %(found)s, not %(wanted)s.", found=_shown(found), wanted=_shown(sample["gives"]))
        yield Problem(f"{path}/gives", "sample", sentence)


def same(found: Any, wanted: Any) -> bool:
    if isinstance(found, float) and isinstance(wanted, int | float) and not isinstance(wanted, bool):
        return abs(found - wanted) <= NEAR * max(1.0, abs(wanted))
    return str(found) == str(wanted)


def _shown(value: Any) -> str:
    return "—" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
