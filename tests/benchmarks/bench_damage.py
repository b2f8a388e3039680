"""Two thousand damaged copies of a store, and as many of a document: what of them is believed."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))

from damage import believed_wrongly, damaged, filled_store, read_back, reading
from report_records import PROVED, REFUTED, run

from lemmata.checks.document import encode_run

COUNT = 2_000


def main() -> None:
    """Print how many copies were wrongly believed, and how many were noticed."""
    record = run(PROVED, REFUTED)
    with tempfile.TemporaryDirectory() as folder:
        whole = filled_store(Path(folder) / "whole.sqlite", encode_run(record))
        wrong = noticed = 0
        for copy in damaged((Path(folder) / "whole.sqlite").read_bytes(), 1, COUNT):
            path = Path(folder) / "copy.sqlite"
            path.write_bytes(copy)
            after = reading(path, "run-b", list(whole.counterexamples))
            noticed += after != whole
            wrong += bool(believed_wrongly(whole, after))
    sys.stdout.write(f"store: {wrong} of {COUNT} wrongly believed, {noticed} noticed" + "\n")
    found = [read_back(copy) for copy in damaged(encode_run(record), 2, COUNT)]
    changed = sum(one not in (None, record) for one in found)
    sys.stdout.write(f"document: {changed} of {COUNT} wrongly believed, {found.count(None)} refused" + "\n")


if __name__ == "__main__":
    main()
