"""`docs/reference/names.md`, made from `scopes`."""

from collections.abc import Iterator

from builder import scopes

HEAD = """# 表达式可用的名称 · Names in expressions

Made by `guantong definitions names` from `builder/scopes.py`. An expression may use the Chinese name or the key.
Names that `uses` brings stand beside these.
"""


def markdown() -> str:
    return HEAD + "".join(_place(place) for place in scopes.PLACES)


def _place(place: str) -> str:
    title = scopes.TITLES[place]
    return "\n".join([f"\n## {title['zh']} · {title['en']} (`{place}`)", "", *_rows(place), ""])


def _rows(place: str) -> Iterator[str]:
    names = scopes.PLACES[place]
    if not names:
        yield "没有名称,只能写数值。 · No names, figures only."
        return
    yield "| 名称 | key | type | 说明 | note |"
    yield "|---|---|---|---|---|"
    for name in names:
        yield f"| {name.zh} | `{name.key}` | {name.type} | {name.note['zh']} | {name.note['en']} |"
