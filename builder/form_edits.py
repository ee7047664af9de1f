"""What people do to a form in its designer, each deed a function from one body to the next.

    body = form_edits.apply(body, "add", MultiDict(what="rating", into="s1"), around)

A deed takes what its control posted. It raises NotFound for what is gone, Invalid for what cannot be; whatever it gives
can be drawn and edited on: ids differ, every field stands once in the layout, what refers to a field finds it.
"""

from collections.abc import Callable, Iterator, Sequence

from flask_babel import gettext as _

from builder import (
    form_creation_edits,
    form_data,
    form_field_edits,
    form_option_edits,
    form_palette,
    form_rule_edits,
    form_setting_edits,
    form_tree,
    form_uses,
)
from builder.form_around import Around, Posted, gone, one_of, part_named, with_words
from builder.form_palette import Kind
from core.db import Document
from core.errors import Invalid, Problem

END = 10_000


def apply(body: Document, deed: str, posted: Posted, around: Around) -> Document:
    return DEEDS[deed](body, posted, around)


def fresh(old: Document, new: Document) -> str | None:
    """The id of the first node of the layout that a deed has put in."""
    known = {node["id"] for node in form_tree.walk(old["layout"])}
    return next((node["id"] for node in form_tree.walk(new["layout"]) if node["id"] not in known), None)


def titled(document: Document, posted: Posted) -> Document:
    """The document with what the form is called and what it is for."""
    return with_words(with_words(document, posted, "title", kept=True), posted, "description")


# ── adding ────────────────────────────────────────────────────────────────────────────────────────────────────────


def add(body: Document, posted: Posted, around: Around) -> Document:
    """A field or part of the palette: `into` and `at` where it was dropped, else `beside` what is chosen."""
    kind = form_palette.KINDS[one_of(form_palette.KINDS, posted, "what")]
    into, at = _where(body, posted, kind)
    table = form_tree.find(body["layout"], into) if into else None
    if table is not None and "field" in table:
        return form_field_edits.with_column(body, table, kind, at)
    if kind.part:
        return {**body, "layout": form_tree.inserted(body["layout"], _new_part(body, kind), into, at)}
    return form_field_edits.with_field(body, kind, into, at)


def _new_part(body: Document, kind: Kind) -> Document:
    """Columns hold what is put in; tabs and steps begin with two sections."""
    node: Document = {"id": form_tree.free_id(body, "p"), "type": kind.key}
    if kind.key == "note":
        return {**node, "text": {"zh": "请在这里写说明。", "en": "Write here what people should know."}}
    if kind.key == "section":
        return {**node, "title": {"zh": "新分组", "en": "New section"}, "items": []}
    if kind.key in form_tree.PANELS:
        words = (
            (("第一步", "Step 1"), ("第二步", "Step 2"))
            if kind.key == "steps"
            else (("页签一", "Tab 1"), ("页签二", "Tab 2"))
        )
        return {**node, "items": [_panel(node["id"], n, zh, en) for n, (zh, en) in enumerate(words, 1)]}
    return {**node, "items": []} if kind.key in form_tree.HOLDERS else node


def _panel(identity: str, number: int, zh: str, en: str) -> Document:
    return {"id": f"{identity}_{number}", "type": "section", "title": {"zh": zh, "en": en}, "items": []}


def _where(body: Document, posted: Posted, kind: Kind) -> tuple[str, int]:
    layout = body["layout"]
    if "into" in posted:
        into, at = posted["into"], posted.get("at", END, type=int)
        return _held(layout, into, at, kind.key) if into else ("", at)
    chosen = form_tree.find(layout, posted.get("beside", ""))
    if chosen is None:
        last = layout[-1] if layout else None
        open_end = last is not None and last.get("type") == "section" and kind.key not in form_tree.HOLDERS
        return (last["id"], END) if last is not None and open_end else ("", END)
    if chosen.get("type") in form_tree.HOLDERS:
        return _held(layout, chosen["id"], END, kind.key)
    holder = form_tree.holder_of(layout, chosen["id"])
    if holder is not None and "field" in holder and not kind.column:
        return _beside(layout, holder["id"], kind)
    return _beside(layout, chosen["id"], kind)


def _beside(layout: form_tree.Nodes, identity: str, kind: Kind) -> tuple[str, int]:
    holder = form_tree.holder_of(layout, identity)
    return (holder["id"] if holder else ""), form_tree.position(layout, identity) + 1


def _held(layout: form_tree.Nodes, into: str, at: int, what: str) -> tuple[str, int]:
    """Tabs and steps hold sections only: anything else goes into the last of them."""
    holder = part_named(layout, into)
    if holder.get("type") in form_tree.PANELS and what != "section":
        return (holder["items"][-1]["id"], END) if holder["items"] else (into, _refuse_panel())
    if holder.get("type") not in form_tree.HOLDERS and not ("field" in holder and what in form_palette.KINDS):
        raise _impossible(_("Nothing can be put in there."))
    return into, at


def _refuse_panel() -> int:
    raise _impossible(_("Tabs and steps hold sections. Add a section first."))


# ── moving ────────────────────────────────────────────────────────────────────────────────────────────────────────


def drop(body: Document, posted: Posted, around: Around) -> Document:
    """Into another place, as it was dragged."""
    layout = body["layout"]
    node = part_named(layout, posted.get("id", ""))
    if _is_column(layout, node["id"]) and posted.get("into") != _holder_id(layout, node["id"]):
        raise _impossible(_("A column stays in its sub-table."))
    return _put(body, node, posted.get("into", ""), posted.get("at", END, type=int))


def move(body: Document, posted: Posted, around: Around) -> Document:
    """One place up or down; at the end of a part out of it, and past a section into it."""
    layout = body["layout"]
    node = part_named(layout, posted.get("id", ""))
    by = -1 if posted.get("to") == "up" else 1
    beside, at = form_tree.siblings(layout, node["id"]), form_tree.position(layout, node["id"])
    holder = form_tree.holder_of(layout, node["id"])
    if not 0 <= at + by < len(beside):
        return _out(body, node, holder, by)
    neighbour = beside[at + by]
    if neighbour.get("type") in ("section", "columns") and node.get("type") != "section":
        return _put(body, node, neighbour["id"], 0 if by > 0 else END)
    return _put(body, node, holder["id"] if holder else "", at + by)


def _out(body: Document, node: Document, holder: Document | None, by: int) -> Document:
    layout = body["layout"]
    if holder is None or "field" in holder:
        return body
    above = form_tree.holder_of(layout, holder["id"])
    if above is not None and above.get("type") in form_tree.PANELS:
        panels, at = above["items"], form_tree.position(layout, holder["id"]) + by
        return _put(body, node, panels[at]["id"], 0 if by > 0 else END) if 0 <= at < len(panels) else body
    if holder.get("type") in form_tree.PANELS:
        return body
    at = form_tree.position(layout, holder["id"]) + (1 if by > 0 else 0)
    return _put(body, node, above["id"] if above else "", at)


def _put(body: Document, node: Document, into: str, at: int) -> Document:
    """`at` counts in what is left when the node is taken out."""
    layout = body["layout"]
    if into and form_tree.find([node], into) is not None:
        raise _impossible(_("A part cannot lie in itself."))
    if into and not _is_column(layout, node["id"]):
        into, at = _held(layout, into, at, str(node.get("type", "")))
    taken_out = form_tree.removed(layout, node["id"])
    return {**body, "layout": form_tree.inserted(taken_out, node, into, max(at, 0))}


def _is_column(layout: form_tree.Nodes, identity: str) -> bool:
    holder = form_tree.holder_of(layout, identity)
    return holder is not None and "field" in holder


def _holder_id(layout: form_tree.Nodes, identity: str) -> str:
    holder = form_tree.holder_of(layout, identity)
    return str(holder["id"]) if holder else ""


# ── duplicating and removing ──────────────────────────────────────────────────────────────────────────────────────


def duplicate(body: Document, posted: Posted, around: Around) -> Document:
    """Beside the original, with new ids; fields of the form get titles of their own. Rules stay with the original."""
    layout = body["layout"]
    node = part_named(layout, posted.get("id", ""))
    holder = form_tree.holder_of(layout, node["id"])
    renamed = dict(_fresh_ids(body, node))
    table = str(holder["field"]) if holder is not None and "field" in holder else None
    for entry in form_tree.walk([node]):
        if "field" in entry and not _is_inner_column(node, entry):
            body = form_field_edits.copied(body, entry["field"], renamed, table)
    copy = _relabelled(node, renamed)
    at = form_tree.position(layout, node["id"]) + 1
    return {**body, "layout": form_tree.inserted(layout, copy, holder["id"] if holder else "", at)}


def _is_inner_column(node: Document, entry: Document) -> bool:
    """A column goes with its sub-table when that is copied."""
    holder = form_tree.holder_of([node], entry["id"])
    return holder is not None and "field" in holder


def _fresh_ids(body: Document, node: Document) -> Iterator[tuple[str, str]]:
    """Old id → new id, for the node, its fields and all that lies in them."""
    taken = set(form_tree.ids(body))
    specs = [place.spec for entry in form_tree.walk([node]) if (place := form_data.find(body, entry.get("field", "")))]
    for identity in dict.fromkeys(form_tree.ids([node, *specs])):
        letter = identity[0]
        new = next(name for n in range(1, len(taken) + 2) if (name := f"{letter}{n}") not in taken)
        taken.add(new)
        yield identity, new


def _relabelled(node: Document, renamed: dict[str, str]) -> Document:
    copy = {**node, "id": renamed[node["id"]]}
    if "field" in node:
        copy["field"] = renamed[node["field"]]
    if "sum" in node:
        copy["sum"] = [renamed[identity] for identity in node["sum"]]
    if "items" in node:
        copy["items"] = [_relabelled(inner, renamed) for inner in node["items"]]
    return copy


def remove(body: Document, posted: Posted, around: Around) -> Document:
    """With all that lies in it. Refused while a formula or a looked-up field still names it: it says where."""
    node = part_named(body["layout"], posted.get("id", ""))
    gone = {entry["field"] for entry in form_tree.walk([node]) if "field" in entry}
    if named := form_uses.naming(body, gone):
        sentence = _("This is still used: %(places)s. Change that first.", places=", ".join(named))
        raise _impossible(sentence)
    return form_uses.without(body, node, gone)


def part(body: Document, posted: Posted, around: Around) -> Document:
    """The words of a section, of columns, of a note."""
    node = part_named(body["layout"], posted.get("id", ""))
    if "type" not in node:
        raise gone(f"{node['id']} is no part")

    def worded(found: Document) -> Sequence[Document]:
        return [form_field_edits.worded(found, posted, ("title", "hint", "text"), kept=("text",))]

    return {**body, "layout": form_tree.replaced(body["layout"], node["id"], worded)}


def _impossible(sentence: str) -> Invalid:
    return Invalid([Problem("/body/layout", "impossible", sentence)])


Deed = Callable[[Document, Posted, Around], Document]

DEEDS: dict[str, Deed] = {
    "add": add,
    "drop": drop,
    "move": move,
    "duplicate": duplicate,
    "remove": remove,
    "part": part,
    **form_field_edits.DEEDS,
    **form_option_edits.DEEDS,
    **form_rule_edits.DEEDS,
    **form_setting_edits.DEEDS,
    **form_creation_edits.DEEDS,
}
