"""What a worker says to its parent; alone here, so that the parent need not load what a worker does."""

READY, KEPT, SPENT = b"ready", b"+", b"-"
"""Ready for a unit, with the process id after it; a result after which the worker can go on, or is to be replaced."""
