"""Judging a batch: margins, rates, and settling in exact numbers."""
