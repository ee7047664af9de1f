"""A form document, read once: its fields by id and by name, what lies in which part, its formulas in order.

    form = forms.of(version.document["body"], version.digest)
    form.fields["f4"].title                   a column of a sub-table is a field too
    form.named["resources"].columns

Ids are those of the document; a form is the same for all its readers and never changed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from builder.expressions import Scope
from builder.forms import widgets
from builder.forms.widgets import Widget
from builder.scopes import Name
from builder.sources import Sources
from builder.sources import digest as digest_of
from core.db import Document
from formulas.characters import normal_name

KEPT = 256  # compiled forms of a process
PLAIN = {kind: kind for kind in ("number", "bool", "date")}  # everything else is a text where tables are asked
NOTHING_KNOWN: Sources = {}
MOST_KEPT = 1_000  # schemas and formulas of a form

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Field:
    """A field, or a column when `table` names its sub-table's id. `item` is its place in the layout, {} without one."""

    id: str
    name: str
    title: Document
    spec: Document
    item: Document
    widget: str
    shape: str
    required: bool
    formula: str | None = None
    table: str | None = None
    columns: tuple["Field", ...] = ()

    @cached_property
    def type(self) -> Widget:
        return widgets.WIDGETS[self.widget]

    @cached_property
    def kind(self) -> str | None:
        return widgets.kind_of(self.type, self.shape)

    @property
    def several(self) -> bool:
        return self.shape.startswith("array of ") and self.widget not in ("table", "date_range", "location")

    @property
    def hint(self) -> Document | None:
        return self.item.get("hint")

    @property
    def computed(self) -> bool:
        return self.formula is not None

    @property
    def typed(self) -> bool:
        """Whether a person gives it, and not a formula, a looked-up record or the store."""
        return self.formula is None and self.type.typed

    @property
    def default(self) -> Any:
        return self.spec.get("default")

    @property
    def sums(self) -> tuple[str, ...]:
        return tuple(self.item.get("sum", ()))


@dataclass(frozen=True, eq=False)
class Form:
    """`fields` holds columns too; `named` and `tops` only what stands on the form itself, in the order of the data."""

    body: Document
    digest: str
    fields: Mapping[str, Field]
    named: Mapping[str, Field]
    parts: Mapping[str, frozenset[str]]
    scope: Scope
    kept: dict[Any, Any] = field(default_factory=dict)

    def once(self, key: Any, make: Callable[[], T]) -> T:
        """What the engine compiles on the way, kept with the form: formulas, schemas, lists of options."""
        found = self.kept.get(key)
        if found is None:
            if len(self.kept) >= MOST_KEPT:
                self.kept.clear()
            found = self.kept[key] = make()
        made: T = found
        return made

    @cached_property
    def tops(self) -> list[Field]:
        return [*self.named.values()]

    @cached_property
    def required(self) -> frozenset[str]:
        return frozenset(entry.id for entry in self.fields.values() if entry.required)

    @cached_property
    def untyped(self) -> frozenset[str]:
        """What formulas, looked-up records and the store give."""
        return frozenset(entry.id for entry in self.fields.values() if not entry.typed)

    @cached_property
    def tables(self) -> list[Field]:
        return [table for table in self.named.values() if table.widget == "table"]

    @cached_property
    def choosers(self) -> list[Field]:
        return [entry for entry in self.fields.values() if "x-options" in entry.spec]

    @cached_property
    def computed(self) -> frozenset[str]:
        return frozenset(entry.id for entry in self.fields.values() if entry.computed)

    @cached_property
    def rules(self) -> list[Document]:
        """Those that are switched on, in order."""
        return [rule for rule in self.body.get("rules", ()) if not rule.get("off")]

    @cached_property
    def order(self) -> list[Field]:
        """Fields as the page shows them, top to bottom, columns left out."""
        placed = [entry["field"] for entry in items(self.body["layout"])]
        return [self.fields[identity] for identity in placed if identity in self.fields]


def of(body: Document, digest: str = "", known: Sources = NOTHING_KNOWN) -> Form:
    """The form of a body, kept by digest (of the document; of the body when none is given) and by what it uses of the
    tables and formulas that are `known`. A draft may be incomplete: what cannot be read is passed over."""
    used = [known[identity] for use in body.get("uses", ()) if (identity := _identity(use)) in known]
    key = (digest or digest_of(body), *(source.digest for source in used))
    form = _FORMS.get(key)
    if form is None:
        if len(_FORMS) >= KEPT:
            _FORMS.clear()
        form = _FORMS[key] = _read(body, key[0], known)
    return form


def knowing(form: Form, known: Sources) -> Form:
    """The form with the tables and formulas that it uses."""
    return of(form.body, form.digest, known) if form.body.get("uses") else form


_FORMS: dict[tuple[str, ...], "Form"] = {}


def _identity(use: Document) -> tuple[str, str]:
    kind = "table" if "table" in use else "formula"
    return kind, use.get(kind, "")


def _read(body: Document, digest: str, known: Sources) -> Form:
    placed = {entry["field"]: entry for entry in items(body["layout"])}
    placed |= {inner["field"]: inner for entry in [*placed.values()] for inner in entry.get("items", ())}
    computed = {entry["field"]: entry["formula"] for entry in body.get("computed", ())}
    named = {entry.name: entry for entry in _fields(body["data"], placed, computed, None)}
    fields = {entry.id: entry for top in named.values() for entry in (top, *top.columns)}
    return Form(body, digest, fields, named, dict(_parts(body["layout"])), _scope(body, named, known))


def _scope(body: Document, named: Mapping[str, Field], known: Sources) -> Scope:
    """What the form uses of tables and formulas, whose inputs may name its fields."""
    fields = [entry for entry in named.values() if entry.kind is not None]
    titles = [(normal_name(entry.title["zh"]), PLAIN.get(str(entry.kind), "text")) for entry in fields]
    return Scope([Name(title, title, kind, {}) for title, kind in titles], body.get("uses", ()), known)


def _fields(data: Document, placed: Document, computed: Document, table: str | None) -> Iterator[Field]:
    required = frozenset(data.get("required", ()))
    for name, spec in data.get("properties", {}).items():
        identity, shape = spec["x-id"], widgets.shape_of(spec)
        item = placed.get(identity, {})
        widget = item.get("widget") or widgets.plain(shape).name
        columns = tuple(_fields(spec["items"], placed, computed, identity)) if shape == "array of object" else ()
        yield Field(
            id=identity,
            name=name,
            title={"zh": spec["title"], "en": spec.get("x-title-en", spec["title"])},
            spec=spec,
            item=item,
            widget=widget,
            shape=shape,
            required=name in required,
            formula=computed.get(identity),
            table=table,
            columns=columns,
        )


def items(nodes: list[Document]) -> Iterator[Document]:
    """The fields of a layout, whatever parts they lie in; columns of tables are inside theirs."""
    for node in nodes:
        if "field" in node:
            yield node
        else:
            yield from items(node.get("items", []))


def _parts(nodes: list[Document]) -> Iterator[tuple[str, frozenset[str]]]:
    """By the id of each part and item of the layout: the fields and parts inside it."""
    for node in nodes:
        inner = dict(_parts(node.get("items", [])))
        yield from inner.items()
        fields = {node["field"]} if "field" in node else set()
        yield node["id"], frozenset(fields.union(inner, *inner.values()))
