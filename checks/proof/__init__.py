"""Symbolic proofs: in the free algebra and over a prime field."""
