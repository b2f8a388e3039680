"""Would it notice? Each measured quantity of each claim is planted as zero in turn, in the claim and its mutants.

A claim that still passes does not depend on that quantity, or only through slack; every such pair is printed, to be
looked at by a person. Run by hand: ``python tests/benchmarks/bench_planted_zeros.py [paper ...]``; all papers take
about ten minutes on one core.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence

from lemmata.checks import Effort, Verdict, judge
from lemmata.claims import Claim, Instances, Located, Measurement, Parameters, Procedure, Status, load, measured_symbols


def without_quantity(procedure: Procedure, name: str) -> Procedure:
    """The procedure with one of its quantities and its rate always zero, or one if its logarithm is measured."""
    names = (name, f"log({name})")

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        found = procedure.run(parameters, instances)
        cases = tuple(
            dataclasses.replace(
                case,
                values={symbol: value * (symbol not in names) for symbol, value in case.values.items()},
                rates={symbol: value * (symbol not in names) for symbol, value in case.rates.items()},
            )
            for case in found.cases
        )
        return dataclasses.replace(found, cases=cases)

    return dataclasses.replace(procedure, run=run)


def planted(claim: Claim, name: str) -> Claim:
    """The claim and its mutants with the quantity planted as zero; without its proof, which looks at no run."""
    mutants = tuple(
        dataclasses.replace(mutant, when=None if mutant.when is None else without_quantity(mutant.when, name))
        for mutant in claim.mutants
    )
    return dataclasses.replace(claim, when=without_quantity(claim.when, name), mutants=mutants, proof=None)


def main(papers: Sequence[str]) -> None:
    """Print each claim that passes without one of its quantities."""
    passed = tried = 0
    for located in load(papers).claims:
        if located.claim.status is Status.REFUTED:
            continue
        for name in sorted(map(str, measured_symbols(located.claim.then))):
            tried += 1
            found = judge(Located(planted(located.claim, name), located.source), effort=Effort.QUICK, seed=0)
            if Verdict.from_word(found.verdict).is_pass:
                passed += 1
                _tell(f"{located.claim.key} passes with {name} = 0")
    _tell(f"{passed} of {tried} quantities could be zero")


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
