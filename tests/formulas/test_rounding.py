"""Rounding gives what the decimal digits say."""

import random
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import formulas
from formulas.rounding import DOWN, HALF, UP, floor, floor_column, round_column, round_to, snap, snap_column
from tests.formulas.samples import value_of
from tests.formulas.test_properties import RELAXED

MODES = {HALF: ROUND_HALF_UP, DOWN: ROUND_DOWN, UP: ROUND_UP}


def fifteen(value: float) -> Decimal:
    return Decimal(f"{value:.15g}")


@pytest.mark.parametrize("mode", [HALF, DOWN, UP])
def test_no_cent_is_wrong_in_many_random_payouts(mode: str) -> None:
    chance = random.Random(7)
    payouts = [chance.randrange(1, 10**7) / 100 * chance.choice([0.005, 0.15, 0.29, 1.1, 0.333]) for _ in range(50_000)]
    payouts += [chance.randrange(1, 10**7) / 1000 for _ in range(50_000)]
    rounded = round_column(np.array(payouts), np.full((), 2.0), mode).tolist()
    wanted = [float(fifteen(pay).quantize(Decimal("0.01"), MODES[mode])) for pay in payouts]
    assert [(pay, got) for pay, got, want in zip(payouts, rounded, wanted, strict=True) if got != want] == []
    assert [round_to(pay, 2.0, mode) for pay in payouts] == rounded


@pytest.mark.parametrize("places", [-3, -1, 0, 1, 3, 6])
def test_other_places_agree_with_decimals(places: int) -> None:
    chance = random.Random(places)
    for _ in range(3000):
        value = chance.choice([-1, 1]) * chance.randrange(1, 10**9) / 10 ** chance.randrange(0, 9)
        for mode, rule in MODES.items():
            wanted = float(fifteen(value).quantize(Decimal(1).scaleb(-places), rule))
            assert round_to(value, float(places), mode) == wanted, (value, places, mode)


@RELAXED
@given(st.integers(1, 10**15 - 1), st.integers(-290, 290))
def test_fifteen_digits_survive_and_noise_behind_them_goes(digits: int, exponent: int) -> None:
    value = float(f"{digits}e{exponent}")
    for noisy in (value, np.nextafter(value, np.inf), np.nextafter(value, -np.inf)):
        assert snap(float(noisy)) == value
        assert snap_column(np.array([noisy]))[0] == value


@RELAXED
@given(
    st.floats(allow_nan=False, allow_infinity=False), st.one_of(st.integers(-30, 30).map(float), st.floats(-500, 500))
)
def test_one_number_and_a_column_round_to_the_same_bits(value: float, places: float) -> None:
    for mode in MODES:
        with np.errstate(over="ignore"):
            column = round_column(np.array([value]), np.array([places]), mode)
        assert column.tobytes() == np.array([round_to(value, places, mode)]).tobytes()
    assert floor_column(np.array([value])).tobytes() == np.array([floor(value)]).tobytes()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ROUND(1.005,2)", 1.01),
        ("ROUND(2.675,2)", 2.68),
        ("ROUND(-2.5,0)", -3),
        ("ROUND(1234.5,-2)", 1200),
        ("ROUND(0.285*100,0)", 29),
        ("ROUNDUP(1.1*3,1)", 3.3),
        ("ROUNDDOWN(0.29*100,0)", 29),
        ("INT(0.29*100)", 29),
        ("INT(-0.5)", -1),
        ("MOD(0.3,0.1)", 0),
        ("MOD(-3,2)", 1),
        ("MOD(3,-2)", -1),
        ("1-85%>15%", False),
        ("0.1+0.2=0.3", True),
        ("0.1+0.2", 0.3),
        ("ROUND(5,0.9)", 5),
        ("ROUNDUP(0.0000001,0)", 1),
    ],
)
def test_binary_noise_does_not_show(text: str, value: object) -> None:
    assert value_of(text, {}) == value


def test_a_result_is_rounded_to_the_declared_decimals() -> None:
    schema = formulas.Schema({"x": "number"})
    formula = formulas.compile("x/3", schema, decimals=2)
    assert formula.evaluate({"x": 1}) == 0.33
    assert formula.evaluate_batch({"x": [2.0, 1.0]}, 2).to_list() == [0.67, 0.33]


def test_floors_agree_with_decimals() -> None:
    chance = random.Random(3)
    values = [chance.uniform(-1000, 1000) * 10 ** chance.randrange(-3, 3) for _ in range(5000)]
    assert [floor(value) for value in values] == [float(fifteen(v).to_integral_value(ROUND_FLOOR)) for v in values]
    assert [-floor(-value) for value in values] == [float(fifteen(v).to_integral_value(ROUND_CEILING)) for v in values]
