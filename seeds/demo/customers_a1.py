"""The 5,160 customers of company A1: who they are, who looks after them since when, whom one meets there."""

import datetime as dt
from collections.abc import Iterator
from random import Random

from seeds.demo import names
from seeds.demo.market_a1 import CUSTOMERS_EACH, PACK, TODAY, TOP_TIER_EACH, Province
from seeds.demo.organisation import Customer, Person
from seeds.demo.people_a1 import is_new
from seeds.demo.randomness import rng, share_out

BOOKS_BEGIN = dt.date(2024, 1, 1)  # nobody knows who looked after whom before
TOP_TIER = "三甲"
OTHER_TIERS = {"三乙": 0.25, "二级": 0.4, "基层": 0.25, "第三方检验": 0.1}
WORTH = {"三甲": 6.0, "三乙": 3.0, "二级": 1.5, "基层": 0.5, "第三方检验": 2.0}


def customers_of(
    province: Province, team: list[Person], leavers: list[Person], potential: dict[str, int]
) -> Iterator[Customer]:
    """The customers of a province, by the people who look after them; potentials add up to each person's."""
    stems = iter(names.hospital_stems(province.name, rng(PACK, "hospitals", province.code)))
    others = share_out((CUSTOMERS_EACH - TOP_TIER_EACH) * len(team), _appetites(team), floor=5, cap=13)
    number = 0
    for person in team:
        chance = rng(PACK, "accounts", person.code)
        tiers = [TOP_TIER] * TOP_TIER_EACH + chance.choices(
            list(OTHER_TIERS), list(OTHER_TIERS.values()), k=others[person.code]
        )
        worth = _worth(tiers, potential[person.code], chance)
        owners = _owners(person, team, leavers, f"M{province.code}")
        for tier, yuan in zip(tiers, worth, strict=True):
            number += 1
            yield _customer(province, number, next(stems), tier, yuan, owners)


def _appetites(team: list[Person]) -> dict[str, float]:
    return {person.code: round(rng(PACK, "appetite", person.code).uniform(0.7, 1.3), 3) for person in team}


def _worth(tiers: list[str], potential: int, chance: Random) -> list[int]:
    weights = {str(place): round(WORTH[tier] * chance.uniform(0.7, 1.4), 3) for place, tier in enumerate(tiers)}
    amounts = share_out(potential, weights)
    return [amounts[str(place)] for place in range(len(tiers))]


def _owners(person: Person, team: list[Person], leavers: list[Person], head: str) -> list[tuple[str, dt.date]]:
    """Newcomers, and the last of a team that somebody left, took over; until then the head filled in for newcomers."""
    since = max(person.joined_on, BOOKS_BEGIN)
    before = next((leaver for leaver in leavers if leaver.joined_on < person.joined_on or person is team[-1]), None)
    if not is_new(person) and person is not team[-1]:
        return [(person.code, since)]
    if before is None or before.left_on is None:
        return [(head, BOOKS_BEGIN), (person.code, since)] if is_new(person) else [(person.code, since)]
    return [(before.code, max(before.joined_on, BOOKS_BEGIN)), (person.code, max(since, before.left_on))]


def _customer(
    province: Province, number: int, stem: str, tier: str, potential: int, owners: list[tuple[str, dt.date]]
) -> Customer:
    code = f"C-{province.code}-{number:04}"
    chance = rng(PACK, "customer", code)
    visited = TODAY - dt.timedelta(days=chance.randrange(3, 75)) if chance.random() < 0.85 else None
    return Customer(
        code=code,
        unit=province.code,
        name=stem + chance.choice(names.TIER_ENDINGS[tier]),
        tier=tier,
        potential=potential,
        last_visited_on=visited,
        owners=owners,
        contacts=list(_contacts(tier, chance)),
        crm_id=f"{province.code}{100_000 + number}",
        crm_gone_on=dt.date(2025, 5, 20) if chance.random() < 0.004 else None,
    )


def _contacts(tier: str, chance: Random) -> Iterator[tuple[str, str, str]]:
    """Every top-tier hospital has a 主任 one can call on; smaller places have fewer people."""
    department = chance.choice(names.DEPARTMENTS)
    yield names.person(chance), "主任", department
    if tier in ("三甲", "三乙"):
        yield names.person(chance), chance.choice(("副主任", "主治")), department
    if tier == TOP_TIER or chance.random() < 0.4:
        yield names.person(chance), "采购", "设备科"
