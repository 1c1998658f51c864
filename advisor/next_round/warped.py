"""Errors of trials, bent so that a smooth model can follow them."""

from __future__ import annotations

import numpy as np

from advisor.model.curve import BoolArray, FloatArray

_FAILED = 0.3  # above the worst trial, in standard deviations of ranks


def warped(errors: FloatArray, failed: BoolArray) -> FloatArray:
    """Heights [n] of about unit spread; `errors` [n] are ignored where `failed`.

    The better half keeps its distances. The worse half, where errors run to anything,
    counts by rank only, and what failed lies a little above the worst (Song et al.
    2024, on the default algorithm of Vizier).
    """
    from scipy.stats import norm, rankdata

    good = errors[~failed]
    good = good / (np.abs(good).max() or 1.0)  # squares of any float stay finite
    middle = float(np.median(good))
    below = good[good <= middle] - middle
    spread = float(np.sqrt(np.mean(below**2))) or 1.0
    ranks = (rankdata(good) - 0.5) / len(good)
    heights = np.where(good <= middle, (good - middle) / spread, norm.ppf(ranks))
    made = np.empty(len(errors))
    made[~failed] = heights
    made[failed] = heights.max() + _FAILED
    return np.asarray((made - made.mean()) / (made.std() or 1.0))
