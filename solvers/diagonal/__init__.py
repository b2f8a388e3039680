"""Diagonal linear networks: limits, duals and the l1 problem."""

from lemmata.solvers.diagonal.activation import activation_dual_times as activation_dual_times
from lemmata.solvers.diagonal.distance_to_minimiser import departure as departure
from lemmata.solvers.diagonal.distance_to_minimiser import lower_branch as lower_branch
from lemmata.solvers.diagonal.distance_to_minimiser import pulled as pulled
from lemmata.solvers.diagonal.dual import extreme_null_vectors as extreme_null_vectors
from lemmata.solvers.diagonal.dual import mirror_angles as mirror_angles
from lemmata.solvers.diagonal.dual import mirror_height as mirror_height
from lemmata.solvers.diagonal.dual import mirror_values as mirror_values
from lemmata.solvers.diagonal.dual import potential_terms as potential_terms
from lemmata.solvers.diagonal.l1 import BasisPursuit as BasisPursuit
from lemmata.solvers.diagonal.l1 import LinearProgramError as LinearProgramError
from lemmata.solvers.diagonal.l1 import NotInRangeError as NotInRangeError
from lemmata.solvers.diagonal.l1 import NullSpaceConstants as NullSpaceConstants
from lemmata.solvers.diagonal.l1 import basis_pursuit as basis_pursuit
from lemmata.solvers.diagonal.l1 import null_space_constants as null_space_constants
from lemmata.solvers.diagonal.l1 import reduced as reduced
from lemmata.solvers.diagonal.limits import Limit as Limit
from lemmata.solvers.diagonal.limits import limit as limit
from lemmata.solvers.diagonal.mirror_map import as_depth as as_depth
from lemmata.solvers.diagonal.mirror_map import log_two as log_two
from lemmata.solvers.diagonal.mirror_map import mirror_angle as mirror_angle
from lemmata.solvers.diagonal.reduced_problem import ReducedProblem as ReducedProblem
from lemmata.solvers.diagonal.selection import preferred as preferred
from lemmata.solvers.diagonal.selection import renyi_entropy as renyi_entropy
from lemmata.solvers.diagonal.selection import tie_break as tie_break
