"""The board that the medical pack brings: everybody opens the same one and sees what his grants give."""

import json
import re

from runtime.goals.models import GoalSet
from tests.sales import Sales


def test_the_packs_board_shows_tree_growth_and_table(sales: Sales, published: GoalSet, sign_in) -> None:
    client = sign_in(sales.people.hr)
    assert "目标穿透驾驶舱" in client.get("/boards").get_data(as_text=True)
    page = client.get("/boards/medical.cockpit").get_data(as_text=True)
    kinds = [json.loads(chart)["kind"] for chart in charts(page)]
    assert kinds == ["tree", "bar"]
    assert "华东大区" in page
    assert "西南大区" in page


def test_S72_a_region_sees_its_own_branch(sales: Sales, published: GoalSet, sign_in) -> None:
    page = sign_in(sales.people.east_manager).get("/boards/medical.cockpit").get_data(as_text=True)
    assert "江苏" in page
    assert "西南大区" not in page
    assert "四川" not in page


def test_before_anything_is_published_the_board_says_what_to_do(sales: Sales, sign_in) -> None:
    page = sign_in(sales.people.hr).get("/boards/medical.cockpit").get_data(as_text=True)
    assert "/goals/targets" in page


def test_a_board_that_is_not_there_is_a_404(sales: Sales, sign_in) -> None:
    assert sign_in(sales.people.hr).get("/boards/medical.nothing").status_code == 404


def test_a_board_costs_few_statements(sales: Sales, published: GoalSet, sign_in, counted_statements) -> None:
    client = sign_in(sales.people.hr)
    with counted_statements() as counted:
        client.get("/boards/medical.cockpit")
    assert counted.count <= 5, "\n".join(counted.statements)


def charts(page: str) -> list[str]:
    return re.findall(r'data-chart[^>]*><script type="application/json">(.*?)</script>', page, re.DOTALL)
