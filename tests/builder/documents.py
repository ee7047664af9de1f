"""Documents that tests begin with: one valid document of each kind, which may be changed at one place."""

import copy
import json
from pathlib import Path
from typing import Any

from core.db import Document

HERE = Path(__file__).parent
GONE = object()


def load(name: str) -> Document:
    return json.loads((HERE / "documents" / f"{name}.json").read_text(encoding="utf-8"))


def everything() -> dict[str, Document]:
    return {file.stem: load(file.stem) for file in sorted((HERE / "documents").glob("*.json"))}


def changed(document: Document, pointer: str, value: Any) -> Document:
    """A copy in which the place at the pointer holds the value (or nothing: GONE)."""
    copied = copy.deepcopy(document)
    *around, last = pointer.split("/")[1:]
    place: Any = copied
    for part in around:
        place = place[int(part)] if isinstance(place, list) else place[part]
    key = int(last) if isinstance(place, list) else last
    if value is GONE:
        del place[key]
    elif isinstance(place, list) and key == len(place):
        place.append(value)
    else:
        place[key] = value
    return copied
