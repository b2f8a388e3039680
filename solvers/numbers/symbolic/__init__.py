"""Symbolic real numbers: a procedure that runs over them becomes conditions on polynomials, which can be decided."""

from lemmata.solvers.numbers.symbolic import functions as _functions  # noqa: F401 - registers them
from lemmata.solvers.numbers.symbolic.arrays import Conditions as Conditions
from lemmata.solvers.numbers.symbolic.arrays import Symbolic as Symbolic
from lemmata.solvers.numbers.symbolic.arrays import conditions_of as conditions_of
from lemmata.solvers.numbers.symbolic.arrays import entries_of as entries_of
from lemmata.solvers.numbers.symbolic.errors import NotPolynomialError as NotPolynomialError
from lemmata.solvers.numbers.symbolic.errors import TooLongError as TooLongError
from lemmata.solvers.numbers.symbolic.formulas import Atom as Atom
from lemmata.solvers.numbers.symbolic.formulas import Formula as Formula
from lemmata.solvers.numbers.symbolic.formulas import Junction as Junction
from lemmata.solvers.numbers.symbolic.formulas import all_of as all_of
from lemmata.solvers.numbers.symbolic.formulas import any_of as any_of
from lemmata.solvers.numbers.symbolic.formulas import at as at
from lemmata.solvers.numbers.symbolic.formulas import atom as atom
from lemmata.solvers.numbers.symbolic.formulas import factored as factored
from lemmata.solvers.numbers.symbolic.formulas import length as length
from lemmata.solvers.numbers.symbolic.formulas import negation as negation
from lemmata.solvers.numbers.symbolic.formulas import require_short as require_short
from lemmata.solvers.numbers.symbolic.ledger import Ledger as Ledger
from lemmata.solvers.numbers.symbolic.reals import Real as Real
