import re
from collections.abc import Callable

import pytest
import sympy as sp
from toy_claims import FALSE, claim, draw_numbers, look_at, n, numbers, procedure, x, y

from lemmata.claims import (
    AtLeast,
    AtMost,
    ClaimError,
    Conserved,
    Edge,
    Hypothesis,
    Identity,
    Monotone,
    Mutant,
    Procedure,
    Reading,
    RealData,
    Status,
    Time,
    choice,
    integers,
    reals,
    sizes,
)

rows, columns = sp.symbols("r c", integer=True, positive=True)
M = sp.MatrixSymbol("M", rows, columns)

REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "key without a slash": (lambda: claim(key="toy2024"), "'toy2024' should read like 'du2018/neuron-law'"),
    "key in capitals": (lambda: claim(key="Toy2024/a"), "lower case, one slash"),
    "key with two slashes": (lambda: claim(key="toy2024/a/b"), "one slash"),
    "key with a line break": (lambda: claim(key="toy2024/a\n"), r"toy2024/a\n"),
    "empty key": (lambda: claim(key=""), "key ''"),
    "no title": (lambda: claim(title="  "), "toy2024/squares: give a title"),
    "no statement in words": (lambda: claim(about="\n"), "in `about`, the statement in words"),
    "no note": (lambda: claim(reading=Reading.SPECIAL_CASE), "'special case' needs a `note`"),
    "no note beside constants": (lambda: claim(reading=Reading.CONSTANTS_DERIVED), "needs a `note`"),
    "unmeasured quantity": (
        lambda: claim(then=AtMost(left=sp.Symbol("loss"), right=x)),
        "uses loss, which 'looking' does not measure; it measures n, x, y",
    ),
    "unmeasured matrix": (lambda: claim(then=Identity(left=M, right=2 * M)), "uses M, which"),
    "constant conclusion": (lambda: claim(then=AtMost(left=1, right=2)), "uses no measured quantity"),
    "shapes that differ": (lambda: Identity(left=M, right=M.T), "different shapes: M is (r, c), M.T is (c, r)"),
    "matrix against scalar": (lambda: AtMost(left=M, right=x), "x is a scalar; compare like with like"),
    "matrix against zero": (lambda: AtLeast(left=M, right=0), "0 is a scalar"),
    "change of another shape": (lambda: Conserved(quantity=M, change=x), "different shapes"),
    "no mutants": (lambda: claim(mutants=()), "no mutants; add at least one false variant, e.g. Mutant("),
    "mutant without change": (lambda: claim(mutants=(Mutant(name="m", because="b"),)), "'m' equals the claim"),
    "mutant that repeats the claim": (
        lambda: claim(mutants=(Mutant(name="m", because="b", then=AtLeast(left=x**2 + n, right=1)),)),
        "change given, when or then",
    ),
    "two mutants of a name": (lambda: claim(mutants=(FALSE, FALSE)), "two mutants share a name"),
    "mutant without reason": (lambda: Mutant(name="m", because="", then=FALSE.then), "on why it is false"),
    "mutant without name": (lambda: Mutant(name="", because="b", then=FALSE.then), "a mutant needs a name"),
    "mutant that uses the unmeasured": (
        lambda: claim(mutants=(Mutant(name="m", because="b", then=Identity(left=sp.Symbol("w"), right=x)),)),
        "uses w, which",
    ),
    "instead that uses the unmeasured": (
        lambda: claim(
            mutants=(Mutant(name="m", because="b", then=FALSE.then, instead=AtMost(left=sp.Symbol("w"), right=x)),)
        ),
        "mutant 'm' (instead) uses w",
    ),
    "conserved without time": (lambda: claim(then=Conserved(quantity=x)), "Conserved needs a procedure with time"),
    "monotone without time": (lambda: claim(then=Monotone(quantity=x)), "Monotone needs a procedure with time"),
    "factor along a flow": (
        lambda: claim(when=procedure(time=Time.FLOW), then=Conserved(quantity=x, factor=2)),
        "along a flow write the law as `change`",
    ),
    "decimal in an identity": (lambda: Identity(left=x * 0.5, right=x), "write it exactly: Rational(1, 2)"),
    "decimal in a bound": (lambda: AtMost(left=x, right=0.99 * y), "write it exactly"),
    "decimal in a lower bound": (lambda: AtLeast(left=x, right=0.5), "write it exactly"),
    "decimal exponent": (lambda: Monotone(quantity=x**1.5), "write it exactly"),
    "decimal factor": (lambda: Conserved(quantity=x, factor=0.9), "write it exactly"),
    "empty integers": (lambda: integers(3, 2), "integers(3, 2) is empty; give low <= high"),
    "empty reals": (lambda: reals(1, 0), "is empty or unbounded"),
    "unbounded reals": (lambda: reals(0, float("inf")), "give finite low <= high"),
    "reals from NaN": (lambda: reals(float("nan"), 1), "is empty or unbounded"),
    "log scale from zero": (lambda: reals(0, 1, logarithmic=True), "needs low > 0"),
    "no options": (choice, "needs at least one option"),
    "an option that is a number": (lambda: choice("a", 2.0), "choice takes names, got 2.0"),  # type: ignore[arg-type]
    "an option twice": (lambda: choice("a", "a"), "each given once"),
    "sizes of length zero": (lambda: sizes(1, 2, count=(0, 2)), "0 < shortest <= longest, got 0 and 2"),
    "sizes that shrink": (lambda: sizes(1, 2, count=(3, 2)), "got 3 and 2"),
    "edge outside the range": (
        lambda: numbers(edges=(Edge(name="far", parameters={"n": 10}),)),
        "edge 'far' sets n=10, outside 1 to 9",
    ),
    "edge of another type": (
        lambda: numbers(edges=(Edge(name="true", parameters={"n": True}),)),
        "sets n=True, outside 1 to 9",
    ),
    "unknown edge parameter": (
        lambda: numbers(edges=(Edge(name="far", parameters={"m": 1}),)),
        "sets 'm'; the parameters are: n",
    ),
    "family without edges": (lambda: numbers(edges=()), "no edges; name at least one boundary case"),
    "family without parameters": (lambda: numbers(parameters={}), "declare at least one range"),
    "two edges of a name": (lambda: numbers(edges=(Edge(name="e"), Edge(name="e"))), "two of the edge 'e'"),
    "two hypotheses of a name": (
        lambda: numbers(hypotheses=(Hypothesis(name="h", holds=draw_numbers),) * 2),
        "two of the hypothesis 'h'",
    ),
    "two data sets of a name": (
        lambda: numbers(data=(RealData(name="d", parameters={"n": 1}),) * 2),
        "two of the data set 'd'; leave one out, or rename it",
    ),
    "procedure that measures nothing": (
        lambda: Procedure(name="idle", measures={}, run=look_at),
        "procedure 'idle' measures nothing; name its quantities in `measures`",
    ),
    "two quantities of a name": (
        lambda: procedure(measures={x: "a", sp.Symbol("x", positive=True): "b"}),
        "measures two quantities of one name: ['x', 'x']",
    ),
}


class TestConstruction:
    """What is refused, and what is not."""

    @pytest.mark.parametrize("fault", REFUSED)
    def test_refused_when_built(self, fault: str) -> None:
        """What could not be judged is refused at construction; the message says what came and what to do."""
        make, message = REFUSED[fault]

        with pytest.raises(ClaimError, match=re.escape(message)):
            make()

    @pytest.mark.parametrize(
        "key", ["toy2024/\x1b[2J\x1b]0;title\x07", "toy2024/<script>\x08alert(1)</script>", "toy2024/a\x00"]
    )
    def test_hostile_key_is_shown_escaped(self, key: str) -> None:
        """No control character of a bad key reaches the terminal through the message."""
        with pytest.raises(ClaimError) as caught:
            claim(key=key)

        assert repr(key) in str(caught.value)
        assert [] == [character for character in str(caught.value) if not character.isprintable()]

    def test_negative_control_needs_no_mutants(self) -> None:
        """A claim known to be false is refuted by itself, so it may stand without mutants."""
        assert () == claim(status=Status.REFUTED, then=AtMost(left=n, right=0), mutants=()).mutants

    @pytest.mark.parametrize("key", ["du2018/neuron-law", "a/0", "toy_2024/a.b-c"])
    def test_good_keys(self, key: str) -> None:
        """Lower case letters, digits, dots and dashes make a key."""
        assert key == claim(key=key).key

    def test_size_symbols_are_not_quantities(self) -> None:
        """The symbols in a matrix's shape need not be measured, and do not count as measured quantities."""
        with pytest.raises(ClaimError, match=r"uses M, which 'looking' does not measure"):
            claim(when=procedure(measures={rows: "a size"}), then=Identity(left=M, right=2 * M))


class TestMutated:
    """A claim with a mutant's fields."""

    def test_a_mutant_is_a_negative_control(self) -> None:
        """A mutated claim is expected to be refuted, and carries neither mutants nor the claim's proof."""
        variant = claim().mutated(FALSE)

        assert (Status.REFUTED, (), None) == (variant.status, variant.mutants, variant.proof)
        assert FALSE.then == variant.then

    def test_fields_left_out_stay(self) -> None:
        """A mutant replaces the fields that it names and no others."""
        family = numbers(name="others")
        original = claim()
        variant = original.mutated(Mutant(name="m", because="b", given=family))

        assert (family, original.when, original.then) == (variant.given, variant.when, variant.then)


class TestRanges:
    """Ranges know what they hold."""

    @pytest.mark.parametrize(
        ("declared", "inside", "outside"),
        [
            (integers(1, 3), [1, 2, 3], [0, 4, 2.0, True, "2"]),
            (reals(0, 1), [0, 0.5, 1.0], [-0.1, 1.1, float("nan"), True, "0"]),
            (choice("a", "b"), ["a", "b"], ["c", 1]),
            (sizes(1, 2, count=(2, 3)), [[1, 1], [1, 2, 2]], [[1], [1, 3], [1, 1, 1, 1], (1, 1), 2]),
        ],
    )
    def test_membership(self, declared: object, inside: list[object], outside: list[object]) -> None:
        """A range holds its ends and nothing of another type."""
        assert inside == [value for value in inside + outside if value in declared]  # type: ignore[operator]

    @pytest.mark.parametrize("declared", [reals(-3, 7), reals(1e-3, 1e5, logarithmic=True), reals(2, 2)])
    def test_ends_of_reals_are_reached_exactly(self, declared: object) -> None:
        """The fractions 0 and 1 are the two ends, to the last bit."""
        assert (declared.low, declared.high) == (declared.at(0.0), declared.at(1.0))  # type: ignore[attr-defined]

    @pytest.mark.parametrize("declared", [reals(1e-300, 1e300, logarithmic=True), reals(-1.5e308, 1.5e308)])
    def test_extreme_ranges_are_not_degenerate(self, declared: object) -> None:
        """Half way through the widest range lies inside it, not on one of its ends."""
        middle = declared.at(0.5)  # type: ignore[attr-defined]

        assert declared.low < middle < declared.high  # type: ignore[attr-defined]
