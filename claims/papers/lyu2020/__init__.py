"""Lyu and Li (2020): the smoothed margin of homogeneous networks."""
