"""Gunasekar et al. (2018): mirror descent."""
