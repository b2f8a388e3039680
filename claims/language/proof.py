"""What a claim says about its own proof; the proving is done by the trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from lemmata.claims.language.conclusions import Expression
from lemmata.claims.language.ranges import Value


@dataclass(frozen=True, kw_only=True)
class FreeAlgebra:
    """A proof by expansion in the free algebra of matrix letters with transpose.

    Two expressions are equal for all matrices of all sizes if their expansions into words coincide.
    Under ``diag(.)`` a diagonal letter may move from one end of a word to the other, and a word may be
    transposed; under ``tr(.)`` words may be turned cyclically and transposed.

    Attributes:
        covers: the range that is proved, one sentence.
        definitions: measured symbol -> its expression in letters (the chain rule of the model).
        moves: symbol -> its value after the step, or its time derivative along a flow.
        constants: symbols of the conserved quantity that do not change in time.
        diagonal: letters that are diagonal matrices (activation slopes of one sample).
        per_sample: letters that belong to one sample; definitions are then summed over two samples.
            A polynomial identity of degree two in the sums holds for any number of samples if it
            holds for two, since each of its terms meets at most two samples.
        sample_axis: the letter e of one sample with e_s' e_t = 1 if s = t else 0: a matrix with one column
            a sample is the sum of its columns times e_s'.
        given: what is taken for granted, each a sentence.
    """

    covers: str
    definitions: Mapping[Expression, Expression]
    moves: Mapping[Expression, Expression] = field(default_factory=dict)
    constants: tuple[Expression, ...] = ()
    diagonal: tuple[Expression, ...] = ()
    per_sample: tuple[Expression, ...] = ()
    sample_axis: Expression | None = None
    given: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PrimeField:
    """A proof by evaluation at random points over prime fields, with arbitrary gates.

    The procedure itself is run modulo primes, every gate an arbitrary element of the field, at ``shapes`` parameter
    points (the edges first, then random ones) and ``draws`` random points each, every one modulo a prime of its own that
    a digest of the statement draws. A polynomial identity that is false passes one draw with probability at most
    degree / prime, and where the prime divides all that differs; the degree is computed by running the same code on
    degrees.
    ``fixed`` sets parameters that must stay polynomial, e.g. the loss.
    """

    covers: str
    shapes: int = 12
    draws: int = 4
    fixed: Mapping[str, Value] = field(default_factory=dict)
    given: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A proof by a decision procedure for the real numbers, at fixed small shapes.

    Every claim of polynomial kind is decided at its smallest shapes without being asked; this says more. The claim's
    hypotheses and procedure run over symbolic numbers; no real numbers may meet the hypotheses and break the conclusion.

    Attributes:
        shapes: parameter points, each over the simplest of every range; the smallest ones if left out.
        covers: the range that these shapes stand for, one sentence: why larger ones follow. Left out, the claim is
            proved only where the shapes are all that there are.
        given: what is taken for granted, each a sentence, such as the reduction to these shapes.
    """

    shapes: tuple[Mapping[str, Value], ...] = ()
    covers: str = ""
    given: tuple[str, ...] = ()


Proof: TypeAlias = FreeAlgebra | PrimeField | Decided
