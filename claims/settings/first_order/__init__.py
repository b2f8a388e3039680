"""Smooth convex functions and the first-order methods that run on them."""
