"""The people of company A1: headquarters, heads, 430 salespeople, and the few who have left."""

import datetime as dt
from random import Random

from seeds.demo import names
from seeds.demo.market_a1 import (
    FOUNDED,
    HQ,
    JOINERS,
    LEAVERS,
    NEW_REGION_MANAGER,
    NEW_SINCE,
    PACK,
    REGIONS,
    SENIOR_SHARE,
    SKILL,
    TAKEN_ON,
    TEAM_WITHOUT_CONVERSION,
    VISITS_A_WEEK,
    Province,
)
from seeds.demo.organisation import Attributes, Away, Person
from seeds.demo.randomness import rng

LEADS_SINCE = dt.date(2018, 3, 5)


def people() -> list[Person]:
    """Everybody, leaders first; phone numbers follow the order and so stay unique."""
    found = [*_headquarters(), *_heads()]
    for provinces in REGIONS.values():
        for province in provinces:
            found += [*salespeople(province, speaks_up=province is provinces[0]), *_leavers(province)]
    for number, person in enumerate(found, start=1):
        person.phone = f"1990001{number:04}"
    return found


def salespeople(province: Province, speaks_up: bool) -> list[Person]:
    """Number 1 is the most senior; who joined last stands at the end. Each region has one front-line representative."""
    team = [_salesperson(province, number) for number in range(1, province.sales + 1)]
    team[0].represents_frontline = speaks_up
    return team


def is_new(person: Person) -> bool:
    """Too short here to have sold anything of his own."""
    return person.joined_on > NEW_SINCE


def absences() -> list[Away]:
    """This week's leave, a longer one, and a head whose deputy acts."""
    monday = dt.date(2025, 6, 30)
    return [
        Away("JS005", monday, monday + dt.timedelta(days=4)),
        Away("GD011", monday, monday + dt.timedelta(days=1)),
        Away("SD008", dt.date(2025, 6, 16), dt.date(2025, 7, 11), "sick"),
        Away("BJ003", dt.date(2025, 7, 2), dt.date(2025, 7, 4)),
        Away("ZJ014", dt.date(2025, 5, 6), dt.date(2025, 5, 9)),
        Away("MSC", dt.date(2025, 6, 27), dt.date(2025, 7, 4), "leave", substitute="SC001"),
    ]


def _headquarters() -> list[Person]:
    return [_person(code, unit, role, FOUNDED, name) for code, name, role, unit in HQ]


def _heads() -> list[Person]:
    heads = []
    for (region, _name), provinces in REGIONS.items():
        since = NEW_REGION_MANAGER.get(region, dt.date(2017, 4, 10))
        heads.append(_person(f"R{region}", region, "region_manager", since))
        heads += [_person(f"M{province.code}", province.code, "manager", LEADS_SINCE) for province in provinces]
    return heads


def _salesperson(province: Province, number: int) -> Person:
    chance = rng(PACK, "sales", province.code, number)
    newcomers = JOINERS.get(province.code, ())
    place_from_end = province.sales - number
    seniority = "新人" if place_from_end < len(newcomers) else _seniority(province, number)
    joined = newcomers[place_from_end] if place_from_end < len(newcomers) else _taken_on(seniority, chance)
    person = _person(f"{province.code}{number:03}", province.code, "sales", joined)
    person.attributes = {"seniority": seniority, **_rates(person, seniority, chance)}
    return person


def _leavers(province: Province) -> list[Person]:
    return [
        _person(f"{province.code}9{number:02}", province.code, "sales", joined, left_on=left)
        for number, (joined, left) in enumerate(LEAVERS.get(province.code, ()), start=1)
    ]


def _seniority(province: Province, number: int) -> str:
    rank = (number - 0.5) / province.sales
    seniors = SENIOR_SHARE[province.maturity]
    if rank < seniors:
        return "资深"
    return "中级" if rank < seniors + 0.45 else "新人"


def _taken_on(seniority: str, chance: Random) -> dt.date:
    """A Monday within the years in which today's seniors, or the others, were taken on."""
    first, last = TAKEN_ON[seniority]
    day = first + dt.timedelta(days=chance.randrange((last - first).days))
    return day - dt.timedelta(days=day.weekday())


def _rates(person: Person, seniority: str, chance: Random) -> Attributes:
    """What a week's visits are worked out from. A rate that somebody does not have yet is left out, never 0."""
    rates: Attributes = {
        "ticket": chance.randrange(40, 71) * 1000,
        "conversion": round(chance.uniform(0.20, 0.32) + SKILL[seniority], 2),
        "visits_per_opportunity": round(chance.uniform(2.2, 3.4), 1),
        "weekly_capacity": VISITS_A_WEEK[seniority] + chance.randrange(-1, 2),
    }
    never_measured = chance.random() < 0.06
    if never_measured or is_new(person) or person.unit == TEAM_WITHOUT_CONVERSION:
        del rates["conversion"]
    if is_new(person):
        del rates["ticket"], rates["visits_per_opportunity"]
    return rates


def _person(
    code: str, unit: str, role: str, joined: dt.date, name: str | None = None, left_on: dt.date | None = None
) -> Person:
    name = name or names.person(rng(PACK, "name", code))
    return Person(code, unit, name, role, "", f"{code.lower()}@kanglian.example", joined, left_on)
