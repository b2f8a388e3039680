"""Matrix factorization: descent, closed forms and learning times."""
