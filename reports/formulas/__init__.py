"""Formulas for every report: one tree of MathML, from the plain formulas of prose or from LaTeX."""
