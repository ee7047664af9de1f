"""A 试算 as a spreadsheet: one row a person, the largest change first."""

from flask_babel import gettext as _

from builder import what_if as telling
from core.i18n import text
from organization.spreadsheets import Table
from runtime.whatif.comparison import MONEY, Comparison


def of(found: Comparison) -> tuple[list[str], Table]:
    unit = _("yuan") if found.unit == MONEY else text(found.unit)
    named = f" ({unit})" if unit else ""
    header = [_("Region"), _("Unit"), _("Person"), _("Before") + named, _("After") + named, _("Difference") + named]
    header += [_("Grade or light before"), _("Grade or light after")]
    rows = sorted(found.moves.rows, key=lambda row: (-abs(row.change), not row.has_crossed, row.name))
    return header, [
        [
            *(row.region, row.unit, row.name, row.before, row.after, row.change),
            *(telling.grade(row.grade_before), telling.grade(row.grade_after)),
        ]
        for row in rows
    ]
