"""Lists as files, with the columns of the import of the same name: what goes out can come back in."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import Response
from flask_babel import gettext as _

from core.i18n import text
from organization import spreadsheets, values
from organization.imports import customers as customer_sheets
from organization.imports import people as people_sheet
from organization.imports.plans import Kind
from organization.roles import title


def people(rows: Sequence[Any], form: str, sees_figures: Callable[[Any], bool]) -> Response:
    """Attributes hold amounts: they stand only in the rows of people whose figures the reader may see."""
    figures = {row.id: row.attributes or {} for row in rows if sees_figures(row)}
    keys = sorted({key for attributes in figures.values() for key in attributes})
    names = (
        "code",
        "name",
        "role",
        "unit",
        "manager",
        "phone",
        "email",
        "joined_on",
        "left_on",
        "represents_frontline",
    )
    header = [*_titles(people_sheet.KIND, names), *(values.attribute_title(key) for key in keys)]
    table = [
        [
            *(row.code, row.name, text(title(row.role)), row.unit_code, row.manager_code, row.phone, row.email),
            *(row.joined_on, row.left_on, _("yes") if row.represents_frontline else _("no")),
            *(figures.get(row.id, {}).get(key) for key in keys),
        ]
        for row in rows
    ]
    return spreadsheets.answer(_("Staff"), header, table, form)


def customers(rows: Iterable[Any], form: str) -> Response:
    """The names of unit and owner stand beside their codes for the reader; an import does not use them."""
    names = ("code", "name", "tier", "unit", "owner", "potential")
    header = [*_titles(customer_sheets.CUSTOMERS, names), _("Unit"), _("Owner's name"), _("Last visit")]
    table = [
        [
            *(row.code, row.name, row.tier, row.unit_code, row.owner_code, row.potential),
            *(row.unit_name, row.owner_name, row.last_visited_on),
        ]
        for row in rows
    ]
    return spreadsheets.answer(_("Customers"), header, table, form)


def _titles(kind: Kind, names: Iterable[str]) -> list[str]:
    columns = {column.key: column.title for column in kind.columns}
    return [columns[name] for name in names]
