"""Number systems and the linear algebra that every family of solvers needs."""
