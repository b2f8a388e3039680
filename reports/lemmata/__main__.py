"""`python -m lemmata` is the command `lemmata`."""

from lemmata.reports.cli import main

main()
