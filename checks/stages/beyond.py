"""Growth of an implied constant beyond the range along which it was followed, where formulas alone speak of a number.

Up to its end a range may be too short to tell growth from a slow approach: n / (n + 500) looks like n up to 100. A
formula can be asked further, at twice the number again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lemmata.checks.stages.trends import Point, Trend
from lemmata.claims import Claim, Integers, Reals

_DOUBLINGS = 45
"""As long as whole numbers are exact in floats, from a number of two digits on."""
_AT_REST = 0.1
"""What is gained at the last doubling, as a share of the largest gain at one, of a constant that comes to rest."""


def is_asked_beyond(claim: Claim, trend: Trend) -> bool:
    """Whether all parameters that move along a trend are numbers that only formulas speak of."""
    ranges, family = claim.given.parameters, claim.given
    return bool(trend.along) and all(
        name in family.counted or (family.any_size and isinstance(ranges[name], Reals)) for name in trend.along
    )


def rests_beyond(claim: Claim, trend: Trend, least_at: Callable[[Mapping[str, Any]], Point]) -> bool:
    """Whether what grows up to the end of a range comes to rest, or ends, when the numbers are doubled again and again.

    Args:
        claim: the bound, for the kinds of its parameters.
        trend: one that grows, along parameters for which `is_asked_beyond` holds.
        least_at: the constant that is needed at other values of the parameters.
    """
    last = trend.points[-1].parameters
    rising = {name: trend.points[0].parameters[name] <= last[name] for name in trend.along}
    heights = [trend.heights[-1]]
    for power in range(1, _DOUBLINGS + 1):
        moved = {
            name: last[name] * 2**power
            if rising[name] or isinstance(claim.given.parameters[name], Integers)
            else last[name] / 2**power
            for name in trend.along
        }
        point = least_at({**last, **moved})
        if not 0 < point.constant < np.inf:
            break
        heights.append(point.constant)
    gains = np.diff([trend.heights[-2], *heights])
    return len(gains) > 1 and bool(gains[-1] <= _AT_REST * gains.max())
