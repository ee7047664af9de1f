"""Settings of single fields that the runtime obeys: serial numbers, uploads, which people and records may be picked."""

import datetime as dt
from dataclasses import dataclass

from builder.forms.document import Field

ACCEPTED = {
    "image": frozenset({"jpg", "jpeg", "png", "webp"}),
    "pdf": frozenset({"pdf"}),
    "document": frozenset({"docx"}),
    "sheet": frozenset({"xlsx", "csv"}),
    "slides": frozenset({"pptx"}),
    "text": frozenset({"txt"}),
}
"""Endings of files by the word of `accept`."""

PARTS = {"year": 4, "month": 6, "day": 8, "ever": 0}  # digits of 20250131 that tell one series from the next


@dataclass(frozen=True)
class Serial:
    """TA-2025-0007: `series` tells what is counted together, `written` the number itself."""

    prefix: str
    each: str
    digits: int

    def series(self, day: dt.date) -> str:
        return f"{day:%Y%m%d}"[: PARTS[self.each]]

    def written(self, day: dt.date, number: int) -> str:
        series = self.series(day)
        return f"{self.prefix}{series}{'-' if series else ''}{number:0{self.digits}}"


def serial(field: Field) -> Serial:
    given = field.spec["x-serial"]
    return Serial(given.get("prefix", ""), given["each"], given["digits"])


@dataclass(frozen=True)
class Uploads:
    """What may be uploaded: endings of files, megabytes of each, how many."""

    endings: frozenset[str]
    most_mb: int
    most: int


def uploads(field: Field) -> Uploads:
    given = field.spec.get("x-files", {})
    kinds = ["image"] if field.widget in ("image", "signature") else given.get("accept", [*ACCEPTED])
    endings = frozenset[str]().union(*(ACCEPTED[kind] for kind in kinds))
    return Uploads(endings, given.get("most_mb", 8), field.spec.get("maxItems", 9) if field.several else 1)


@dataclass(frozen=True)
class Pick:
    """What a picker offers: people of `roles`, what lies in `unit` (mine, below, company), goals of a `layer`, metrics
    with a `tag`, records of a `form`. None is no limit."""

    roles: frozenset[str] | None
    unit: str | None
    layer: str | None
    tag: str | None
    form: str | None


def pick(field: Field) -> Pick:
    given = field.spec.get("x-pick", {})
    roles = frozenset(given["roles"]) if "roles" in given else None
    return Pick(roles, given.get("unit"), given.get("layer"), given.get("tag"), given.get("form"))
