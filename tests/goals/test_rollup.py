"""Sums of a tree: every node holds exactly what is below it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.goals.allocation import BadInput
from runtime.goals.rollup import ROOT, tree

#           0
#         /   \
#        1     2      5 (a root of its own)
#       / \     \
#      3   4     6
SHAPE = [ROOT, 0, 0, 1, 1, ROOT, 2]


@st.composite
def forests(draw):
    """Parents in any order of rows: each node hangs below one drawn before it, then rows are shuffled."""
    size = draw(st.integers(0, 30))
    parents = [draw(st.integers(ROOT, i - 1)) for i in range(size)]
    rows = draw(st.permutations(range(size)))
    shuffled = [ROOT] * size
    for node, parent in enumerate(parents):
        shuffled[rows[node]] = ROOT if parent == ROOT else rows[parent]
    return shuffled


def below(parents, node):
    return [node, *(deeper for child, up in enumerate(parents) if up == node for deeper in below(parents, child))]


def test_S24_every_node_is_the_sum_of_its_leaves_and_reserves():
    own = np.array([5, 0, 1, 30, 40, 7, 20])
    assert tree(SHAPE).roll_up(own).tolist() == [96, 70, 21, 30, 40, 7, 20]


def test_one_changed_leaf_touches_only_its_ancestors():
    shape = tree(SHAPE)
    totals = shape.roll_up(np.array([5, 0, 1, 30, 40, 7, 20]))
    assert shape.add(totals, 4, -15) == [4, 1, 0]
    assert totals.tolist() == [81, 55, 21, 30, 25, 7, 20]


def test_amounts_stay_exact_beyond_the_floats():
    big = 2**60 + 1
    assert tree([ROOT, 0, 0]).roll_up(np.array([0, big, 1])).tolist() == [big + 1, big, 1]


def test_a_chain_of_a_thousand_levels_is_a_tree_too():
    assert tree(list(range(-1, 999))).roll_up(np.ones(1000, dtype=np.int64))[0] == 1000


@pytest.mark.parametrize(
    ("parents", "place"), [([ROOT, 5], "parents/1"), ([ROOT, -2], "parents/1"), ([ROOT, 2, 1], "parents/1")]
)
def test_what_is_no_tree_is_refused_with_the_node(parents, place):
    with pytest.raises(BadInput) as caught:
        tree(parents)
    assert caught.value.place == place


def test_values_for_another_tree_are_refused():
    with pytest.raises(BadInput, match="3 values for a tree of 7 nodes"):
        tree(SHAPE).roll_up(np.zeros(3))


@given(forests(), st.data())
def test_P11_roll_up_equals_a_walk_over_any_forest(parents, data):
    own = data.draw(st.lists(st.integers(-(10**12), 10**12), min_size=len(parents), max_size=len(parents)))
    totals = tree(parents).roll_up(np.array(own, dtype=np.int64))
    assert totals.tolist() == [sum(own[node] for node in below(parents, root)) for root in range(len(parents))]


@given(forests().filter(bool), st.data())
def test_an_update_of_one_node_equals_a_fresh_roll_up(parents, data):
    shape, own = tree(parents), np.arange(len(parents), dtype=np.int64)
    node, change = data.draw(st.integers(0, len(parents) - 1)), data.draw(st.integers(-100, 100))
    totals = shape.roll_up(own)
    before = totals.copy()
    touched = shape.add(totals, node, change)
    own[node] += change
    assert totals.tolist() == shape.roll_up(own).tolist()
    assert set(np.flatnonzero(totals != before)) <= set(touched)
