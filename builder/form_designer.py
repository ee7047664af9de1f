"""A draft of a form as its designer shows it: the canvas, what is chosen on it, what is wrong and where."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from builder import (
    form_conditions,
    form_data,
    form_field_edits,
    form_palette,
    form_people,
    form_tree,
    form_words,
    forms,
)
from builder.form_conditions import Clause
from builder.form_page import FormPage
from builder.forms import Field, Form, World
from builder.sources import Sources
from core.db import Document
from core.errors import Problem
from core.i18n import text
from organization.models import Member

PANES = ("field", "rules", "form")
SIZES = ("pc", "phone")


@dataclass(frozen=True)
class Shown:
    """What of the designer somebody has open: chosen node, pane, person, size of the canvas."""

    at: str = ""
    pane: str = "field"
    who: int | None = None
    size: str = "pc"

    def fields(self, **other: Any) -> dict[str, Any]:
        now = {"at": self.at, "pane": self.pane, "who": self.who or "", "size": self.size} | other
        return {name: value for name, value in now.items() if value not in ("", None, "pc")}


@dataclass(frozen=True)
class Canvas(FormPage):
    """The form drawn for nobody to fill: nothing to pick; columns stand even where a rule hides their sub-table, and
    so does a part with nothing in it yet."""

    def shows(self, node: Document) -> bool:
        return self.state.shows(node["id"]) and ("field" not in node or self.state.shows(node["field"]))

    def columns(self, table: Field) -> list[Field]:
        return self.ordered(table)


@dataclass(frozen=True)
class Preview(FormPage):
    """The form with what a person could pick; where it is nobody in particular, who designs it."""

    picker: Member | None = None
    address: str = ""

    def offered(self, at: Field) -> Sequence[tuple[Any, str]]:
        if at.widget == "metric" or self.picker is None:
            return super().offered(at)
        return form_people.offered(self.picker, at)

    def pick_url(self, at: Field) -> str | None:
        return None if at.widget == "metric" else f"{self.address}&field={at.id}"


def canvas(form: Form, world: World) -> FormPage:
    values = {} if world.who.member_id is None else forms.begin(form, world)
    return Canvas(form, forms.effective(form, values, world), world)


# ── what is wrong where ───────────────────────────────────────────────────────────────────────────────────────────


def located(document: Document, problems: Sequence[Problem]) -> dict[str, list[Problem]]:
    """Problems by the id of what they are in: a node, a field, a rule; under "" what is nowhere in particular."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(_nearest(document, problem.path), []).append(problem)
    return found


def _nearest(document: Any, path: str) -> str:
    here, nearest = document, ""
    for step in path.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(here, dict):
            here = here.get(step)
        elif isinstance(here, list) and step.isdecimal() and int(step) < len(here):
            here = here[int(step)]
        else:
            break
        if isinstance(here, dict):
            nearest = _id_of(here) or nearest
    return nearest


def _id_of(thing: Document) -> str:
    known = (
        thing.get("id") or thing.get("x-id") or (thing.get("field") if "formula" in thing or "from" in thing else "")
    )
    return known if isinstance(known, str) else ""


# ── the page ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Designer:
    document: Document
    form: Form
    page: FormPage
    shown: Shown
    known: Sources
    seats: Sequence[form_people.Seat]
    problems: Sequence[Problem]

    @property
    def body(self) -> Document:
        body: Document = self.document["body"]
        return body

    # ── what is chosen ──

    @cached_property
    def node(self) -> Document | None:
        return form_tree.find(self.body["layout"], self.shown.at)

    @cached_property
    def field(self) -> Field | None:
        return self.form.fields.get(self.node.get("field", "")) if self.node else None

    @cached_property
    def holder(self) -> Document | None:
        return form_tree.holder_of(self.body["layout"], self.shown.at) if self.node else None

    def kind(self, node: Document) -> form_palette.Kind:
        return form_palette.KINDS[node.get("widget") or node["type"]]

    def called(self, node: Document) -> str:
        """What a node is called where it is listed."""
        if "field" in node:
            known = self.form.fields.get(node["field"])
            return text(known.title) if known else str(node["field"])
        words = text(node.get("title")) or text(node.get("text"))[:20]
        return words or text(self.kind(node).title)

    def is_empty(self, identity: str) -> bool:
        node = form_tree.find(self.body["layout"], identity)
        return node is not None and not node.get("items")

    # ── what is wrong ──

    @cached_property
    def wrong(self) -> Mapping[str, Sequence[Problem]]:
        return located(self.document, self.problems)

    def problems_of(self, node: Document) -> list[Problem]:
        return [*self.wrong.get(node["id"], ()), *self.wrong.get(node.get("field", "-"), ())]

    @cached_property
    def elsewhere(self) -> list[Problem]:
        """What belongs to nothing that can be chosen."""
        rules = {rule["id"] for rule in self.body.get("rules", ())}
        nodes = {node["id"] for node in form_tree.walk(self.body["layout"])} | self.form.fields.keys()
        return [problem for at, problems in self.wrong.items() if at not in rules | nodes for problem in problems]

    # ── rules as sentences ──

    def condition(self, written: str) -> tuple[list[Clause], str] | None:
        return form_conditions.read(written, self.form)

    def asked(self) -> list[tuple[str, str]]:
        return [(known.id, text(known.title)) for known in form_conditions.asked(self.form)]

    def ops(self, clause: Clause) -> list[tuple[str, str]]:
        known = self.form.fields[clause.field]
        return [(op, form_words.op_words(op, str(known.kind))) for op in form_conditions.ops(known)]

    def titles(self, field_id: str) -> list[str]:
        """What a choice is compared with, where the form itself lists it."""
        given = self.form.fields[field_id].spec.get("x-options")
        return [entry["title"]["zh"] for entry in _options(given)] if isinstance(given, list) else []

    def himself(self, field_id: str) -> str:
        """我 for a person, 我的部门 for a unit: what a condition may compare it with beside names."""
        return form_conditions.HIMSELF.get(self.form.fields[field_id].widget, "")

    def himself_words(self, field_id: str) -> str:
        return form_words.himself(self.form.fields[field_id].widget)

    def targets(self, verb: str) -> list[tuple[str, str]]:
        """What a rule may show and hide: parts too; otherwise fields alone."""
        found = [(known.id, self._title_of(known)) for known in self.form.fields.values()]
        if verb in ("show", "hide"):
            found += [
                (node["id"], f"{text(self.kind(node).title)} · {self.called(node)}")
                for node in form_tree.walk(self.body["layout"])
                if node.get("type") in (*form_tree.HOLDERS, "note")
            ]
        return found

    def _title_of(self, known: Field) -> str:
        table = self.form.fields.get(known.table or "")
        return f"{text(table.title)} · {text(known.title)}" if table else text(known.title)

    def fields(self) -> list[tuple[str, str]]:
        return [(known.id, self._title_of(known)) for known in self.form.fields.values()]

    def tops(self, *widgets: str) -> list[tuple[str, str]]:
        """Fields of the form itself, of these kinds where they are named."""
        return [(known.id, text(known.title)) for known in self.form.tops if not widgets or known.widget in widgets]

    # ── one field ──

    def may(self, role: str) -> str:
        """What a role may do with the chosen field."""
        return forms.rights.may(self.form, self.field.id, {role} if role else ()) if self.field else "edit"

    @property
    def formula(self) -> str | None:
        """The formula of the chosen field, also where it is wrong and not drawn."""
        own = (
            entry["formula"]
            for entry in self.body.get("computed", ())
            if self.field and entry["field"] == self.field.id
        )
        return next(own, None)

    @property
    def is_barred(self) -> bool:
        """Whether somebody may not see or change the chosen field."""
        return any(self.field and self.field.id in entry["fields"] for entry in self.body.get("access", ()))

    def limit(self, name: str) -> str:
        """A limit of the chosen field as it is typed."""
        value = self.field.spec.get(name) if self.field else None
        return "" if value is None or self.field is None else forms.typed(self.field, value)

    @property
    def default(self) -> str:
        """The first value of the chosen field as it is typed; an option by its title."""
        if self.field is None or self.field.default is None:
            return ""
        given = self.field.spec.get("x-options")
        if isinstance(given, list):
            return next((text(one["title"]) for one in _options(given) if one["id"] == self.field.default), "")
        return forms.typed(self.field, self.field.default)

    def kin(self) -> list[tuple[str, str]]:
        """What the chosen field may be instead, with its values kept."""
        kinds = form_field_edits.kin(self.field.widget) if self.field else ()
        return [(key, text(form_palette.KINDS[key].title)) for key in kinds]

    def column_kinds(self) -> list[tuple[str, str]]:
        return [(kind.key, text(kind.title)) for kind in form_palette.KINDS.values() if kind.column]

    def prefill(self) -> Document:
        own = (entry for entry in self.body.get("prefill", ()) if self.field and entry["field"] == self.field.id)
        return next(own, {})

    def tables(self) -> list[tuple[str, str]]:
        return self._known("table")

    def metrics(self) -> list[tuple[str, str]]:
        return self._known("metric")

    def other_forms(self) -> list[tuple[str, str]]:
        return [(key, title) for key, title in self._known("form") if key != self.document["key"]]

    def flows(self) -> list[tuple[str, str]]:
        """Flows in force that were drawn for this form."""
        key = self.document["key"]
        found = (source.document for (kind, _key), source in self.known.items() if kind == "workflow")
        return [(one["key"], text(one["title"])) for one in found if one["body"]["subject"].get("form") == key]

    def _known(self, kind: str) -> list[tuple[str, str]]:
        found = [(key, text(source.document["title"])) for (known, key), source in self.known.items() if known == kind]
        return sorted(found, key=lambda pair: pair[1])

    def columns_of(self, table: str) -> list[tuple[str, str]]:
        source = self.known.get(("table", table))
        body = source.document["body"] if source else {"inputs": [], "outputs": []}
        return [(column["key"], text(column["title"])) for column in (*body["inputs"], *body["outputs"])]

    def fields_of(self, key: str) -> list[tuple[str, str]]:
        """Fields of another form: what a looked-up field may show."""
        source = self.known.get(("form", key))
        return [(known.id, text(known.title)) for known in forms.of(source.document["body"]).tops] if source else []

    def linked(self, field_id: str) -> str:
        """The form whose record a field links to."""
        known = self.form.fields.get(field_id)
        return str(known.spec.get("x-pick", {}).get("form", "")) if known else ""


def _options(given: Sequence[Document]) -> Iterator[Document]:
    for entry in given:
        yield entry
        yield from _options(entry.get("options", ()))


def names_published(documents: Sequence[Document]) -> frozenset[str]:
    """Names of fields and columns that records may have been sent with."""
    return frozenset(place.name for document in documents for place in form_data.fields(document["body"]))
