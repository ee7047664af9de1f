"""A demo organisation as plain data: what the generators make, what `loading.store` writes, what the digest covers.

Everything refers to everything by code. A second company is a second module that returns an `Organisation`.
"""

import datetime as dt
import json
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

Text = dict[str, str]
Attributes = dict[str, Any]


@dataclass
class Unit:
    code: str
    parent: str | None
    name: str
    level: str
    head: str | None = None
    attributes: Attributes = field(default_factory=dict)


@dataclass
class Person:
    code: str
    unit: str
    name: str
    role: str
    phone: str
    email: str
    joined_on: dt.date
    left_on: dt.date | None = None
    manager: str | None = None
    represents_frontline: bool = False
    attributes: Attributes = field(default_factory=dict)


@dataclass
class Grant:
    member: str
    role: str
    unit: str


@dataclass
class Away:
    """An absence; with a substitute where somebody acts meanwhile."""

    member: str
    first_day: dt.date
    last_day: dt.date
    kind: str = "leave"
    substitute: str | None = None


@dataclass
class Product:
    code: str
    name: str
    line: str
    stages: list[tuple[str, dt.date]]
    attributes: Attributes
    erp_id: str


@dataclass
class Customer:
    code: str
    unit: str
    name: str
    tier: str
    potential: int
    last_visited_on: dt.date | None
    owners: list[tuple[str, dt.date]]  # (member, from day), the last one is today's
    contacts: list[tuple[str, str, str]]  # (name, level, department)
    crm_id: str
    crm_gone_on: dt.date | None = None

    @property
    def owner(self) -> str:
        return self.owners[-1][0]


@dataclass
class Organisation:
    name: str
    today: dt.date
    levels: list[dict[str, Any]]
    link_templates: dict[str, str]
    units: list[Unit] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    away: list[Away] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)

    def digest(self) -> str:
        """SHA-256 over everything: equal on every run, or the generator leans on something that moves."""
        document = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=dt.date.isoformat)
        return sha256(document.encode()).hexdigest()
