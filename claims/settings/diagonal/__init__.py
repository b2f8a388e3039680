"""Diagonal linear networks and the l1 problems that they solve."""
