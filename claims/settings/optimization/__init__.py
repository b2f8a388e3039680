"""Classes of functions and operators for conjectures on first-order methods."""
