"""Where in a JSON text a JSON Pointer points to: line and column for editors and terminals."""

import re
from json.decoder import scanstring
from typing import NamedTuple

SPACE = re.compile(r"\s*")
SCALAR = re.compile(r"[^\s,\]}]+")


class Place(NamedTuple):
    line: int
    column: int


def of(text: str, pointer: str) -> Place:
    """The value at the pointer; where parts of it are not there, the nearest thing around that is. 1-based."""
    wanted = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    start = _skip(text, 0)
    for part in wanted:
        inner = _children(text, start).get(part)
        if inner is None:
            break
        start = inner
    return Place(text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))


def _children(text: str, start: int) -> dict[str, int]:
    """Start of each value in the object or list at `start`, by key or position. The text is known to be JSON."""
    if text[start : start + 1] not in ("{", "["):
        return {}
    found: dict[str, int] = {}
    position = _skip(text, start + 1)
    while text[position] not in "]}":
        part = str(len(found))
        if text[start] == "{":
            part, position = scanstring(text, position + 1)
            position = _skip(text, _skip(text, position) + 1)
        found[part] = position
        position = _skip(text, _end(text, position))
        if text[position] == ",":
            position = _skip(text, position + 1)
    return found


def _end(text: str, start: int) -> int:
    """Just behind the value at `start`."""
    if text[start] == '"':
        return int(scanstring(text, start + 1)[1])
    if text[start] not in "{[":
        scalar = SCALAR.match(text, start)
        return scalar.end() if scalar else start + 1
    depth, position = 0, start
    while True:
        char = text[position]
        if char == '"':
            position = int(scanstring(text, position + 1)[1])
            continue
        depth += (char in "{[") - (char in "}]")
        position += 1
        if depth == 0:
            return position


def _skip(text: str, position: int) -> int:
    space = SPACE.match(text, position)
    return space.end() if space else position
