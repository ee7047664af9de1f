"""Text with headings, lists and links: HTML that can do nothing but be read, whoever sent it. Cleaned before it is
judged and stored, and once more where a page shows it.

    clean('<b onclick="steal()">要点</b><script>…</script>')      '<b>要点</b>'
    plain('<h3>要点</h3><ul><li>价格</li></ul>')                   '要点\\n价格'
"""

import html
import re
from collections.abc import Mapping
from typing import Any

import nh3

from builder.forms.document import Field, Form
from builder.forms.world import Values

TAGS = {"a", "b", "blockquote", "br", "em", "h3", "h4", "i", "li", "ol", "p", "s", "strong", "u", "ul"}
SCHEMES = {"http", "https", "mailto"}
ENDS = re.compile(r"<br\s*/?>|</(?:p|h[1-6]|li|div|blockquote|tr)\s*>", re.IGNORECASE)
TAG = re.compile(r"<[a-zA-Z/!]")


def clean(value: str) -> str:
    """What stands in it without anything else than `TAGS` and addresses of links; the same again for what is clean."""
    return nh3.clean(value, tags=TAGS, attributes={"a": {"href"}}, url_schemes=SCHEMES)


def plain(value: str) -> str:
    """The words alone, a line for each paragraph and entry: for lists, searches, sheets and formulas."""
    words = html.unescape(nh3.clean(ENDS.sub("\n", value), tags=set()))
    return "\n".join(line.strip() for line in words.splitlines() if line.strip())


def of_text(typed: str) -> str:
    """What a page or a sheet brings: HTML of the editor, or lines that somebody typed."""
    if TAG.search(typed):
        return clean(typed)
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in typed.splitlines() if line.strip())


def cleaned(form: Form, values: Values) -> Values:
    """The values with their rich texts clean; one that says nothing is left out, as any empty field."""
    fields = form.once("rich texts", lambda: [field for field in form.tops if _holds_rich(field)])
    if not fields:
        return values
    found = {**values, **{field.name: _cleaned(field, values.get(field.name)) for field in fields}}
    return {name: value for name, value in found.items() if value is not None}


def _holds_rich(field: Field) -> bool:
    return field.widget == "rich_text" or any(column.widget == "rich_text" for column in field.columns)


def _cleaned(field: Field, value: Any) -> Any:
    if isinstance(value, str) and field.widget == "rich_text":
        return clean(value) if plain(value) else None
    if isinstance(value, list):
        return [_row(field, row) if isinstance(row, dict) else row for row in value]
    return value


def _row(table: Field, row: Mapping[str, Any]) -> dict[str, Any]:
    columns = {column.name: column for column in table.columns if column.widget == "rich_text"}
    cells = {name: _cleaned(columns[name], value) if name in columns else value for name, value in row.items()}
    return {name: value for name, value in cells.items() if value is not None or name not in columns}
