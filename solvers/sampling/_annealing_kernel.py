"""Annealing in one dimension compiled by Numba. Import it only where it is run."""

from __future__ import annotations

import math

import numpy as np

from lemmata.solvers.numbers.arithmetic import Floats
from lemmata.solvers.numbers.compilation import compiled


@compiled()
def run(prior: Floats, likelihood: Floats, distance: Floats, step: Floats, noise: Floats, count: int) -> Floats:
    """Gap, error of the last mean but one, largest error of a precision, ``(3, batch)``; see `line_gaps`."""
    found = np.empty((3, len(prior)))
    for i in range(len(prior)):
        mean, variance, kinetic, off_precision = 0.0, 1.0 / prior[i], 0.0, 0.0
        square = step[i] * step[i]
        for k in range(1, count + 1):
            share = k / count
            precision = prior[i] + share * likelihood[i]
            target = share * likelihood[i] * distance[i] / precision
            off = target - mean
            off_precision = max(off_precision, abs(1.0 / variance - precision))
            if k == count:
                found[1, i], found[2, i] = abs(off), off_precision
            half = square * precision / 2
            # The excess of the momentum's variance over one, without subtracting one.
            kinetic += square * precision * precision * off * off
            kinetic += square * precision * (precision * variance - 1.0) + half * half + square * noise[i]
            moved = step[i] * (1.0 - half / 2)
            mean += half * off
            variance = (1.0 - half) * (1.0 - half) * variance + moved * moved + square * square * noise[i] / 4
        last = prior[i] + likelihood[i]
        goal = likelihood[i] * distance[i] / last
        found[0, i] = (last * (mean - goal) ** 2 + last * variance - 1.0 + math.log(prior[i] / last) + kinetic) / 2
    return found
