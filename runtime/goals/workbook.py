"""A goal tree as a workbook: one row a goal, amounts in whole yuan, over quarters, months and products."""

import io
from collections.abc import Mapping

from flask_babel import gettext as _

from core.db import Document
from core.i18n import text
from core.later import Later
from organization import units
from organization.models import Company
from runtime.goals.goal_pages import period_name
from runtime.goals.standing import Forest
from runtime.goals.tree import MEMBER

xlsxwriter = Later("xlsxwriter")

PERIODS = ("quarter", "month")
# Names are words even where they begin with "=": nothing that somebody typed becomes a formula.
SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def of(forest: Forest, splits: Mapping[int, Document], products: Mapping[str, str], company: Company) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, SAFE) as book:
        sheet = book.add_worksheet(_("Goals"))
        bold, yuan = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "#,##0"})
        percent = book.add_format({"num_format": "0.0%"})
        columns = _columns(splits)
        sheet.write_row(0, 0, _heads(columns, products), bold)
        names = {row.node: row.name for row in forest.rows}
        for at, row in enumerate(forest.rows, start=1):
            sheet.write_row(at, 0, [_level(company, row.level), row.name, names.get(row.parent or "", "")])
            sheet.write_row(at, 3, [row.target, row.reserve, row.history], yuan)
            sheet.write(at, 6, row.growth, percent)
            sheet.write(at, 7, _("locked") if row.locked else "")
            split = splits[row.id]
            sheet.write_row(at, 8, [split.get(kind, {}).get(key, 0) for kind, key in columns], yuan)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, len(forest.rows), 7 + len(columns))
        sheet.set_column(0, 7, 14)
        sheet.set_column(8, 7 + len(columns), 13)
    return file.getvalue()


def _columns(splits: Mapping[int, Document]) -> list[tuple[str, str]]:
    """(kind, key) of every period and product, in the order of the first goal."""
    first: Document = next(iter(splits.values()), {})
    return [(kind, key) for kind in (*PERIODS, "product") for key in first.get(kind, {})]


def _heads(columns: list[tuple[str, str]], products: Mapping[str, str]) -> list[str]:
    fixed = [_("Level"), _("Unit or person"), _("Above it"), _("Target (yuan)"), _("Reserve (yuan)")]
    fixed += [_("Last year (yuan)"), _("Growth"), _("Locked")]
    return fixed + [products.get(key, key) if kind == "product" else period_name(key) for kind, key in columns]


def _level(company: Company, level: str) -> str:
    return _("Person") if level == MEMBER else text(units.level_title(company, level))
