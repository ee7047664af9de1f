"""Rounding that gives what the decimal digits say, for columns and for one number.

A float is read as its 15 significant digits: 1.005 rounds to 1.01, 0.29*100 has the integer part 29. What lies
within half a unit of the 15th digit of a boundary counts as the boundary. The two forms of each function do the
same operations in the same order and agree bit for bit.
"""

import math
from bisect import bisect_right
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_LOWEST = -323
_POWERS = [float(f"1e{exponent}") for exponent in range(_LOWEST, 309)]
_POWER_ARRAY = np.array(_POWERS)
EXACT = 22
"""10^22 is the last power of ten that a float holds exactly."""
_HALF_UNIT = 0.5e-14
_FULL = 1e14
"""From here on the 15th digit is a whole one: nothing but the snapping is left to do."""

HALF, DOWN, UP = "half", "down", "up"


def _decades() -> tuple[list[int], list[float]]:
    """For each binary exponent the decimal one of its smallest number, and where the next decimal one begins."""
    exponents, next_powers = [], []
    for binary in range(_SMALLEST, _LARGEST + 1):
        exponent = max(bisect_right(_POWERS, math.ldexp(0.5, binary)) - 1 + _LOWEST, _LOWEST)
        exponents.append(exponent)
        next_powers.append(_POWERS[exponent + 1 - _LOWEST] if exponent < 308 else math.inf)
    return exponents, next_powers


_SMALLEST, _LARGEST = -1073, 1024
_EXPONENTS, _NEXT_POWERS = _decades()
_EXPONENT_ARRAY, _NEXT_POWER_ARRAY = np.array(_EXPONENTS), np.array(_NEXT_POWERS)


def _exponent(size: float) -> int:
    """The decimal exponent of a number's first digit: 0 for 1 to 9.99."""
    place = math.frexp(size)[1] - _SMALLEST
    return _EXPONENTS[place] + (size >= _NEXT_POWERS[place])


def _exponents(sizes: Numbers) -> NDArray[Any]:
    place = np.frexp(sizes)[1] - _SMALLEST
    return np.asarray(_EXPONENT_ARRAY[place] + (sizes >= _NEXT_POWER_ARRAY[place]))


def _power(exponent: float) -> float:
    return _POWERS[int(exponent) - _LOWEST]


def _powers(exponents: NDArray[Any]) -> Numbers:
    return np.asarray(_POWER_ARRAY[exponents.astype(np.intp, copy=False) - _LOWEST])


def _snapped_text(value: float) -> float:
    snapped = float(f"{value:.15g}")
    return snapped if math.isfinite(snapped) else value


# 15 significant digits


def snap(value: float) -> float:
    """The float nearest to the number's 15 significant digits."""
    digits = 14 - _exponent(abs(value))
    if 0 <= digits <= EXACT:
        power = _POWERS[digits - _LOWEST]
        return round(value * power) / power
    if -EXACT <= digits < 0:
        power = _POWERS[-digits - _LOWEST]
        return round(value / power) * power
    return _snapped_text(value)


def snap_column(values: Numbers) -> Numbers:
    values = np.asarray(values)
    digits = 14 - _exponents(np.abs(values))
    least, most = digits.min(initial=0), digits.max(initial=0)
    if least >= 0 and most <= EXACT:
        power = _POWER_ARRAY[digits - _LOWEST]
        return np.asarray(np.rint(values * power) / power + 0.0)
    far = (digits > EXACT) | (digits < -EXACT)
    digits = np.where(far, 0, digits)
    power = _powers(np.abs(digits))
    snapped = np.array(np.where(digits >= 0, np.rint(values * power) / power, np.rint(values / power) * power) + 0.0)
    if far.any():
        snapped[far] = [_snapped_text(value) for value in values[far].tolist()]
    return np.asarray(snapped)


# to a number of decimals


def round_to(value: float, decimals: float, mode: str) -> float:
    """`value` to `decimals` places (negative: before the point); HALF is away from zero."""
    decimals = float(math.trunc(max(-400.0, min(400.0, decimals))))
    if abs(decimals) > EXACT:
        return _round_text(value, decimals, mode)
    power = _power(abs(decimals))
    size = abs(value)
    shifted = size * power if decimals >= 0 else size / power
    if shifted >= _FULL:
        return snap(value)
    if shifted == 0:
        return 0.0
    whole = float(math.floor(shifted))
    part = shifted - whole
    tolerance = _HALF_UNIT * _power(_exponent(shifted))
    if part > tolerance if mode == UP else part >= (0.5 if mode == HALF else 1.0) - tolerance:
        whole += 1.0
    return math.copysign(whole / power if decimals >= 0 else whole * power, value) + 0.0


def round_column(values: Numbers, decimals: Numbers, mode: str) -> Numbers:
    values, decimals = np.broadcast_arrays(values, np.trunc(np.clip(decimals, -400.0, 400.0)))
    far = np.abs(decimals) > EXACT
    power = _powers(np.where(far, 0.0, np.abs(decimals)))
    size = np.abs(values)
    shifted = np.where(decimals >= 0, size * power, size / power)
    full = shifted >= _FULL
    shifted = np.where(full, 0.0, shifted)
    whole = np.floor(shifted)
    part = shifted - whole
    tolerance = _HALF_UNIT * _powers(_exponents(shifted))
    over = part > tolerance if mode == UP else part >= (0.5 if mode == HALF else 1.0) - tolerance
    whole = whole + (over & (shifted != 0))
    rounded = np.copysign(np.where(decimals >= 0, whole / power, whole * power), values) + 0.0
    if full.any():
        rounded = np.where(full, snap_column(values), rounded)
    if far.any():
        rounded = np.array(rounded)
        pairs = zip(values[far].tolist(), decimals[far].tolist(), strict=True)
        rounded[far] = [_round_text(value, places, mode) for value, places in pairs]
    return np.asarray(rounded)


def _round_text(value: float, decimals: float, mode: str) -> float:
    """More places than a float can be scaled by: either nothing is to round or nothing is left."""
    if decimals > 0:
        return snap(value)
    return _power(-decimals) * math.copysign(1.0, value) if mode == UP and value and decimals > -308 else 0.0


# down to the integer below


def floor(value: float) -> float:
    return round_to(value, 0.0, DOWN if value >= 0 else UP)


def floor_column(values: Numbers) -> Numbers:
    nothing = np.zeros(())
    return np.where(values >= 0, round_column(values, nothing, DOWN), round_column(values, nothing, UP))
