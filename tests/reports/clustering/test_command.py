"""`lemmata cluster`: from a CSV file to clusters, and what is said of files that cannot be read."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from clustering_fits import points
from typer.testing import CliRunner

from lemmata.reports import cli
from lemmata.reports.clustering import page as clustering_page
from lemmata.solvers.clustering.estimator import ConvexClustering

HEAD = "width,height,kind"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test works in an empty folder, on a terminal that is wide enough."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path


@pytest.fixture
def table(folder: Path) -> Path:
    """A table of thirty rows in three groups, with a column of names."""
    path = folder / "table.csv"
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*"abcd", "kind"])
        writer.writerows([*row, f"kind {i // 10}"] for i, row in enumerate(points().tolist()))
    return path


def call(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of `lemmata cluster`."""
    result = CliRunner().invoke(cli.app, ["cluster", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


class TestRuns:
    """What is printed and written."""

    def test_summary(self, table: Path) -> None:
        """Clusters with sizes and means, the agreement with the labels, penalty, steps, edges and seconds."""
        code, said, error = call(str(table), "--label", "kind", "--clusters", "3")
        lines = said.splitlines()

        assert (0, "") == (code, error)
        assert ["cluster", "size", "a", "b", "c", "d"] == lines[0].split()
        assert ["0", "10", f"{points()[:10, 0].mean():.4g}"] == lines[1].split()[:3]
        assert "agreement with the labels: adjusted Rand index 1.000" in said
        assert lines[-1].startswith("30 rows, 4 columns: 3 clusters from penalty ")
        assert all(word in lines[-1] for word in (" steps, ", " edges, ", " s"))

    def test_files(self, table: Path, folder: Path) -> None:
        """The page, and each row's label with its cluster, in the order of the table; folders are made."""
        arguments = ("--label", "kind", "--clusters", "3", "--page", "out/page.html", "--labels", "out/labels.csv")
        code, said, _ = call(str(table), *arguments)
        with (folder / "out" / "labels.csv").open(newline="") as stream:
            rows = list(csv.DictReader(stream))

        assert 0 == code
        assert "Written: out/page.html, out/labels.csv" == said.splitlines()[-1]
        assert [("kind 0", "0"), ("kind 2", "2")] == [(rows[i]["label"], rows[i]["cluster"]) for i in (0, 29)]
        assert "kind 0, line 2" in (folder / "out" / "page.html").read_text()

    def test_standardised(self, folder: Path) -> None:
        """Columns of other units change nothing once they are standardised; a constant column does no harm."""
        scaled = np.column_stack([points() * [1, 1e3, 1e-3, 7], np.full(30, 4.0)])
        np.savetxt(folder / "scaled.csv", scaled, delimiter=",", header="a,b,c,d,e", comments="")
        standard = (points() - points().mean(axis=0)) / points().std(axis=0)
        code, _, _ = call("scaled.csv", "--standardise", "--labels", "labels.csv", "--clusters", "3")
        found = np.loadtxt(folder / "labels.csv", skiprows=1)

        assert 0 == code
        assert ConvexClustering(3).fit(standard).labels_.tolist() == found.tolist()

    def test_number_by_itself(self, table: Path) -> None:
        """Without a number the clusters that last longest are taken, and it is said so."""
        _, said, _ = call(str(table), "--label", "kind")

        assert "(chosen: they last longest)" in said

    def test_many_clusters(self, table: Path) -> None:
        """Twenty clusters are listed at most."""
        _, said, _ = call(str(table), "--label", "kind", "--clusters", "25")

        assert "; 5 smaller clusters left out)" in said


class TestMisuse:
    """Exit code 2 and one message that names rows and columns."""

    @pytest.mark.parametrize(
        ("text", "arguments", "message"),
        [
            (f"{HEAD}\n1,2,x\n3,4,y\n", (), "not numeric: 'kind' ('x' on line 2). Name one of them as --label"),
            (f"{HEAD}\n1,2,x\n,4,y\n3,NaN,z\n", ("--label", "kind"), "entries: line 3, 'width', line 4, 'height'."),
            (f"{HEAD}\n1,2,x\n3,inf,y\n", ("--label", "kind"), "missing or infinite entries: line 3, 'height'"),
            (
                f"{HEAD}\n1,2,x\n3,4,y\n",
                ("--label", "kind", "--clusters", "3"),
                "3 clusters of 2 rows; expected 1 to 2",
            ),
            (f"{HEAD}\n1,2,x\n3,4,y\n", ("--label", "kind", "--clusters", "0"), "expected 1 to 2"),
            (f"{HEAD}\n1,2,x\n", ("--label", "sort"), "no column 'sort'; its columns are width, height, kind"),
            (f"{HEAD}\n1,2\n", (), "line 2: 2 cells under 3 columns"),
            (HEAD, (), "1 lines; expected a header and at least one row"),
            ("", (), "0 lines"),
            ("1,2\n3,4\n", (), "all numbers; expected a header"),
            ("a;b\n1;2\n", (), "semicolons or tabs; expected commas"),
            ("a,a\n1,2\n", (), "two columns called 'a'"),
            ("a\nx\n", ("--label", "a"), "no column beside the label 'a'"),
        ],
    )
    def test_tables(self, folder: Path, text: str, arguments: tuple[str, ...], message: str) -> None:
        """Tables that cannot be clustered."""
        (folder / "bad.csv").write_text(text)
        code, said, error = call("bad.csv", *arguments)

        assert (2, "") == (code, said)
        assert message in error
        assert error.startswith("lemmata: ")

    def test_files(self, folder: Path) -> None:
        """No such file, a folder, bytes that are no text."""
        (folder / "bytes.csv").write_bytes(b"a,b\n\xff\xfe,1\n")
        for name, message in (
            ("none.csv", "No such file"),
            (".", "Is a directory"),
            ("bytes.csv", "not text in UTF-8"),
        ):
            code, _, error = call(name)

            assert 2 == code
            assert message in error

    def test_one_file_for_two(self, table: Path) -> None:
        """Page and labels need files of their own, and it is said before anything is run."""
        code, said, error = call(str(table), "--label", "kind", "--page", "x", "--labels", "x")

        assert (2, "") == (code, said)
        assert "asked for twice" in error

    def test_far_points(self, folder: Path) -> None:
        """Points whose weights underflow: the message names the options that help, and they do."""
        rows = [*np.random.default_rng(0).normal(size=(20, 2)).tolist(), [1e3, 1e3]]
        np.savetxt(folder / "far.csv", rows, delimiter=",", header="a,b", comments="")
        code, _, error = call("far.csv", "--clusters", "2")
        again, _, _ = call("far.csv", "--clusters", "2", "--connect")

        assert 2 == code
        assert "apart from it are the points 20" in error
        assert "ask for --connect" in error
        assert "try --standardise" in error
        assert 0 == again

    def test_without_plotly(self, table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The extra that is missing is named."""

        def missing(*_: object, **__: object) -> None:
            raise clustering_page.PlotlyMissingError("Install the extra: pip install 'lemmata[plots]'")

        monkeypatch.setattr(clustering_page, "write_page", missing)
        code, _, error = call(str(table), "--label", "kind", "--page", "page.html")

        assert 2 == code
        assert "lemmata[plots]" in error
