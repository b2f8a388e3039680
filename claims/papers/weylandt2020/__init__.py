"""Weylandt, Nagorski and Allen (2020): convex clustering by CARP."""
