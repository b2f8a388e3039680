"""Families and procedures that two papers or more share."""
