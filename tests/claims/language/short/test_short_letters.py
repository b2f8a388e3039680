"""What is asked of letters that a formula binds: of entries of matrices, indices of sums, letters that are replaced."""

import functools
import operator
from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from lemmata import (
    Claim,
    Piecewise,
    Sum,
    conjecture,
    dimension,
    entrywise,
    equals,
    exp,
    integer,
    judge,
    least,
    log,
    maximum,
    real,
    sqrt,
    total,
    vector,
)
from lemmata.claims.language.domains import Demand, Need, needs
from lemmata.claims.language.restricted import Restricted

n, m = dimension("n", upto=2), integer("m", 1, 4)
v, w = vector("v", n), vector("w", n)
x, y, z = real("x", "y", "z")
i, t = sp.Symbol("i", integer=True), sp.Symbol("t", real=True)


def asked(claim: Claim) -> set[Any]:
    """What a conclusion must be defined for beside its own value."""
    return {part for one in claim.then.expressions for whole in one.atoms(Restricted) for part in whole.args[1:]}


def entries(function: Callable[..., Any], *matrices: Any) -> set[Need]:
    """What a function asks that is applied to entries and stays as it is written."""
    return needs(entrywise(function, *matrices))


def at(need: set[Need]) -> set[Any]:
    """The operations that are defined where some needs are met."""
    return {one.operation for one in need}


def by_loop(a: Any) -> Any:
    """A quotient in a loop, which is not read."""
    for _ in range(1):
        made = a / a
    return made


def by_name(a: Any) -> Any:
    """A quotient that is named first."""
    made = a / a
    return made  # noqa: RET504 - the text is what is read


by_lambda = sp.Lambda(t, t / t)
by_partial = functools.partial(lambda factor, a: factor * a / a, 2)


@pytest.mark.parametrize("function", [by_loop, by_name, by_lambda, by_partial, lambda a: operator.truediv(a, a)])
def test_a_quotient_of_an_entry(function: Any) -> None:
    """A quotient that is gone asks of all entries that they are not zero, however the function is given."""
    claim = conjecture(
        "c", then=equals(x * total(entrywise(function, v)), x * total(entrywise(function, v))), findings=True
    )

    assert at(entries(lambda a: 1 / a, v)) == asked(claim)


def test_roots_and_logarithms_of_entries() -> None:
    """So do roots and logarithms, what is within another entrywise function, and each of several matrices by itself."""
    root = conjecture("root", then=equals(total(entrywise(lambda a: sqrt(a) ** 2, v)), total(v)))
    logarithm = conjecture("log", then=equals(total(entrywise(lambda a: exp(log(a)), v)), total(v)))
    nested = conjecture(
        "nested", then=equals(total(entrywise(lambda a: x * a / a, entrywise(lambda a: a - 1, v))), x * n)
    )
    several = conjecture("several", then=equals(total(entrywise(lambda a, b: maximum(a, b) * b / b, v, w)), x))

    assert {sqrt(least(v))} == asked(root)
    assert {1 / sqrt(least(v))} == asked(logarithm)
    assert at(entries(lambda a: 1 / a, entrywise(lambda a: a - 1, v))) == asked(nested)
    assert at(entries(lambda a: 1 / a, w)) == asked(several)


def test_what_stays_in_an_entrywise_function() -> None:
    """What the formula still asks is not asked twice; in a branch it is asked there alone."""
    plain = conjecture("plain", then=equals(total(entrywise(lambda a: 1 / a, v)), total(entrywise(lambda a: x / a, v))))
    branch = conjecture("branch", then=total(entrywise(lambda a: Piecewise((log(a), a > 1), (0, True)), v)) >= 0)

    assert set() == asked(plain) | asked(branch)


def test_a_term_that_is_gone_with_its_matrix() -> None:
    """A term that cancels asks of the entries of a matrix that is in no formula any more; so does a named part."""
    term = total(entrywise(lambda a: 1 / a, v))
    cancelled = conjecture("cancelled", then=equals(x + term - term, x))
    named = conjecture("named", where={z: total(entrywise(lambda a: a * a / a, v))}, then=equals(z, total(v)))

    assert at(entries(lambda a: 1 / a, v)) == asked(cancelled) == asked(named)


def test_a_hypothesis_on_entries() -> None:
    """A hypothesis is met only where it is defined."""
    claim = conjecture("c", given=[total(entrywise(lambda a: a * a / a, v)) >= 0], then=total(v) >= 0)

    assert [str(one.relation) for one in entries(lambda a: 1 / a, v)] == [
        one.name for one in claim.given.hypotheses[1:]
    ]


def test_verdicts_on_entries() -> None:
    """What is undefined at a zero entry is not proved; where no entry is zero it is."""
    loose = conjecture("loose", then=equals(total(entrywise(lambda a: a * a / a, v)), total(v)))
    given = conjecture("given", given=[least(v) > 0], then=equals(total(entrywise(lambda a: a * a / a, v)), total(v)))

    assert ("undecided", "proved") == (judge(loose).verdict, judge(given).verdict)


def test_terms_of_a_sum() -> None:
    """What a term asks of an index is asked for all its values, also where the sum is gone."""
    term = sqrt(x - i) ** 2
    roots = conjecture("roots", then=equals(Sum(term, (i, 1, m)), m * x - m * (m + 1) / 2))
    ratios = Sum(1 / (x - i), (i, 1, m))
    gone = conjecture("gone", then=equals(y + ratios - ratios, y))
    kept = conjecture("kept", then=ratios >= 0)
    count = sp.Sum(Piecewise((0, x - i >= 0), (1, True)), (i, 1, m))

    assert {sqrt(1 - 2 * count)} == asked(roots)
    assert at(needs(ratios)) == asked(gone)
    assert set() == asked(kept)
    assert {Demand.NONNEGATIVE} == {one.demand for one in needs(ratios)}


def test_a_sum_is_proved_only_where_its_terms_are_defined() -> None:
    """A sum of ratios is undefined where one of its terms is."""
    loose = conjecture("loose", then=equals(y * Sum((x - i) / (x - i), (i, 1, m)), m * y))
    given = conjecture("given", given=[x <= 0], then=equals(y * Sum((x - i) / (x - i), (i, 1, m)), m * y))

    assert ("undecided", "proved") == (judge(loose).verdict, judge(given).verdict)


@pytest.mark.parametrize(
    "put",
    [lambda f: f.subs(t, z), lambda f: f.subs({t: z}), lambda f: f.xreplace({t: z}), lambda f: sp.Lambda(t, f)(z)],
)
def test_letters_that_are_replaced(put: Any) -> None:
    """What was asked of a letter is asked of what is put in for it, and no longer of the letter."""
    term = t * t / t
    unread = conjecture("unread", then=equals(y * put(term), y * z))

    assert {1 / z} == asked(unread)


def test_a_replacement_that_is_read() -> None:
    """Of a quantity that is replaced nothing is asked; of one beside it what was."""
    ratio, other = y / x, y * x / x
    fine = conjecture("fine", then=equals(ratio.subs(x, z) * z, y))
    beside = conjecture("beside", then=equals(other.subs(y, z), z))
    call = conjecture("call", then=equals(y * by_lambda(z), y))

    assert [{1 / z}, {1 / x}, {1 / z}] == [asked(fine), asked(beside), asked(call)]


def test_a_quantity_that_is_gone_from_a_branch() -> None:
    """A quotient of a quantity that sympy removed from a branch is asked for all the same."""
    claim = conjecture("c", then=equals(Piecewise((x / x, y > 0), (1, True)) * z, z))

    assert {1 / x} == asked(claim)


@pytest.fixture
def handed_over() -> Any:
    """A term with a quotient that is gone."""
    return y * z / z


@pytest.mark.parametrize(("then", "expected"), [(equals(y * x / x, y), {"1/x"}), (equals(y + z, z + y), set())])
def test_what_a_test_runner_gives(then: Any, expected: set[str], handed_over: Any) -> None:
    """A parameter of a test is asked what is written where it has that value, a fixture what its function does."""
    given = conjecture("given", then=then)
    fixture = conjecture("fixture", then=equals(handed_over, y))

    assert [expected, {"1/z"}] == [{str(one) for one in asked(claim)} for claim in (given, fixture)]
