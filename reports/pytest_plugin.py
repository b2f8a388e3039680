"""The pytest plugin: ``pytest --lemmata SELECT`` collects claims and their mutants as items."""
