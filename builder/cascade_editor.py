"""What people do to a cascade in its editor, each deed a function from one document to the next.

A deed takes what the card posted: only what is there is set, so one control may be sent alone. Expressions are kept as
typed, right or wrong (the check of the draft says what is wrong and where); a number that is none raises Invalid.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from builder import cascade_bindings, cascade_drivers, cascade_phrases, cascade_tasks, cascade_uses
from builder.cascade_phrases import FORMULA, NONE
from builder.cascade_posted import Posted, number, percent, set_or_drop, share, words
from builder.scopes import PLACES
from builder.sources import Sources
from core.db import Document
from core.errors import Invalid, NotFound, Problem
from core.later import Later

pypinyin = Later("pypinyin")

LISTS = ("levels", "drivers", "tasks", "warnings")
MEMBER = "member"
SHARED = {"products": "cascade.product", "time": "cascade.month"}
USING = {"levels": "", "drivers": "cascade.rate", "warnings": "cascade.warning"}  # a level has two places
LETTERS = {"levels": "l", "drivers": "d", "tasks": "t", "warnings": "w"}


@dataclass(frozen=True)
class Around:
    """What a cascade may name: definitions in force, and the levels of the organisation from the top down."""

    known: Sources
    levels: tuple[str, ...] = ()


def apply(document: Document, deed: str, posted: Posted, around: Around) -> Document:
    """The document after the deed. Raises NotFound for a card that is gone, Invalid for a number that is none."""
    body = DEEDS[deed](document["body"], posted, around)
    return {**document, "body": body}


# ── cards ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def set_general(body: Document, posted: Posted, around: Around) -> Document:
    changed = dict(body)
    if "metric" in posted:
        changed["metric"] = posted["metric"]
    if "grain" in posted:
        changed["grain"] = int(number(posted, "grain", least=1))
    return changed


def set_level(body: Document, posted: Posted, around: Around) -> Document:
    level = _entry(body, "levels", posted)
    place = place_of(level)
    for name in ("layer", "mode"):
        if name in posted:
            level[name] = posted[name]
    if level["to"] == MEMBER and "has_roles" in posted:
        set_or_drop(level, "roles", posted.getlist("roles"))
    level = _weighed(cascade_uses.change(level, posted), posted, place, around)
    for name in ("floor", "cap"):
        level = _bounded(level, name, posted)
    if (reserve := share(posted, "reserve", level.get("reserve", "0%"))) is not None:
        level["reserve"] = reserve
    if "why" in posted:
        set_or_drop(level, "why", words(level.get("why"), posted, "why"))
    return _replaced(body, "levels", level)


def set_shares(body: Document, posted: Posted, around: Around) -> Document:
    """How a target goes over product lines or months; `part` says which."""
    part = posted["part"] if posted.get("part") in SHARED else "products"
    if posted.get("split") == "no":
        return {name: value for name, value in body.items() if name != part}
    place = SHARED[part]
    first = next(iter(cascade_phrases.WEIGHTS[place].values()))
    shares = cascade_uses.change(body.get(part, {"weight": first}), posted)
    return {**body, part: _weighed(shares, posted, place, around)}


def set_driver(body: Document, posted: Posted, around: Around) -> Document:
    return cascade_drivers.set_driver(body, _entry(body, "drivers", posted), posted)


def add_rate(body: Document, posted: Posted, around: Around) -> Document:
    return cascade_drivers.add_rate(body, _entry(body, "drivers", posted), _free_id(body, "r"))


def remove_rate(body: Document, posted: Posted, around: Around) -> Document:
    return cascade_drivers.remove_rate(body, _entry(body, "drivers", posted), posted.get("which", ""))


def set_task(body: Document, posted: Posted, around: Around) -> Document:
    return cascade_tasks.set_task(body, _entry(body, "tasks", posted), posted)


def set_warning(body: Document, posted: Posted, around: Around) -> Document:
    warning = cascade_uses.change(_entry(body, "warnings", posted), posted)
    if posted.get("when", "").strip():
        warning["when"] = posted["when"].strip()
    if "message" in posted:
        warning["message"] = words(warning["message"], posted, "message") or warning["message"]
    return _replaced(body, "warnings", warning)


def set_change(body: Document, posted: Posted, around: Around) -> Document:
    """What happens to goals that stand already."""
    change = dict(body["on_change"])
    if "mode" in posted:
        change["mode"] = posted["mode"]
    if "has_keeps" in posted:
        change |= {name: name in posted for name in ("keep_locked", "keep_booked")}
    if posted.get("limited") == "no":
        change.pop("max_child_change", None)
    elif "max_child_change" in posted:
        change["max_child_change"] = percent(posted, "max_child_change")
    elif posted.get("limited") == "yes":
        change.setdefault("max_child_change", "15%")
    return {**body, "on_change": change}


def set_behaviour(body: Document, posted: Posted, around: Around) -> Document:
    """The behaviour metrics beside the result goals of one position (S8)."""
    others = [entry for entry in body.get("behaviour", []) if entry["role"] != posted.get("role")]
    metrics = posted.getlist("metrics")
    own = [{"role": posted["role"], "metrics": metrics}] if metrics and posted.get("role") else []
    return {**body, "behaviour": [*others, *own]}


# ── tables and formulas behind a card ────────────────────────────────────────────────────────────────────────────────


def add_use(body: Document, posted: Posted, around: Around) -> Document:
    """One more table or formula for the expressions of a card."""
    return _with_owner(
        body, posted, lambda part, place: cascade_uses.add(part, place, posted.get("source", ""), around.known)
    )


def remove_use(body: Document, posted: Posted, around: Around) -> Document:
    at = posted.get("which", -1, type=int)
    return _with_owner(body, posted, lambda part, place: cascade_uses.remove(part, at))


def _with_owner(body: Document, posted: Posted, deed: Callable[[Document, str], Document]) -> Document:
    """The part that the card is about, changed: levels, drivers and warnings by id, products and months at once."""
    owner = posted.get("owner", "")
    if owner in SHARED and owner in body:
        return {**body, owner: deed(body[owner], SHARED[owner])}
    if owner not in USING:
        raise NotFound(_("There is no such part of a cascade."), f"no part {owner} with uses")
    entry = _entry(body, owner, posted)
    return _replaced(body, owner, deed(entry, USING[owner] or place_of(entry)))


# ── adding, moving, removing ─────────────────────────────────────────────────────────────────────────────────────────


def add(body: Document, posted: Posted, around: Around) -> Document:
    part = _part(posted)
    fresh = ADDED[part](body, posted, around)
    entry = {"id": _free_id(body, LETTERS[part]), **fresh}
    entries = [*body.get(part, ()), entry]
    if part == "levels":
        order = [*around.levels, MEMBER]
        entries.sort(key=lambda level: order.index(level["to"]) if level["to"] in order else len(order))
    return {**body, part: entries}


def move(body: Document, posted: Posted, around: Around) -> Document:
    """One place up or down; at the end of the list nothing happens."""
    part, entry = _part(posted), _entry(body, _part(posted), posted)
    entries = list(body[part])
    here = entries.index(entry)
    there = here - 1 if posted.get("to") == "up" else here + 1
    if 0 <= there < len(entries):
        entries[here], entries[there] = entries[there], entries[here]
    return {**body, part: entries}


def remove(body: Document, posted: Posted, around: Around) -> Document:
    part, entry = _part(posted), _entry(body, _part(posted), posted)
    if part == "levels" and len(body["levels"]) == 1:
        raise Invalid([Problem("/body/levels", "last", _("A cascade needs a level. Add another one first."))])
    return {**body, part: [other for other in body[part] if other["id"] != entry["id"]]}


def _new_level(body: Document, posted: Posted, around: Around) -> Document:
    to = posted.get("to", "")
    if to not in levels_left(body, around):
        raise Invalid([Problem("/body/levels", "level", _("Choose a level that is not split yet."))])
    layer = "tactic" if to == MEMBER else "campaign" if body["levels"] else "strategic"
    return {"to": to, "layer": layer, "mode": "split", "weight": "历史占比", "reserve": "0%"}


def _new_driver(body: Document, posted: Posted, around: Around) -> Document:
    taken = {driver["as"] for driver in body.get("drivers", ())}
    name = next(name for n in range(1, len(taken) + 2) if (name := f"本周动作量{n}") not in taken)
    return {"as": name, "metric": body["metric"], "needed": "目标/10000"}


def _new_task(body: Document, posted: Posted, around: Around) -> Document:
    title = posted.get("title_zh", "").strip() or "本周需完成{n}次拜访"
    number = {"count": "1"}
    task = {"key": _task_key(body, title), "title": {"zh": title}, **number, "tier": "routine", "value": 1}
    if posted.get("role"):
        task["roles"] = [posted["role"]]
    return task


def _new_warning(body: Document, posted: Posted, around: Around) -> Document:
    message = {
        "zh": "{姓名}的目标{目标},请与本人确认。",
        "en": "Talk the target of {name}, {target}, over with the person.",
    }
    return {"when": "目标>历史业绩*1.3", "message": message}


def levels_left(body: Document, around: Around) -> list[str]:
    """Levels of the organisation, and the person, that no card splits to yet. The top one is where a target begins."""
    split = {level["to"] for level in body["levels"]}
    return [level for level in (*around.levels[1:], MEMBER) if level not in split]


ADDED: dict[str, Callable[[Document, Posted, Around], Document]] = {
    "levels": _new_level,
    "drivers": _new_driver,
    "tasks": _new_task,
    "warnings": _new_warning,
}

DEEDS: dict[str, Callable[[Document, Posted, Around], Document]] = {
    "general": set_general,
    "level": set_level,
    "shares": set_shares,
    "driver": set_driver,
    "task": set_task,
    "warning": set_warning,
    "change": set_change,
    "behaviour": set_behaviour,
    "add": add,
    "move": move,
    "remove": remove,
    "add_use": add_use,
    "remove_use": remove_use,
    "add_rate": add_rate,
    "remove_rate": remove_rate,
}


# ── parts of cards ───────────────────────────────────────────────────────────────────────────────────────────────────


def place_of(level: Document) -> str:
    return "cascade.member" if level["to"] == MEMBER else "cascade.unit"


def _weighed(part: Document, posted: Posted, place: str, around: Around) -> Document:
    """A way that was chosen anew stands above a text that was left as it is."""
    uses = part.get("uses", [])
    before = part.get("weight", "")
    way = posted.get("weight_way", "")
    if way and way != cascade_phrases.weight_way(before, place, uses):
        return _without_idle_uses(_by_way(part, way, place, around), part)
    if posted.get("weight", "").strip() and posted["weight"] != before:
        return {**part, "weight": posted["weight"].strip()}
    return part


def _by_way(part: Document, way: str, place: str, around: Around) -> Document:
    if way in cascade_phrases.WEIGHTS[place]:
        return {**part, "weight": cascade_phrases.WEIGHTS[place][way]}
    kind, _colon, name = way.partition(":")
    if kind == "use":
        return {**part, "weight": name}
    source = around.known.get(("formula", name)) if kind == FORMULA else None
    uses = cascade_bindings.bind(source, PLACES[place], part.get("uses", []), around.known) if source else None
    if uses is None:
        return part
    return {**part, "uses": uses, "weight": uses[-1]["as"]}


def _bounded(level: Document, name: str, posted: Posted) -> Document:
    before = cascade_phrases.bound(name, level.get(name))
    way, factor = posted.get(f"{name}_way", before.way), posted.get(f"{name}_factor", "").strip()
    if way != before.way:
        return _without_idle_uses(_bound_by_way(level, name, way, before), level)
    if factor and factor != before.factor and before.way in cascade_phrases.BOUNDS[name]:
        return {**level, name: cascade_phrases.bound_text(name, way, f"{number(posted, f'{name}_factor'):g}")}
    if posted.get(name, "").strip() and posted[name] != level.get(name):
        return {**level, name: posted[name].strip()}
    return level


def _bound_by_way(level: Document, name: str, way: str, before: cascade_phrases.Bound) -> Document:
    if way == NONE:
        return {key: value for key, value in level.items() if key != name}
    if way not in cascade_phrases.BOUNDS[name]:
        return level
    factor = before.factor or cascade_phrases.FIRST_FACTOR[name]
    return {**level, name: cascade_phrases.bound_text(name, way, factor)}


def _without_idle_uses(part: Document, before: Document) -> Document:
    """Tables and formulas that nothing names since another way was chosen go with what named them. Those that nothing
    named before stay: somebody has just added them."""
    idle = _idle(part) - _idle(before)
    changed = dict(part)
    set_or_drop(changed, "uses", [use for use in part.get("uses", ()) if use["as"] not in idle])
    return changed


def _idle(part: Document) -> set[str]:
    told = " ".join(value for value in part.values() if isinstance(value, str))
    idle = set()
    for use in reversed(part.get("uses", [])):
        if use["as"] in told:
            told += " " + " ".join(use.get("inputs", {}).values())
        else:
            idle.add(use["as"])
    return idle


# ── small ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _part(posted: Posted) -> str:
    part = posted.get("part", "")
    if part not in LISTS:
        raise NotFound(_("There is no such part of a cascade."), f"no part {part}")
    return part


def _entry(body: Document, part: str, posted: Posted) -> Document:
    entry = next((entry for entry in body.get(part, ()) if entry["id"] == posted.get("id")), None)
    if entry is None:
        raise NotFound(
            _("This card is gone: somebody removed it. Reload the page."), f"no {posted.get('id')} in {part}"
        )
    return dict(entry)


def _replaced(body: Document, part: str, entry: Document) -> Document:
    return {**body, part: [entry if other["id"] == entry["id"] else other for other in body[part]]}


def _free_id(body: Document, letter: str) -> str:
    taken = set(_ids(body))
    return next(name for n in range(1, len(taken) + 2) if (name := f"{letter}{n}") not in taken)


def _ids(part: Any) -> Iterator[str]:
    if isinstance(part, dict) and isinstance(part.get("id"), str):
        yield part["id"]
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _ids(inner)


def _task_key(body: Document, title: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "_", "_".join(pypinyin.lazy_pinyin(title)).lower()).strip("_")[:40]
    base = base if re.match(r"[a-z]", base) else f"task_{base}".rstrip("_")
    taken = {task["key"] for task in body.get("tasks", ())}
    return next(key for n in range(1, len(taken) + 2) if (key := base if n == 1 else f"{base}_{n}") not in taken)
