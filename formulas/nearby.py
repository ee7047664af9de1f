"""Guessing what the author meant by a name that does not exist."""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

from formulas.schema import Schema

_LONGEST = 40
_SHORT = 3
_MOST = 300
_SHOWN = 5


def similar(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like this one."""
    if len(name) > _LONGEST:
        return None
    candidates = list(islice((other for other in known if len(other) <= _LONGEST), _MOST))
    found = get_close_matches(name, candidates, n=1, cutoff=0.5 if len(name) <= _SHORT else 0.6)
    return found[0] if found else None


def hints(name: str, known: Iterable[str], what_zh: str, what_en: str, others: Iterable[str] = ()) -> dict[str, str]:
    """The remedy for an unknown name: the nearest, `others` included, or the first few that there are."""
    known = list(known)
    near = similar(name, [*known, *others])
    if near is not None:
        return {"zh_hint": f"是不是：{near}", "en_hint": f"did you mean: {near}"}
    shown = known[:_SHOWN]
    if not shown:
        return {"zh_hint": f"这里没有{what_zh}可用", "en_hint": f"there is no {what_en} here"}
    more = "…" if len(known) > _SHOWN else ""
    return {"zh_hint": f"可用的{what_zh}：{'、'.join(shown)}{more}", "en_hint": f"{what_en}s: {', '.join(shown)}{more}"}


def field_hints(name: str, schema: Schema, functions: Iterable[str]) -> dict[str, str]:
    if any(name in field.options for field in schema.fields.values() if field.options):
        return {"zh_hint": f'文字要加引号："{name}"', "en_hint": f'put text in quotes: "{name}"'}
    if name.upper() in functions:
        return {
            "zh_hint": f"函数要写括号：{name.upper()}(…)",
            "en_hint": f"a function needs parentheses: {name.upper()}(…)",
        }
    return hints(name, schema.fields, "字段", "field", schema.aliases)
