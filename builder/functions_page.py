"""`docs/reference/functions.md`, made from the table of functions."""

from collections.abc import Iterator

import formulas
from builder import function_list
from builder.function_list import Group
from builder.function_words import WORDS
from formulas.functions import Function

HEAD = """# 函数 · Functions

Made by `guantong formulas functions` from the table that the checker, the evaluator and the editor read.
Upper and lower case are the same. Every example is computed on this row, on 2025-06-30:

完成额 80 · 目标额 100 · 达成率 0.8 · 阶段 推广期 · 备注 (空) · 入职日期 2024-01-31 ·
明细 (类型, 数量, 单价): (三甲, 5, 10), (二甲, 3, 40) · 档位 (下限, 系数): (0, 0.5), (0.8, 1)
"""
TAIL = """
## 请改用 · Use instead

| 不在这里 · not here | 请写 | write |
|---|---|---|
"""


def markdown() -> str:
    groups = "".join(map(_group, function_list.groups()))
    instead = "".join(f"| {name} | {_cell(zh)} | {_cell(en)} |\n" for name, (zh, en) in formulas.REPLACED.items())
    return HEAD + groups + TAIL + instead


def _group(group: Group) -> str:
    rows = "\n".join(line for row in group.functions for line in _function(row))
    return f"\n## {group.title['zh']} · {group.title['en']}\n{rows}\n"


def _function(row: Function) -> Iterator[str]:
    yield f"\n### {row.name}\n"
    yield f"`{row.usage('zh')}` · `{row.usage('en')}`\n"
    yield f"{row.zh} {row.en}\n"
    yield f"例 · Example: `{row.example}`{f' → `{row.gives}`' if row.gives else ''}\n"
    also = "、".join(dict.fromkeys((*row.aliases, *row.search, *WORDS.get(row.name, ()))))
    yield f"也可以搜 · Also found by: {also}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
