"""The pictures for print."""

import xml.etree.ElementTree as ET
from dataclasses import replace

from report_records import DATA, curve, judged, run

from lemmata.checks.evidence import Curve, Evidence
from lemmata.claims.index import entries
from lemmata.reports import gallery
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
