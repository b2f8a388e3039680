"""The arrays that claims and solvers compute with; each family of solvers has a face of its own.

``numbers`` number systems and linear algebra; ``engine`` long iterations; ``networks``, ``diagonal``,
``factorization``, ``optimization`` and ``clustering`` the dynamics; ``datasets`` real tables.
"""

from lemmata.solvers.numbers.arithmetic import as_floats as as_floats
from lemmata.solvers.numbers.arithmetic import concatenate as concatenate
from lemmata.solvers.numbers.arithmetic import convert as convert
from lemmata.solvers.numbers.arithmetic import elementwise as elementwise
from lemmata.solvers.numbers.arithmetic import gate as gate
from lemmata.solvers.numbers.arithmetic import magnitude as magnitude
from lemmata.solvers.numbers.arithmetic import midpoint_value as midpoint_value
from lemmata.solvers.numbers.arithmetic import select as select
from lemmata.solvers.numbers.arithmetic import stack as stack
from lemmata.solvers.numbers.arithmetic import to_balls as to_balls
from lemmata.solvers.numbers.arithmetic import to_rationals as to_rationals
from lemmata.solvers.numbers.arithmetic import transpose as transpose
from lemmata.solvers.numbers.arithmetic import widen as widen
from lemmata.solvers.numbers.arithmetic import zeros as zeros
from lemmata.solvers.numbers.bounded import Bounded as Bounded
from lemmata.solvers.numbers.bounded_functions import known_within as known_within
from lemmata.solvers.numbers.constants import full as full
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
from lemmata.solvers.numbers.order import greatest as greatest
from lemmata.solvers.numbers.order import largest as largest
from lemmata.solvers.numbers.order import least as least
from lemmata.solvers.numbers.order import signs as signs
from lemmata.solvers.numbers.order import smallest as smallest
from lemmata.solvers.numbers.spectral import eigenvalues_symmetric as eigenvalues_symmetric
from lemmata.solvers.numbers.spectral import singular_values as singular_values
