"""Saxe et al. (2014): modes of deep linear networks."""
