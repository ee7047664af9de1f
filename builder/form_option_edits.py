"""Deeds on the options of a choice: one by one, pasted as lines, from a published table or from metrics."""

from collections.abc import Callable, Iterator, Sequence

from flask_babel import gettext as _

from builder import form_data, form_tree
from builder.form_around import Around, Posted, gone, with_words
from builder.form_data import Place
from builder.form_field_edits import placed, with_first_options
from builder.forms import renaming
from core.db import Document
from core.errors import Invalid, Problem


def option(body: Document, posted: Posted, around: Around) -> Document:
    """Another title of one option; comparisons with it follow."""
    place = _listing(body, posted)
    found = next((entry for entry in _options(place.spec["x-options"]) if entry["id"] == posted.get("option")), None)
    if found is None:
        raise gone(f"no option {posted.get('option')}")
    title = with_words(found, posted, "title", kept=True)["title"]
    others = {entry["title"]["zh"] for entry in _options(place.spec["x-options"]) if entry["id"] != found["id"]}
    if title["zh"] in others:
        raise Invalid([Problem("/title", "repeated", _("This option is there already."))])
    return renaming.option_renamed(body, place.id, found["id"], title)


def option_add(body: Document, posted: Posted, around: Around) -> Document:
    """One more at the end, or below another where choices cascade."""
    place = _listing(body, posted)
    taken = {entry["title"]["zh"] for entry in _options(place.spec["x-options"])}
    number = next(n for n in range(1, len(taken) + 2) if f"选项 {n}" not in taken)
    fresh = {
        "id": form_tree.free_id(body, "o"),
        "title": {"zh": f"选项 {number}", "en": f"Option {number}"},
    }
    return _with_options(body, place, _below(place.spec["x-options"], posted.get("option", ""), fresh))


def option_remove(body: Document, posted: Posted, around: Around) -> Document:
    place = _listing(body, posted)
    left = _pruned(place.spec["x-options"], posted.get("option", ""))
    if not left:
        raise Invalid([Problem("/option", "last", _("Something must be there to choose. Add another option first."))])
    return _with_options(body, place, left)


def option_move(body: Document, posted: Posted, around: Around) -> Document:
    place = _listing(body, posted)
    by = -1 if posted.get("to") == "up" else 1
    return _with_options(body, place, _swapped(place.spec["x-options"], posted.get("option", ""), by))


def option_paste(body: Document, posted: Posted, around: Around) -> Document:
    """A line an option, levels of a cascading choice with / between. Titles that are there keep their ids."""
    place = _choice(body, posted)
    item = form_tree.item_of(body["layout"], place.id) or {}
    ways = [[part.strip() for part in line.split("/")] for line in posted.get("lines", "").splitlines() if line.strip()]
    if item.get("widget") != "cascading":
        ways = [["/".join(way)] for way in ways]
    known = {entry["title"]["zh"]: entry["id"] for entry in _options(_listed(place))}
    if not ways or len(ways) > 500:
        raise Invalid([Problem("/lines", "lines", _("Write one option a line, at most 500."))])
    fresh = _Ids(form_tree.ids(body), known)
    return _with_options(body, place, _grown(ways, fresh))


def option_source(body: Document, posted: Posted, around: Around) -> Document:
    """A list of its own, a column of a published table, or metrics with a tag."""
    place = _choice(body, posted)
    if posted.get("from") == "table":
        given = _from_table(body, posted, around)
    elif posted.get("from") == "metrics":
        given = {"from": "metrics"} | ({"tag": posted["tag"]} if posted.get("tag") else {})
    else:
        return body if isinstance(place.spec["x-options"], list) else _with_fresh_list(body, place)
    return form_data.with_spec(body, place.id, {**place.spec, "x-options": given})


def _from_table(body: Document, posted: Posted, around: Around) -> Document:
    tables = {key: source for (kind, key), source in around.known.items() if kind == "table"}
    if not tables:
        raise Invalid([Problem("/from", "table", _("There is no published table yet. Write the options here."))])
    key = posted["table"] if posted.get("table") in tables else min(tables)
    columns = {column["key"] for column in _columns(tables[key].document["body"])}
    column = posted["column"] if posted.get("column") in columns else min(columns)
    given: Document = {"from": "table", "table": key, "column": column}
    match = {name: posted[f"match_{name}"] for name in sorted(columns) if posted.get(f"match_{name}")}
    known = {place.id for place in form_data.beside(body, None)}
    match = {name: field_id for name, field_id in match.items() if field_id in known}
    return given | ({"match": match} if match else {})


def _columns(table: Document) -> list[Document]:
    return [*table["inputs"], *table["outputs"]]


def _with_fresh_list(body: Document, place: Place) -> Document:
    body = form_data.with_spec(body, place.id, {**place.spec, "x-options": []})
    return with_first_options(body, place.id)


def _listing(body: Document, posted: Posted) -> Place:
    """A choice with a list of its own."""
    place = _choice(body, posted)
    if not isinstance(place.spec["x-options"], list):
        raise gone(f"{place.id} has no list of options")
    return place


def _choice(body: Document, posted: Posted) -> Place:
    place = placed(body, posted.get("id", ""))
    if "x-options" not in place.spec:
        raise gone(f"{place.id} has no options")
    return place


def _listed(place: Place) -> list[Document]:
    given = place.spec["x-options"]
    return given if isinstance(given, list) else []


def _options(given: Sequence[Document]) -> Iterator[Document]:
    for entry in given:
        yield entry
        yield from _options(entry.get("options", ()))


def _with_options(body: Document, place: Place, given: list[Document]) -> Document:
    return form_data.with_spec(body, place.id, {**place.spec, "x-options": given})


def _below(given: Sequence[Document], above: str, fresh: Document) -> list[Document]:
    if not above:
        return [*given, fresh]
    found = []
    for entry in given:
        if entry["id"] == above:
            entry = {**entry, "options": [*entry.get("options", ()), fresh]}
        elif "options" in entry:
            entry = {**entry, "options": _below(entry["options"], above, fresh)}
        found.append(entry)
    return found


def _pruned(given: Sequence[Document], identity: str) -> list[Document]:
    found = []
    for entry in given:
        if entry["id"] != identity:
            below = _pruned(entry.get("options", ()), identity)
            bare = {key: value for key, value in entry.items() if key != "options"}
            found.append({**bare, "options": below} if below else bare)
    return found


def _swapped(given: Sequence[Document], identity: str, by: int) -> list[Document]:
    entries = [
        {**entry, "options": _swapped(entry["options"], identity, by)} if "options" in entry else entry
        for entry in given
    ]
    here = next((at for at, entry in enumerate(entries) if entry["id"] == identity), None)
    if here is not None and 0 <= here + by < len(entries):
        entries[here], entries[here + by] = entries[here + by], entries[here]
    return entries


class _Ids:
    """Ids for titles: those that a title has already, fresh ones for the others."""

    def __init__(self, taken: Iterator[str], known: dict[str, str]) -> None:
        self.taken = set(taken)
        self.known = dict(known)

    def of(self, title: str) -> str:
        if title in self.known:
            return self.known.pop(title)
        found = next(name for n in range(1, len(self.taken) + 2) if (name := f"o{n}") not in self.taken)
        self.taken.add(found)
        return found


def _grown(ways: Sequence[Sequence[str]], ids: _Ids) -> list[Document]:
    """A tree of options from ways down it; the same title at one level is one option."""
    found: list[Document] = []
    for title in dict.fromkeys(way[0] for way in ways if way and way[0]):
        below = [way[1:] for way in ways if way[0] == title and len(way) > 1]
        entry: Document = {"id": ids.of(title), "title": {"zh": title[:80]}}
        inner = _grown(below, ids)
        found.append({**entry, "options": inner} if inner else entry)
    return found


Deed = Callable[[Document, Posted, Around], Document]

DEEDS: dict[str, Deed] = {
    "option": option,
    "option_add": option_add,
    "option_remove": option_remove,
    "option_move": option_move,
    "option_paste": option_paste,
    "option_source": option_source,
}
