"""Conjectures in the statement-first form, each of at most fifteen lines, with the verdict that it must end in."""
