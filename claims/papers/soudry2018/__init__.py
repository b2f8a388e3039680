"""Soudry et al. (2018): the implicit bias of gradient descent on separable data."""
