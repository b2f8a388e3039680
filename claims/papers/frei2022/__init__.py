"""Frei et al. (2022): leaky networks on nearly orthogonal data."""
