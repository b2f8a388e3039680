"""Convex clustering and biclustering: paths, trees, weights and an estimator."""
