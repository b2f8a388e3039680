"""Matrix sensing, its lift to symmetric tensors, critical points of both, and descent on both."""

from lemmata.solvers.sensing.completion import completion_descent as completion_descent
from lemmata.solvers.sensing.completion import leading_factor as leading_factor
from lemmata.solvers.sensing.completion import lifted_completion_descent as lifted_completion_descent
from lemmata.solvers.sensing.completion import perturbed_mask as perturbed_mask
from lemmata.solvers.sensing.critical import Certificate as Certificate
from lemmata.solvers.sensing.critical import as_certificate as as_certificate
from lemmata.solvers.sensing.critical import certified_operator as certified_operator
from lemmata.solvers.sensing.critical import stationary_points as stationary_points
from lemmata.solvers.sensing.lifting import lifted_gradient as lifted_gradient
from lemmata.solvers.sensing.lifting import lifted_loss as lifted_loss
from lemmata.solvers.sensing.lifting import lifted_measurements as lifted_measurements
from lemmata.solvers.sensing.lifting import multilinear as multilinear
from lemmata.solvers.sensing.lifting import operators_of as operators_of
from lemmata.solvers.sensing.lifting import repeated as repeated
from lemmata.solvers.sensing.lifting import tensor_power as tensor_power
from lemmata.solvers.sensing.operators import factor_curvature as factor_curvature
from lemmata.solvers.sensing.operators import measurements as measurements
from lemmata.solvers.sensing.operators import normal as normal
from lemmata.solvers.sensing.operators import operator_matrix as operator_matrix
from lemmata.solvers.sensing.operators import symmetric as symmetric
from lemmata.solvers.sensing.operators import with_identity as with_identity
from lemmata.solvers.sensing.planar import RankOne as RankOne
from lemmata.solvers.sensing.planar import best_rank_one as best_rank_one
from lemmata.solvers.sensing.planar import planar_form as planar_form
