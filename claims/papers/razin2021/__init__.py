"""Razin et al. (2021): tensor components."""
