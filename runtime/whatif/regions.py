"""Where people stand: the name and path of their unit, and the region that it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select

from core.db import db, like_prefix
from organization.models import OrgUnit


class Place(NamedTuple):
    name: str
    path: str
    region: str


@dataclass(frozen=True)
class Places:
    """Of the units below a root. The region is what stands right below the root; the root itself for its own people."""

    root: str
    names: Mapping[str, str]

    def of(self, path: str) -> Place:
        below = path.removeprefix(self.root).partition("/")[0]
        return Place(self.names.get(path, ""), path, self.names.get(f"{self.root}{below}/" if below else self.root, ""))


def below(root: OrgUnit) -> Places:
    """One statement."""
    rows = db.session.execute(select(OrgUnit.path, OrgUnit.name).where(like_prefix(OrgUnit.path, root.path)))
    return Places(root.path, dict(rows.all()))
