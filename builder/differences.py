"""What changed between two documents, as sentences: 推广期:覆盖率 40% → 45%.

Things with a permanent `id` are matched by it, so that renaming or moving one is told as that and not as a removal.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from builder import form_differences, shape
from builder.flows import differences as flow_differences
from builder.words import word
from core.db import Document
from core.i18n import language, text

# These say where something stands, not what it is: a reader does not miss them.
SILENT = frozenset({"body", "rows", "when", "then", "levels", "inputs", "outputs", "items", "data", "properties"})
NAMING = ("title", "label", "as", "message", "by", "field", "key", "name", "id")


@dataclass(frozen=True)
class Change:
    where: tuple[str, ...]
    what: str

    def __str__(self) -> str:
        *around, last = self.where or ("",)
        colon = ": " if language() == "en" else ":"
        return f"{' · '.join(around)}{colon}{last} {self.what}" if around else f"{last} {self.what}"


def sentences(old: Document, new: Document) -> list[str]:
    """Every difference, in the order of the new document; empty when the content is the same."""
    names = {**_names(old), **_names(new)}
    if _are_forms(old, new):
        told = form_differences.sentences(old["body"], new["body"])
        rest = _differ(_without(old, form_differences.TOLD), _without(new, form_differences.TOLD), (), names)
        return [*map(str, rest), *told]
    if _are_flows(old, new):
        rest = _differ(_without(old, flow_differences.TOLD), _without(new, flow_differences.TOLD), (), names)
        return [*map(str, rest), *flow_differences.sentences(old["body"], new["body"])]
    return [str(change) for change in _differ(old, new, (), names)]


def _are_flows(old: Document, new: Document) -> bool:
    """Flows that can be read."""
    both = (old, new)
    return old != new and all(one.get("kind") == "workflow" and not shape.problems(one) for one in both)


def _are_forms(old: Document, new: Document) -> bool:
    """Forms that can be read: a text of the JSON editor may be anything."""
    both = (old, new)
    return old != new and all(one.get("kind") == "form" and form_differences.is_readable(one) for one in both)


def _without(document: Document, told: Iterable[str]) -> Document:
    """What a document says beside what is told in words of its own."""
    kept = {key: value for key, value in document["body"].items() if key not in told}
    return {**document, "body": kept}


def _differ(old: Any, new: Any, where: tuple[str, ...], names: Mapping[str, str]) -> Iterator[Change]:
    if old == new:
        return
    if _is_text(old) and _is_text(new):
        yield from _texts(old, new, where)
    elif isinstance(old, dict) and isinstance(new, dict):
        yield from _objects(old, new, where, names)
    elif _has_ids(old) and _has_ids(new):
        yield from _lists(old, new, where, names)
    else:
        yield Change(where, f"{_shown(old)} → {_shown(new)}")


def _texts(old: Document, new: Document, where: tuple[str, ...]) -> Iterator[Change]:
    for tongue in ("zh", "en"):
        before, after = old.get(tongue), new.get(tongue)
        if before != after:
            place = where if tongue == "zh" else (*where[:-1], f"{where[-1]} (en)")
            yield Change(place, f"{_shown(before)} → {_shown(after)}")


def _objects(old: Document, new: Document, where: tuple[str, ...], names: Mapping[str, str]) -> Iterator[Change]:
    for key in [*new, *(key for key in old if key not in new)]:
        inner = where if key in SILENT else (*where, _called(key, old.get(key, new.get(key)), names))
        if key in old and key in new:
            yield from _differ(old[key], new[key], inner, names)
        elif key in new:
            yield Change(inner, _("added: %(value)s", value=_shown(new[key])))
        else:
            yield Change(inner, _("removed, was: %(value)s", value=_shown(old[key])))


def _called(key: str, value: Any, names: Mapping[str, str]) -> str:
    """A field of a form by its title, a cell by its column, anything else by the word for its key."""
    identity = value.get("x-id") if isinstance(value, dict) else None
    return names.get(identity or key) or word(key)


def _lists(old: list[Any], new: list[Any], where: tuple[str, ...], names: Mapping[str, str]) -> Iterator[Change]:
    before = {entry["id"]: entry for entry in old}
    after = {entry["id"]: entry for entry in new}
    for entry in new:
        name = names[entry["id"]]
        if entry["id"] in before:
            yield from _differ(before[entry["id"]], entry, (*where, name), names)
        else:
            yield Change((*where, name), _("added: %(value)s", value=_shown(entry)))
    for identity, entry in before.items():
        if identity not in after:
            yield Change((*where, names[identity]), _("removed, was: %(value)s", value=_shown(entry)))
    if [key for key in before if key in after] != [key for key in after if key in before]:
        yield Change(where or (_("Order"),), _("put in another order"))


def _names(part: Any) -> dict[str, str]:
    """What each thing with an id is called, by its id."""
    found: dict[str, str] = {}
    for entry in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        found |= _names(entry)
    if isinstance(part, dict) and isinstance(part.get("x-id"), str):
        found[part["x-id"]] = str(part.get("title", part["x-id"]))
    if isinstance(part, dict) and isinstance(part.get("id"), str):
        found[part["id"]] = _name(part, found)
    return found


def _name(thing: Document, known: Mapping[str, str]) -> str:
    if isinstance(thing.get("when"), dict):  # a row of a table is called by its conditions
        cells = [str(cell).strip('"“”') for cell in thing["when"].values() if cell not in ("-", "")]
        return " · ".join(cells) or _("otherwise")
    if "to" in thing and "layer" in thing:  # a level of a cascade
        return _("to %(level)s", level=word(thing["to"]))
    value = next((thing[key] for key in NAMING if thing.get(key)), "")
    return known.get(value, value) if isinstance(value, str) else text(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and value.keys() <= {"zh", "en"}


def _has_ids(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, dict) and "id" in entry for entry in value)


def _shown(value: Any) -> str:
    """A value in short: texts in the reader's language, things by what they hold."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if _is_text(value):
        return text(value)
    if isinstance(value, dict):
        parts = (f"{word(key)} {_shown(part)}" for key, part in value.items() if key != "id")
        return "; ".join(parts)
    if isinstance(value, list):
        return ", ".join(_shown(part) for part in value)
    return word(value) if isinstance(value, str) else str(value)
