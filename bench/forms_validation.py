"""A submission judged, beside the bare validators: `python -m bench.forms_validation`.

The reference form has 20 fields and a sub-table of ten rows; its sums and two rules are recomputed as they are on
every submission and on every change of a cell.
"""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import jsonschema_rs
from flask import Flask
from jsonschema import Draft202012Validator

from builder import forms
from builder.sources import digest
from core import i18n
from core.config import CHECKOUT, Settings
from core.db import Document

ROUNDS = 9
WORLD = forms.World(on=dt.date(2025, 6, 30))
COLUMNS = {"item": "string", "qty": "number", "price": "number", "cost": "number"}


def body() -> Document:
    """Eight texts, six numbers, two choices, a day, a switch, a total and a sub-table."""
    spec: Document = {f"text{n}": {"title": f"文字{n}", "type": "string", "maxLength": 200} for n in range(8)}
    spec |= {f"number{n}": {"title": f"数{n}", "type": "number", "minimum": 0} for n in range(6)}
    options = [{"id": f"o{n}", "title": {"zh": f"选项{n}"}} for n in range(5)]
    spec |= {"choice": {"title": "选择", "type": "string", "x-options": options}}
    spec |= {"level": {"title": "评分", "type": "integer", "minimum": 1, "maximum": 5}}
    spec |= {"day": {"title": "日期", "type": "string"}, "agreed": {"title": "同意", "type": "boolean"}}
    spec |= {"total": {"title": "合计", "type": "number"}}
    columns = {name: {"x-id": f"c_{name}", "title": name, "type": type_} for name, type_ in COLUMNS.items()}
    row = {"type": "object", "properties": columns, "required": ["item", "qty"]}
    spec |= {"rows": {"title": "明细", "type": "array", "minItems": 1, "items": row}}
    data = {name: {"x-id": f"f_{name}", **part} for name, part in spec.items()}
    return {
        "data": {"type": "object", "properties": data, "required": ["text0", "number0", "choice", "level", "rows"]},
        "layout": [_item(name) for name in data],
        "rules": [
            {"id": "r1", "when": "评分<=2", "then": [{"show": "f_text7"}, {"require": "f_text7"}]},
            {"id": "r2", "check": "合计<=1000000", "level": "error", "at": "f_total", "message": {"zh": "太多"}},
        ],
        "computed": [
            {"field": "c_cost", "formula": "本行.qty*本行.price"},
            {"field": "f_total", "formula": "SUM(明细.cost)"},
        ],
    }


WIDGETS = {"choice": "choice", "level": "rating", "day": "date", "agreed": "switch", "rows": "table", "total": "number"}


def _item(name: str) -> Document:
    plain = "number" if name.startswith("number") else "text"
    item = {"id": f"i_{name}", "field": f"f_{name}", "widget": WIDGETS.get(name, plain)}
    if name != "rows":
        return item
    columns = [
        {"id": f"i_{column}", "field": f"c_{column}", "widget": "text" if type_ == "string" else "number"}
        for column, type_ in COLUMNS.items()
    ]
    return {**item, "items": columns, "sum": ["c_cost"]}


def sent(rows: int) -> dict[str, Any]:
    values: dict[str, Any] = {f"text{n}": f"华东大区第 {n} 项的说明文字" for n in range(7)}
    values |= {f"number{n}": 1000.5 * n for n in range(6)}
    values |= {"choice": "o3", "level": 4, "day": "2025-06-30", "agreed": True}
    return values | {"rows": [{"item": f"物料{n}", "qty": n + 1, "price": 12.5} for n in range(rows)]}


def seconds(work: Callable[[], object], times: int) -> float:
    start = perf_counter()
    for _ in range(times):
        work()
    return (perf_counter() - start) / times


def show(name: str, ours: Callable[[], object], bare: Callable[[], object], goal: str) -> None:
    """The medians of both, taken in turn, in microseconds."""
    times = max(1, int(0.02 / seconds(ours, 2)))
    pairs = [(seconds(ours, times), seconds(bare, times)) for _ in range(ROUNDS)]
    mine, limit = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
    print(f"{name:<50} {mine * 1e6:>10.1f} us   bare {limit * 1e6:>8.1f}   ratio {mine / limit:>7.2f}   goal {goal}")


def main() -> None:
    form = forms.of(body())
    ten = forms.effective(form, sent(10), WORLD)
    assert forms.judge(ten).problems == []
    assert ten.values["total"] == 687.5
    rust, python = jsonschema_rs.Draft202012Validator(ten.schema), Draft202012Validator(ten.schema)
    accepted, many, fresh = dict(ten.values), sent(500), iter(range(10**9))
    refused = forms.effective(form, {**sent(10), "level": 9}, WORLD)

    def judged() -> object:
        return forms.judge(ten)

    def whole() -> object:
        return forms.judge(forms.effective(form, sent(10), WORLD))

    show(
        "accepted: by schema and kinds, beside jsonschema-rs", judged, lambda: rust.is_valid(accepted), "<= 50 us, 10 x"
    )
    show("the same beside jsonschema", judged, lambda: python.is_valid(accepted), "<= 0.07 x")
    show(
        "refused, with its sentence, beside jsonschema",
        lambda: forms.judge(refused),
        lambda: errors(python, refused),
        "-",
    )
    show("rules, computed fields, judged", whole, lambda: rust.is_valid(accepted), "<= 600 us")
    show("500 rows recomputed", lambda: forms.effective(form, many, WORLD), lambda: by_hand(many), "<= 200,000 us")
    show("published to first accepted", lambda: first(next(fresh)), lambda: meta(ten.schema), "<= 20,000 us")


def errors(validator: Draft202012Validator, state: forms.Effective) -> list[object]:
    return [*validator.iter_errors(state.values)]


def meta(schema: Document) -> None:
    Draft202012Validator.check_schema(schema)


def by_hand(values: dict[str, Any]) -> float:
    """The same sums as one writes them in Python."""
    return sum(row["qty"] * row["price"] for row in values["rows"])


def first(number: int) -> None:
    """A form that nobody has opened yet."""
    version = body()
    version["rules"][1]["id"] = f"r{number + 2}"
    forms.judge(forms.effective(forms.of(version, digest(version)), sent(10), WORLD))


if __name__ == "__main__":
    app = Flask("wsgi", root_path=str(CHECKOUT))
    app.config["SETTINGS"] = Settings(instance=Path(), database_url="sqlite://")
    i18n.init_app(app)
    with app.app_context():
        main()
