"""First-order methods, mirror descent and linear systems."""
