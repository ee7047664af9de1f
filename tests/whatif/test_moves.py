"""What is told of people before and after: who changes, by how much, from which grade to which."""

from math import fsum

from runtime.whatif.moves import Bin, Crossing, Grade, Move, Moves, Region


def move(before: float | None, after: float | None, *grades: str | None, region: str = "华东", n: int = 0) -> Move:
    return Move(n, f"人{n}", "上海", "/1/2/", region, before, after, *grades)


def test_a_histogram_goes_in_round_steps_and_keeps_the_unchanged_apart() -> None:
    moves = Moves([move(70, 70), move(70, 71.2), move(70, 76.0), move(70, 69.4), move(70, 70.0000001)])
    assert moves.bins[:2] == [Bin(-1.0, 0.0, 1), Bin(0.0, 0.0, 2)]
    assert moves.bins[2:] == rising({1: 1, 5: 1}), "6.0 itself is not beyond the sixth step"
    assert sum(entry.people for entry in moves.bins) == len(moves)


def rising(people: dict[int, int]) -> list[Bin]:
    return [Bin(float(n), float(n + 1), people.get(n, 0)) for n in range(6)]


def test_a_small_and_a_large_change_have_the_same_number_of_steps() -> None:
    assert [(entry.low, entry.high) for entry in Moves([move(0, 0.03)]).bins][-1] == (0.025, 0.03)
    assert [(entry.low, entry.high) for entry in Moves([move(0, 2_740_000)]).bins][-1] == (2_500_000, 3_000_000)


def test_nobody_who_changes_has_no_histogram() -> None:
    assert Moves([move(70, 70)]).bins == []
    assert Moves([]).bins == []


def test_risers_and_fallers_come_with_the_largest_change_first() -> None:
    moves = Moves([move(10, 11, n=1), move(10, 15, n=2), move(10, 4, n=3), move(10, 9, n=4)])
    assert [row.member_id for row in moves.risen] == [2, 1]
    assert [row.member_id for row in moves.fallen] == [3, 4]


def test_a_new_grade_is_a_change_even_where_the_number_stays() -> None:
    moves = Moves([move(None, None, "green", "yellow"), move(None, None, "green", "green", n=1)])
    assert len(moves.changed) == 1
    assert moves.crossings == [Crossing("green", "yellow", 1)]
    assert moves.grades(["green", "yellow"]) == [Grade("green", 2, 1), Grade("yellow", 0, 1)]


def test_who_has_no_number_on_either_side_is_held_and_no_part_of_anything() -> None:
    moves = Moves([move(None, None), move(70, 71, n=1)])
    assert (len(moves), moves.held) == (1, 1)
    assert moves.regions(fsum) == [Region("华东", 1, 1, 0, 70, 71)]


def test_who_gets_a_first_number_changes_without_a_difference() -> None:
    moves = Moves([move(None, 71)])
    assert len(moves.changed) == 1
    assert moves.changed[0].change == 0


def test_regions_are_told_one_by_one() -> None:
    moves = Moves([move(1, 2), move(3, 3), move(5, 4, "良", "中", region="西南")])
    assert moves.regions(fsum) == [Region("华东", 2, 1, 0, 4, 5), Region("西南", 1, 1, 1, 5, 4)]
