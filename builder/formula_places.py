"""Every expression of a cascade, or of a score: where it stands, what it may name, what it must give.

    for place in formula_places.of(document): place.at, place.text, place.setting
    formula_places.find(document, "levels/l1/weight")

`at` goes by ids, as cards move. The editor, the relation graph and renaming ask here, so that a new expression of a
definition becomes known to all of them with one line. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from builder import formula_editor
from builder.formula_editor import Setting, Text
from core.db import Document

OF_LEVEL = ("weight", "floor", "cap")
OF_RATE = ("value", "benchmark")
OF_INPUT = ("value", "target")
SCORE = "metric.score"
MEMBER = "member"


@dataclass(frozen=True)
class Place:
    """`name` is the place of `scopes.PLACES`, `level` the level whose rows are meant; `text` is empty where nobody has
    written one yet. `handed` is the use, and the input of it, that the text is handed to. `made` are the texts that a
    name of the document is computed from: the first that gives something."""

    at: str
    text: str
    name: str
    setting: Setting
    level: str | None = None
    handed: tuple[Document, str] | None = None
    made: Mapping[str, Sequence[Text]] = field(default_factory=dict)


def of(document: Document) -> Iterator[Place]:
    if document["kind"] == "cascade":
        yield from _of_cascade(document["body"])
    elif document["kind"] == "metric" and "score" in document["body"]:
        yield from _of_score(document["key"], document["body"]["score"])


def find(document: Document, at: str) -> Place | None:
    """None where there is no such part."""
    return next((place for place in of(document) if place.at == at), None)


def _of_cascade(body: Document) -> Iterator[Place]:
    for level in body["levels"]:
        yield from _of_level(level)
    for part, place in (("products", "cascade.product"), ("time", "cascade.month")):
        if part in body:
            yield from _using(part, body[part], ("weight",), place)
    for driver in body.get("drivers", ()):
        yield from _of_driver(driver)
    drivers = [driver["as"] for driver in body.get("drivers", ())]
    for task in body.get("tasks", ()):
        yield from _of_task(task, drivers)
    for warning in body.get("warnings", ()):
        yield from _using(f"warnings/{warning['id']}", warning, ("when",), "cascade.warning", wanted="bool")
    yield from _texts("on_change", body["on_change"], ("max_child_change",), "cascade.constant")


def _of_level(level: Document) -> Iterator[Place]:
    at, to = f"levels/{level['id']}", level["to"]
    place = "cascade.member" if to == MEMBER else "cascade.unit"
    yield from _using(at, level, OF_LEVEL, place, level=to)
    yield from _texts(at, level, ("reserve",), "cascade.parent", level=to)


def _of_driver(driver: Document) -> Iterator[Place]:
    at, uses, rates = f"drivers/{driver['id']}", driver.get("uses", ()), driver.get("rates", ())
    yield from _using(at, driver, (), "cascade.rate")
    for rate in rates:
        yield from _texts(f"{at}/rates/{rate['id']}", rate, OF_RATE, "cascade.rate", uses)
    if "capacity" in driver:
        yield from _texts(f"{at}/capacity", driver["capacity"], OF_RATE, "cascade.rate", uses)
    about = formula_editor.of_place("cascade.rate", uses)
    made = {rate["as"]: [Text(rate[key], about) for key in OF_RATE if key in rate] for rate in rates}
    for place in _texts(at, driver, ("needed",), "cascade.needed", numbers=list(made)):
        yield replace(place, made=made)


def _of_task(task: Document, drivers: Sequence[str]) -> Iterator[Place]:
    at = f"tasks/{task['id']}"
    yield from _texts(at, task, ("share", "count"), "cascade.task", numbers=drivers)
    if pick := task.get("pick"):
        yield from _texts(f"{at}/pick", pick, ("where",), "cascade.customer", wanted="bool")
        for position, order in enumerate(pick.get("order", ())):
            yield from _texts(f"{at}/pick/order/{position}", order, ("by",), "cascade.customer")
        yield from _texts(f"{at}/pick", pick, ("take",), "cascade.take")


def _of_score(metric: str, score: Document) -> Iterator[Place]:
    """What the formula of a score is handed; `level` is the metric whose people are meant."""
    yield from _using("score", score, (), SCORE, level=metric)
    for name, given in score["inputs"].items():
        at, wanted = f"score/inputs/{name}", "number" if "target" in given else None
        for place in _texts(
            at,
            given,
            (key for key in OF_INPUT if key in given),
            SCORE,
            score.get("uses", ()),
            wanted=wanted,
            level=metric,
        ):
            yield place if wanted else replace(place, handed=({"formula": score["formula"]}, name))


def _using(
    at: str, part: Document, keys: Iterable[str], place: str, *, wanted: str = "number", level: str | None = None
) -> Iterator[Place]:
    """The expressions of a part, and before them what its tables and formulas are handed."""
    uses = part.get("uses", [])
    for position, use in enumerate(uses):
        given = use.get("inputs", {})
        for text in _texts(f"{at}/uses/{position}", given, given, place, uses[:position], wanted=None, level=level):
            yield replace(text, handed=(use, text.at.rpartition("/")[2]))
    yield from _texts(at, part, keys, place, uses, wanted=wanted, level=level)


def _texts(
    at: str,
    part: Document,
    keys: Iterable[str],
    place: str,
    uses: Sequence[Document] = (),
    numbers: Sequence[str] = (),
    wanted: str | None = "number",
    level: str | None = None,
) -> Iterator[Place]:
    setting = formula_editor.of_place(place, uses, numbers, wanted)
    for key in keys:
        yield Place(f"{at}/{key}", part.get(key, ""), place, setting, level)
