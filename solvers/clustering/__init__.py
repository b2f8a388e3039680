"""Convex clustering and biclustering: paths, trees, weights and an estimator."""

from lemmata.solvers.clustering.biclustering_generic import BiclusterBatch as BiclusterBatch
from lemmata.solvers.clustering.biclustering_generic import BiclusterState as BiclusterState
from lemmata.solvers.clustering.biclustering_generic import bicluster_step as bicluster_step
from lemmata.solvers.clustering.exact import exact_path as exact_path
from lemmata.solvers.clustering.generic import ClusteringBatch as ClusteringBatch
from lemmata.solvers.clustering.generic import Splitting as Splitting
from lemmata.solvers.clustering.generic import admm_contraction as admm_contraction
from lemmata.solvers.clustering.generic import admm_iterates as admm_iterates
from lemmata.solvers.clustering.generic import admm_primal as admm_primal
from lemmata.solvers.clustering.generic import admm_step as admm_step
from lemmata.solvers.clustering.generic import component_means as component_means
from lemmata.solvers.clustering.generic import duality_gap as duality_gap
from lemmata.solvers.clustering.generic import edge_lengths as edge_lengths
from lemmata.solvers.clustering.generic import first_state as first_state
from lemmata.solvers.clustering.generic import incidence as incidence
from lemmata.solvers.clustering.generic import is_forest as is_forest
from lemmata.solvers.clustering.generic import laplacian_spectrum as laplacian_spectrum
from lemmata.solvers.clustering.generic import path_solutions as path_solutions
from lemmata.solvers.clustering.generic import project_rows as project_rows
from lemmata.solvers.clustering.generic import row_squares as row_squares
from lemmata.solvers.clustering.generic import safe_root as safe_root
from lemmata.solvers.clustering.path import CarpSettings as CarpSettings
from lemmata.solvers.clustering.path import carp as carp
from lemmata.solvers.clustering.weights import neighbour_graph as neighbour_graph
