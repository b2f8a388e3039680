"""Long iterations: the vector machine, the plain step, checkpoints and outcomes."""
