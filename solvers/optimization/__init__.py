"""First-order methods, mirror descent and linear systems."""

from lemmata.solvers.optimization.classics import StronglyConvex as StronglyConvex
from lemmata.solvers.optimization.classics import chain_matrix as chain_matrix
from lemmata.solvers.optimization.classics import least_in_leading_coordinates as least_in_leading_coordinates
from lemmata.solvers.optimization.classics import lookahead_iterates as lookahead_iterates
from lemmata.solvers.optimization.classics import sigmoidal_mode as sigmoidal_mode
from lemmata.solvers.optimization.classics import span_iterates as span_iterates
from lemmata.solvers.optimization.first_order import NonExpansive as NonExpansive
from lemmata.solvers.optimization.first_order import PiecewiseQuadratic as PiecewiseQuadratic
from lemmata.solvers.optimization.first_order import SeparableConvex as SeparableConvex
from lemmata.solvers.optimization.first_order import averaged_iterates as averaged_iterates
from lemmata.solvers.optimization.first_order import gradient_iterates as gradient_iterates
from lemmata.solvers.optimization.first_order import halpern_iterates as halpern_iterates
from lemmata.solvers.optimization.first_order import momentum_factors as momentum_factors
from lemmata.solvers.optimization.first_order import momentum_iterates as momentum_iterates
from lemmata.solvers.optimization.first_order import picard_iterates as picard_iterates
from lemmata.solvers.optimization.first_order import proximal_iterates as proximal_iterates
from lemmata.solvers.optimization.first_order import recurrence as recurrence
from lemmata.solvers.optimization.leaky_logistic import leaky_descent as leaky_descent
from lemmata.solvers.optimization.leaky_logistic import leaky_outputs as leaky_outputs
from lemmata.solvers.optimization.mirror import Potential as Potential
from lemmata.solvers.optimization.mirror import divergence as divergence
from lemmata.solvers.optimization.mirror import least_divergence as least_divergence
from lemmata.solvers.optimization.mirror import mirror_descent as mirror_descent
from lemmata.solvers.optimization.mirror import mirror_map as mirror_map
from lemmata.solvers.optimization.tensors import contracted as contracted
