"""What names a formula may use, and of which kind each is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from formulas.characters import normal_name
from formulas.errors import fault

FIELD_TYPES = {"number": "number", "text": "text", "choice": "text", "bool": "bool", "date": "date"}
OWN_ROW = "本行"
"""In a computed column of a sub-table, 本行.列 is a cell of the row that is being computed."""


@dataclass(frozen=True, slots=True)
class FieldType:
    """`spelled` is the name as the host declared it, under which rows bring the value."""

    kind: str
    options: frozenset[str] | None
    spelled: str


class Schema:
    """`fields` and the columns of `tables` map a name to `number`, `text`, `choice`, `bool` or `date`, or to
    `{"type": "choice", "options": [...]}`.

    `own_row` declares the cells named 本行.列; rows bring them under `本行` as a dict, columns under `本行.列`.
    `aliases` maps other spellings (keys) to declared fields. Names are compared after Unicode NFKC; names that
    then collide are refused with FormulaError E_SCHEMA.
    """

    def __init__(
        self,
        fields: Mapping[str, Any] | None = None,
        tables: Mapping[str, Mapping[str, Any]] | None = None,
        own_row: Mapping[str, Any] | None = None,
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        self.fields = _declared(fields or {}, "")
        self.fields |= {f"{OWN_ROW}.{name}": kind for name, kind in _declared(own_row or {}, f"{OWN_ROW}.").items()}
        self.tables = {normal_name(name): _declared(columns, "") for name, columns in (tables or {}).items()}
        self.spelled_tables = {normal_name(name): name for name in tables or {}}
        self.aliases = {normal_name(alias): normal_name(name) for alias, name in (aliases or {}).items()}
        self._refuse_collisions(tables or {})

    def _refuse_collisions(self, tables: Mapping[str, Any]) -> None:
        if len(self.tables) != len(tables):
            raise _collision(tables)
        shared = (self.fields.keys() & self.tables.keys()) | (self.aliases.keys() & self.tables.keys())
        for name in shared:
            raise fault("bad_schema", 0, 0, what=(f"“{name}”既是字段又是子表", f"“{name}” is a field and a sub-table"))
        for alias, name in self.aliases.items():
            if name not in self.fields or (alias in self.fields and alias != name):
                what = (f"别名“{alias}”与字段对不上", f"alias “{alias}” fits no field")
                raise fault("bad_schema", 0, 0, what=what)

    def field(self, name: str) -> tuple[str, FieldType] | None:
        """The declared name and type behind a name or an alias."""
        name = self.aliases.get(name, name)
        found = self.fields.get(name)
        return None if found is None else (name, found)


def _declared(fields: Mapping[str, Any], prefix: str) -> dict[str, FieldType]:
    declared = {normal_name(name): _field_type(name, spec, prefix) for name, spec in fields.items()}
    if len(declared) != len(fields):
        raise _collision(fields)
    return declared


def _field_type(name: str, spec: Any, prefix: str) -> FieldType:
    kind = spec.get("type") if isinstance(spec, Mapping) else spec
    if not isinstance(kind, str) or kind not in FIELD_TYPES:
        what = (f"“{name}”的类型“{kind}”不认识", f"the type “{kind}” of “{name}” is unknown")
        raise fault("bad_schema", 0, 0, what=what)
    options = (spec.get("options") or ()) if isinstance(spec, Mapping) else ()
    if isinstance(options, str) or not all(isinstance(option, str) for option in options):
        what = (f"“{name}”的选项要是文字列表", f"the options of “{name}” are not a list of texts")
        raise fault("bad_schema", 0, 0, what=what)
    return FieldType(FIELD_TYPES[kind], frozenset(options) or None, prefix + name)


def _collision(names: Mapping[str, Any]) -> Exception:
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(normal_name(name), name)
        if other != name:
            return fault(
                "bad_schema", 0, 0, what=(f"“{other}”和“{name}”是同一个名称", f"“{other}” and “{name}” are one name")
            )
    raise AssertionError("called without a collision")
