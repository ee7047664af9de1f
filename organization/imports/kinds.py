"""Everything that can be imported, in the order in which a new company needs it."""

from organization.imports import calendar_days, customers, people, products, units
from organization.imports.plans import Kind

KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        units.KIND,
        people.KIND,
        products.KIND,
        customers.CUSTOMERS,
        customers.CONTACTS,
        customers.REFERENCES,
        calendar_days.KIND,
    )
}
