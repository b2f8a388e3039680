"""Diagonal linear networks: limits, duals and the l1 problem."""
