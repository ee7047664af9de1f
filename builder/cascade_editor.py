"""What people do to a cascade in its editor, each deed a function from one document to the next.

A deed takes what the card posted: only what is there is set, so one control may be sent alone. Expressions are kept as
typed, right or wrong (the check of the draft says what is wrong and where); a number that is none raises Invalid.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from builder import cascade_bindings, cascade_phrases
from builder.cascade_phrases import FORMULA, NONE
from builder.scopes import PLACES
from builder.sources import Sources
from core.db import Document
from core.errors import Invalid, NotFound, Problem
from core.later import Later

Posted = MultiDict[str, str]

pypinyin = Later("pypinyin")

LISTS = ("levels", "drivers", "tasks", "warnings")
MEMBER = "member"
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
        changed["grain"] = int(_number(posted, "grain", least=1))
    return changed


def set_level(body: Document, posted: Posted, around: Around) -> Document:
    level = _entry(body, "levels", posted)
    place = place_of(level)
    for name in ("layer", "mode"):
        if name in posted:
            level[name] = posted[name]
    if level["to"] == MEMBER and "has_roles" in posted:
        _set_or_drop(level, "roles", posted.getlist("roles"))
    level = _weighed(level, posted, place, around)
    for name in ("floor", "cap"):
        level = _bounded(level, name, posted)
    if "reserve" in posted:
        level["reserve"] = posted["reserve"].strip() or "0%"
    elif "reserve_percent" in posted:
        level["reserve"] = _percent(posted, "reserve_percent")
    if "why" in posted:
        _set_or_drop(level, "why", _words(level.get("why"), posted, "why"))
    return _replaced(body, "levels", _without_idle_uses(level))


def set_shares(body: Document, posted: Posted, around: Around) -> Document:
    """How a target goes over product lines or months; `part` says which."""
    part = posted["part"] if posted.get("part") in ("products", "time") else "products"
    if posted.get("split") == "no":
        return {name: value for name, value in body.items() if name != part}
    place = "cascade.product" if part == "products" else "cascade.month"
    first = next(iter(cascade_phrases.WEIGHTS[place].values()))
    shares = _weighed(dict(body.get(part, {"weight": first})), posted, place, around)
    return {**body, part: _without_idle_uses(shares)}


def set_driver(body: Document, posted: Posted, around: Around) -> Document:
    driver = _entry(body, "drivers", posted)
    for name in ("metric", "needed"):
        if posted.get(name, "").strip():
            driver[name] = posted[name].strip()
    if (title := posted.get("as", "").strip()) and title != driver["as"]:
        body = _renamed(body, driver["as"], title[:40])
        driver["as"] = title[:40]
    driver["rates"] = [_rate(rate, f"rate-{rate['id']}", posted) for rate in driver.get("rates", [])]
    if "capacity" in driver:
        driver["capacity"] = _rate(driver["capacity"], "capacity", posted)
    return _replaced(body, "drivers", driver)


def set_task(body: Document, posted: Posted, around: Around) -> Document:
    task = _entry(body, "tasks", posted)
    if "title" in posted:
        task["title"] = _words(task["title"], posted, "title") or task["title"]
    if "tier" in posted:
        task["tier"] = posted["tier"]
    if "value" in posted:
        task["value"] = _number(posted, "value")
    if "has_roles" in posted:
        _set_or_drop(task, "roles", posted.getlist("roles"))
    if "evidence" in posted:
        _set_or_drop(task, "evidence", posted["evidence"])
    task = _counted(task, posted, body)
    return _replaced(body, "tasks", _picking(task, posted))


def set_warning(body: Document, posted: Posted, around: Around) -> Document:
    warning = _entry(body, "warnings", posted)
    if posted.get("when", "").strip():
        warning["when"] = posted["when"].strip()
    if "message" in posted:
        warning["message"] = _words(warning["message"], posted, "message") or warning["message"]
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
        change["max_child_change"] = _percent(posted, "max_child_change")
    elif posted.get("limited") == "yes":
        change.setdefault("max_child_change", "15%")
    return {**body, "on_change": change}


def set_behaviour(body: Document, posted: Posted, around: Around) -> Document:
    """The behaviour metrics beside the result goals of one position (S8)."""
    others = [entry for entry in body.get("behaviour", []) if entry["role"] != posted.get("role")]
    metrics = posted.getlist("metrics")
    own = [{"role": posted["role"], "metrics": metrics}] if metrics and posted.get("role") else []
    return {**body, "behaviour": [*others, *own]}


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
        return _by_way(part, way, place, around)
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
        return _bound_by_way(level, name, way, before)
    if factor and factor != before.factor and before.way in cascade_phrases.BOUNDS[name]:
        return {**level, name: cascade_phrases.bound_text(name, way, f"{_number(posted, f'{name}_factor'):g}")}
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


def _rate(rate: Document, prefix: str, posted: Posted) -> Document:
    given = {name: posted.get(f"{prefix}-{name}", "").strip() for name in ("value", "benchmark")}
    return rate | {name: text for name, text in given.items() if text}


def _counted(task: Document, posted: Posted, body: Document) -> Document:
    """Its number is a share of a driver (`of`), or a count of its own."""
    way = posted.get("number_way", "share" if "share" in task else "count")
    if "of" in posted:
        _set_or_drop(task, "of", posted["of"])
    if way == "share":
        drivers = body.get("drivers", [])
        task.pop("count", None)
        task.setdefault("share", "100%")
        if drivers:
            task.setdefault("of", drivers[0]["id"])
        if "share_percent" in posted:
            task["share"] = _percent(posted, "share_percent")
    else:
        task.pop("share", None)
        task["count"] = posted.get("count", "").strip() or task.get("count", "1")
    return task


def _picking(task: Document, posted: Posted) -> Document:
    """Which customers, those first that matter most. Their condition follows tier and contact level."""
    before = cascade_phrases.customers(task.get("customer_tier"), task.get("contact_level"))
    for name in ("customer_tier", "contact_level"):
        if name in posted:
            _set_or_drop(task, name, posted[name].strip()[:40])
    if posted.get("pick") == "no":
        return {name: value for name, value in task.items() if name != "pick"}
    pick = dict(task.get("pick", {}))
    if posted.get("pick") == "yes" and not pick:
        pick = {"from": "customers", "order": [dict(cascade_phrases.ORDERS["longest"])], "take": "件数"}
    if not pick:
        return task
    _set_or_drop(pick, "where", _condition(pick.get("where"), before, task, posted))
    _set_or_drop(pick, "order", list(_orders(pick.get("order", []), posted)))
    return {**task, "pick": pick}


def _condition(now: str | None, before: str | None, task: Document, posted: Posted) -> str | None:
    if posted.get("where", "").strip() and posted["where"].strip() != now:
        return posted["where"].strip()
    made = cascade_phrases.customers(task.get("customer_tier"), task.get("contact_level"))
    return made if now == before else now


def _orders(now: Sequence[Document], posted: Posted) -> Iterator[Document]:
    """The first and second order as chosen; one that was written by hand stays where it is left alone."""
    for at in range(max(2, len(now))):
        way = posted.get(f"order{at}", FORMULA)
        if way in cascade_phrases.ORDERS:
            yield dict(cascade_phrases.ORDERS[way])
        elif way == FORMULA and at < len(now):
            yield now[at]


def _without_idle_uses(part: Document) -> Document:
    """Tables and formulas that nothing in the part names any more go with what named them."""
    uses = list(part.get("uses", []))
    told = " ".join(value for key, value in part.items() if isinstance(value, str))
    kept: list[Document] = []
    for use in reversed(uses):
        if use["as"] in told:
            kept.insert(0, use)
            told += " " + " ".join(use.get("inputs", {}).values())
    changed = dict(part)
    _set_or_drop(changed, "uses", kept)
    return changed


def _renamed(body: Document, old: str, new: str) -> Document:
    """A driver's name also in the tasks that count by it."""
    tasks = [
        {**task, "count": task["count"].replace(old, new)} if "count" in task else task
        for task in body.get("tasks", [])
    ]
    return {**body, "tasks": tasks} if tasks else body


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


def _set_or_drop(part: Document, name: str, value: Any) -> None:
    if value:
        part[name] = value
    else:
        part.pop(name, None)


def _words(before: Document | None, posted: Posted, name: str) -> Document:
    """Both languages of a text; what is emptied goes, without Chinese there is no text."""
    now = dict(before or {}) | {"zh": posted.get(name, "").strip()}
    if f"{name}_en" in posted:
        now["en"] = posted[f"{name}_en"].strip()
    return {language: words for language, words in now.items() if words} if now["zh"] else {}


def _number(posted: Posted, name: str, least: float = 0) -> float:
    try:
        value = float(posted[name])
    except ValueError:
        value = float("nan")
    if not least <= value < 1e15:
        raise Invalid([Problem(f"/{name}", "number", _("Write a number, %(least)s or more.", least=f"{least:g}"))])
    return int(value) if value.is_integer() else value


def _percent(posted: Posted, name: str) -> str:
    value = _number(posted, name)
    if value > 100:
        raise Invalid([Problem(f"/{name}", "number", _("Write a percentage between 0 and 100."))])
    return f"{value:g}%"


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
