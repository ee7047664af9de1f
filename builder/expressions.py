"""Expressions of definitions: formulas over the names of their place and over what `uses` brings from elsewhere.

Whole columns are computed at once. For every table that was asked the row that fired is kept, for 为什么.

    weight = Expression.compile(level["weight"], level["uses"], "cascade.unit", sources)
    found = weight.evaluate_batch({"history": […], "maturity": […], …}, 28)     # columns by key
    found.to_list()                                                             # 28 values
    found.uses_of(3)                                   # what each use gave the fourth unit, by which row
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from flask_babel import gettext as _

import formulas
from builder import compiled, references
from builder.scopes import PLACES, Name
from builder.sources import Source, Sources
from core.db import Document
from core.errors import Invalid, Problem
from core.i18n import language, text

Columns = Mapping[str, Any]


def refused(error: formulas.FormulaError, path: str) -> Problem:
    """What the formula language says about the text at `path`, in the reader's language."""
    return Problem(path, error.code, error.text(language()))


Pairs = tuple[tuple[str, str], ...]
Fields = tuple[tuple[str, str, tuple[str, ...]], ...]  # name, type, options of a choice


@lru_cache(maxsize=4096)
def _compile(text: str, fields: Fields, aliases: Pairs, decimals: int | None) -> formulas.Formula:
    """Texts repeat: in checks while somebody types, and whenever a definition is run."""
    return formulas.compile(text, _schema(fields, aliases), decimals)


@lru_cache(maxsize=256)
def _schema(fields: Fields, aliases: Pairs) -> formulas.Schema:
    known = {name: {"type": "choice", "options": options} if options else type_ for name, type_, options in fields}
    return formulas.Schema(fields=known, aliases=dict(aliases))


@dataclass(frozen=True)
class Use:
    """An entry of `uses`: a table or formula, and an expression for each of its inputs."""

    name: str
    source: Source
    target: compiled.Computed
    inputs: Mapping[str, formulas.Formula]
    output: str | None

    @property
    def asked(self) -> dict[str, str]:
        """Its inputs as texts. Within a scope equal texts are equal values: no name stands for two things."""
        return {key: formula.text for key, formula in self.inputs.items()}


class Scope:
    """Names of a place and the results of `uses`. A use may take the names of those above it.

    `problems` says what is wrong with the uses, paths from the list on (/0/inputs/maturity); compiling goes on
    without the wrong ones, so that the author hears of everything at once.
    """

    def __init__(self, names: Iterable[Name], uses: Sequence[Document], known: Sources) -> None:
        names = list(names)
        self.fields = {name.zh: name.type for name in names}
        self.aliases = {name.key: name.zh for name in names if name.key != name.zh}
        self.keys = {name.zh: name.key for name in names}
        self.uses: dict[str, Use] = {}
        self.options: dict[str, tuple[str, ...]] = {}
        self.problems: list[Problem] = []
        for position, use in enumerate(uses):
            self.problems += self._bind(use, f"/{position}", known)

    def compile(
        self, text: str, wanted: str | None = "number", path: str = "", decimals: int | None = None
    ) -> "Expression":
        """Raises Invalid at `path` when the text is refused or gives something else than `wanted`."""
        try:
            formula = _compile(text, self._fields, tuple(self.aliases.items()), decimals)
        except formulas.FormulaError as error:
            raise Invalid([refused(error, path)]) from error
        if wanted is not None and formula.kind not in (wanted, "blank"):
            raise Invalid([other_kind(path, wanted, formula.kind)])
        return Expression(text, formula, self)

    @property
    def schema(self) -> formulas.Schema:
        return _schema(self._fields, tuple(self.aliases.items()))

    @property
    def _fields(self) -> Fields:
        return tuple((name, type_, self.options.get(name, ())) for name, type_ in self.fields.items())

    def uses_of(self, formula: formulas.Formula) -> dict[str, Use]:
        """The uses behind a formula's names, those that others are made from first."""
        found: dict[str, Use] = {}
        for name in formula.names:
            if use := self.uses.get(name):
                for inner in use.inputs.values():
                    found |= self.uses_of(inner)
                found[name] = use
        return found

    def _bind(self, use: Document, path: str, known: Sources) -> list[Problem]:
        if ("table" in use) == ("formula" in use):
            return [Problem(path, "use", _("Name either a table or a formula here."))]
        kind = "table" if "table" in use else "formula"
        source = known.get((kind, use[kind]))
        if source is None:
            return [Problem(f"{path}/{kind}", "reference", _("There is no “%(key)s”.", key=use[kind]))]
        if use["as"] in self.fields or use["as"] in self.aliases:
            sentence = _("“%(name)s” is a name here already. Choose another.", name=use["as"])
            return [Problem(f"{path}/as", "taken", sentence)]
        try:
            target = target_of(source, known)
            type_ = target.type_of(use.get("output"), path)
            self.uses[use["as"]] = Use(use["as"], source, target, self._inputs(use, target, path), use.get("output"))
        except Invalid as error:
            return error.problems
        self.fields[use["as"]] = type_
        self.options[use["as"]] = target.options_of(use.get("output"))
        return []

    def _inputs(self, use: Document, target: compiled.Computed, path: str) -> dict[str, formulas.Formula]:
        given = use.get("inputs", {})
        problems = [
            Problem(
                f"{path}/inputs/{key}", "input", _("“%(title)s” has no input “%(key)s”.", title=target.title, key=key)
            )
            for key in given
            if key not in target.inputs
        ]
        problems += [
            Problem(f"{path}/inputs", "input", _("“%(title)s” needs the input “%(key)s”.", title=target.title, key=key))
            for key in target.inputs
            if key not in given
        ]
        inputs: dict[str, formulas.Formula] = {}
        for key in given.keys() & target.inputs.keys():
            try:
                inputs[key] = self.compile(given[key], target.inputs[key], f"{path}/inputs/{key}").formula
                problems += _no_options(inputs[key], target, key, f"{path}/inputs/{key}")
            except Invalid as error:
                problems += error.problems
        if problems:
            raise Invalid(problems)
        return inputs


def _no_options(formula: formulas.Formula, target: compiled.Computed, key: str, path: str) -> list[Problem]:
    """Texts that are handed to a choice and are none of its options: no row would ever hold."""
    options = {option.casefold() for option in target.choices.get(key, ())}
    said = formula.tree.options if options and formula.kind == "text" else None
    return [
        Problem(
            path,
            "option",
            _(
                "“%(title)s” has no option “%(option)s”. It has: %(options)s.",
                title=target.title,
                option=option,
                options=", ".join(target.choices[key]),
            ),
        )
        for option in sorted(said or ())
        if option.casefold() not in options
    ]


@dataclass(frozen=True)
class Expression:
    """A compiled text and the scope that it stands in."""

    text: str
    formula: formulas.Formula
    scope: Scope

    @classmethod
    def compile(
        cls, text: str, uses: Sequence[Document], place: str, known: Sources, numbers: Sequence[str] = ()
    ) -> "Expression":
        """An expression at a place of `scopes.PLACES`; `numbers` are names that the document itself adds. Raises
        Invalid. Only the uses that the text names need to make sense at the place."""
        return Scope([*PLACES[place], *map(number_named, numbers)], uses, known).compile(text, wanted=None)

    @staticmethod
    def constant(text: str) -> Any:
        """What a text without any names gives."""
        return Scope((), (), {}).compile(text, wanted=None).formula.evaluate({})

    @cached_property
    def uses(self) -> dict[str, Use]:
        """The uses that the text needs, directly or through the inputs of others, by name."""
        return self.scope.uses_of(self.formula)

    @cached_property
    def keys(self) -> frozenset[str]:
        """The columns that are read: its own and those of the inputs of its uses."""
        asked = [self.formula, *(formula for use in self.uses.values() for formula in use.inputs.values())]
        return frozenset(
            self.scope.keys[name] for formula in asked for name in formula.names if name in self.scope.keys
        )

    @cached_property
    def sources(self) -> list[Source]:
        """Every table and formula that is read, those behind formulas included."""
        return [source for use in self.uses.values() for source in (use.source, *use.target.sources)]

    def evaluate(self, filled: "Filled") -> formulas.Batch:
        """Beside other expressions of the same scope, over columns that are filled once."""
        return filled.compute(self.formula)

    def evaluate_batch(self, columns: Columns, rows: int, today: dt.date | None = None) -> "Evaluated":
        """Columns by key, each of `rows` values. KeyError when one that is read is not there."""
        filled = Filled(self.scope, columns, rows, today)
        return Evaluated(filled.compute(self.formula), filled)


def number_named(name: str) -> Name:
    """A name that a document makes itself: its Chinese spelling is its key."""
    return Name(name, name, "number", {"zh": "", "en": ""})


@dataclass(frozen=True)
class Evaluated:
    """The values of a batch, and what its uses gave."""

    batch: formulas.Batch
    filled: "Filled"

    def to_list(self) -> list[Any]:
        return self.batch.to_list()

    def uses_of(self, row: int) -> list[Document]:
        """What each use gave this row: version, row of the table, value."""
        return self.filled.why(row)


@dataclass
class Filled:
    """A scope with the columns of so many rows. Each use is computed once, when something first needs it."""

    scope: Scope
    columns: Columns
    rows: int
    today: dt.date | None = None
    results: dict[str, compiled.Result] = field(default_factory=dict)

    def compute(self, formula: formulas.Formula) -> formulas.Batch:
        columns = {name: self.column(name) for name in formula.names}
        return formula.evaluate_batch(columns, self.rows, today=self.today)

    def column(self, name: str) -> Any:
        if name in self.scope.uses:
            return self.result(name).column
        return self.columns[self.scope.keys[name]]

    def blank(self, name: str) -> Any:
        """Where a name has no value."""
        column = self.column(name)
        if isinstance(column, formulas.Batch):
            return column.status == compiled.BLANK
        return np.array([value is None for value in column], dtype=bool)

    def result(self, name: str) -> compiled.Result:
        if name not in self.results:
            use = self.scope.uses[name]
            self.results[name] = self._other_output(use) or use.target.compute(
                {key: self.compute(formula) for key, formula in use.inputs.items()}, self.rows, use.output, self.today
            )
        return self.results[name]

    def _other_output(self, use: Use) -> compiled.Result | None:
        """Another output of a table that was asked the same already: it is not asked again."""
        for name, result in self.results.items():
            other = self.scope.uses[name]
            if result.fired is not None and other.target is use.target and other.asked == use.asked:
                output = use.output or next(iter(result.fired.outputs))
                return compiled.Result(result.fired.outputs[output], result.fired)
        return None

    def why(self, row: int) -> list[Document]:
        """What each use that was computed gave this row."""
        return [self.explain(name, row) for name in self.results]

    def explain(self, name: str, row: int) -> Document:
        use, result = self.scope.uses[name], self.results[name]
        return {
            "as": name,
            "kind": use.source.kind,
            "key": use.source.key,
            "version_id": use.source.version_id,
            "number": use.source.number,
            "row": result.row_id(row),
            "missing": result.missing_names(row),
            "value": result.value(row),
            "uses": result.inner.why(row) if result.inner else [],
        }


class FormulaRule:
    """A definition of kind formula: its expression over inputs, parameters and what it uses itself."""

    def __init__(self, document: Document, known: Sources) -> None:
        """Raises Invalid, paths relative to the document."""
        self.document, self.body = document, document["body"]
        names = [Name(entry["as"], entry["id"], entry.get("type", "number"), {}) for entry in self._named()]
        try:
            self.scope = Scope(names, self.body.get("uses", ()), known)
        except formulas.FormulaError as error:
            raise Invalid([refused(error, "/body/inputs")]) from error
        if self.scope.problems:
            raise Invalid([Problem(f"/body/uses{p.path}", p.code, p.message) for p in self.scope.problems])
        result = self.body["result"]
        decimals = result.get("decimals")
        self.expression = self.scope.compile(self.body["expression"], result["type"], "/body/expression", decimals)

    def _named(self) -> list[Document]:
        return [*self.body["inputs"], *self.body.get("parameters", ())]

    @property
    def title(self) -> str:
        return text(self.document["title"])

    @property
    def inputs(self) -> dict[str, str]:
        return {entry["id"]: entry["type"] for entry in self.body["inputs"]}

    @property
    def sources(self) -> list[Source]:
        return self.expression.sources

    def type_of(self, output: str | None, path: str) -> str:
        if output is not None:
            raise Invalid([Problem(f"{path}/output", "output", _("A formula has one result; leave this out."))])
        return str(self.body["result"]["type"])

    def options_of(self, output: str | None) -> tuple[str, ...]:
        return ()

    @property
    def choices(self) -> dict[str, tuple[str, ...]]:
        return {}

    def compute(
        self, inputs: Mapping[str, Any], rows: int, output: str | None, today: dt.date | None
    ) -> compiled.Result:
        """Inputs by id, whole columns. A row that lacks an input has no result, unless `on_missing` is zero."""
        parameters = {entry["id"]: np.full(rows, float(entry["default"])) for entry in self.body.get("parameters", ())}
        filled = Filled(self.scope, {**inputs, **parameters}, rows, today)
        batch = filled.compute(self.expression.formula)
        if self.body.get("on_missing", "hold") == "zero":
            return compiled.Result(batch, inner=filled)
        missing = {name: filled.blank(name) for name in self.expression.formula.required_names}
        return compiled.Result(_held(batch, missing.values()), missing=missing, inner=filled)


def _held(batch: formulas.Batch, missing: Iterable[Any]) -> formulas.Batch:
    """Blank where anything is missing: a cap must not become the score of somebody without data."""
    status = batch.status.copy()
    for mask in missing:
        status[mask] = compiled.BLANK
    return formulas.Batch(batch.values, status)


def target_of(source: Source, known: Sources) -> compiled.Computed:
    """The table or formula of a source, compiled; kept by content, and for a formula by that of all it reads."""
    if source.kind == "table":
        return compiled.table(source)
    key = (source.digest, tuple(sorted(_digests_behind(source, known))))
    if key not in _RULES:
        if len(_RULES) >= compiled.KEPT:
            _RULES.clear()
        _RULES[key] = FormulaRule(source.document, known)
    return _RULES[key]


_RULES: dict[Any, FormulaRule] = {}


def _digests_behind(source: Source, known: Sources, seen: frozenset[str] = frozenset()) -> set[str]:
    if source.digest in seen:
        return set()
    behind = {source.digest}
    for reference in references.of(source.document):
        if inner := known.get((reference.kind, reference.key)):
            behind |= _digests_behind(inner, known, seen | behind)
    return behind


def other_kind(path: str, wanted: str, found: str) -> Problem:
    words = {"number": _("a number"), "text": _("a text"), "bool": _("yes or no"), "date": _("a date")}
    sentence = _(
        "This must give %(wanted)s, but it gives %(found)s.", wanted=words[wanted], found=words.get(found, found)
    )
    return Problem(path, "kind", sentence)
