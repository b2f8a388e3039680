"""Chou et al. (2024): deep matrix factorizations from the identity."""
