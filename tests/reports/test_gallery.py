"""The pictures for print."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from matplotlib.axis import Tick
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from report_records import DATA, curve, judged, run

from lemmata.checks.evidence import Curve, Evidence
from lemmata.claims.index import entries
from lemmata.reports import gallery
from lemmata.reports.clustering import gallery as clustering
from lemmata.reports.formulas.linear import plain
from lemmata.reports.gallery import PLATES, Plate, Series

PLATE = Plate(
    name="one",
    title="u^2 falls",
    x="alpha",
    y="error",
    prediction="alpha^2",
    series=(Series(claim="a/*", curve="^digits", label="found"), Series(claim="b/two", curve="iris", label="other")),
)


def claim(key: str, *curves: Curve) -> Evidence:
    """A claim with these curves on real data."""
    return judged(key, "holds", expected=True, data=replace(DATA, curves=list(curves)))


def test_a_plate_is_drawn_from_the_evidence() -> None:
    """The curves that the record holds are drawn, with formulas in Unicode, as a vector picture and as pixels."""
    ((name, figure),) = gallery.figures(run(claim("a/one", curve("iris"), curve("digits"))), [PLATE])
    content = gallery.encoded(figure)
    text = "".join(ET.fromstring(content["svg"]).itertext())

    assert "one" == name
    assert content["png"].startswith(b"\x89PNG")
    assert "u² falls" in text
    assert "found" in text
    assert "other" not in text


def test_what_is_missing_is_named() -> None:
    """A run without a curve says which claims to verify, and draws nothing of a plate without any."""
    record = run(claim("a/one", curve("digits")))

    assert ["b/two"] == gallery.missing(record, [PLATE])
    assert [] == list(gallery.figures(run(claim("c/x", curve("digits"))), [PLATE]))


def test_plates_speak_of_claims_that_there_are() -> None:
    """Every claim that a plate of the gallery asks for is in the catalogue, and every plate has a name of its own."""
    keys = {entry.key for entry in entries()}
    asked = {one.claim for plate in PLATES for one in plate.series}

    assert {one for one in asked if not one.endswith("/*")} <= keys
    assert {one.partition("/")[0] for one in asked} <= {key.partition("/")[0] for key in keys}
    assert len(PLATES) == len({plate.name for plate in PLATES})


@pytest.mark.parametrize("plate", PLATES, ids=[plate.name for plate in PLATES])
def test_every_plate_is_drawn(plate: Plate) -> None:
    """Each plate of the gallery, of curves made up in the record's place, has its labels, all within the picture."""
    keys = {one.claim.replace("*", "any") for one in plate.series}
    named = [replace(curve(), name=_example(one.curve)) for one in plate.series]
    ((name, figure),) = gallery.figures(run(*(claim(key, *named) for key in keys)), [plate])
    text = " ".join("".join(ET.fromstring(gallery.encoded(figure)["svg"]).itertext()).split())

    assert plate.name == name
    assert [] == [one.label for one in plate.series if plain(one.label) not in text]
    assert [] == [each for each in _texts(figure) if not _inside(figure, each)]


def test_the_plates_on_clustering_are_drawn() -> None:
    """The path and the tree of the wines name the cultivars, and nothing they say leaves the picture."""
    drawn = dict(clustering.figures())

    assert ["clustering-path", "clustering-tree"] == list(drawn)
    for figure in drawn.values():
        text = "".join(ET.fromstring(gallery.encoded(figure)["svg"]).itertext())
        assert "178 wines" in text
        assert "cultivar 3" in text
        assert [] == [each for each in _texts(figure) if not _inside(figure, each)]


def _example(pattern: str) -> str:
    """A name that the regular expression of a series finds."""
    return pattern.removeprefix("^").removesuffix("$")


def _texts(figure: Figure) -> list[Text]:
    """Titles, labels and legends; ticks beyond an axis are there, too, but not drawn."""
    FigureCanvasAgg(figure).draw()
    ticks = {id(one) for tick in figure.findobj(Tick) for one in (tick.label1, tick.label2)}
    return [one for one in figure.findobj(Text) if one.get_text() and id(one) not in ticks]


def _inside(figure: Figure, text: Text) -> bool:
    box, page = text.get_window_extent(), figure.bbox
    return page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1
