"""Which customers a week's tasks are about: the cascade's selection over each person's own customers."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from core.db import db
from organization.models import Contact, Customer
from runtime.goals.columns import Columns
from runtime.goals.plans import Asked, TaskTemplate


class CustomerRow(NamedTuple):
    id: int
    owner_id: int
    tier: str | None
    potential: float
    last_visited_on: dt.date | None
    contact_levels: str


def read(company_id: int, owners: Sequence[int] | None = None) -> list[CustomerRow]:
    """Customers that somebody owns (of some owners when asked), with their contacts' levels. Two statements."""
    wanted = select(Customer.id, Customer.owner_id, Customer.tier, Customer.potential, Customer.last_visited_on)
    wanted = wanted.where(Customer.company_id == company_id, Customer.owner_id.is_not(None)).order_by(Customer.id)
    contacts = select(Contact.customer_id, Contact.level).join(Customer, Customer.id == Contact.customer_id)
    contacts = contacts.where(Customer.company_id == company_id).order_by(Contact.id)
    if owners is not None:
        wanted = wanted.where(Customer.owner_id.in_(owners))
        contacts = contacts.where(Customer.owner_id.in_(owners))
    levels: dict[int, list[str]] = defaultdict(list)
    for customer_id, level in db.session.execute(contacts):
        levels[customer_id].append(level)
    return [CustomerRow(*row, ",".join(levels[row.id])) for row in db.session.execute(wanted)]


def columns_of(customers: Sequence[CustomerRow], day: dt.date) -> Columns:
    return {
        "tier": [customer.tier for customer in customers],
        "potential": [float(customer.potential) for customer in customers],
        "days_since_visit": [_days_since(customer.last_visited_on, day) for customer in customers],
        "contact_levels": [customer.contact_levels for customer in customers],
    }


def _days_since(last: dt.date | None, day: dt.date) -> float | None:
    return None if last is None else float((day - last).days)


class Picker:
    """The customers of everybody, ranked for each template; a customer is picked once a week."""

    def __init__(self, customers: Sequence[CustomerRow], day: dt.date) -> None:
        self.customers = list(customers)
        self.read = columns_of(self.customers, day)
        self.by_owner: dict[int, list[int]] = defaultdict(list)
        for at, customer in enumerate(self.customers):
            self.by_owner[customer.owner_id].append(at)
        self.ranked: dict[str, tuple[list[Any], list[list[Any]]]] = {}
        self.taken: set[int] = set()

    def pick(self, template: TaskTemplate, owner_id: int, count: int) -> list[int]:
        """Ids of up to `count` customers of this owner, best first."""
        if template.pick is None or count <= 0:
            return []
        holds, orders = self._ranked(template, template.pick)
        mine = [at for at in self.by_owner[owner_id] if holds[at] is True and at not in self.taken]
        mine.sort(key=lambda at: [order[at] for order in orders])
        chosen = mine[:count]
        self.taken.update(chosen)
        return [self.customers[at].id for at in chosen]

    def _ranked(self, template: TaskTemplate, pick: Asked) -> tuple[list[Any], list[list[Any]]]:
        """For every customer whether the selection holds, and what it is sorted by; evaluated once, in columns."""
        if template.id not in self.ranked:
            filled = pick.fill(self.read, len(self.customers))
            values = {name: asked.evaluate(filled).to_list() for name, asked in pick.expressions.items()}
            holds = values.get("where", [True] * len(self.customers))
            orders = [[_sort_key(value, desc) for value in values[name]] for name, desc in template.order]
            self.ranked[template.id] = (holds, orders)
        return self.ranked[template.id]


def _sort_key(value: Any, desc: bool) -> tuple[bool, Any]:
    """Blank comes first when longest ago is asked for (never visited), last otherwise."""
    if isinstance(value, float):
        return (True, -value) if desc else (False, value)
    return (False, 0.0) if desc else (True, 0.0)
