"""The statement-first form: a conjecture that costs what its statement costs, and compiles to a `Claim`."""
