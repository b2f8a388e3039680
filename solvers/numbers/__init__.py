"""Number systems and the linear algebra that every family of solvers needs."""

from lemmata.solvers.numbers import bounded_functions as _bounded_functions  # noqa: F401 - registers them
from lemmata.solvers.numbers import protocol as _protocol  # noqa: F401 - answers NumPy
from lemmata.solvers.numbers.arithmetic import as_floats as as_floats
from lemmata.solvers.numbers.arithmetic import concatenate as concatenate
from lemmata.solvers.numbers.arithmetic import convert as convert
from lemmata.solvers.numbers.arithmetic import elementwise as elementwise
from lemmata.solvers.numbers.arithmetic import gate as gate
from lemmata.solvers.numbers.arithmetic import midpoint_value as midpoint_value
from lemmata.solvers.numbers.arithmetic import select as select
from lemmata.solvers.numbers.arithmetic import stack as stack
from lemmata.solvers.numbers.arithmetic import to_balls as to_balls
from lemmata.solvers.numbers.arithmetic import to_rationals as to_rationals
from lemmata.solvers.numbers.arithmetic import transpose as transpose
from lemmata.solvers.numbers.arithmetic import widen as widen
from lemmata.solvers.numbers.arithmetic import zeros as zeros
from lemmata.solvers.numbers.bounded import Bounded as Bounded
from lemmata.solvers.numbers.degrees import Degrees as Degrees
from lemmata.solvers.numbers.dual import Dual as Dual
from lemmata.solvers.numbers.errors import NotFiniteError as NotFiniteError
from lemmata.solvers.numbers.errors import NotRationalError as NotRationalError
from lemmata.solvers.numbers.errors import NumberSystemError as NumberSystemError
from lemmata.solvers.numbers.errors import ShapeError as ShapeError
from lemmata.solvers.numbers.errors import UnknownNameError as UnknownNameError
from lemmata.solvers.numbers.linear_algebra import dot as dot
from lemmata.solvers.numbers.linear_algebra import frobenius_square as frobenius_square
from lemmata.solvers.numbers.linear_algebra import matvec as matvec
from lemmata.solvers.numbers.linear_algebra import pivots as pivots
from lemmata.solvers.numbers.linear_algebra import rational_power as rational_power
from lemmata.solvers.numbers.linear_algebra import rectangular_diagonal as rectangular_diagonal
from lemmata.solvers.numbers.linear_algebra import reflection as reflection
from lemmata.solvers.numbers.linear_algebra import solve_definite as solve_definite
from lemmata.solvers.numbers.linear_algebra import times_fraction as times_fraction
from lemmata.solvers.numbers.order import absolute as absolute
from lemmata.solvers.numbers.order import largest as largest
from lemmata.solvers.numbers.order import signs as signs
from lemmata.solvers.numbers.order import smallest as smallest
from lemmata.solvers.numbers.residues import PRIME as PRIME
from lemmata.solvers.numbers.residues import PRIMES as PRIMES
from lemmata.solvers.numbers.residues import Residues as Residues
from lemmata.solvers.numbers.residues import random_prime as random_prime
from lemmata.solvers.numbers.residues import random_residues as random_residues
from lemmata.solvers.numbers.residues import to_residues as to_residues
from lemmata.solvers.numbers.spectral import eigenvalues_symmetric as eigenvalues_symmetric
from lemmata.solvers.numbers.spectral import singular_values as singular_values
from lemmata.solvers.numbers.symbolic import Symbolic as Symbolic
