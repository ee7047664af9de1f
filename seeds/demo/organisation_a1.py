"""Company A1: a national distributor of medical devices with 7 regions, 28 provinces and 430 salespeople.

`generate` is pure: plain data, the same on every run. `load` writes it into the current session and does not commit.
What the attributes mean, and in which units, stands in `seeds/demo/README.md`.
"""

import datetime as dt
from collections.abc import Iterable

from organization.models import Company
from seeds.demo.customers_a1 import customers_of
from seeds.demo.loading import store
from seeds.demo.market_a1 import (
    ACCOUNTS,
    COULD_SELL_IN,
    HISTORY,
    LAUNCH_FACTOR,
    LAUNCHED,
    LEVELS,
    LINES,
    PACK,
    POTENTIAL,
    REGION_SELLS,
    REGIONS,
    ROOM,
    SELLS,
    SELLS_IN,
    STAGES,
    TODAY,
    Province,
)
from seeds.demo.organisation import Grant, Organisation, Person, Product, Unit
from seeds.demo.people_a1 import absences, is_new, people
from seeds.demo.randomness import rng, share_out

REGION_OF = {province.code: region for (region, _name), provinces in REGIONS.items() for province in provinces}
PROVINCES = [province for provinces in REGIONS.values() for province in provinces]
GRAIN = 10_000  # yuan; nobody's capacity is known to the yuan


def load() -> Company:
    """A1 in the database, within the caller's transaction: nothing is committed here."""
    return store(generate())


def generate() -> Organisation:
    """The whole company as plain data."""
    organisation = Organisation(
        name="康联医疗器械",
        today=TODAY,
        levels=LEVELS,
        link_templates={"crm": "https://crm.example.com/customers/{id}", "erp": "https://erp.example.com/items/{id}"},
        units=_units(),
        people=people(),
        away=absences(),
        products=[_product(line, *row) for line, rows in LINES.items() for row in rows],
    )
    organisation.grants = [
        Grant(person.code, person.role, person.unit) for person in organisation.people if person.left_on is None
    ]
    teams = {province.code: _team(organisation, province) for province in PROVINCES}
    _give_history(teams)
    _give_accounts(organisation, teams)
    _sum_up(organisation, teams)
    return organisation


def _units() -> list[Unit]:
    """Parents before their children."""
    units = [Unit("KL", None, "康联医疗器械", "company", head="E0001")]
    for (code, name), provinces in REGIONS.items():
        units.append(Unit(code, "KL", name, "region", head=f"R{code}"))
        units += [Unit(province.code, code, province.name, "province", f"M{province.code}") for province in provinces]
    return units


def _team(organisation: Organisation, province: Province) -> list[Person]:
    """Who sells in the province today."""
    return [
        person
        for person in organisation.people
        if person.unit == province.code and person.role == "sales" and person.left_on is None
    ]


def _give_history(teams: dict[str, list[Person]]) -> None:
    """Last year's sales, to the yuan, and how much one could sell at most. A newcomer has sold nothing yet."""
    by_province = share_out(HISTORY, {province.code: _sold(province) for province in PROVINCES})
    for code, team in teams.items():
        weights = {person.code: 0.0 if is_new(person) else _varied("sells", SELLS, person) for person in team}
        history = share_out(by_province[code], weights)
        average = by_province[code] / len(team)
        for person in team:
            room = ROOM[person.attributes["seniority"]] * max(history[person.code], average)
            person.attributes |= {"history": history[person.code], "capacity": round(room / GRAIN) * GRAIN}


def _give_accounts(organisation: Organisation, teams: dict[str, list[Person]]) -> None:
    """Customers with their potential; a person's potential is that of the accounts he looks after."""
    by_province = share_out(POTENTIAL, {province.code: _could_sell(province) for province in PROVINCES})
    for province in PROVINCES:
        team = teams[province.code]
        potential = share_out(
            by_province[province.code], {person.code: _varied("accounts weight", ACCOUNTS, person) for person in team}
        )
        leavers = [person for person in organisation.people if person.unit == province.code and person.left_on]
        for person in team:
            person.attributes["potential"] = potential[person.code]
        organisation.customers += customers_of(province, team, leavers, potential)


def _sum_up(organisation: Organisation, teams: dict[str, list[Person]]) -> None:
    """What a unit has is what the units and people below it have, exactly."""
    provinces = {province.code: province for province in PROVINCES}
    for unit in organisation.units:
        below = [code for code in teams if unit.code in ("KL", REGION_OF[code], code)]
        team = [person for code in below for person in teams[code]]
        unit.attributes = _figures(team)
        if unit.code in provinces:
            maturity = provinces[unit.code].maturity
            unit.attributes |= {"maturity": maturity, "launch_factor": LAUNCH_FACTOR[maturity]}
        elif unit.level == "region":
            unit.attributes["maturity"] = _commonest(provinces[code] for code in below)


def _figures(team: list[Person]) -> dict[str, int | float]:
    seniors = sum(person.attributes["seniority"] == "资深" for person in team)
    return {
        "headcount": len(team),
        "senior_share": round(seniors / len(team), 4),
        **{key: sum(person.attributes[key] for person in team) for key in ("history", "potential", "capacity")},
    }


def _commonest(provinces: Iterable[Province]) -> str:
    """A region is as mature as most of its salespeople's provinces."""
    people_by_maturity = dict.fromkeys(SELLS_IN, 0)
    for province in provinces:
        people_by_maturity[province.maturity] += province.sales
    return max(people_by_maturity, key=lambda maturity: people_by_maturity[maturity])


def _sold(province: Province) -> float:
    luck = rng(PACK, "history", province.code).uniform(0.92, 1.08)
    region = REGION_SELLS.get(REGION_OF[province.code], 1.0)
    return round(province.sales * SELLS_IN[province.maturity] * region * luck, 3)


def _could_sell(province: Province) -> float:
    luck = rng(PACK, "potential", province.code).uniform(0.95, 1.05)
    return round(province.sales * COULD_SELL_IN[province.maturity] * luck, 3)


def _varied(entity: str, table: dict[str, float], person: Person) -> float:
    seniority = person.attributes["seniority"]
    return round(table[seniority] * rng(PACK, entity, person.code).uniform(0.85, 1.15), 3)


def _product(line: str, code: str, name: str, stage: str, share: float, ticket: int) -> Product:
    """A product passed through the stages before its present one, each for about two years."""
    passed = STAGES[: STAGES.index(stage) + 1]
    stages = [(word, dt.date(LAUNCHED[stage] + 2 * place, 1, 1)) for place, word in enumerate(passed)]
    return Product(code, name, line, stages, {"share": share, "ticket": ticket}, erp_id=code.replace("-", "0"))
