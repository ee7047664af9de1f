"""为什么: how a score came about, from what was stored with it and the versions it was made with."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

import formulas
from builder import definitions
from builder.expressions import FormulaRule
from builder.formula_values import shown
from builder.models import DefinitionVersion
from builder.sources import Source
from core.db import Document, db
from core.i18n import money, percent, text
from organization.models import Product
from runtime.goals.why_page import Use, as_written, plain, row_words
from runtime.scores import rules
from runtime.scores.models import Score
from runtime.scores.rules import Rule

Versions = Mapping[tuple[str, str], DefinitionVersion]


class Input(NamedTuple):
    """An input of the formula. Where it is how far a metric came, what was reached, of what, and by which text."""

    name: str
    value: str
    metric: str | None = None
    title: str = ""
    actual: str = ""
    target: str = ""
    expression: str = ""
    whole: bool = False


@dataclass(frozen=True)
class Line:
    """A product with its share of the target, its points, and the steps from inputs to points."""

    name: str
    share: float | None
    target: float | None
    value: float | None
    part: float | None
    inputs: list[Input]
    uses: list[Use]
    missing: list[str]
    error: str
    steps: formulas.Step | None


class Made(NamedTuple):
    """A definition that took part, in the version that did."""

    title: str
    kind: str
    number: int | None
    since: dt.date | None
    definition_id: int


@dataclass(frozen=True)
class Explanation:
    title: str
    unit: str
    expression: str
    lines: list[Line]
    grade_row: str | None
    grade_table: str
    made_with: list[Made]

    @property
    def missing(self) -> list[str]:
        return list(dict.fromkeys(name for line in self.lines for name in line.missing))


def of(score: Score) -> Explanation:
    """Two statements. The definitions are those of the run, whatever was published since."""
    versions = _versions(score.run.pins.values())
    known = {identity: definitions.source(version) for identity, version in versions.items()}
    rule = rules.of(score.run.metric_key, known)
    products = _products(score.run.company_id)
    metric = versions["metric", rule.key].document
    return Explanation(
        title=text(metric["title"]),
        unit=text(metric["body"]["unit"]),
        expression=_formula(rule).body["expression"],
        lines=[_line(line, rule, versions, known, products) for line in score.why["lines"]],
        grade_row=_grade_row(score.why.get("row"), rule, versions),
        grade_table=_grade_title(rule, versions),
        made_with=[_made(version) for version in versions.values()],
    )


def _versions(ids: Iterable[int]) -> dict[tuple[str, str], DefinitionVersion]:
    query = select(DefinitionVersion).join(DefinitionVersion.definition).where(DefinitionVersion.id.in_(list(ids)))
    query = query.options(contains_eager(DefinitionVersion.definition)).order_by(DefinitionVersion.id)
    found = db.session.scalars(query)
    return {(version.definition.kind, version.definition.key): version for version in found}


def _products(company_id: int) -> dict[int, str]:
    rows: Any = db.session.execute(select(Product.id, Product.name).where(Product.company_id == company_id)).all()
    return dict(rows)


def _line(
    line: Document, rule: Rule, versions: Versions, known: Mapping[tuple[str, str], Source], products: Mapping[int, str]
) -> Line:
    value, share = line["value"], line["share"]
    name = products.get(line["product"], str(line["product"])) if line["product"] else _("All products")
    return Line(
        name=name,
        share=share,
        target=line.get("target"),
        value=value,
        part=None if value is None or share is None else value * share,
        inputs=list(_inputs(line["inputs"], rule, known)),
        uses=[_use(use, versions, _asked(rule, versions)) for use in line["uses"]],
        missing=line["missing"],
        error=line["error"] or "",
        steps=None if line["missing"] else _steps(line, rule),
    )


def _inputs(given: Document, rule: Rule, known: Mapping[tuple[str, str], Source]) -> Iterator[Input]:
    names = {entry["id"]: entry["as"] for entry in _formula(rule).body["inputs"]}
    for key, told in given.items():
        reached = rule.reached.get(key)
        if reached is None:
            yield Input(names[key], plain(told["value"]))
            continue
        document = known["metric", reached.metric].document
        yield Input(
            name=names[key],
            value=percent(told["value"]),
            metric=reached.metric,
            title=text(document["title"]),
            actual=_amount(told["actual"], document["body"]),
            target=_amount(told["target"], document["body"]),
            expression=reached.target.text,
            whole=reached.whole,
        )


def _amount(value: float | None, body: Document) -> str:
    """In the metric's unit; "—" where it is not known."""
    unit = body["unit"]
    if unit["zh"] == "元":
        return money(None if value is None else round(value))
    if unit["zh"] == "%":
        return percent(value)
    return "—" if value is None else f"{plain(round(value, 2))} {text(unit)}"


def _steps(line: Document, rule: Rule) -> formulas.Step:
    """The formula once more, over the numbers that were stored."""
    formula = _formula(rule)
    names = {entry["id"]: entry["as"] for entry in formula.body["inputs"]}
    row: dict[str, Any] = {names[key]: told["value"] for key, told in line["inputs"].items()}
    row |= {entry["as"]: float(entry["default"]) for entry in formula.body.get("parameters", ())}
    row |= {use["as"]: use["value"] for use in line["uses"]}
    return formula.expression.formula.explain({name: row[name] for name in formula.expression.formula.names})


def _formula(rule: Rule) -> FormulaRule:
    assert isinstance(rule.formula, FormulaRule)
    return rule.formula


def _asked(rule: Rule, versions: Versions) -> list[Document]:
    """The uses of the metric and of its formula, which name what they want of a table."""
    return [
        *versions["metric", rule.key].document["body"]["score"].get("uses", []),
        *_formula(rule).body.get("uses", []),
    ]


def _use(use: Document, versions: Versions, asked: Sequence[Document]) -> Use:
    version = versions.get((use["kind"], use["key"]))
    body = version.document["body"] if version else {}
    return Use(
        name=use["as"],
        title=text(version.document["title"]) if version else use["key"],
        number=version.number if version else None,
        row=row_words(body, use["row"]) if use.get("row") else None,
        expression=body.get("expression"),
        value=as_written(use["value"], body, use["as"], asked) or shown(use["value"]),
        uses=[_use(inner, versions, body.get("uses", [])) for inner in use.get("uses", ())],
    )


def _grade_row(row_id: str | None, rule: Rule, versions: Versions) -> str | None:
    version = _grades(rule, versions)
    return row_words(version.document["body"], row_id) if version and row_id else None


def _grade_title(rule: Rule, versions: Versions) -> str:
    version = _grades(rule, versions)
    return text(version.document["title"]) if version else ""


def _grades(rule: Rule, versions: Versions) -> DefinitionVersion | None:
    key = versions["metric", rule.key].document["body"]["score"].get("grades")
    return versions.get(("table", key))


def _made(version: DefinitionVersion) -> Made:
    definition = version.definition
    return Made(text(version.document["title"]), definition.kind, version.number, version.effective_from, definition.id)
