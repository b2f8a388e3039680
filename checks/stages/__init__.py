"""The stages of a trial: sampling, search, shrinking, statistics."""
