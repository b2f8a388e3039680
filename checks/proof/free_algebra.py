"""Proofs in the free algebra of matrix letters with transpose: valid for every width, depth and data set.

An expression becomes a sum of words; a word is a product of letters, each possibly transposed. Two matrix
expressions agree for matrices of all sizes exactly when their words do. The two linear maps that the
balance laws use have normal forms of their own:

* ``diag(D X) = diag(X D)`` for a diagonal letter D, and ``diag(X) = diag(X')``;
* ``tr(X Y) = tr(Y X)``, and ``tr(X) = tr(X')``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import sympy as sp
from sympy.matrices.expressions.diagonal import DiagonalOf

from lemmata.claims import Claim, ClaimError, Conserved, FreeAlgebra, Identity, Time

Letter: TypeAlias = tuple[str, bool]
"""A name and whether it is transposed."""
Word: TypeAlias = tuple[Letter, ...]
Sum: TypeAlias = dict[Word, Any]
"""Word -> commuting coefficient."""
Forms: TypeAlias = dict[tuple[str, Word], Any]
"""(``""``, ``"diag"`` or ``"tr"``, word in normal form) -> coefficient."""

_GENERIC_SAMPLES = 2
_SUFFIXES = ("", "_1", "_2")
"""Outside a sum over samples, and the two generic samples of one."""


def prove_in_free_algebra(claim: Claim, proof: FreeAlgebra) -> str:
    """What is left of ``left - right`` after expansion: empty when the proof closes.

    Raises:
        ClaimError: the conclusion is not an equality, or uses what the free algebra does not have.
    """
    start = _Expansion(proof)
    if proof.per_sample and max(_degree(part, proof) for part in claim.then.expressions) > _GENERIC_SAMPLES:
        raise ClaimError(
            f"{claim.key}: two generic samples prove identities of degree two in the sums over samples only"
        )
    if isinstance(claim.then, Conserved):
        _require_motion(claim, proof)
    match claim.then.unfolded():
        case Identity(left=left, right=right):
            rest = _combine((1, start.forms(left)), (-1, start.forms(right)))
        case Conserved(quantity=quantity, change=change) if claim.when.time is Time.FLOW:
            rest = _combine((1, start.rate(quantity)), (-1, start.forms(change)))
        case Conserved(quantity=quantity, change=change, factor=factor):
            moved = _Expansion(proof, moves=proof.moves).forms(quantity)
            rest = _combine((1, moved), (-factor, start.forms(quantity)), (-1, start.forms(change)))
        case _:
            raise ClaimError(f"{claim.key}: the free algebra proves equalities, not {type(claim.then).__name__}")
    return " + ".join(rf"({coefficient}) \, {_shown(*form)}" for form, coefficient in sorted(rest.items(), key=str))


def _degree(expression: Any, proof: FreeAlgebra) -> int:
    """Degree in the defined symbols, each of which is a sum over samples; what moves counts with its motion."""
    match expression:
        case sp.MatrixSymbol() if expression in proof.moves:
            motion = proof.moves[expression]
            return max(int(symbol in proof.definitions) for symbol in motion.atoms(sp.MatrixSymbol))
        case sp.MatrixSymbol():
            return int(expression in proof.definitions)
        case sp.MatPow() | sp.Pow():
            return _degree(expression.base, proof) * abs(int(expression.exp))
        case sp.MatMul() | sp.HadamardProduct():
            return sum(_degree(factor, proof) for factor in expression.args)
        case sp.MatAdd() | sp.Add() | sp.Transpose() | sp.Trace() | DiagonalOf() | sp.Mul():
            return max(_degree(part, proof) for part in expression.args)
    return 0


def _require_motion(claim: Claim, proof: FreeAlgebra) -> None:
    """Everything in the quantity must be said to move, or to be constant: what is not said would count as constant."""
    quantity = claim.then.expressions[0]
    sizes = {size for matrix in quantity.atoms(sp.MatrixSymbol) for size in matrix.shape}
    silent = quantity.free_symbols - sizes - {*proof.moves, *proof.constants}
    if silent:
        names = ", ".join(sorted(str(symbol) for symbol in silent))
        raise ClaimError(f"{claim.key}: the proof does not say how {names} moves; add it to `moves` or `constants`")


@dataclass(frozen=True)
class _Expansion:
    """Expands expressions into words: definitions are inserted, and states moved where ``moves`` says so."""

    proof: FreeAlgebra
    moves: Mapping[Any, Any] = field(default_factory=dict)
    sample: int = 0
    """0 outside a sum over samples, else which of the two generic samples is written."""

    def forms(self, expression: Any) -> Forms:
        """A matrix or scalar expression as normal forms."""
        if expression == 0:
            return {}
        match expression:
            case sp.Add() | sp.MatAdd():
                return _combine(*((1, self.forms(term)) for term in expression.args))
            case DiagonalOf():
                return self._under("diag", self.words(expression.arg))
            case sp.Trace():
                words = self.words(expression.arg)
                if () in words:  # a word without a letter is an identity: its trace is its size
                    words = {**words, (): words[()] * expression.arg.rows}
                return self._under("tr", words)
            case sp.MatMul() if any(isinstance(factor, DiagonalOf) for factor in expression.args):
                coefficient, factors = expression.as_coeff_matrices()
                if len(factors) > 1:
                    raise ClaimError(f"the free algebra has no product with diag(.), got {expression}")
                return _combine((self._constant(coefficient), self.forms(factors[0])))
            case sp.MatrixExpr():
                return self._under("", self.words(expression))
            case sp.Mul():
                coefficient, inner = _split(expression)
                return _combine((self._constant(coefficient), self.forms(inner)))
        raise ClaimError(f"the free algebra has no {type(expression).__name__}; rewrite {expression}")

    def rate(self, quantity: Any) -> Forms:
        """The time derivative of a quantity, by the product rule on its words."""
        rates = {str(symbol): self.words(rate) for symbol, rate in self.proof.moves.items()}
        rates |= {name + "'": _transposed(words) for name, words in rates.items()}
        total: list[tuple[Any, Forms]] = []
        for (wrapper, word), coefficient in self.forms(quantity).items():
            for position, (name, flipped) in enumerate(word):
                replaced = rates.get(name + "'" * flipped, {})
                moved = {word[:position] + inner + word[position + 1 :]: c for inner, c in replaced.items()}
                left = self._contracted(moved)
                if wrapper == "tr" and () in left:
                    raise ClaimError(
                        f"the free algebra has no trace of an identity along a flow, got one from {quantity}"
                    )
                total.append((coefficient, self._under(wrapper, left)))
        return _combine(*total)

    def words(self, expression: Any) -> Sum:
        """A matrix expression as a sum of words."""
        match expression:
            case sp.MatrixSymbol():
                return self._letter(expression)
            case sp.ZeroMatrix():
                return {}
            case sp.Identity():
                return {(): sp.Integer(1)}
            case sp.Transpose():
                return _transposed(self.words(expression.arg))
            case sp.MatAdd():
                return _added(*(self.words(term) for term in expression.args))
            case sp.MatPow(exp=sp.Integer()) if expression.exp > 0:
                power: Sum = {(): sp.Integer(1)}
                for _ in range(int(expression.exp)):
                    power = _multiplied(power, self.words(expression.base))
                return self._contracted(power)
            case sp.MatMul():
                coefficient, factors = expression.as_coeff_matrices()
                product: Sum = {(): self._constant(coefficient)}
                for factor in factors:
                    product = _multiplied(product, self.words(factor))
                return self._contracted(product)
        raise ClaimError(
            f"the free algebra has no {type(expression).__name__}; rewrite {expression} in sums and products"
        )

    def _constant(self, coefficient: Any) -> Any:
        """A commuting coefficient; refused if it hides something that moves or is defined by letters."""
        hidden = coefficient.free_symbols & {*self.proof.moves, *self.proof.definitions}
        if coefficient.has(sp.Trace) or hidden:
            raise ClaimError(f"the free algebra needs constant coefficients, got {coefficient}")
        return coefficient

    def _letter(self, symbol: Any) -> Sum:
        if symbol in self.moves:
            return _Expansion(self.proof).words(self.moves[symbol])
        if symbol in self.proof.definitions:
            definition = self.proof.definitions[symbol]
            if not self.proof.per_sample or self.sample:
                return self.words(definition)
            return _added(*(_Expansion(self.proof, self.moves, sample).words(definition) for sample in (1, 2)))
        of_sample = symbol in self.proof.per_sample or symbol == self.proof.sample_axis
        suffix = f"_{self.sample}" if of_sample else ""
        return {((f"{symbol}{suffix}", False),): sp.Integer(1)}

    def _contracted(self, words: Sum) -> Sum:
        """Apply e_s' e_t = 1 if s = t else 0."""
        if self.proof.sample_axis is None:
            return words
        axes = {f"{self.proof.sample_axis}{suffix}" for suffix in _SUFFIXES}
        kept: list[Sum] = []
        for word, coefficient in words.items():
            short: list[Letter] = []
            for letter in word:
                meets = short and short[-1][1] and not letter[1] and {short[-1][0], letter[0]} <= axes
                if not meets:
                    short.append(letter)
                elif short.pop()[0] != letter[0]:
                    break
            else:
                kept.append({tuple(short): coefficient})
        return _added(*kept)

    def _under(self, wrapper: str, words: Sum) -> Forms:
        normal = {"": _plain_form, "diag": _diagonal_form, "tr": _trace_form}[wrapper]
        diagonal = {f"{letter}{suffix}" for letter in self.proof.diagonal for suffix in _SUFFIXES}
        return _combine(*((coefficient, {(wrapper, normal(word, diagonal)): 1}) for word, coefficient in words.items()))


def _split(product: Any) -> tuple[Any, Any]:
    """A scalar product as coefficient times its one trace."""
    traces = [factor for factor in product.args if isinstance(factor, sp.Trace)]
    if len(traces) != 1:
        raise ClaimError(f"the free algebra needs sums of multiples of single traces, got {product}")
    return product / traces[0], traces[0]


def _combine(*parts: tuple[Any, Forms]) -> Forms:
    total: Forms = defaultdict(lambda: sp.Integer(0))
    for factor, forms in parts:
        for form, coefficient in forms.items():
            total[form] += factor * coefficient
    return {form: sp.expand(c) for form, c in total.items() if sp.expand(c) != 0}


def _added(*sums: Sum) -> Sum:
    total: Sum = defaultdict(lambda: sp.Integer(0))
    for one in sums:
        for word, coefficient in one.items():
            total[word] += coefficient
    return dict(total)


def _multiplied(left: Sum, right: Sum) -> Sum:
    return _added(*({u + v: a * b} for u, a in left.items() for v, b in right.items()))


def _transposed(words: Sum) -> Sum:
    return {_flip(word): coefficient for word, coefficient in words.items()}


def _flip(word: Word) -> Word:
    return tuple((name, not flipped) for name, flipped in reversed(word))


def _plain_form(word: Word, diagonal: Iterable[str]) -> Word:
    """Diagonal letters equal their transposes, and neighbours among them commute."""
    form: list[Letter] = []
    run: list[Letter] = []
    for name, flipped in word:
        if name in diagonal:
            run.append((name, False))
            continue
        form += [*sorted(run), (name, flipped)]
        run = []
    return tuple(form + sorted(run))


def _diagonal_form(word: Word, diagonal: Iterable[str]) -> Word:
    def turned(plain: Word) -> Word:
        lead = 0
        while lead < len(plain) and plain[lead][0] in diagonal:
            lead += 1
        return _plain_form(plain[lead:] + plain[:lead], diagonal)

    return min(turned(_plain_form(word, diagonal)), turned(_plain_form(_flip(word), diagonal)))


def _trace_form(word: Word, diagonal: Iterable[str]) -> Word:
    turns = [word[start:] + word[:start] for start in range(max(1, len(word)))]
    return min(_plain_form(turn, diagonal) for one in turns for turn in (one, _flip(one)))


def _shown(wrapper: str, word: Word) -> str:
    """A word as LaTeX."""
    text = r" \, ".join(sp.latex(sp.Symbol(name)) + r"^{\top}" * flipped for name, flipped in word) or "1"
    return rf"\operatorname{{{wrapper}}}({text})" if wrapper else text
