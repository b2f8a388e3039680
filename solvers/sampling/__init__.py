"""Annealed importance sampling between Gaussians, by Hamiltonian steps, in exact moments."""

from lemmata.solvers.sampling.annealing import Annealing as Annealing
from lemmata.solvers.sampling.annealing import Moments as Moments
from lemmata.solvers.sampling.annealing import line_gaps as line_gaps
from lemmata.solvers.sampling.annealing import log_determinant as log_determinant
