"""Which definitions a document names, and where: for "there is no such table", where-used lists and circles."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from builder.shape import pointer
from builder.sources import Sources
from core.db import Document


class Reference(NamedTuple):
    path: str
    kind: str
    key: str


def of(document: Document) -> list[Reference]:
    body, kind = document["body"], document["kind"]
    if kind == "form":
        return list(_form(body))
    return list(_workflow(body) if kind == "workflow" else _walk(body, ("body",), kind))


def _walk(part: Any, path: tuple[str | int, ...], kind: str) -> Iterator[Reference]:
    if isinstance(part, list):
        for position, entry in enumerate(part):
            yield from _walk(entry, (*path, position), kind)
    if not isinstance(part, dict):
        return
    for key, value in part.items():
        place = (*path, key)
        if key == "uses":
            yield from _uses(value, place)
        elif kind == "cascade" and key == "metric":
            yield Reference(pointer(place), "metric", value)
        elif kind == "cascade" and key == "metrics":
            yield from (Reference(pointer((*place, n)), "metric", metric) for n, metric in enumerate(value))
        elif kind == "metric" and key == "score":
            yield from _score(value, place)
        else:
            yield from _walk(value, place, kind)


def _form(body: Document) -> Iterator[Reference]:
    """Fields of forms have names of their own: what stands under `metric` there may be a field."""
    yield from _uses(body.get("uses", []), ("body", "uses"))
    yield from _fields(body["data"], ("body", "data"))
    if "workflow" in body:
        yield Reference("/body/workflow", "workflow", body["workflow"])
    for position, entry in enumerate(body.get("creates", ())):
        if "metric" in entry:
            yield Reference(pointer(("body", "creates", position, "metric")), "metric", entry["metric"])


def _workflow(body: Document) -> Iterator[Reference]:
    """The form that is decided on, the flows that are called, the cascades that are split anew."""
    if "form" in body["subject"]:
        yield Reference("/body/subject/form", "form", body["subject"]["form"])
    yield from _named(body["steps"], ("body", "steps"))


def _named(part: Any, path: tuple[str | int, ...]) -> Iterator[Reference]:
    for key, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        if key in ("workflow", "cascade") and isinstance(value, str):
            if value:
                yield Reference(pointer((*path, key)), str(key), value)
        else:
            yield from _named(value, (*path, key))


def _fields(data: Document, path: tuple[str | int, ...]) -> Iterator[Reference]:
    for name, spec in data["properties"].items():
        place = (*path, "properties", name)
        if "table" in spec.get("x-options", ()):
            yield Reference(pointer((*place, "x-options", "table")), "table", spec["x-options"]["table"])
        if "form" in spec.get("x-pick", ()):
            yield Reference(pointer((*place, "x-pick", "form")), "form", spec["x-pick"]["form"])
        if "properties" in spec.get("items", ()):
            yield from _fields(spec["items"], (*place, "items"))


def _score(score: Document, path: tuple[str | int, ...]) -> Iterator[Reference]:
    for name, kind in (("formula", "formula"), ("grades", "table")):
        if name in score:
            yield Reference(pointer((*path, name)), kind, score[name])
    for name, metric in score["targets"].items():
        yield Reference(pointer((*path, "targets", name)), "metric", metric)
    for name, given in score["inputs"].items():
        if "metric" in given:
            yield Reference(pointer((*path, "inputs", name, "metric")), "metric", given["metric"])
    yield from _uses(score.get("uses", []), (*path, "uses"))


def _uses(uses: list[Document], path: tuple[str | int, ...]) -> Iterator[Reference]:
    for position, use in enumerate(uses):
        for kind in ("table", "formula"):
            if kind in use:
                yield Reference(pointer((*path, position, kind)), kind, use[kind])


def users(kind: str, key: str, documents: Mapping[tuple[str, str], Document]) -> list[tuple[str, str]]:
    """Who names this definition."""
    return [
        identity
        for identity, document in documents.items()
        if any(reference.kind == kind and reference.key == key for reference in of(document))
    ]


def circle(document: Document, known: Sources) -> list[tuple[str, str]]:
    """The way from the document through what it names back to itself; empty when there is none."""
    start = (document["kind"], document["key"])
    return _way_back(start, start, known, (start,))


def _way_back(
    here: tuple[str, str], start: tuple[str, str], known: Sources, trail: tuple[tuple[str, str], ...]
) -> list[tuple[str, str]]:
    for reference in of(known[here].document) if here in known else ():
        target = (reference.kind, reference.key)
        if reference.kind == "form":  # records may name each other: nothing is computed by that
            continue
        if target == start:
            return [*trail, start]
        if target not in trail and (found := _way_back(target, start, known, (*trail, target))):
            return found
    return []
