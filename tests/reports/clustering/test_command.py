"""`lemmata cluster`: from a CSV file to clusters, and what is said of files that cannot be read."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from clustering_fits import points
from command_line import call as called

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
    return called("cluster", *arguments)


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

    @pytest.mark.parametrize("names", [[str(i) for i in range(30)], [f"row {i}" for i in range(30)]])
    @pytest.mark.parametrize("head", ["", "Unnamed: 0"])
    def test_index(self, table: Path, head: str, names: list[str]) -> None:
        """A nameless first column that numbers or names the rows is set apart, and it is said so."""
        rows = table.read_text().splitlines()
        indexed = [f"{name},{row}" for name, row in zip([head, *names], rows, strict=True)]
        (table.parent / "indexed.csv").write_text("\n".join(indexed))
        plain, found = (call(name, "--label", "kind", "--clusters", "3")[1] for name in (table.name, "indexed.csv"))
        note = "(the first column, which has no name, names the rows and is set apart)"

        assert note in found
        assert note not in plain
        assert [line for line in found.splitlines() if line != note][:-1] == plain.splitlines()[:-1]

    def test_numbers_with_a_name(self, folder: Path) -> None:
        """A column that counts the rows and has a name of its own is a column."""
        (folder / "counted.csv").write_text("year,b\n1,2\n2,4\n3,9\n")

        assert "year" in call("counted.csv")[1]

    def test_equal_rows(self, folder: Path) -> None:
        """Equal rows are clusters from penalty zero on; more clusters than different rows there are not."""
        (folder / "equal.csv").write_text("a,b\n" + "0,0\n0,1\n1,0\n" * 5)
        code, said, error = call("equal.csv", "--clusters", "7")

        assert (0, "") == (code, error)
        assert "(no 7 clusters: the table has 3 different rows)" in said
        assert "15 rows, 2 columns: 3 clusters from penalty 0 on" in said

    def test_a_table_of_one(self, folder: Path) -> None:
        """One row of one column is one cluster."""
        (folder / "one.csv").write_text("a\n7\n")

        assert "1 row, 1 column: 1 cluster (chosen: it lasts longest) from penalty 0 on" in call("one.csv")[1]

    def test_nothing_is_steered(self, folder: Path) -> None:
        """Escapes and marks of direction in headers and labels are shown, and are not sent to the terminal."""
        head = '"\x1b[31mRED\x1b]0;title\x07","\u202eabc","two\nlines",kind'
        rows = [f"{i},{i * i},{i % 3},\x1b[2J{i}" for i in range(8)]
        (folder / "evil.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
        code, said, error = call("evil.csv", "--label", "kind", "--clusters", "2", "--page", "page.html")
        wrong = call("evil.csv")[2]
        page = (folder / "page.html").read_text(encoding="utf-8")

        assert (0, "") == (code, error)
        assert "\\x1b[31mRED" in said
        assert "\\u202eabc" in said
        assert "\\x1b[2J0" in wrong
        for text in (said, wrong):
            assert not {"\x1b", "\x07", "\u202e"} & set(text)
        assert "\u202e" not in page[page.index("Plotly.newPlot(") :]

    @pytest.mark.parametrize(
        ("label", "written"),
        [
            ("=cmd|'/C calc'!A0", "'=cmd|'/C calc'!A0"),
            ("+1+2", "'+1+2"),
            ("-2+3+cmd", "'-2+3+cmd"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\uff1dSUM(A1)", "'\uff1dSUM(A1)"),
            ("-inf", "'-inf"),
            ("-1.5", "-1.5"),
            ("a=b", "a=b"),
        ],
    )
    def test_cells_that_spreadsheets_run(self, folder: Path, label: str, written: str) -> None:
        """Labels that are formulas to a spreadsheet are quoted; numbers and other words stay as they are."""
        (folder / "t.csv").write_text(f"a,kind\n1,{label}\n2,{label}\n", encoding="utf-8")
        call("t.csv", "--label", "kind", "--labels", "labels.csv")
        with (folder / "labels.csv").open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))

        assert [written] * 2 == [row["label"] for row in rows]

    def test_small_tables_need_no_compiler(self, table: Path) -> None:
        """A small table is clustered without Numba, which would compile first."""
        code = (
            "import sys; from lemmata.reports.cli import app\n"
            "try: app(sys.argv[1:])\nexcept SystemExit as end: assert not end.code\n"
            "assert not [name for name in sys.modules if name.split('.')[0] in ('numba', 'llvmlite')]"
        )
        command = [sys.executable, "-c", code, "cluster", str(table), "--label", "kind"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)

        assert (0, "") == (result.returncode, result.stderr)

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
            ("a,b,\n1,2,\n3,4,\n", (), "column 3 of bad.csv has neither a name nor entries, as where every line ends"),
            ("a,,b\n1,2,3\n3,4,5\n", (), "column 2 of bad.csv has no name in the header; give it one"),
            (",,b\n1,2,3\n3,4,5\n", (), "column 2 of bad.csv has no name in the header; give it one"),
            (",a\n1.5,2\n2.5,4\n", (), "column 1 of bad.csv has no name in the header; give it one"),
            (",a\n1,2\n1,4\n", (), "column 1 of bad.csv has no name in the header; give it one"),
            (",kind\n1,x\n2,y\n", ("--label", "kind"), "no column beside the label"),
            ("a,b\n1,2\n3,4\n", ("--phi", "-1"), "got --phi -1.0; expected a positive number"),
            ("a,b\n1,2\n3,4\n", ("--neighbours", "2"), "got --neighbours 2 for 2 rows; expected 1 to 1"),
            ("a\n0\n1\n8\n9\n", ("--neighbours", "1", "--clusters", "1"), "the rows fall into 2 groups"),
            ("a\n0\n1\n1e200\n", (), "Divide the points by a number"),
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
        """Points whose weights underflow: the message names lines, and the options that help, and they do."""
        rows = [*np.random.default_rng(0).normal(size=(20, 2)).tolist(), [1e3, 1e3]]
        np.savetxt(folder / "far.csv", rows, delimiter=",", header="a,b", comments="")
        asked = ("far.csv", "--clusters", "2", "--phi", "1")
        code, _, error = call(*asked)
        enough = re.search(r"smaller --phi \(at most ([\d.e-]+)\)", error)

        assert 2 == code
        assert "are the rows on the lines 22, and" in error
        assert re.search(r"on the lines \d+ and 22\.", error)
        assert enough
        assert "try --standardise, or ask for --connect" in error
        assert "points" not in error
        for more in (("--connect",), ("--standardise",), ("--phi", enough[1])):
            assert 0 == call(*asked, *more)[0]
        assert 0 == call("far.csv", "--clusters", "2")[0]

    def test_without_plotly(self, table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The extra that is missing is named, before the work."""
        monkeypatch.setitem(sys.modules, "plotly", None)
        code, said, error = call(str(table), "--label", "kind", "--page", "page.html")

        assert (2, "") == (code, said)
        assert "lemmata[plots]" in error
