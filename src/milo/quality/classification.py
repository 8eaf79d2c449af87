"""How often answers are right."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import NamedTuple


class Accuracy(NamedTuple):
    """A share of right answers with its interval; all three are 0 to 1."""

    value: float
    low: float
    high: float


def accuracy(right: int, n: int, *, confidence: float = 0.95) -> Accuracy | None:
    """The share `right` of `n` with its Wilson score interval; None when there is nothing to count.

    With p = right / n and z the normal quantile of the confidence, the interval is
    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n): Wilson 1927, doi:10.1080/01621459.1927.10502953, which
    stays inside 0 to 1 and is not empty at 0 or n right.

    >>> found = accuracy(18, 20)
    >>> round(found.value, 2), round(found.low, 3), round(found.high, 3)
    (0.9, 0.699, 0.972)
    """
    if not 0 <= right <= n:
        raise ValueError(f"{right} right of {n}: allowed are 0 to n")
    if n == 0:
        return None
    p, z = right / n, NormalDist().inv_cdf((1 + confidence) / 2)
    centre = p + z * z / (2 * n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return Accuracy(p, max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale))
