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

_LOWEST = -307
_POWERS = [float(f"1e{exponent}") for exponent in range(_LOWEST, 309)]
_POWER_ARRAY = np.array(_POWERS)
EXACT = 22
"""10^22 is the last power of ten that a float holds exactly."""
_HALF_UNIT = 0.5e-14
_FULL = 1e14
"""From here on the 15th digit is a whole one: nothing but the snapping is left to do."""

HALF, DOWN, UP = "half", "down", "up"


def _power(exponent: float) -> float:
    return _POWERS[int(exponent) - _LOWEST]


def _powers(exponents: NDArray[Any]) -> Numbers:
    return _POWER_ARRAY[exponents.astype(np.intp) - _LOWEST]


def _snapped_text(value: float) -> float:
    snapped = float(f"{value:.15g}")
    return snapped if math.isfinite(snapped) else value


# 15 significant digits


def snap(value: float) -> float:
    """The float nearest to the number's 15 significant digits."""
    size = abs(value)
    if size == 0:
        return 0.0
    digits = 14 - (bisect_right(_POWERS, size) - 1 + _LOWEST)
    if not -EXACT <= digits <= EXACT:
        return _snapped_text(value)
    power = _power(abs(digits))
    snapped = float(round(size * power)) / power if digits >= 0 else float(round(size / power)) * power
    return math.copysign(snapped, value)


def snap_column(values: Numbers) -> Numbers:
    values = np.asarray(values)
    size = np.abs(values)
    digits = (14 - _LOWEST + 1) - np.searchsorted(_POWER_ARRAY, size, side="right")
    far = (digits > EXACT) | (digits < -EXACT)
    digits = np.where(far, 0, digits)
    if digits.min(initial=0) >= 0:
        power = _powers(digits)
        snapped = np.rint(size * power) / power
    else:
        power = _powers(np.abs(digits))
        snapped = np.where(digits >= 0, np.rint(size * power) / power, np.rint(size / power) * power)
    snapped = np.array(np.copysign(snapped, values))
    odd = far & (size != 0)
    if odd.any():
        snapped[odd] = [_snapped_text(value) for value in values[odd].tolist()]
    return np.asarray(snapped + 0.0)


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
    tolerance = _HALF_UNIT * _POWERS[max(bisect_right(_POWERS, shifted) - 1, 0)]
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
    place = np.maximum(np.searchsorted(_POWER_ARRAY, shifted, side="right") - 1, 0)
    tolerance = _HALF_UNIT * _POWER_ARRAY[place]
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
