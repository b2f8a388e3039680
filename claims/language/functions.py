"""Norms, inner products, entrywise functions and spectra of measured vectors and matrices, as parts of formulas.

Each is a sympy expression that prints as a paper prints it and knows its own value on arrays
``(batch, times, rows, columns)`` in every number system that has one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.places import check_spectrum, entries_of, of_spectrum
from lemmata.solvers.numbers.arithmetic import as_floats, elementwise, magnitude, transpose
from lemmata.solvers.numbers.order import absolute
from lemmata.solvers.numbers.order import greatest as greatest_entry
from lemmata.solvers.numbers.order import least as least_entry
from lemmata.solvers.numbers.spectral import eigenvalues_symmetric
from lemmata.solvers.numbers.spectral import singular_values as values_of

Size = int | str | Any
"""A number of rows or columns: a number, a name, or a sympy symbol."""


def vector(name: str, size: Size) -> Any:
    """A measured vector of ``size`` entries; its values are ``(batch, n)`` or ``(batch, times, n)``."""
    return sp.MatrixSymbol(name, _size(size), 1)


def matrix(name: str, rows: Size, columns: Size) -> Any:
    """A measured matrix; its values are ``(batch, rows, columns)`` or ``(batch, times, rows, columns)``."""
    return sp.MatrixSymbol(name, _size(rows), _size(columns))


def _size(size: Size) -> Any:
    return sp.Symbol(size, integer=True, positive=True) if isinstance(size, str) else size


def shaped(symbol: Any, value: Any) -> Any:
    """Values of a quantity with the axes ``(batch, times)`` or ``(batch, times, rows, columns)``, missing ones added."""
    if value.ndim == 1:
        return value[:, None]
    if not isinstance(symbol, sp.MatrixSymbol):
        return value
    if symbol.shape[1] == 1 and value.ndim in (2, 3):
        return (value[:, None] if value.ndim == 2 else value)[..., None]  # noqa: PLR2004 - (batch, n)
    return value[:, None] if value.ndim == 3 else value  # noqa: PLR2004 - (batch, rows, columns)


class MatrixFunction(sp.Expr):  # type: ignore[misc]  # sympy is not annotated
    """A real number made from vectors or matrices; subclasses say how it is computed and printed."""

    is_commutative = True

    def __new__(cls, *arguments: Any) -> Any:
        """The expression of ``arguments``.

        Raises:
            ClaimError: an argument is no vector or matrix, or their shapes differ.
        """
        taken = [sp.sympify(argument) for argument in arguments]
        matrices = [one for one in taken if not isinstance(one, sp.Integer)]
        for one in matrices:
            if not isinstance(one, sp.MatrixExpr):
                raise ClaimError(
                    f"{_spoken(cls)} got {one}, a scalar; expected a vector or a matrix, e.g. vector('x', n)"
                )
        if len({one.shape for one in matrices}) > 1:
            shapes = " and ".join(f"{one} {one.shape}" for one in matrices)
            raise ClaimError(f"{_spoken(cls)} got {shapes}; expected one shape")
        return super().__new__(cls, *taken)

    def _eval_is_real(self) -> bool:
        return True

    is_operator = False
    """Whether it is printed as an operator in front of its argument, so that its powers need brackets."""

    def computed(self, *arrays: Any) -> Any:
        """The value ``(batch, times)`` from the arrays ``(batch, times, rows, columns)`` of its matrix arguments."""
        raise NotImplementedError

    def _pretty(self, printer: Any) -> Any:
        """Drawn like all that sympy does not know: it has drawings of its own for some of these names."""
        return printer.emptyPrinter(self)

    @property
    def matrices(self) -> tuple[Any, ...]:
        """The arguments that are vectors or matrices."""
        return tuple(argument for argument in self.args if isinstance(argument, sp.MatrixExpr))


def _spoken(cls: type) -> str:
    return {"SingularValue": "singular_values", "Eigenvalue": "eigenvalues"}.get(cls.__name__, cls.__name__.lower())


class _Length(MatrixFunction):
    """A norm: never negative, printed between double bars."""

    sign = ""

    def _eval_is_nonnegative(self) -> bool:
        return True

    def _latex(self, printer: Any) -> str:
        return rf"\left\lVert {printer.doprint(self.args[0])} \right\rVert_{{{self._sign()}}}"

    def _sign(self) -> str:
        return self.sign


class L1(_Length):
    """Sum of the absolute values of all entries."""

    sign = "1"

    def computed(self, *arrays: Any) -> Any:
        """See `MatrixFunction.computed`."""
        return absolute(arrays[0]).sum(axis=(-2, -1))


class Sup(_Length):
    """Largest absolute value of an entry."""

    sign = r"\infty"

    def computed(self, *arrays: Any) -> Any:
        """See `MatrixFunction.computed`."""
        sizes = absolute(arrays[0])
        return (
            greatest_entry(entries_of("sup", self.args[0], sizes))
            if 0 not in sizes.shape[-2:]
            else sizes.sum(axis=(-2, -1))
        )


class Norm(_Length):
    """Euclidean norm of a vector, Frobenius norm of a matrix; its even powers are evaluated without a root."""

    def computed(self, *arrays: Any) -> Any:
        """See `MatrixFunction.computed`."""
        return elementwise(self.square(arrays[0]), "sqrt")

    @staticmethod
    def square(array: Any) -> Any:
        """The squared norm, exact in rationals."""
        return (array * array).sum(axis=(-2, -1))

    def _sign(self) -> str:
        return "2" if self.args[0].shape[1] == 1 else "F"


class Nuclear(_Length):
    """Sum of the singular values."""

    sign = "*"

    def computed(self, *arrays: Any) -> Any:
        """See `MatrixFunction.computed`."""
        return values_of(arrays[0]).sum(axis=-1)


class Spectral(_Length):
    """Largest singular value."""

    sign = r"\mathrm{op}"

    def computed(self, *arrays: Any) -> Any:
        """See `MatrixFunction.computed`."""
        return values_of(arrays[0])[..., 0]


class Dot(MatrixFunction):
    """Sum of the products of the entries of two vectors or matrices."""

    def computed(self, *arrays: Any) -> Any:
        """See `MatrixFunction.computed`."""
        return (arrays[0] * arrays[1]).sum(axis=(-2, -1))

    def _latex(self, printer: Any) -> str:
        left, right = (printer.doprint(argument) for argument in self.args)
        return rf"\left\langle {left}, {right} \right\rangle"


class _Gathered(MatrixFunction):
    """A number gathered from all entries, printed as an operator over an index."""

    operator = ""
    is_operator = True

    def _latex(self, printer: Any) -> str:
        index = "i" if self.args[0].shape[1] == 1 else "ij"
        return rf"{self.operator}_{{{index}}} {_bracketed(printer, self.args[0])}_{{{index}}}"


class Total(_Gathered):
    """Sum of all entries."""

    operator = r"\sum"

    def computed(self, *arrays: Any) -> Any:
        """See `MatrixFunction.computed`."""
        return arrays[0].sum(axis=(-2, -1))


class Greatest(_Gathered):
    """Largest entry."""

    operator = r"\max"

    def computed(self, *arrays: Any) -> Any:
        """See `MatrixFunction.computed`."""
        return greatest_entry(entries_of("greatest", self.args[0], arrays[0]))


class Least(_Gathered):
    """Smallest entry."""

    operator = r"\min"

    def computed(self, *arrays: Any) -> Any:
        """See `MatrixFunction.computed`."""
        return least_entry(entries_of("least", self.args[0], arrays[0]))


class _Spectrum(MatrixFunction):
    """One entry of a spectrum: the matrix, and the place from 0, or from the end where it is negative."""

    letter, last = "", r"\min"

    @property
    def place(self) -> int:
        """Which of the values, largest first."""
        return int(self.args[1])

    def _latex(self, printer: Any) -> str:
        place = self.last if self.place == -1 else str(self.place + 1) if self.place >= 0 else f"n{self.place + 1}"
        return rf"\{self.letter}_{{{place}}}\left({printer.doprint(self.args[0])}\right)"


class SingularValue(_Spectrum):
    """A singular value."""

    letter = "sigma"

    def _eval_is_nonnegative(self) -> bool:
        return True

    def computed(self, *arrays: Any) -> Any:
        """See `MatrixFunction.computed`."""
        return of_spectrum("singular_values", self.args[0], self.place, values_of(arrays[0]), arrays[0].shape)


class Eigenvalue(_Spectrum):
    """An eigenvalue of a symmetric matrix."""

    letter = "lambda"

    def computed(self, *arrays: Any) -> Any:
        """See `MatrixFunction.computed`.

        Raises:
            ClaimError: the matrix is not symmetric, beyond its error bounds.
        """
        gap = arrays[0] - transpose(arrays[0])
        apart = magnitude(gap) - np.abs(as_floats(gap))
        if np.any(np.abs(as_floats(gap)) > apart):
            raise ClaimError(
                f"eigenvalues({self.args[0]}) needs a symmetric matrix, and this one differs from its transpose by "
                f"{np.abs(as_floats(gap)).max():.3g}; write eigenvalues((A + A.T) / 2), or singular_values(A)"
            )
        return of_spectrum("eigenvalues", self.args[0], self.place, eigenvalues_symmetric(arrays[0]), arrays[0].shape)


class Entrywise(sp.MatrixExpr):  # type: ignore[misc]  # sympy is not annotated
    """A scalar function of each entry of one or several vectors or matrices of one shape."""

    def __new__(cls, function: Any, *matrices: Any) -> Any:
        """The expression of a ``Lambda`` and the matrices that it takes.

        Raises:
            ClaimError: the matrices have different shapes, or the function takes another number of them.
        """
        if len(function.variables) != len(matrices) or len({one.shape for one in matrices}) != 1:
            shapes = ", ".join(f"{one} {getattr(one, 'shape', 'a scalar')}" for one in matrices)
            raise ClaimError(
                f"entrywise got a function of {len(function.variables)} numbers and {shapes or 'no matrix'}; expected "
                "as many vectors or matrices, of one shape"
            )
        return super().__new__(cls, function, *matrices)

    @property
    def shape(self) -> tuple[Any, Any]:
        """Rows and columns."""
        shape: tuple[Any, Any] = self.args[1].shape
        return shape

    @property
    def function(self) -> Any:
        """The scalar function, a sympy ``Lambda``."""
        return self.args[0]

    @property
    def matrices(self) -> tuple[Any, ...]:
        """The vectors or matrices whose entries it takes."""
        return tuple(self.args[1:])

    def _latex(self, printer: Any) -> str:
        names = [sp.Symbol(_bracketed(printer, one)) for one in self.matrices]
        text: str = printer.doprint(self.function(*names))
        return text

    def _sympystr(self, printer: Any) -> str:
        names = [sp.Symbol(_worded(printer, one)) for one in self.matrices]
        return f"entrywise({printer.doprint(self.function(*names))})"


def _worded(printer: Any, one: Any) -> str:
    text: str = printer.doprint(one)
    return text if isinstance(one, sp.MatrixSymbol) else f"({text})"


def _bracketed(printer: Any, one: Any) -> str:
    text: str = printer.doprint(one)
    return text if isinstance(one, sp.MatrixSymbol) else rf"\left({text}\right)"


def entrywise(function: Callable[..., Any], *matrices: Any) -> Any:
    """``function`` of each entry: ``entrywise(sp.exp, x)``, ``entrywise(lambda a, b: sp.Max(a, b), x, y)``.

    Raises:
        ClaimError: the matrices have different shapes.
    """
    if isinstance(function, sp.Lambda):
        return Entrywise(function, *matrices)
    places = [sp.Dummy(f"_entry_{place}", real=True) for place in range(len(matrices))]
    return Entrywise(sp.Lambda(tuple(places), sp.sympify(function(*places))), *matrices)


class Spectrum:
    """The singular values or eigenvalues of a matrix, largest first; ``[0]`` is the largest, ``[-1]`` the smallest."""

    def __init__(self, kind: type[_Spectrum], matrix: Any) -> None:
        self._kind, self._matrix = kind, matrix

    def __getitem__(self, place: Any) -> Any:
        if not isinstance(place, int | sp.Integer):
            raise ClaimError(
                f"{_spoken(self._kind)}s come largest first, and take a whole number: [0] is the largest, [-1] the "
                f"smallest; got [{place}]"
            )
        made = self._kind(self._matrix, place)
        check_spectrum(_spoken(self._kind), self._matrix, int(place))
        return made

    def __iter__(self) -> Any:
        raise ClaimError(
            "a spectrum has as many values as its matrix has rows: take one, [0] for the largest or [-1] for the "
            "smallest, e.g. eigenvalues(A)[-1] >= 0"
        )

    def _without_arithmetic(self, *_: Any) -> Any:
        raise ClaimError(
            "spectra are not added, subtracted or multiplied; take single values, eigenvalues(A)[0] - eigenvalues(B)[0], "
            "or what sums all of one matrix, total and trace"
        )

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __pow__ = _without_arithmetic


def singular_values(matrix: Any) -> Spectrum:
    """The singular values of a matrix, largest first: ``singular_values(A)[0]``."""
    return Spectrum(SingularValue, matrix)


def eigenvalues(matrix: Any) -> Spectrum:
    """The eigenvalues of a symmetric matrix, largest first: ``eigenvalues(A)[-1]``."""
    return Spectrum(Eigenvalue, matrix)


def norm2(x: Any) -> Any:
    """The squared Euclidean (Frobenius) norm; exact in rationals."""
    return Norm(x) ** 2


def trace(matrix: Any) -> Any:
    """The trace of a square matrix."""
    return sp.Trace(matrix)


dot, greatest, l1, least, norm, nuclear, spectral, sup, total = (
    Dot, Greatest, L1, Least, Norm, Nuclear, Spectral, Sup, Total,
)  # fmt: skip
