"""Splitting a total over children: the worked examples, the invariants P1 to P9 and what is refused."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from runtime.goals.allocation import BadInput, Infeasible, Share, allocate, apportion, as_typed, reserve_amount

REGIONS = ("华东", "华南", "西南")
HISTORY = (5200, 3900, 1500)
POTENTIAL = (4200, 4100, 2700)
CAPACITY = (140, 118, 72)


def blend() -> list[Fraction]:
    parts = ((Fraction(5, 10), HISTORY), (Fraction(3, 10), POTENTIAL), (Fraction(2, 10), CAPACITY))
    return [sum(part * Fraction(row[i], sum(row)) for part, row in parts) for i in range(3)]


def by_weight(total, weights, **kwargs):
    shares = [Share(name, weight) for name, weight in zip(REGIONS, weights, strict=False)]
    return allocate(total, shares, **kwargs)


# The worked examples


def test_S24_historical_shares_give_every_region_the_same_growth():
    assert by_weight(12190, HISTORY).amounts == {"华东": 5980, "华南": 4485, "西南": 1725}


def test_S10_a_blend_moves_the_split_towards_potential():
    assert by_weight(12190, blend()).amounts == {"华东": 5421, "华南": 4477, "西南": 2292}


def test_S10_a_growth_band_keeps_the_newcomer_safe():
    shares = [
        Share(name, weight, floor=-(-hist * 95 // 100), cap=hist * 130 // 100)
        for name, weight, hist in zip(REGIONS, blend(), HISTORY, strict=True)
    ]
    split = allocate(12190, shares)
    assert split.amounts == {"华东": 5608, "华南": 4632, "西南": 1950}
    assert split.reasons == {"华东": "weight", "华南": "weight", "西南": "cap"}


def test_S11_ramp_weights_spare_the_joiners():
    split = allocate(900, [Share("a", 1), Share("b", 1), Share("first month", 0.5), Share("second", 0.25)])
    assert split.amounts == {"a": 327, "b": 327, "first month": 164, "second": 82}
    assert split.rounded_up == {"first month", "second"}


def test_S24_a_target_of_8_28_yi_splits_in_whole_wan():
    weights = [*range(1, 28), 0.5]
    split = allocate(828_000_000, [Share(f"{i:02}", w) for i, w in enumerate(weights)], grain=10_000)
    assert sum(split.amounts.values()) == 828_000_000
    assert all(amount % 10_000 == 0 for amount in split.amounts.values())


# Reserve, locks and grain


def test_S24_children_and_reserve_sum_to_the_parent_and_the_rest_below_a_grain_is_reserve():
    split = by_weight(123_456, HISTORY, grain=1000, reserve=reserve_amount(123_456, 0.05))
    assert split.amounts == {"华东": 57_000, "华南": 43_000, "西南": 17_000}
    assert split.reserve == 6_456


def test_a_reserve_share_is_the_decimal_that_was_typed():
    assert reserve_amount(100, 0.29) == 29
    assert as_typed(0.1) == Fraction(1, 10)


def test_locked_children_keep_their_amount_and_the_others_share_the_rest():
    split = allocate(100, [Share("a", 1, locked=70, cap=50), Share("b", 1), Share("c", 2)])
    assert split.amounts == {"a": 70, "b": 10, "c": 20}
    assert split.reasons["a"] == "locked"


def test_all_weights_zero_means_equal_parts():
    split = by_weight(10, (0, 0, 0))
    assert split.amounts == {"华东": 4, "华南": 3, "西南": 3}
    assert set(split.reasons.values()) == {"equal"}


def test_without_anything_to_split_nothing_is_owed():
    assert allocate(0, []).reserve == 0
    assert allocate(7, [Share("a", 1, locked=3)], grain=10).reserve == 4


def test_bounds_that_hold_in_yuan_but_not_in_grains_get_a_finer_grain():
    split = allocate(100_000, [Share("a", 1, cap=55_500), Share("b", 1, cap=44_500)], grain=10_000)
    assert split.amounts == {"a": 55_500, "b": 44_500}
    assert split.grain == 100


def test_caps_may_swallow_all_but_the_rest_below_a_grain():
    split = allocate(105, [Share("a", 1, cap=55), Share("b", 1, cap=45)], grain=10)
    assert split.amounts == {"a": 55, "b": 45}
    assert split.reserve == 5


def test_floors_between_two_grains_are_kept():
    split = allocate(99_999, [Share("a", 1, floor=47_000), Share("b", 1, floor=48_000)], grain=10_000)
    assert split.amounts == {"a": 47_000, "b": 48_000}
    assert (split.reserve, split.grain) == (4_999, 1000)


# What cannot be split is answered with the gap and the ways out


def refusal(total, shares, **kwargs):
    with pytest.raises(Infeasible) as caught:
        allocate(total, shares, **kwargs)
    return caught.value


def test_caps_below_the_total_name_the_gap_and_three_remedies():
    error = refusal(1000, [Share("a", 4, cap=460), Share("b", 3, cap=402), Share("left", 0, locked=90)])
    assert (error.kind, error.gap) == ("over_capacity", 48)
    assert [tuple(way) for way in error.remedies] == [
        ("raise_caps", 48, ("a", "b")),
        ("release_locks", 48, ("left",)),
        ("move_to_reserve", 48, ()),
    ]


def test_what_the_caps_cannot_take_may_go_to_the_reserve():
    shares = [Share("a", 4, cap=460), Share("b", 3, cap=402), Share("left", 0, locked=90)]
    assert allocate(1000, shares, surplus="reserve").reserve == 48
    assert allocate(1000, shares, reserve=48).reserve == 48


def test_floors_above_the_total_are_over_committed():
    error = refusal(100, [Share("a", 1, floor=70), Share("b", 1, locked=40)], reserve=20)
    assert (error.kind, error.gap) == ("over_committed", 30)
    assert {way.action for way in error.remedies} == {"raise_total", "lower_floors", "release_locks"}
    assert refusal(100, [Share("a", 1, floor=90)], reserve=20).remedies[-1].action == "lower_reserve"


def test_money_that_nobody_may_take_is_unassigned():
    assert (refusal(100, []).kind, refusal(100, []).gap) == ("unassigned", 100)
    assert refusal(100, [Share("a", 1, locked=60)]).gap == 40


def test_a_floor_above_its_cap_names_the_child():
    error = refusal(100, [Share("a", 1, floor=60, cap=50), Share("b", 1)])
    assert (error.kind, error.gap) == ("floor_above_cap", 10)
    assert error.remedies[0].children == ("a",)


@pytest.mark.parametrize("total", [-1, float("nan"), float("inf"), 1e308, True, "100", 12.5, None])
def test_a_total_that_is_no_whole_yuan_is_refused(total):
    with pytest.raises(ValueError, match="total"):
        allocate(total, [Share("a", 1)])


@pytest.mark.parametrize("weight", [-1, float("nan"), float("inf"), True, "1", None, 1j])
def test_a_weight_that_is_no_number_names_its_child(weight):
    with pytest.raises(BadInput) as caught:
        allocate(10, [Share("a", 1), Share("华东", weight)])
    assert caught.value.place == "shares/华东/weight"


@pytest.mark.parametrize(
    ("field", "value"), [("floor", -1), ("floor", 1.0), ("cap", True), ("cap", -2), ("locked", -3)]
)
def test_a_bound_that_is_no_whole_yuan_names_its_child(field, value):
    with pytest.raises(BadInput, match=f"shares/a/{field}"):
        allocate(10, [Share("a", 1, **{field: value})])


def test_two_children_of_one_id_and_senseless_settings_are_refused():
    with pytest.raises(BadInput, match="same id"):
        allocate(10, [Share("a", 1), Share("a", 2)])
    with pytest.raises(BadInput, match="grain"):
        allocate(10, [Share("a", 1)], grain=0)
    with pytest.raises(BadInput, match="reserve"):
        reserve_amount(10, 1.5)
    with pytest.raises(BadInput, match="nothing"):
        apportion(10, [])


def test_weights_from_1e_300_to_1e300_still_sum_exactly():
    split = allocate(1000, [Share("a", 1e-300), Share("b", 1e300), Share("c", 3)])
    assert split.amounts == {"a": 0, "b": 1000, "c": 0}


# Invariants

weights = st.one_of(
    st.integers(0, 50), st.fractions(0, 9, max_denominator=40), st.floats(0, 1e6, allow_subnormal=False)
)
totals = st.integers(0, 10**6)


@st.composite
def bounded_shares(draw):
    """Up to eight children, mostly with bounds, sometimes locked; not always feasible."""
    shares = []
    for i in range(draw(st.integers(0, 8))):
        floor = draw(st.integers(0, 60))
        cap = draw(st.none() | st.integers(floor, 200))
        locked = draw(st.none() | st.none() | st.integers(0, 100))
        shares.append(Share(f"child {i}", draw(weights), floor, cap, locked))
    return shares


def infeasible(total, shares, reserve=0, grain=1):
    """The condition of cascade.md, step 2, written a second time."""
    free = [share for share in shares if share.locked is None]
    rest = total - reserve - sum(share.locked for share in shares if share.locked is not None)
    if rest < sum(share.floor for share in free):
        return "over_committed", sum(share.floor for share in free) - rest
    if all(share.cap is not None for share in free) and rest // grain * grain > sum(s.cap for s in free):
        return "over_capacity" if free else "unassigned", rest - sum(share.cap for share in free)
    return None


@given(st.integers(0, 900), bounded_shares(), st.integers(0, 40))
def test_P1_P2_P3_P9_bounds_hold_exactly_or_the_gap_is_told(total, shares, reserve):
    wrong = infeasible(total, shares, reserve)
    if wrong:
        error = refusal(total, shares, reserve=reserve)
        assert (error.kind, error.gap) == wrong
        return
    split = allocate(total, shares, reserve=reserve)
    assert sum(split.amounts.values()) + reserve == total
    assert split.reserve == reserve
    for share in shares:
        amount = split.amounts[share.id]
        if share.locked is not None:
            assert amount == share.locked
        else:
            assert share.floor <= amount <= (total if share.cap is None else share.cap)


@given(st.integers(0, 900_000), bounded_shares(), st.sampled_from([10, 25, 1000]), st.integers(0, 40))
def test_P1_P2_P3_hold_with_any_grain(total, shares, grain, reserve):
    shares = [Share(s.id, s.weight, s.floor * 997, s.cap and s.cap * 1003, s.locked and s.locked * 999) for s in shares]
    wrong = infeasible(total, shares, reserve, grain)
    if wrong:
        error = refusal(total, shares, grain=grain, reserve=reserve)
        assert (error.kind, error.gap) == wrong
        return
    split = allocate(total, shares, grain=grain, reserve=reserve)
    assert sum(split.amounts.values()) + split.reserve == total
    assert 0 <= split.reserve - reserve < grain
    free = [share for share in shares if share.locked is None]
    assert all(s.floor <= split.amounts[s.id] <= (total if s.cap is None else s.cap) for s in free)
    assert all(split.amounts[s.id] % split.grain == 0 for s in free)


@given(totals, bounded_shares(), st.randoms(use_true_random=False))
def test_P4_the_order_of_the_children_does_not_matter(total, shares, random):
    assume(not infeasible(total, shares))
    shuffled = random.sample(shares, len(shares))
    assert allocate(total, shares).amounts == allocate(total, shuffled).amounts


@given(st.integers(0, 900), bounded_shares(), st.fractions(Fraction(1, 1000), 1000, max_denominator=1000))
def test_P5_scaling_all_weights_changes_nothing(total, shares, factor):
    assume(not infeasible(total, shares))
    scaled = [share._replace(weight=Fraction(share.weight) * factor) for share in shares]
    assert allocate(total, shares) == allocate(total, scaled)


@given(totals, st.lists(weights, min_size=1, max_size=12))
def test_P6_P7_P8_without_bounds_everyone_is_within_one_of_the_exact_share(total, row):
    assume(any(row))
    amounts = list(allocate(total, [Share(f"{i:02}", weight) for i, weight in enumerate(row)]).amounts.values())
    whole = sum(map(Fraction, row))
    for mine, amount in zip(row, amounts, strict=True):
        assert abs(amount - total * Fraction(mine) / whole) < 1
        assert mine or not amount
        for other, others_amount in zip(row, amounts, strict=True):
            assert mine <= other or amount >= others_amount
            assert mine != other or abs(amount - others_amount) <= 1
    assert apportion(total, row) == amounts


@given(st.integers(0, 900), bounded_shares())
def test_the_split_is_proportional_wherever_no_bound_binds(total, shares):
    """Between two children inside their bounds only rounding separates the amounts per weight."""
    assume(not infeasible(total, shares))
    split = allocate(total, shares)
    inside = [s for s in shares if split.reasons[s.id] == "weight" and s.weight]
    for one in inside:
        for two in inside:
            left, right = split.amounts[one.id] * Fraction(two.weight), split.amounts[two.id] * Fraction(one.weight)
            assert abs(left - right) < Fraction(one.weight) + Fraction(two.weight)


@given(st.integers(0, 900), bounded_shares())
def test_nobody_is_held_at_a_cap_while_another_gets_more_than_its_weight(total, shares):
    """Water filling: a child at its cap would by weight have had at least that, one at its floor at most that."""
    assume(not infeasible(total, shares))
    split = allocate(total, shares)
    inside = [s for s in shares if split.reasons[s.id] == "weight" and s.weight]
    for s in shares:
        for reference in inside:
            by_level = split.amounts[reference.id] * Fraction(s.weight) / Fraction(reference.weight)
            slack = 1 + Fraction(s.weight) / Fraction(reference.weight)
            if split.reasons[s.id] == "cap":
                assert by_level + slack > s.cap
            if split.reasons[s.id] == "floor":
                assert by_level - slack < s.floor


@st.composite
def trees(draw, depth=4):
    """A tree as nested lists of weights: what a leaf weighs, or what a node weighs and its children."""
    weight = draw(st.integers(0, 9))
    if depth == 0 or draw(st.booleans()):
        return weight, []
    return weight, draw(st.lists(trees(depth=depth - 1), min_size=1, max_size=4))


def leaves_and_reserves(total, node, grain):
    _, children = node
    if not children:
        return total
    split = allocate(total, [Share(str(i), weight) for i, (weight, _) in enumerate(children)], grain=grain)
    below = sum(leaves_and_reserves(split.amounts[str(i)], child, grain) for i, child in enumerate(children))
    return below + split.reserve


@given(totals, trees(), st.sampled_from([1, 100, 10_000]))
def test_P11_leaves_and_reserves_sum_to_the_root_of_any_tree(total, tree, grain):
    assert leaves_and_reserves(total, tree, grain) == total
