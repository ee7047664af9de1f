"""Deeds on the rules of a form, on its computed fields and on what stands in a field at first.

Formulas are kept as typed, right or wrong: the check of the draft says what is wrong and where.
"""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext as _

from builder import form_conditions, form_data, form_tree, forms
from builder.form_around import Around, Posted, gone, with_words
from builder.form_conditions import Clause
from builder.form_field_edits import placed, with_key
from builder.forms import Field, Form
from core.db import Document
from core.errors import Invalid, Problem

VERBS = ("show", "hide", "require", "readonly", "set")
ON_PARTS = ("show", "hide")
LEVELS = ("error", "warning", "info")
CONDITIONS = ("when", "check")
FROM = ("me", "my_unit", "my_manager", "today", "last", "link", "slot_goal")


# ── rules ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def rule_add(body: Document, posted: Posted, around: Around) -> Document:
    """A sentence to change: about the first field that can be asked."""
    form = forms.of(body)
    about = form_conditions.asked(form)
    if not about:
        raise Invalid([Problem("/body/rules", "field", _("Add a field first: a rule is about one."))])
    identity = form_tree.free_id(body, "r")
    clause = form_conditions.usual(about[0])
    if posted.get("what") == "check":
        rule: Document = {"id": identity, "check": form_conditions.write(form, [clause]), "level": "error"}
        title = about[0].title
        message = {"zh": f"请检查“{title['zh']}”。", "en": f"Please check “{title['en']}”."}
        rule |= {"at": about[0].id, "message": message}
    else:
        target = _other_field(form, about[0])
        rule = {"id": identity, "when": form_conditions.write(form, [clause]), "then": [{"show": target}]}
    return {**body, "rules": [*body.get("rules", ()), rule]}


def _other_field(form: Form, field: Field) -> str:
    return next((other.id for other in form.tops if other.id != field.id), field.id)


def rule(body: Document, posted: Posted, around: Around) -> Document:
    """Name, level, place and message; switched off or on."""
    found = _rule(body, posted)
    found = with_words(found, posted, "title")
    if "has_on" in posted:
        found = with_key(found, "off", None if "on" in posted else True)
    if "check" in found:
        found = with_words(found, posted, "message", kept=True)
        if posted.get("level") in LEVELS:
            found = {**found, "level": posted["level"]}
        if form_data.find(body, posted.get("at", "")):
            found = {**found, "at": posted["at"]}
    for name in CONDITIONS:
        if name in found and posted.get(name, "").strip():
            found = {**found, name: posted[name].strip()}
    if posted.get("joined") in form_conditions.JOINED and (read := _read(body, found, posted)):
        found = {**found, _condition(posted): form_conditions.write(forms.of(body), read[0], posted["joined"])}
    return _replaced(body, found)


def clause(body: Document, posted: Posted, around: Around) -> Document:
    """One part of a condition: another field begins with what is usual for it."""
    found, (clauses, joined), at = _opened(body, posted)
    form = forms.of(body)
    before = clauses[at]
    field = form.fields.get(posted.get("field", before.field))
    if field is None or field not in form_conditions.asked(form):
        raise gone(f"no field {posted.get('field')}")
    if field.id != before.field:
        clauses[at] = form_conditions.usual(field)
    else:
        op = posted["op"] if posted.get("op") in form_conditions.ops(field) else before.op
        value = posted.get("value", before.value).strip()
        usual = form_conditions.usual(field).value
        clauses[at] = Clause(field.id, op, "" if op in form_conditions.ALONE else value or usual)
    return _written(body, found, posted, clauses, joined)


def clause_add(body: Document, posted: Posted, around: Around) -> Document:
    found, (clauses, joined), _at = _opened(body, posted)
    form = forms.of(body)
    used = {entry.field for entry in clauses}
    asked = form_conditions.asked(form)
    fresh = next((field for field in asked if field.id not in used), asked[0])
    return _written(body, found, posted, [*clauses, form_conditions.usual(fresh)], joined)


def clause_remove(body: Document, posted: Posted, around: Around) -> Document:
    """The last part of a check's `when` takes the condition away; a rule keeps one."""
    found, (clauses, joined), at = _opened(body, posted)
    left = [entry for position, entry in enumerate(clauses) if position != at]
    if left:
        return _written(body, found, posted, left, joined)
    if _condition(posted) == "when" and "check" in found:
        return _replaced(body, with_key(found, "when", None))
    raise Invalid([Problem("/body/rules", "last", _("A rule needs a condition. Remove the whole rule instead."))])


def clause_when(body: Document, posted: Posted, around: Around) -> Document:
    """A check that is asked only when something holds."""
    found = _rule(body, posted)
    form = forms.of(body)
    asked = form_conditions.asked(form)
    if "check" not in found or "when" in found or not asked:
        return body
    return _replaced(body, {**found, "when": form_conditions.write(form, [form_conditions.usual(asked[0])])})


def _opened(body: Document, posted: Posted) -> tuple[Document, tuple[list[Clause], str], int]:
    found = _rule(body, posted)
    read, at = _read(body, found, posted), posted.get("clause", 0, type=int)
    if read is None or not 0 <= at < len(read[0]):
        raise gone(f"no part {at} of rule {found['id']}")
    return found, read, at


def _read(body: Document, found: Document, posted: Posted) -> tuple[list[Clause], str] | None:
    return form_conditions.read(found.get(_condition(posted), ""), forms.of(body))


def _condition(posted: Posted) -> str:
    return "check" if posted.get("part") == "check" else "when"


def _written(body: Document, found: Document, posted: Posted, clauses: Sequence[Clause], joined: str) -> Document:
    return _replaced(body, {**found, _condition(posted): form_conditions.write(forms.of(body), clauses, joined)})


# ── what a rule does ──────────────────────────────────────────────────────────────────────────────────────────────


def action(body: Document, posted: Posted, around: Around) -> Document:
    found = _rule(body, posted)
    actions, at = list(found.get("then", ())), posted.get("action", 0, type=int)
    if not 0 <= at < len(actions):
        raise gone(f"no action {at} of rule {found['id']}")
    before = next(verb for verb in VERBS if verb in actions[at])
    verb = posted["verb"] if posted.get("verb") in VERBS else before
    target = posted.get("target") or actions[at][before]
    actions[at] = _action(body, verb, target, posted.get("to", actions[at].get("to", "")))
    return _replaced(body, {**found, "then": actions})


def _action(body: Document, verb: str, target: str, to: str) -> Document:
    """Parts are shown and hidden; the other verbs are for fields."""
    form = forms.of(body)
    if target not in form.fields and (verb not in ON_PARTS or form_tree.find(body["layout"], target) is None):
        target = next(iter(form.fields), target)
    if verb != "set":
        return {verb: target}
    return {"set": target, "to": to.strip() or _nothing(form.fields[target])}


def _nothing(field: Field) -> str:
    kinds = {"number": "0", "bool": "FALSE", "date": "TODAY()"}
    return kinds.get(str(field.kind), '""')


def action_add(body: Document, posted: Posted, around: Around) -> Document:
    found = _rule(body, posted)
    if "then" not in found:
        return body
    target = next(value for key, value in found["then"][-1].items() if key != "to")
    done = {next(key for key in entry if key != "to") for entry in found["then"]}
    verb = next((verb for verb in ("require", "show", "hide", "readonly") if verb not in done), "require")
    return _replaced(body, {**found, "then": [*found["then"], _action(body, verb, target, "")]})


def action_remove(body: Document, posted: Posted, around: Around) -> Document:
    found = _rule(body, posted)
    at = posted.get("action", -1, type=int)
    left = [entry for position, entry in enumerate(found.get("then", ())) if position != at]
    if not left:
        raise Invalid([Problem("/body/rules", "last", _("A rule does something. Remove the whole rule instead."))])
    return _replaced(body, {**found, "then": left})


def rule_move(body: Document, posted: Posted, around: Around) -> Document:
    """One place earlier or later: where two rules set one field, the later wins."""
    rules = list(body.get("rules", ()))
    here = rules.index(_rule(body, posted))
    there = here + (-1 if posted.get("to") == "up" else 1)
    if 0 <= there < len(rules):
        rules[here], rules[there] = rules[there], rules[here]
    return {**body, "rules": rules}


def rule_remove(body: Document, posted: Posted, around: Around) -> Document:
    found = _rule(body, posted)
    left = [entry for entry in body["rules"] if entry is not found]
    return with_key(body, "rules", left or None)


def _rule(body: Document, posted: Posted) -> Document:
    found: Document | None = next((entry for entry in body.get("rules", ()) if entry["id"] == posted.get("rule")), None)
    if found is None:
        raise gone(f"no rule {posted.get('rule')}")
    return found


def _replaced(body: Document, found: Document) -> Document:
    return {**body, "rules": [found if entry["id"] == found["id"] else entry for entry in body["rules"]]}


# ── computed, and what stands there at first ──────────────────────────────────────────────────────────────────────


def computed(body: Document, posted: Posted, around: Around) -> Document:
    """A formula gives the field from now on, or people type it again."""
    place = placed(body, posted.get("id", ""))
    others = [entry for entry in body.get("computed", ()) if entry["field"] != place.id]
    before = next((entry["formula"] for entry in body.get("computed", ()) if entry["field"] == place.id), None)
    if posted.get("given_by") == "person":
        return with_key(body, "computed", others or None)
    formula = posted.get("formula", "").strip() or before or _nothing(forms.of(body).fields[place.id])
    entry = {"field": place.id, "formula": formula}
    kept = [entry if found["field"] == place.id else found for found in body.get("computed", ())]
    body = _without_prefill(body, place.id)
    return {**body, "computed": kept if before is not None else [*others, entry]}


def prefill(body: Document, posted: Posted, around: Around) -> Document:
    place = placed(body, posted.get("id", ""))
    entry = _prefilled(body, place.id, posted)
    body = _without_prefill(body, place.id)
    return {**body, "prefill": [*body.get("prefill", ()), entry]} if entry else body


def _prefilled(body: Document, field_id: str, posted: Posted) -> Document | None:
    before: Document = next((found for found in body.get("prefill", ()) if found["field"] == field_id), {})
    way = posted.get("from") or ("formula" if "formula" in before else before.get("from", ""))
    if way == "formula":
        known = forms.of(body).fields[field_id]
        text = posted.get("formula", "").strip() or before.get("formula") or _nothing(known)
        return {"field": field_id, "formula": text}
    if way == "link":
        return _from_link(body, field_id, posted, before)
    return {"field": field_id, "from": way} if way in FROM else None


def _from_link(body: Document, field_id: str, posted: Posted, before: Document) -> Document:
    links = [field.id for field in forms.of(body).tops if field.widget == "record"]
    if not links:
        raise Invalid([Problem("/from", "link", _("Add a linked record first: the value comes from there."))])
    link = posted.get("link") or before.get("link")
    of = posted.get("of") or before.get("of", "f1")
    return {"field": field_id, "from": "link", "link": link if link in links else links[0], "of": of}


def _without_prefill(body: Document, field_id: str) -> Document:
    left = [entry for entry in body.get("prefill", ()) if entry["field"] != field_id]
    return with_key(body, "prefill", left or None)


Deed = Callable[[Document, Posted, Around], Any]

DEEDS: dict[str, Deed] = {
    "rule_add": rule_add,
    "rule": rule,
    "clause": clause,
    "clause_add": clause_add,
    "clause_remove": clause_remove,
    "clause_when": clause_when,
    "action": action,
    "action_add": action_add,
    "action_remove": action_remove,
    "rule_move": rule_move,
    "rule_remove": rule_remove,
    "computed": computed,
    "prefill": prefill,
}
