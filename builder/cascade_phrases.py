"""Expressions of a cascade that people set without writing them (按历史, 不低于历史的 0.8 倍, 3%), and back.

What none of these phrases makes is a formula of its own and stays as it was written.
"""

import re
from dataclasses import dataclass

from core.db import Document

FORMULA = "formula"  # written by hand
NONE = "none"

WEIGHTS: dict[str, dict[str, str]] = {
    "cascade.unit": {"history": "历史占比", "potential": "潜力占比", "capacity": "产能占比", "equal": "1"},
    "cascade.member": {
        "history": "历史占比",
        "potential": "COALESCE(客户潜力,0)",
        "workdays": "在岗工作日占比",
        "equal": "1",
    },
    "cascade.product": {"sales": "销售占比", "equal": "1"},
    "cascade.month": {"workdays": "工作日", "equal": "1"},
}

# A child without history has no floor to keep and no cap to stay under.
BOUNDS: dict[str, dict[str, str]] = {
    "floor": {
        "history": "历史业绩*{factor}",
        "growth": "IF(历史业绩>0,ROUNDDOWN(历史业绩*(1+上级增长率)*{factor},0),0)",
    },
    "cap": {
        "history": "IF(历史业绩>0,历史业绩*{factor},BLANK())",
        "growth": "IF(历史业绩>0,ROUNDUP(历史业绩*(1+上级增长率)*{factor},0),BLANK())",
    },
}
FIRST_FACTOR = {"floor": "0.8", "cap": "1.3"}

ORDERS: dict[str, Document] = {
    "potential": {"by": "潜力", "desc": True},
    "longest": {"by": "COALESCE(距上次拜访天数,9999)", "desc": True},
    "recent": {"by": "COALESCE(距上次拜访天数,9999)", "desc": False},
}

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%")


@dataclass(frozen=True)
class Bound:
    """way: none, history or growth (times `factor`, a number or a name of the level), or formula."""

    way: str
    factor: str = ""

    @property
    def is_number(self) -> bool:
        return _NUMBER.fullmatch(self.factor) is not None


def weight_way(text: str, place: str, uses: list[Document]) -> str:
    """history, potential, …; `use:<name>` where one table or formula gives it; formula for everything else."""
    plain = _plain(text)
    for way, phrase in WEIGHTS[place].items():
        if plain == phrase:
            return way
    return f"use:{plain}" if any(use["as"] == plain for use in uses) else FORMULA


def bound(name: str, text: str | None) -> Bound:
    if text is None:
        return Bound(NONE)
    for way, phrase in BOUNDS[name].items():
        before, after = phrase.split("{factor}")
        plain = _plain(text)
        factor = plain.removeprefix(before).removesuffix(after)
        if plain == before + factor + after and re.fullmatch(r"[\w.]+", factor):
            return Bound(way, factor)
    return Bound(FORMULA)


def bound_text(name: str, way: str, factor: str) -> str:
    return BOUNDS[name][way].format(factor=factor)


def percent(text: str | None) -> str | None:
    """The number in front of % where that is all there is: 3 of 3%; 0 of nothing."""
    found = _PERCENT.fullmatch(_plain(text or "0%"))
    return found[1] if found else None


def customers(tier: str | None, contact_level: str | None) -> str | None:
    """Which customers fit a task by their tier and by whom one can see there."""
    parts = [f'等级="{tier}"'] if tier else []
    parts += [f'CONTAINS(","&联系人级别&",",",{contact_level},")'] if contact_level else []
    return f"AND({','.join(parts)})" if len(parts) > 1 else next(iter(parts), None)


def order_way(entry: Document) -> str:
    known = {"by": _plain(entry["by"]), "desc": bool(entry.get("desc"))}
    return next((way for way, order in ORDERS.items() if order == known), FORMULA)


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text)
