"""A cascade holds together: levels in order, every expression compiles at its place, tasks add up to their driver."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from flask_babel import gettext as _

from builder.checks.names import taken
from builder.expressions import Scope, number_named
from builder.scopes import PLACES
from builder.sources import Sources
from core.db import Document
from core.errors import Invalid, Problem

LAYERS = ("strategic", "campaign", "tactic")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
TASK_PLACEHOLDERS = ("n", "customer_tier", "contact_level")
WHOLE = 1e-9  # how near to 100 % shares must add up


def problems(body: Document, known: Sources) -> Iterator[Problem]:
    yield from _metric(body, known)
    yield from _levels(body["levels"], known)
    for part, place in (("products", "cascade.product"), ("time", "cascade.month")):
        if part in body:
            yield from _judge(body[part], f"/body/{part}", place, known, {"weight": "number"})
    yield from _drivers(body.get("drivers", ()), known)
    yield from _tasks(body, known)
    yield from _warnings(body.get("warnings", ()), known)
    if "max_child_change" in body["on_change"]:
        yield from _judge(
            body["on_change"], "/body/on_change", "cascade.constant", known, {"max_child_change": "number"}
        )


def _metric(body: Document, known: Sources) -> Iterator[Problem]:
    metric = known[("metric", body["metric"])].document["body"]
    split = any(level["mode"] == "split" for level in body["levels"])
    if split and metric["org"] != "sum":
        sentence = _("Only a metric that sums over the organisation can be split. Set the mode of the levels to copy.")
        yield Problem("/body/metric", "not_a_sum", sentence)
    if "time" in body and metric["time"] != "sum":
        yield Problem("/body/time", "not_a_sum", _("Only a metric that sums over time can be split over months."))


def _levels(levels: list[Document], known: Sources) -> Iterator[Problem]:
    for position, level in enumerate(levels):
        path = f"/body/levels/{position}"
        yield from _order(levels, position, path)
        if level["mode"] == "split" and "weight" not in level:
            yield Problem(f"{path}/weight", "required", _("A level that is split needs a weight."))
        place = "cascade.member" if level["to"] == "member" else "cascade.unit"
        yield from _judge(level, path, place, known, {"weight": "number", "floor": "number", "cap": "number"})
        if "reserve" in level:
            yield from _compiled(Scope(PLACES["cascade.parent"], (), known), level["reserve"], f"{path}/reserve")


def _order(levels: list[Document], position: int, path: str) -> Iterator[Problem]:
    level, above = levels[position], levels[:position]
    if level["to"] in {other["to"] for other in above}:
        yield Problem(f"{path}/to", "repeated", _("This level was split already above."))
    if level["to"] == "member" and position != len(levels) - 1:
        yield Problem(f"{path}/to", "order", _("Members come last: nothing is below them."))
    if above and LAYERS.index(level["layer"]) < LAYERS.index(above[-1]["layer"]):
        yield Problem(f"{path}/layer", "order", _("Layers go down from strategic over campaign to tactic."))


def _drivers(drivers: Iterable[Document], known: Sources) -> Iterator[Problem]:
    for position, driver in enumerate(drivers):
        path = f"/body/drivers/{position}"
        scope = Scope(PLACES["cascade.rate"], driver.get("uses", ()), known)
        yield from _at(scope.problems, f"{path}/uses")
        yield from taken(driver.get("rates", ()), f"{path}/rates", PLACES["cascade.needed"])
        needed = [*PLACES["cascade.needed"]]
        for place, rate in enumerate(driver.get("rates", ())):
            yield from _expressions(scope, rate, f"{path}/rates/{place}", {"value": "number", "benchmark": "number"})
            needed.append(number_named(rate["as"]))
        if "capacity" in driver:
            wanted = {"value": "number", "benchmark": "number"}
            yield from _expressions(scope, driver["capacity"], f"{path}/capacity", wanted)
        yield from _compiled(Scope(needed, (), known), driver["needed"], f"{path}/needed")


def _tasks(body: Document, known: Sources) -> Iterator[Problem]:
    drivers = {driver["id"]: driver["as"] for driver in body.get("drivers", ())}
    yield from taken(body.get("drivers", ()), "/body/drivers", PLACES["cascade.task"])
    names = [*PLACES["cascade.task"], *map(number_named, drivers.values())]
    scope = Scope(names, (), known)
    for position, task in enumerate(body.get("tasks", ())):
        path = f"/body/tasks/{position}"
        yield from _number_of(task, drivers, path)
        yield from _expressions(scope, task, path, {"share": "number", "count": "number"})
        yield from _placeholders(task["title"], TASK_PLACEHOLDERS, f"{path}/title")
        if "pick" in task:
            yield from _pick(task["pick"], f"{path}/pick", known)
    yield from _shares(body.get("tasks", ()), scope)


def _number_of(task: Document, drivers: dict[str, str], path: str) -> Iterator[Problem]:
    if ("count" in task) == ("share" in task) or ("share" in task and "of" not in task):
        sentence = _("Say how many: either a share of a driver (of, share) or a count of its own.")
        yield Problem(path, "number", sentence)
    if "share" in task and "roles" in task:
        sentence = _("A share of a driver goes to everybody. Give a task of some positions a count of its own.")
        yield Problem(f"{path}/roles", "roles", sentence)
    if "of" in task and task["of"] not in drivers:
        ids = ", ".join(drivers) or "—"
        yield Problem(
            f"{path}/of", "driver", _("There is no driver “%(id)s”. There are: %(ids)s.", id=task["of"], ids=ids)
        )


def _shares(tasks: Iterable[Document], scope: Scope) -> Iterator[Problem]:
    """Fixed shares of one driver add up to 100 %: otherwise visits are lost or made up."""
    shares: dict[str, list[tuple[int, float | None]]] = defaultdict(list)
    for position, task in enumerate(tasks):
        if "of" in task and "share" in task:
            shares[task["of"]].append((position, _constant(scope, task["share"])))
    for driver, found in shares.items():
        values = [value for _position, value in found if value is not None]
        if len(values) == len(found) and abs(sum(values) - 1) > WHOLE:
            sentence = _(
                "Shares of “%(driver)s” must add up to 100%%. They add up to %(sum)s%%.",
                driver=driver,
                sum=f"{100 * sum(values):g}",
            )
            yield Problem(f"/body/tasks/{found[-1][0]}/share", "sum", sentence)


def _constant(scope: Scope, text: str) -> float | None:
    try:
        formula = scope.compile(text).formula
    except Invalid:
        return None
    value = None if formula.names else formula.evaluate({})
    return value if isinstance(value, float) else None


def _pick(pick: Document, path: str, known: Sources) -> Iterator[Problem]:
    scope = Scope(PLACES["cascade.customer"], (), known)
    yield from _expressions(scope, pick, path, {"where": "bool"})
    for position, order in enumerate(pick.get("order", ())):
        yield from _compiled(scope, order["by"], f"{path}/order/{position}/by")
    yield from _compiled(Scope(PLACES["cascade.take"], (), known), pick["take"], f"{path}/take")


def _warnings(warnings: Iterable[Document], known: Sources) -> Iterator[Problem]:
    for position, warning in enumerate(warnings):
        path = f"/body/warnings/{position}"
        scope = Scope(PLACES["cascade.warning"], warning.get("uses", ()), known)
        yield from _at(scope.problems, f"{path}/uses")
        yield from _expressions(scope, warning, path, {"when": "bool"})
        yield from _placeholders(warning["message"], [*scope.fields, *scope.aliases], f"{path}/message")


def _placeholders(words: Document, allowed: Iterable[str], path: str) -> Iterator[Problem]:
    allowed = list(allowed)
    for language, sentence in words.items():
        for name in PLACEHOLDER.findall(sentence):
            if name not in allowed:
                said = _(
                    "“{%(name)s}” stands for nothing here. Use one of: %(allowed)s.",
                    name=name,
                    allowed=", ".join(allowed),
                )
                yield Problem(f"{path}/{language}", "placeholder", said)


def _judge(part: Document, path: str, place: str, known: Sources, wanted: dict[str, str]) -> Iterator[Problem]:
    """The uses of a part and those of its expressions that are there."""
    scope = Scope(PLACES[place], part.get("uses", ()), known)
    yield from _at(scope.problems, f"{path}/uses")
    yield from _expressions(scope, part, path, wanted)


def _expressions(scope: Scope, part: Document, path: str, wanted: dict[str, str]) -> Iterator[Problem]:
    for key, kind in wanted.items():
        if key in part:
            yield from _compiled(scope, part[key], f"{path}/{key}", kind)


def _compiled(scope: Scope, text: str, path: str, wanted: str = "number") -> Iterator[Problem]:
    try:
        scope.compile(text, wanted, path)
    except Invalid as error:
        yield from error.problems


def _at(found: list[Problem], path: str) -> Iterator[Problem]:
    for problem in found:
        yield Problem(path + problem.path, problem.code, problem.message)
