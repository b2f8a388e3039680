"""Runs of a procedure on a batch: with error bounds, and on NumPy's own arrays."""

from __future__ import annotations

import numpy as np

from lemmata.checks.judging.membership import refuse_changes
from lemmata.checks.stages.draws import read_only
from lemmata.claims import Claim, ClaimError, Instances, Measurement, Parameters, measured_symbols
from lemmata.claims.language.floats import refuse_other_floats, run_plain
from lemmata.claims.language.procedure import name_of
from lemmata.solvers import Bounded


def run_bounded(claim: Claim, parameters: Parameters, instances: Instances) -> Measurement:
    """Run the procedure in float64 with error bounds, on read-only input.

    Raises:
        ClaimError: it changes its input in place, or measures plain floats.
    """
    exact = {name: Bounded.exact(value) for name, value in instances.items()}
    bounded = {name: Bounded(read_only(one.value), read_only(one.error)) for name, one in exact.items()}
    try:
        measured = claim.when.run(parameters, bounded)
    except ValueError as error:
        refuse_changes(f"procedure {claim.when.name!r}", error)
        raise
    check_number_system(claim, measured)
    return measured


def check_floats(claim: Claim, parameters: Parameters, instances: Instances, measured: Measurement) -> None:
    """Run the procedure on NumPy's own arrays, too.

    Raises:
        ClaimError: it gives other numbers there, by far more than rounding.
    """
    plain = run_plain(claim.when.run, parameters, instances)
    if plain is not None:
        refuse_other_floats(f"procedure {claim.when.name!r}", measured, plain)


def check_number_system(claim: Claim, measured: Measurement) -> None:
    """Refuse plain floats among what the conclusion uses: nobody knows their rounding. Whole numbers are exact."""
    used = {name_of(symbol) for symbol in measured_symbols(claim.then)}
    for case in measured.cases:
        for name in used & set(case.values):
            value = case.values[name]
            if isinstance(value, np.ndarray) and value.dtype.kind == "f" and np.any(value != np.floor(value)):
                raise ClaimError(
                    f"procedure {claim.when.name!r} measured {name} as plain floats, whose rounding nobody knows; keep "
                    "the number system it was given: compute with the arrays that came in, without float() and .value"
                )
