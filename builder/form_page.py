"""A form as its page draws it (templates/_macros/form_fields.html): for one person, with these values, with what is
wrong beside each field. Who fills it, its preview and the canvas of its designer draw the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from markupsafe import Markup, escape

from builder import forms
from builder.forms import options as choices
from builder.forms import rich, widgets
from builder.forms.document import Field, Form
from builder.forms.effective import Effective
from builder.forms.options import Option
from builder.forms.world import World
from core.db import Document
from core.errors import Problem
from core.i18n import money, text

OPEN_OPTIONS = 5  # as many lie open; more are a list to open
LONGEST = 50_000
NOTHING = "—"
BOXES = frozenset({"text", "long_text", "phone", "email", "url", "date", "date_time", "number", "percent"})
READ = BOXES | {"money", "slider", "rating", "lookup"}
NAME, WORDS, ECHO = "\ue000", "\ue001", "\ue002"  # stand for them in what is drawn once for all rows
ACCEPTED = {
    "image": "image/*",
    "pdf": ".pdf",
    "document": ".doc,.docx",
    "sheet": ".xls,.xlsx,.csv",
    "slides": ".ppt,.pptx",
    "text": ".txt,.md",
}


@dataclass(frozen=True)
class FormPage:
    """`raw` holds by posted name what was typed and could not be read. Columns are posted, and problems placed, as
    resources-0-qty and /resources/0/qty."""

    form: Form
    state: Effective
    world: World
    problems: Sequence[Problem] = ()
    warnings: Sequence[Problem] = ()
    raw: Mapping[str, str] = field(default_factory=dict)
    drawn: dict[tuple[str, str], str] = field(default_factory=dict)

    # ── what is there ──

    def shows(self, node: Document) -> bool:
        """A part stands when something in it does; notes and dividers go with what they lie in."""
        if not self.state.shows(node["id"]):
            return False
        if "field" in node:
            return node["field"] in self.form.fields and self.state.shows(node["field"])
        inner = node.get("items")
        return inner is None or any(self.shows(entry) for entry in inner)

    def columns(self, table: Field) -> list[Field]:
        return [column for column in self.ordered(table) if self.state.shows(column.id)]

    def ordered(self, table: Field) -> list[Field]:
        """Columns as the layout has them."""
        placed = [entry["field"] for entry in table.item.get("items", ())]
        known = {column.id: column for column in table.columns}
        return [known[identity] for identity in placed if identity in known] or list(table.columns)

    def state_of(self, at: Field) -> str:
        """given when the person types it, fixed when he only reads it."""
        table = at.table is not None and at.table in self.state.readonly
        return "fixed" if at.id in self.state.readonly or table else "given"

    def required(self, at: Field) -> bool:
        return at.id in self.state.required

    # ── values ──

    def value(self, at: Field) -> Any:
        return self.state.values.get(at.name)

    def rows(self, table: Field) -> list[Document]:
        """At least as many as there must be, one to begin with."""
        found = self.value(table) or []
        least = max(1, table.spec.get("minItems", 0)) if self.state_of(table) == "given" else 0
        return [*found, *({} for _row in range(least - len(found)))]

    def mark(self, table: Field, number: int) -> str:
        """What a line carries so that its cells that are only read are known again; empty where nothing is sent."""
        return ""

    def sums(self, table: Field) -> Mapping[str, float]:
        return self.state.sums.get(table.id, {}) if table.sums else {}

    def said(self, at: Field, value: Any, name: str) -> str:
        """What stands in the box."""
        return self.raw[name] if name in self.raw else forms.typed(at, value)

    def echo(self, at: Field, value: Any) -> str:
        """Below a box for money what was typed, as it is said: 7.2亿."""
        if value == WORDS:
            return ECHO
        return money(value) if at.widget == "money" and isinstance(value, int | float) else ""

    def shown(self, at: Field, value: Any) -> str:
        return "" if value is None else forms.shown(at, value, self.world, self.options(at))

    def rich(self, value: str) -> Markup:
        """A rich text as it is read: cleaned once more, whatever was stored."""
        return Markup(rich.clean(value))

    def cell(self, draw: Callable[..., Markup], column: Field, name: str, value: Any) -> Markup:
        """A cell of a sub-table. Rows differ in their number and in what stands there, so a column is drawn once, and
        once for each choice in it; only what is wrong is drawn for itself."""
        if name in self.raw or name in self._wrong:
            return draw(self, column, name, value)
        words = self._words(column, value)
        kind = (column.id, WORDS if words is not None else repr(value))
        if kind not in self.drawn:
            self.drawn[kind] = str(draw(self, column, NAME, value if words is None else WORDS))
        found = self.drawn[kind].replace(NAME, name)
        if words is not None:
            found = found.replace(ECHO, self.echo(column, value)).replace(WORDS, escape(words))
        return Markup(found)

    def _words(self, column: Field, value: Any) -> str | None:
        """What stands in a cell where that is all that it says; None where more follows from it."""
        if self.state_of(column) == "given":
            only = column.widget in BOXES or (column.widget == "money" and value is not None)
            return forms.typed(column, value) if only else None
        return (self.shown(column, value) or NOTHING) if column.widget in READ else None

    # ── what may be given ──

    def options(self, at: Field) -> Sequence[Option]:
        return self.state.options.get(at.id, ())

    def as_radios(self, at: Field) -> bool:
        return at.widget == "choice" and at.table is None and 0 < len(self.options(at)) <= OPEN_OPTIONS

    def cascade(self, at: Field, chosen: Sequence[str]) -> list[Sequence[Option]]:
        """What each list offers, one further than what is chosen."""
        offered: list[Sequence[Option]] = [self.options(at)] if self.options(at) else []
        for value in chosen:
            option = choices.chosen(offered[-1], value) if offered else None
            if option is None or not option.options:
                break
            offered.append(option.options)
        return offered

    def picks(self, at: Field) -> bool:
        return at.widget in widgets.PICKERS

    def offered(self, at: Field) -> Sequence[tuple[Any, str]]:
        """What a picker offers before anything is typed: ids and names."""
        return self._metrics(at.spec.get("x-pick", {}).get("tag")) if at.widget == "metric" else ()

    def _metrics(self, tag: str | None) -> list[tuple[str, str]]:
        known = [source.document for (kind, _key), source in self.world.known.items() if kind == "metric"]
        fitting = [document for document in known if tag is None or tag in document["body"].get("tags", ())]
        return [(document["key"], text(document["title"])) for document in fitting]

    def pick_url(self, at: Field) -> str | None:
        """Where a picker asks what it offers for `q`, the words typed so far; answers with picker_options()."""
        return None

    def longest(self, at: Field) -> int:
        return int(at.spec.get("maxLength") or at.type.longest or LONGEST)

    def accepted(self, at: Field) -> str:
        kinds = at.spec.get("x-files", {}).get("accept") or (["image"] if at.widget == "image" else list(ACCEPTED))
        return ",".join(ACCEPTED[kind] for kind in kinds)

    # ── what is wrong ──

    def problems_at(self, name: str) -> Sequence[Problem]:
        return self._wrong.get(name, ())

    def warnings_at(self, name: str) -> Sequence[Problem]:
        return self._doubtful.get(name, ())

    @cached_property
    def _wrong(self) -> Mapping[str, Sequence[Problem]]:
        return _placed(self.problems)

    @cached_property
    def _doubtful(self) -> Mapping[str, Sequence[Problem]]:
        return _placed(self.warnings)


def place(problem: Problem) -> str:
    """The posted name of what a problem is at: resources-0-qty for /resources/0/qty."""
    return problem.path.strip("/").replace("/", "-")


def chosen(at: Field, posted: Mapping[str, str]) -> int | None:
    """What is chosen in a picker that is searched in, so that the search does not take it away."""
    named = (value for name, value in posted.items() if name == at.name or name.endswith(f"-{at.name}"))
    value = next(named, "")
    return int(value) if value.isdecimal() and len(value) < 19 else None


def _placed(problems: Sequence[Problem]) -> Mapping[str, Sequence[Problem]]:
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(place(problem), []).append(problem)
    return found
