"""Changing a running split with minimal disturbance: the worked examples and P10."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from runtime.goals.allocation import BadInput, Infeasible, Share, allocate
from runtime.goals.recascade import Holding, join, leave, recalibrate, recascade

TEAM = (Holding("a", 400), Holding("b", 350), Holding("c", 250))


def disturbance(before, after):
    return sum(abs(after[holding.id] - holding.amount) for holding in before)


# The worked examples


def provinces():
    """28 provinces that hold 82 800 (万元), three of them locked."""
    split = allocate(82_800, [Share(f"p{i:02}", 3 + i % 11) for i in range(28)])
    return [
        Holding(id_, amount, locked=amount if id_ in {"p03", "p11", "p27"} else None)
        for id_, amount in split.amounts.items()
    ]


def test_S24_growth_of_1500_over_28_provinces_with_3_locks_moves_exactly_1500():
    before = provinces()
    after = recascade(84_300, before)
    assert sum(after.amounts.values()) == 84_300
    assert disturbance(before, after.amounts) == 1500
    assert all(after.amounts[h.id] == h.amount for h in before if h.locked is not None)
    assert all(after.amounts[h.id] >= h.amount for h in before)


def test_a_joiner_gets_his_share_from_all_his_peers():
    split = join(1000, TEAM, Share("joiner", 1), 120)
    assert split.amounts == {"a": 352, "b": 308, "c": 220, "joiner": 120}
    assert split.reserve == 0


def test_a_leavers_open_target_goes_to_peers_up_to_their_caps_and_then_to_the_reserve():
    team = [Holding("a", 400, cap=460), Holding("b", 350, cap=402), Holding("left", 250, booked=90)]
    split = leave(1000, team, "left")
    assert split.amounts == {"a": 460, "b": 402, "left": 90}
    assert split.reserve == 48
    assert split.reasons == {"a": "cap", "b": "cap", "left": "locked"}


def test_the_same_leaver_without_a_reserve_leaves_a_gap_of_48():
    team = [Holding("a", 400, cap=460), Holding("b", 350, cap=402), Holding("left", 250, locked=90)]
    with pytest.raises(Infeasible) as caught:
        recascade(1000, team)
    assert (caught.value.kind, caught.value.gap) == ("over_capacity", 48)
    assert recascade(1000, team, reserve=caught.value.gap).amounts == {"a": 460, "b": 402, "left": 90}


# What moves and what stays


def test_a_cut_never_goes_below_what_is_booked_and_follows_what_is_open():
    split = recascade(850, [Holding("a", 400, booked=390), Holding("b", 350), Holding("c", 250, floor=250)])
    assert split.amounts == {"a": 396, "b": 204, "c": 250}
    with pytest.raises(Infeasible, match="over committed by 240"):
        recascade(400, [Holding("a", 400, booked=390), Holding("b", 350), Holding("c", 250, floor=250)])


def test_booked_actuals_stand_above_a_lower_cap():
    assert recascade(750, [Holding("a", 400, cap=100, booked=300), Holding("b", 350)]).amounts == {"a": 300, "b": 450}


def test_growth_follows_the_weights_when_they_are_given():
    team = [Holding("a", 400, weight=1), Holding("b", 350, weight=0), Holding("c", 250, weight=3)]
    assert recascade(1100, team).amounts == {"a": 425, "b": 350, "c": 325}


def test_new_bounds_clip_first_and_only_the_difference_moves():
    team = [Holding("a", 400, cap=300), Holding("b", 350), Holding("c", 250, floor=260)]
    assert recascade(1000, team).amounts == {"a": 300, "b": 403, "c": 297}


def test_with_a_grain_whole_grains_move_and_the_rest_is_reserve():
    team = [Holding("a", 40_000), Holding("b", 30_000)]
    grown = recascade(85_500, team, grain=10_000)
    assert (grown.amounts, grown.reserve) == ({"a": 50_000, "b": 30_000}, 5_500)
    cut = recascade(65_500, team, grain=10_000)
    assert (cut.amounts, cut.reserve) == ({"a": 30_000, "b": 30_000}, 5_500)


def test_S56_recalibrated_weights_move_nobody_beyond_the_band():
    team = [holding._replace(weight=weight) for holding, weight in zip(TEAM, (1, 1, 3), strict=True)]
    split = recalibrate(1000, team, max_child_change=0.15)
    assert split.amounts == {"a": 357, "b": 356, "c": 287}
    assert split.reasons["c"] == "cap"


def test_a_published_bound_stands_above_the_recalibration_band():
    team = [Holding("a", 400, cap=300, weight=1), Holding("b", 350, weight=1), Holding("c", 250, floor=290, weight=1)]
    assert recalibrate(960, team, max_child_change=0.15).amounts == {"a": 300, "b": 370, "c": 290}


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (lambda: recascade(10, [Holding("a", -1)]), "shares/a/amount"),
        (lambda: recascade(10, [Holding("a", 1.5)]), "shares/a/amount"),
        (lambda: recascade(10, [Holding("a", 1, booked=float("nan"))]), "shares/a/booked"),
        (lambda: recascade(float("nan"), TEAM), "total"),
        (lambda: recascade(10, [Holding("a", 1, weight=2), Holding("b", 1)]), "weight"),
        (lambda: recalibrate(10, TEAM, max_child_change=0.1), "weight"),
        (lambda: recalibrate(10, [Holding("a", 1, weight=2)], max_child_change=-0.1), "max_child_change"),
        (lambda: join(1000, TEAM, Share("a", 1), 10), "joiner"),
        (lambda: join(1000, TEAM, Share("d", 1), 1001), "amount"),
        (lambda: leave(1000, TEAM, "d"), "leaver"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(wrong, place):
    with pytest.raises(BadInput) as caught:
        wrong()
    assert caught.value.place == place


# P10


@st.composite
def teams(draw):
    holdings = []
    weighted = draw(st.booleans())
    for i in range(draw(st.integers(1, 7))):
        amount, floor = draw(st.integers(0, 300)), draw(st.integers(0, 100))
        cap = draw(st.none() | st.integers(floor, 400))
        locked = draw(st.none() | st.none() | st.just(amount))
        weight = draw(st.floats(0, 9)) if weighted else None
        holdings.append(Holding(f"m{i}", amount, floor, cap, locked, weight, draw(st.integers(-20, 120))))
    return holdings


def clipped(holding):
    if holding.locked is not None:
        return holding.locked
    low = max(holding.floor, holding.booked, 0)
    return max(low, holding.amount if holding.cap is None else min(holding.amount, max(holding.cap, low)))


def attempt(total, team, **kwargs):
    try:
        return recascade(total, team, **kwargs)
    except Infeasible:
        return assume(False)


@given(st.integers(0, 2000), teams())
def test_P10_the_change_is_as_small_as_it_can_be(total, team):
    after = attempt(total, team)
    start = {holding.id: clipped(holding) for holding in team}
    change = total - sum(start.values())
    moves = [after.amounts[id_] - start[id_] for id_ in start]
    assert sum(after.amounts.values()) == total
    assert sum(map(abs, moves)) == abs(change)
    assert all(move * change >= 0 for move in moves)
    for holding in team:
        amount = after.amounts[holding.id]
        if holding.locked is not None:
            assert amount == holding.locked
        else:
            assert amount >= max(holding.floor, holding.booked)
            assert holding.cap is None or amount <= max(holding.cap, holding.booked)


@given(st.integers(0, 2000), teams(), st.sampled_from([1, 10, 100]))
def test_P10_doing_it_again_changes_nothing(total, team, grain):
    once = attempt(total, team, grain=grain)
    held = [holding._replace(amount=once.amounts[holding.id]) for holding in team]
    again = recascade(total, held, grain=grain)
    assert again.amounts == once.amounts
    assert again.reserve == once.reserve
    assert set(again.reasons.values()) <= {"kept", "locked"}


@given(st.integers(0, 2000), teams(), st.integers(1, 60))
def test_P1_with_any_grain_children_and_reserve_are_the_total(total, team, grain):
    after = attempt(total, team, grain=grain)
    assert sum(after.amounts.values()) + after.reserve == total
    # Moves are whole grains: what is held off the grain (a booked amount, a cap) may leave one more than a remainder.
    assert 0 <= after.reserve < 2 * grain


@given(st.integers(0, 2000), teams())
def test_P3_a_lock_keeps_its_siblings_in_a_recascade(total, team):
    """Unlike a fresh split: locking one child where it stands moves nobody."""
    after = attempt(total, team)
    held = [holding._replace(amount=after.amounts[holding.id]) for holding in team]
    held[0] = held[0]._replace(locked=held[0].amount)
    assert recascade(total, held).amounts == after.amounts
