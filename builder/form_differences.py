"""What changed between two forms, as sentences by field, part and rule: 添加字段“理由”, “关联度”最大值 5 → 10."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from builder import form_data, form_palette, form_tree, shape
from builder.form_data import Place
from builder.words import word
from core.db import Document
from core.i18n import language, text

SPOKEN = ("title", "x-title-en", "x-options", "x-id", "items", "type")
"""Keys of a field that are told in their own way, or not at all."""


TOLD = ("data", "layout", "rules", "computed")
UNFINISHED = frozenset({"minItems", "minProperties"})


def is_readable(document: Document) -> bool:
    return all(problem.code in UNFINISHED for problem in shape.problems(document))


def sentences(old: Document, new: Document) -> Iterator[str]:
    """Of two bodies; rights, limits, cases and the like are told elsewhere."""
    before = {place.id: place for place in form_data.fields(old)}
    after = {place.id: place for place in form_data.fields(new)}
    for place in after.values():
        if place.id in before:
            yield from _changed(before[place.id], place)
        else:
            yield _("added the field %(field)s (%(kind)s)", field=_called(place, after), kind=_kind(new, place.id))
    for place in before.values():
        if place.id not in after:
            yield _("removed the field %(field)s", field=_called(place, before))
    yield from _layout(old, new, {**before, **after})
    yield from _formulas(old, new, {**before, **after})
    yield from _rules(old, new)


def _called(place: Place, known: dict[str, Place]) -> str:
    table = known.get(place.table or "")
    return f"“{table.spec['title']} · {place.spec['title']}”" if table else f"“{place.spec['title']}”"


def _kind(body: Document, field_id: str) -> str:
    item = form_tree.item_of(body["layout"], field_id)
    return text(form_palette.KINDS[item["widget"]].title) if item else ""


def _changed(old: Place, new: Place) -> Iterator[str]:
    name = f"“{new.spec['title']}”"
    if old.spec["title"] != new.spec["title"]:
        yield _("renamed “%(old)s” to “%(new)s”", old=old.spec["title"], new=new.spec["title"])
    if old.required != new.required:
        yield _("%(field)s must be filled in", field=name) if new.required else _("%(field)s may be empty", field=name)
    for key in dict.fromkeys([*new.spec, *old.spec]):
        if key not in SPOKEN and old.spec.get(key) != new.spec.get(key):
            said = f"{word(key)} {_shown(old.spec.get(key))} → {_shown(new.spec.get(key))}"
            yield f"{new.spec['title']}{': ' if language() == 'en' else ':'}{said}"
    if old.spec.get("x-options") != new.spec.get("x-options"):
        yield from _options(name, old.spec.get("x-options"), new.spec.get("x-options"))


def _options(name: str, old: Any, new: Any) -> Iterator[str]:
    if not isinstance(old, list) or not isinstance(new, list):
        yield _("%(field)s takes its options from elsewhere", field=name)
        return
    before, after = dict(_titles(old)), dict(_titles(new))
    for identity, title in after.items():
        if identity not in before:
            yield _("%(field)s: option “%(title)s” added", field=name, title=title)
        elif before[identity] != title:
            yield _("%(field)s: option “%(old)s” is now “%(title)s”", field=name, old=before[identity], title=title)
    for identity, title in before.items():
        if identity not in after:
            yield _("%(field)s: option “%(title)s” removed", field=name, title=title)
    if before == after:
        yield _("%(field)s: options in another order or with other words in English", field=name)


def _titles(given: list[Document]) -> Iterator[tuple[str, str]]:
    for option in given:
        yield option["id"], option["title"]["zh"]
        yield from _titles(option.get("options", []))


def _layout(old: Document, new: Document, known: dict[str, Place]) -> Iterator[str]:
    before = {node["id"]: node for node in form_tree.walk(old["layout"])}
    after = {node["id"]: node for node in form_tree.walk(new["layout"])}
    for identity, node in after.items():
        name = _node(node, known)
        if identity not in before:
            if "type" in node:
                yield _("added %(part)s", part=name)
        elif _bare(before[identity]) != _bare(node):
            yield _("%(part)s looks or reads otherwise", part=name)
    for identity, node in before.items():
        if identity not in after and "type" in node:
            yield _("removed %(part)s", part=_node(node, known))
    if _places(old, before.keys() & after.keys()) != _places(new, before.keys() & after.keys()):
        yield _("fields stand in another order")


def _node(node: Document, known: dict[str, Place]) -> str:
    if "field" in node:
        return _called(known[node["field"]], known) if node["field"] in known else f"“{node['field']}”"
    words = text(node.get("title")) or text(node.get("text"))[:20]
    kind = text(form_palette.KINDS[node["type"]].title)
    return f"{kind}“{words}”" if words else kind


def _bare(node: Document) -> Document:
    return {key: value for key, value in node.items() if key != "items"}


def _places(body: Document, kept: Any) -> list[tuple[str, str]]:
    """Who lies in whom, in order, of the nodes that both have."""
    layout = body["layout"]
    holders = {inner["id"]: node["id"] for node in form_tree.walk(layout) for inner in node.get("items", ())}
    return [(node["id"], holders.get(node["id"], "")) for node in form_tree.walk(layout) if node["id"] in kept]


def _formulas(old: Document, new: Document, known: dict[str, Place]) -> Iterator[str]:
    before = {entry["field"]: entry["formula"] for entry in old.get("computed", ())}
    after = {entry["field"]: entry["formula"] for entry in new.get("computed", ())}
    for field_id in dict.fromkeys([*after, *before]):
        if before.get(field_id) == after.get(field_id) or field_id not in known:
            continue
        name = _called(known[field_id], known)
        if field_id in after:
            yield _("%(field)s is computed: %(formula)s", field=name, formula=after[field_id])
        else:
            yield _("%(field)s is filled in by people", field=name)


def _rules(old: Document, new: Document) -> Iterator[str]:
    before = {rule["id"]: rule for rule in old.get("rules", ())}
    after = {rule["id"]: rule for rule in new.get("rules", ())}
    for number, rule in enumerate(after.values(), 1):
        name = text(rule.get("title")) or _("rule %(number)s", number=number)
        if rule["id"] not in before:
            yield _("added %(rule)s: %(says)s", rule=name, says=said(rule, new))
        elif before[rule["id"]] != rule:
            yield _("%(rule)s says now: %(says)s", rule=name, says=said(rule, new))
    for number, rule in enumerate(before.values(), 1):
        if rule["id"] not in after:
            name = text(rule.get("title")) or _("rule %(number)s", number=number)
            yield _("removed %(rule)s: %(says)s", rule=name, says=said(rule, old))
    if [one for one in before if one in after] != [one for one in after if one in before]:
        yield _("rules in another order")


def said(rule: Document, body: Document) -> str:
    """A rule as one sentence."""
    off = _(" (switched off)") if rule.get("off") else ""
    if "check" in rule:
        when = _("when %(when)s, ", when=rule["when"]) if "when" in rule else ""
        return f"{when}{rule['check']} — {text(rule['message'])}{off}"
    known = {place.id: place for place in form_data.fields(body)}
    done = ", ".join(_done(action, body, known) for action in rule["then"])
    return _("when %(when)s, ", when=rule["when"]) + done + off


def _done(action: Document, body: Document, known: dict[str, Place]) -> str:
    verb = next(key for key in action if key != "to")
    words = {"show": _("show"), "hide": _("hide"), "require": _("require"), "readonly": _("lock"), "set": _("set")}
    node = form_tree.find(body["layout"], action[verb]) or {"field": action[verb]}
    to = f" = {action['to']}" if "to" in action else ""
    return f"{words[verb]} {_node(node, known)}{to}"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{word(key)} {_shown(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_shown(inner) for inner in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "—" if value is None else word(value) if isinstance(value, str) else str(value)
