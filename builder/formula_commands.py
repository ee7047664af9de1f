"""`guantong formulas …`: try a formula out on one row."""

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

import formulas
from builder import functions_page
from core.cli import print_json


class JsonObject(click.ParamType):
    """A JSON object: itself, `@file`, or `-` for standard input."""

    name = "json"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        try:
            document = json.loads(_read(value))
        except (OSError, ValueError, RecursionError) as error:
            self.fail(f"not a JSON object: {error}", param, ctx)
        if not isinstance(document, dict):
            self.fail("not a JSON object", param, ctx)
        return document


def _read(value: str) -> str:
    if value == "-":
        return sys.stdin.buffer.read().decode("utf-8")
    return Path(value[1:]).read_text("utf-8") if value.startswith("@") else value


@click.group("formulas", help="The formula language.")
def formulas_cli() -> None:
    pass


@formulas_cli.command("eval", help="Evaluate the formula TEXT on one row. JSON may be given as @file or - (stdin).")
@click.argument("text")
@click.option("--row", type=JsonObject(), default="{}", help='Values by name: {"完成额": 80}')
@click.option("--schema", type=JsonObject(), default="{}", help='{"fields": {"完成额": "number"}, "tables": {}}')
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day of the evaluation; now if left out.")
@click.option("--decimals", type=click.IntRange(0, 15), help="Round the result.")
@click.option("--explain", "explained", is_flag=True, help="Show how the value came about.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on one line.")
def evaluate(
    text: str,
    row: dict[str, Any],
    schema: dict[str, Any],
    today: dt.datetime | None,
    decimals: int | None,
    explained: bool,
    as_json: bool,
) -> None:
    day = None if today is None else today.date()
    try:
        formula = formulas.compile(text, _schema(schema), decimals)
        value = formula.evaluate(row, day)
        step = formula.explain(row, day) if explained else None
    except formulas.FormulaError as error:
        _end(text, error)
    if as_json:
        print_json(_document(formula, value, step))
        return
    click.echo(_shown(value))
    if step is not None:
        click.echo("\n".join(_lines(step)))


@formulas_cli.command("functions", help="docs/reference/functions.md: every function with an example.")
def functions() -> None:
    click.echo(functions_page.markdown(), nl=False)


def _schema(document: dict[str, Any]) -> formulas.Schema:
    """`fields` and `tables`; a document with neither is the fields themselves."""
    parts = document if {"fields", "tables"} & document.keys() else {"fields": document}
    fields, tables = parts.get("fields", {}), parts.get("tables", {})
    if not isinstance(fields, dict) or not isinstance(tables, dict):
        raise click.BadParameter("fields and tables are JSON objects", param_hint="--schema")
    if not all(isinstance(columns, dict) for columns in tables.values()):
        raise click.BadParameter("a table is a JSON object of columns", param_hint="--schema")
    return formulas.Schema(fields, tables)


def _document(formula: formulas.Formula, value: Any, step: formulas.Step | None) -> dict[str, Any]:
    document = {"value": formulas.plain(value), "kind": formula.kind, "names": sorted(formula.names)}
    if isinstance(value, formulas.ErrorValue):
        document["error"] = value.code
    if step is not None:
        document["explanation"] = step.to_dict()
    return document


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return formulas.number_text(value)
    return "" if value is None else str(value)


def _lines(step: formulas.Step, depth: int = 0) -> list[str]:
    shown = ", ".join(map(_shown, step.value)) if isinstance(step.value, list) else _shown(step.value)
    lines = [f"{'  ' * depth}{step.source} = {shown}"]
    for arg in step.args:
        lines += _lines(arg, depth + 1)
    return lines


def _end(text: str, error: formulas.FormulaError) -> NoReturn:
    """The problem as a document on stdout, as sentences with the place on stderr; exit 1."""
    print_json({"problems": [error.as_json()]})
    click.echo(f"{error.text('zh')}\n{error.text('en')}", err=True)
    if error.end > error.start:
        click.echo(f"  {text}\n  {text[: error.start]}>>>{text[error.start : error.end]}<<<", err=True)
    raise SystemExit(1)


ALL = [formulas_cli]
