"""Static pictures of a path of convex clustering, and the geometry that the page shares with them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from clustering_fits import GROUPS, broken, model, points, tiny
from matplotlib.figure import Figure
from scipy.cluster import hierarchy

from lemmata.reports.clustering.picture import (
    PALETTE,
    cluster_counts,
    dendrogram,
    groups_of,
    path_of,
    principal,
    shown,
    tree_of,
)
from lemmata.reports.clustering.plots import dendrogram_figure, path_figure
from lemmata.solvers import ShapeError
from lemmata.solvers.clustering.tree import ClusterTree


def drawn(figure: Figure) -> int:
    """Bytes of the picture: it is drawn without an error or a warning."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=50)
    return len(stream.getvalue())


class TestPath:
    """The path in the plane."""

    def test_lines_and_markers(self) -> None:
        """One line a point, one marker a point at its own coordinates, a star where all meet, a name a cluster."""
        figure = path_figure(model())
        axes = figure.axes[0]
        ways = [line for line in axes.lines if line.get_linestyle() != "None"]
        starts = [line for line in axes.lines if line.get_linestyle() == "None"]
        places = np.concatenate([line.get_xydata() for line in starts[:GROUPS]])

        assert 30 == len(ways)
        assert principal(points(), points())[0] == pytest.approx(places)
        assert np.zeros((30, 2)) == pytest.approx(starts[-1].get_xydata(), abs=1e-12)
        assert [f"cluster {k} (10 points)" for k in range(3)] == [line.get_label() for line in starts[:GROUPS]]
        assert {"1", "2"} == {axes.get_xlabel()[0], axes.get_ylabel()[0]}
        assert "units of the table" in axes.get_xlabel()
        assert drawn(figure) > 5000

    def test_labels(self) -> None:
        """Points can be coloured by other labels; as many as points are wanted."""
        figure = path_figure(model(), labels=["a", "b"] * 15)

        assert {"a", "b", "end of the path"} == {
            line.get_label() for line in figure.axes[0].lines if line.get_label()[0] != "_"
        }
        with pytest.raises(ShapeError, match="got 2 labels for 30 points"):
            path_figure(model(), labels=["a", "b"])


class TestDendrogram:
    """The tree of fusions."""

    def test_lines(self) -> None:
        """A line a merge, in the clusters' colours and grey above them, on a logarithmic axis with a cut."""
        figure = dendrogram_figure(model(), clusters=GROUPS, names=[f"p{i}" for i in range(30)])
        axes = figure.axes[0]
        counts = {lines.get_label(): len(lines.get_segments()) for lines in axes.collections}
        (cut,) = (line for line in axes.lines if line.get_label() == "3 clusters")
        height = float(cut.get_ydata()[0])

        assert {"several": 2, **{f"cluster {k} (10 points)": 9 for k in range(3)}} == counts
        assert "log" == axes.get_yscale()
        assert GROUPS == cluster_counts(model().tree_, np.array([height]))[0]
        assert {f"p{i}" for i in range(30)} == {text.get_text() for text in axes.get_xticklabels()}
        assert drawn(figure) > 5000

    def test_as_scipy_draws_it(self) -> None:
        """The set of bars, from foot to foot, is that of SciPy's drawing of the linkage, up to the order of leaves."""
        tree = model().tree_
        lines = dendrogram(tree, groups_of(model(), None))
        theirs = hierarchy.dendrogram(tree.linkage(scale="original"), no_plot=True)
        heights = np.sort([bar[1] for bar in theirs["dcoord"]]) * tree.penalties[-1]

        assert sorted(theirs["leaves"]) == sorted(lines.order.tolist())
        assert heights[3:] == pytest.approx(np.sort(lines.y[:, 1])[3:])

    def test_no_crossings(self) -> None:
        """Every merge covers a stretch of leaves, its bar lies above its feet, and all is between floor and top."""
        tree = model().tree_
        lines = dendrogram(tree, groups_of(tree, None))
        place = np.argsort(lines.order)
        for merged, (x, y) in enumerate(zip(lines.x, lines.y, strict=True)):
            label = tree.labels(tree.n - merged - 1)
            covered = np.sort(place[label == label[lines.order[round(x[0])]]])

            assert covered[-1] - covered[0] + 1 == len(covered)
            assert y[1] >= max(y[0], y[3])
        assert lines.floor == pytest.approx(lines.y.min())
        assert lines.floor < lines.y[:, 1].min() <= lines.y.max() < lines.top

    def test_too_many_or_too_few(self) -> None:
        """A name for every point is wanted."""
        with pytest.raises(ShapeError, match="got 1 names for 30 points"):
            dendrogram_figure(model(), names=["a"])


def test_components() -> None:
    """Components that never merge stand beside each other; a tree alone can be drawn."""
    tree = tree_of(broken())
    lines = dendrogram(tree, groups_of(tree, None))

    assert isinstance(tree, ClusterTree)
    assert [0, 1, 2, 3, 4] == lines.order.tolist()
    assert 3 == len(lines.x)
    assert drawn(dendrogram_figure(tree, clusters=2)) > 1000
    assert drawn(path_figure(broken())) > 1000


@pytest.mark.parametrize("n", [1, 2])
def test_tiny(n: int) -> None:
    """One or two points on a line can be drawn; the second coordinate is zero."""
    path = tiny(n)

    assert not principal(path.points, path.points)[0][:, 1].any()
    assert drawn(path_figure(path)) > 1000
    assert drawn(dendrogram_figure(path)) > 1000


def test_principal_coordinates() -> None:
    """They keep distances of points in a plane, whatever it is turned by, and the shares of variance add up to one."""
    rng = np.random.default_rng(1)
    plane = rng.normal(size=(20, 2)) * [3, 1]
    turn = np.linalg.qr(rng.normal(size=(5, 5)))[0][:2]
    found, shares = principal(plane @ turn, plane @ turn)

    assert np.linalg.norm(plane[0] - plane[7]) == pytest.approx(np.linalg.norm(found[0] - found[7]))
    assert 1 == pytest.approx(sum(shares))
    assert shares[0] > shares[1]


class TestShown:
    """Which iterates are shown."""

    @pytest.mark.parametrize("most", [5, 20, 60])
    def test_ends_and_number(self, most: int) -> None:
        """At most so many, sorted, from the points themselves to the last iterate."""
        path = path_of(model())
        rows = shown(path, model().tree_, most, clusters=GROUPS)

        assert len(rows) <= most
        assert (np.diff(rows) > 0).all()
        assert [0, len(path.penalties) - 1] == [rows[0], rows[-1]]

    @pytest.mark.parametrize("clusters", [1, 2, 3, 10])
    def test_wanted_clusters(self, clusters: int) -> None:
        """The first iterate with at most so many clusters is shown."""
        path, tree = path_of(model()), model().tree_
        counts = cluster_counts(tree, path.penalties)
        rows = shown(path, tree, 10, clusters=clusters)

        assert int(np.argmax(counts <= clusters)) in rows


def test_colours_differ() -> None:
    """No colour stands twice in the palette."""
    assert len(set(PALETTE)) == len(PALETTE)
