"""Declared quantities: symbols that know where their values come from."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import sympy as sp

from lemmata.claims.language.conclusions import Expression, as_exact
from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.quantities import MeasuredQuantity
from lemmata.claims.language.short.noted import note_session


class Kind(enum.Enum):
    """What values a declared quantity takes."""

    REAL = "real"
    INTEGER = "integer"
    DENSE = "matrix"
    SYMMETRIC = "symmetric"
    ORTHOGONAL = "orthogonal"
    UNIT = "unit"
    SCALE = "scale"
    CONSTANT = "constant"
    MEASURED = "measured"


@dataclass(frozen=True, kw_only=True)
class Values:
    """Where the values of a quantity come from.

    Attributes:
        kind: what they are.
        low, high: ends of the range, of numbers and of each entry; None where there is none.
        is_open: whether ``low`` itself is left out.
        std: standard deviation of a Gaussian quantity, an expression in dimensions; None for all others.
        depends: what an implied constant may depend on.
        count: of a scale, how many halvings (or doublings) of its first value are looked at.
        is_even: of matrices, whether their entries have one size, whatever the scales of the instances.
        says: of vectors and matrices, what the entries mean, for the legend of a report.
    """

    kind: Kind
    low: Expression = None
    high: Expression = None
    is_open: bool = False
    std: Expression = None
    depends: tuple[str, ...] = ()
    count: int = 0
    is_even: bool = False
    says: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and not self.low <= self.high:
            raise ClaimError(f"the range from {self.low} to {self.high} is empty; give low <= high")

    @property
    def meaning(self) -> str:
        """What the values are, in a word, for the legend of a report."""
        if self.std is not None:
            return "Gaussian"
        if self.kind is Kind.REAL and self.low == 0:
            return "positive" if self.is_open else "nonnegative"
        return self.kind.value


class Declared(MeasuredQuantity):
    """A number that is drawn, measured or implied; two of one name are the same only if all that is said of them is."""

    __slots__ = ("origin",)

    origin: Values

    @classmethod
    def of(cls, name: str, origin: Values, unit: Expression = None, meaning: str = "", **assumptions: Any) -> Self:
        """The symbol ``name`` with its values, its unit, a product of powers of symbols, and its meaning in words."""
        made = cls(name, meaning or origin.meaning, unit, **assumptions)
        made.origin, made.said = origin, (*made.said, repr(origin))
        return made

    def __str__(self) -> str:
        return str(self.name)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_number_again, (self.name, self.origin, self.unit, self.meaning, dict(self._assumptions_orig)))

    def called(self, name: str) -> Self:
        """The same under another name."""
        return self.of(name, self.origin, self.unit, self.meaning, **self._assumptions_orig)


class _Origin(sp.Atom):  # type: ignore[misc]  # sympy is not annotated
    """The values of a matrix as an argument of its symbol: so they stay with it wherever sympy rebuilds it."""

    values: Values
    said: str

    def __new__(cls, values: Values) -> Self:
        """The atom of these values."""
        made: Self = super().__new__(cls)
        made.values, made.said = values, repr(values)
        return made

    def _hashable_content(self) -> tuple[Any, ...]:
        return (self.said,)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_Origin, (self.values,))


class DeclaredMatrix(sp.MatrixSymbol):  # type: ignore[misc]  # sympy is not annotated
    """A vector or matrix that is drawn; see `Declared`."""

    def __new__(cls, name: Any, rows: Any, columns: Any, origin: _Origin) -> Self:
        """The symbol ``name`` of so many rows and columns, with its values."""
        plain = sp.MatrixSymbol(name, rows, columns)
        made: Self = sp.Basic.__new__(cls, *plain.args, origin)
        return made

    @classmethod
    def of(cls, name: str, rows: Any, columns: Any, origin: Values) -> Self:
        """The symbol ``name`` of so many rows and columns, with its values."""
        return cls(name, rows, columns, _Origin(origin))

    @property
    def origin(self) -> Values:
        """Where its values come from."""
        values: Values = self.args[3].values
        return values

    @property
    def meaning(self) -> str:
        """What it is, with its size: ``vector of n entries``, ``symmetric matrix, n x n``."""
        if self.origin.says:
            return self.origin.says
        rows, columns = self.shape
        word = self.origin.meaning
        if columns == 1:
            return f"{'vector' if word == Kind.DENSE.value else word + ' vector'} of {rows} entries"
        return f"{word if word == Kind.DENSE.value else word + ' matrix'}, {rows} x {columns}"

    def __iter__(self) -> Any:
        raise ClaimError(
            f"sum, max and loops do not run over the entries of {self.name}, whose number is a symbol; write "
            f"total({self.name}), greatest({self.name}) or least({self.name})"
        )

    def __abs__(self) -> Any:
        raise ClaimError(
            f"abs of {self.name}, which is no number; write norm({self.name}) for its length, sup({self.name}) for its "
            f"largest entry in absolute value, l1({self.name}) for the sum of the absolute values"
        )

    def __str__(self) -> str:
        return str(self.name)


def _number_again(name: str, origin: Values, unit: Expression, meaning: str, assumptions: dict[str, Any]) -> Declared:
    return Declared.of(name, origin, unit, meaning, **assumptions)


def real(*names: str, low: Any = None, high: Any = None, unit: Expression = None, meaning: str = "") -> Any:
    """One real number for each name; with ``low`` or ``high`` those of a range.

    ``unit``, of this and the other numbers: a product of powers of sympy's symbols (``ell * rho**2``). Where any
    number of a statement has one, both sides must scale alike; a number without one is pure. ``meaning`` says in the
    legend of a report what the number is.

    Raises:
        ClaimError: the range is empty, or holds one number alone.
    """
    origin = Values(kind=Kind.REAL, **_ends(low, high))
    if low is not None and origin.low == origin.high:
        raise ClaimError(f"real got a range of one number, from {low} to {high}; write the number in its place")
    return _numbers("real", names, origin, unit=unit, meaning=meaning, real=True, **_sign(low, high))


def positive(*names: str, high: Any = None, unit: Expression = None, meaning: str = "") -> Any:
    """Numbers above zero, at most ``high``."""
    origin = Values(kind=Kind.REAL, **_ends(0, high), is_open=True)
    return _numbers("positive", names, origin, unit=unit, meaning=meaning, positive=True)


def nonnegative(*names: str, high: Any = None, unit: Expression = None, meaning: str = "") -> Any:
    """Numbers from zero on, at most ``high``."""
    origin = Values(kind=Kind.REAL, **_ends(0, high))
    return _numbers("nonnegative", names, origin, unit=unit, meaning=meaning, nonnegative=True)


def integer(*names: Any, low: Any = None, high: Any = None, meaning: str = "") -> Any:
    """Whole numbers of a range, the names first: ``"n", 1, 10``; as a keyword of `conjecture` the range alone.

    ``low`` and ``high`` may be named, as for `real`.

    Raises:
        ClaimError: the range is left out or empty.
    """
    called: Sequence[Any] = names
    if low is None and high is None and len(names) > 1:
        *called, low, high = names
    if low is None or high is None or isinstance(low, str) or isinstance(high, str):
        raise ClaimError(f'integer got {names}; expected names and a range, e.g. integer("n", 1, 10)')
    origin = Values(kind=Kind.INTEGER, **_ends(low, high))
    if not all(end.is_integer for end in (origin.low, origin.high)):
        raise ClaimError(f"integer got the ends {low} and {high}; expected whole numbers")
    if not called:
        return Declared.of(UNNAMED, origin, None, meaning, integer=True, **_sign(low, high))
    return _numbers("integer", called, origin, meaning=meaning, integer=True, **_sign(low, high))


def dimension(*names: str, upto: int = 5) -> Any:
    """Numbers of rows or columns, from 1 to ``upto``."""
    origin = Values(kind=Kind.INTEGER, **_ends(1, upto))
    return _numbers("dimension", names, origin, integer=True, positive=True)


def scale(*names: str, first: Any = 1, count: int = 16, grows: bool = False) -> Any:
    """Numbers that go to zero (or, where it ``grows``, to infinity) by halves, for `order`."""
    ends = _ends(None, as_exact(first)) if not grows else _ends(as_exact(first), None)
    return _numbers("scale", names, Values(kind=Kind.SCALE, count=count, **ends), positive=True)


def measured(*names: str, unit: Expression = None, **assumptions: Any) -> Any:
    """Numbers that ``runs=`` returns under these names; ``nonnegative=True`` and the like help sympy to simplify."""
    return _numbers("measured", names, Values(kind=Kind.MEASURED), unit=unit, **{"real": True, **assumptions})


def constant(name: str, *, may_depend_on: Any = ()) -> Any:
    """An implied constant, a factor of the right side of a bound: some positive number, not stated.

    ``may_depend_on`` names the quantities that it may depend on, as in ``[n, "eta"]``; it is then the same number
    for all values of every other quantity.
    """
    depends = tuple(str(one) for one in ([may_depend_on] if isinstance(may_depend_on, str) else may_depend_on))
    return _numbers("constant", (name,), Values(kind=Kind.CONSTANT, depends=depends), positive=True)


def vector(*names: Any, low: Any = None, high: Any = None, meaning: str = "") -> Any:
    """Vectors: names, then the number of entries, as in ``"x", "y", n``; ``meaning`` says in a legend what they are."""
    return _matrices("vector", names, 1, Values(kind=Kind.DENSE, **_ends(low, high), says=meaning))


def matrix(*names: Any, low: Any = None, high: Any = None, meaning: str = "") -> Any:
    """Matrices: names, then the numbers of rows and columns, as in ``"A", n, m``; ``meaning`` as of vectors."""
    return _matrices("matrix", names, 2, Values(kind=Kind.DENSE, **_ends(low, high), says=meaning))


def symmetric(*names: Any) -> Any:
    """Symmetric matrices: names, then the number of rows."""
    return _matrices("symmetric", names, 1, Values(kind=Kind.SYMMETRIC))


def orthogonal(*names: Any, meaning: str = "") -> Any:
    """Orthogonal matrices: names, then the number of rows; ``meaning`` as of vectors."""
    return _matrices("orthogonal", names, 1, Values(kind=Kind.ORTHOGONAL, says=meaning))


def unit(*names: Any) -> Any:
    """Vectors of length one: names, then the number of entries."""
    return _matrices("unit", names, 1, Values(kind=Kind.UNIT))


def gaussian(*names: Any, std: Any = 1) -> Any:
    """Independent Gaussian entries of mean zero: names, then no, one or two sizes; ``std`` may use dimensions."""
    sizes = [one for one in names if not isinstance(one, str)]
    origin = Values(kind=Kind.DENSE if sizes else Kind.REAL, std=as_exact(std))
    return _matrices("gaussian", names, len(sizes), origin) if sizes else _numbers("gaussian", names, origin, real=True)


def _ends(low: Any, high: Any) -> dict[str, Any]:
    return {name: None if end is None else _end(name, end) for name, end in (("low", low), ("high", high))}


def _end(name: str, end: Any) -> Any:
    """One end of a range, as an exact number.

    Raises:
        ClaimError: it is not rational; whether a number lies in its range is decided exactly.
    """
    exact = as_exact(end)
    if not getattr(exact, "is_Rational", False):
        sign = ">=" if name == "low" else "<="
        raise ClaimError(f"{name}={end} is no rational number; leave it out and write given=[x {sign} {end}]")
    return exact


def _sign(low: Any, high: Any) -> dict[str, bool]:
    """What sympy may take for granted of numbers in a range."""
    found = {"positive": low is not None and low > 0, "nonnegative": low is not None and low >= 0}
    found |= {"negative": high is not None and high < 0, "nonpositive": high is not None and high <= 0}
    return {name: True for name, known in found.items() if known}


def _numbers(
    what: str, names: Any, origin: Values, *, unit: Expression = None, meaning: str = "", **assumptions: Any
) -> Any:
    made = tuple(Declared.of(name, origin, unit, meaning, **assumptions) for name in _names(what, names))
    return made[0] if len(made) == 1 else made


def _matrices(what: str, given: Any, sizes: int, origin: Values) -> Any:
    called, shape = given[: len(given) - sizes], given[len(given) - sizes :]
    for size in shape:
        if isinstance(size, str) or not (isinstance(size, int) or getattr(size, "is_integer", False)):
            names = ", ".join(map(repr, called)) or repr("x")
            raise ClaimError(
                f'{what} got the size {size!r}; expected a number or a dimension: n = dimension("n"); {what}({names}, n)'
            )
    rows, columns = (*shape, *shape) if what in ("symmetric", "orthogonal") else (*shape, 1)[:2]
    made = tuple(DeclaredMatrix.of(name, rows, columns, origin) for name in _names(what, called))
    return made[0] if len(made) == 1 else made


UNNAMED = "_"
"""The name of whole numbers until `conjecture` is given them under one."""
_NAME = re.compile(r"[^\W\d_]\w*'*(\.(?!(chart|side)$)\w+)*")
"""Others would be taken for arrays that quantities are made from (``e.chart``), or for logarithms (``log(x)``)."""


_AFTER_NAMES = {"real": "low=0, high=1", "positive": "high=1", "nonnegative": "high=1", "dimension": "upto=5"}
"""What may follow the names of quantities, for a sentence about what was found in their place."""


def _names(what: str, given: Any) -> list[str]:
    note_session()
    strangers = [one for one in given if not isinstance(one, str)]
    if strangers or not given:
        got = repr(strangers[0]) if strangers else "no name"
        raise ClaimError(
            f'{what} got {got} where names are expected, e.g. {what}("x", {_AFTER_NAMES.get(what, "...")})'
        )
    names = [name for one in given for name in re.split(r"[\s,]+", one.strip())]
    twice = {name for name in names if names.count(name) > 1 or not name}
    if twice:
        raise ClaimError(f"{what} got the name {twice.pop()!r} twice or empty; give each quantity one name")
    strange = next((name for name in names if not _NAME.fullmatch(name)), None)
    if strange is not None:
        raise ClaimError(
            f"{what} got the name {strange!r}; expected a letter, then letters, digits, underscores, e.g. u_0"
        )
    return names


def declared(*formulas: Any) -> list[Any]:
    """The declared quantities that formulas use, sizes of matrices included, in the order of their names."""
    found: set[Any] = set()
    for formula in formulas:
        for matrix_symbol in formula.atoms(DeclaredMatrix):
            found |= {matrix_symbol, *(part for size in matrix_symbol.shape for part in size.atoms(Declared))}
            if matrix_symbol.origin.std is not None:
                found |= matrix_symbol.origin.std.atoms(Declared)
        found |= formula.atoms(Declared)
    return sorted(found, key=lambda one: (str(one), repr(one.origin)))


def counted(*formulas: Any) -> set[Any]:
    """The declared whole numbers that formulas reckon with, beside those that only are sizes of their matrices.

    The size of an identity matrix is one of them where no matrix of the formulas has it.
    """
    found = set(identity_sizes(*formulas))
    for formula in formulas:
        parts = sp.preorder_traversal(formula)
        for part in parts:
            if isinstance(part, _SHAPED):
                parts.skip()
            elif isinstance(part, Declared) and part.origin.kind is Kind.INTEGER:
                found.add(part)
    return found


def identity_sizes(*formulas: Any) -> set[Any]:
    """The declared whole numbers that are sizes of identity matrices, and of no other matrix of the formulas."""
    sizes = {size for one in formulas for part in one.atoms(sp.Identity) for size in part.shape[0].free_symbols}
    known = {
        size for one in formulas for part in one.atoms(sp.MatrixSymbol) for size in sp.Tuple(*part.shape).free_symbols
    }
    return {one for one in sizes - known if isinstance(one, Declared)}


_SHAPED = (sp.MatrixSymbol, sp.Identity, sp.ZeroMatrix)
"""Parts of a formula of which the sizes are parts in turn."""
