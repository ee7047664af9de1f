"""S10: a split uses more than history, and each factor pulls in the direction that people expect."""

from fractions import Fraction

import pytest

from core.db import db
from organization.models import OrgUnit
from runtime.goals import plans, publishing, targets
from runtime.goals.tree import Node
from tests.sales import CASCADE, Sales


def east_and_southwest(sales: Sales) -> list[Node]:
    """The two regions as the rules split 720 million + 15 % over them."""
    unit = sales.people.headquarters
    cycle = publishing.planned_cycle(unit.id, 2025)
    tree = publishing.preview(plans.find(unit, CASCADE), unit, cycle, targets.read("7.2亿", "15"), {}, None)
    assert tree.problems == []
    return [tree.nodes[f"u{unit_id}"] for unit_id in (sales.people.east.id, sales.sichuan.parent_id)]


def change(unit: OrgUnit, **factors: float) -> None:
    unit.attributes = unit.attributes | factors
    db.session.commit()


def test_S10_with_all_factors_like_history_the_split_is_that_of_history(sales: Sales) -> None:
    east, southwest = east_and_southwest(sales)
    history = Fraction(round(east.history), round(east.history + southwest.history))
    assert float(Fraction(east.target, east.target + southwest.target)) == pytest.approx(float(history), abs=1e-4)
    assert east.growth == pytest.approx(southwest.growth, abs=1e-3)


@pytest.mark.parametrize(
    "factors", [{"potential": 1_500_000_000}, {"capacity": 1_500_000_000}, {"launch_factor": 1.2}], ids=lambda f: min(f)
)
def test_S10_more_potential_people_or_launches_bring_more_and_the_others_less(
    sales: Sales, factors: dict[str, float]
) -> None:
    east_before, southwest_before = east_and_southwest(sales)
    change(db.session.get_one(OrgUnit, sales.sichuan.parent_id), **factors)
    east, southwest = east_and_southwest(sales)
    assert southwest.target > southwest_before.target
    assert east.target < east_before.target
    assert east.target + southwest.target == (east_before.target + southwest_before.target)


def test_S10_a_young_region_leans_on_potential_where_a_mature_one_leans_on_history(sales: Sales) -> None:
    region = db.session.get_one(OrgUnit, sales.sichuan.parent_id)
    change(region, potential=900_000_000, maturity="成熟")
    mature = east_and_southwest(sales)[1]
    change(region, maturity="新开")
    young = east_and_southwest(sales)[1]
    assert young.why["values"]["weight"] > mature.why["values"]["weight"]


def test_S10_the_band_keeps_a_region_from_growing_out_of_reach(sales: Sales) -> None:
    change(db.session.get_one(OrgUnit, sales.sichuan.parent_id), potential=90_000_000_000, launch_factor=1.1)
    _east, southwest = east_and_southwest(sales)
    assert southwest.why["reason"] == "cap"
    assert southwest.target <= southwest.why["values"]["cap"]
