"""Laws of a loss that is given as a formula."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sympy as sp

from lemmata import dimension, entrywise, laws, matrix, norm2, real
from lemmata.checks.conservation import ModelError, laws_of_network, network_of
from lemmata.checks.store import StoreError
from lemmata.claims import ClaimError
from lemmata.solvers.laws import Convolutional, Dense

n, m, k = dimension("n", "m", "k", upto=4)
U, V, M = matrix("U", n, k), matrix("V", m, k), matrix("M", n, m)
LOSS = norm2(U @ V.T - M) / 2
a, b = matrix("a", 1, 1), matrix("b", 1, 1)
u, v, w, c = real("u", "v", "w", "c")


def test_a_factorization_has_the_laws_of_its_network() -> None:
    """|U V' - M|^2 is the loss of a linear network: as many laws, as formulas of rows and columns."""
    found = laws(LOSS, of=(U, V), sizes={n: 2, m: 2, k: 2})

    assert (3, 3) == (found.at_least, found.at_most)
    assert {"|U[:,1]|^2 - |V[:,1]|^2", "|U[:,2]|^2 - |V[:,2]|^2", "<U[:,1], U[:,2]> - <V[:,1], V[:,2]>"} == set(
        found.formulas
    )


@pytest.mark.parametrize(
    ("loss", "of", "expected"),
    [
        ((u * v - c) ** 2 / 2, (u, v), {"u^2 - v^2"}),
        ((u * v**2 - c) ** 2, (u, v), {"2 u^2 - v^2"}),
        ((u * v * w - c) ** 2, (u, v, w), {"u^2 - w^2", "v^2 - w^2"}),
        (norm2(entrywise(lambda a, b: a * b - c, a, b)), (a, b), {"a[1,1]^2 - b[1,1]^2"}),
        (c * (u + v), (u, v), {"u - v"}),
        (c * u * (v + 1), (u, v), {"u^2 - v^2 - 2 v"}),
        (c * u + v * w, (u,), set()),
        ((u * v + 67108859 * u - c) ** 2, (u, v), {"u^2 - v^2 - 134217718 v"}),
    ],
)
def test_laws_of_small_losses(loss: object, of: tuple[object, ...], expected: set[str]) -> None:
    """Laws that are known by hand, with the weights of their degrees."""
    assert expected == set(laws(loss, of=of, degree=3).formulas)


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: laws(sp.exp(u * v), of=(u, v)), r"exp\(u\*v\) is no polynomial"),
        (lambda: laws(abs(u * v - c), of=(u, v)), "makes discrete choices"),
        (lambda: laws(u * v / c, of=(u, v)), "1/c is no polynomial"),
        (lambda: laws(LOSS, of=(U, V)), "U has n rows or columns; say how many"),
        (lambda: laws(LOSS, of=(U, V), sizes={"n": 0, "m": 1, "k": 1}), "one row and one column or more"),
        (lambda: laws(LOSS, of=(U, V), sizes={"n": 50, "m": 50, "k": 50}), "3,251,250 products of its 7,500 numbers"),
        (lambda: laws(u * v, of=(u, w)), "names w"),
        (lambda: laws(u * v, of=()), "names nothing"),
        (lambda: laws(u * v, of=(u, u, v)), "names u twice"),
        (lambda: laws(u * v - sp.Symbol("u"), of=(u, v)), "go by the name u"),
        (lambda: laws(sp.Symbol("s", integer=True) * u, of=(u,)), "s is a whole number, a discrete choice"),
        (lambda: laws(U @ V.T, of=(U, V)), "is no number"),
        (lambda: laws("u*v", of=(u,)), "is a text"),
        (lambda: laws(None, of=(u,)), "is nothing"),
        (
            lambda: laws((u * v * 10**12 + u - c) ** 2 / 2, of=(u, v)),
            "coefficients of 25 digits over a common denominator",
        ),
        (lambda: laws((u * v - c) ** 2 / 2, of=(u, v), degree=1.5), "got the degree 1.5 of laws to look for"),
        (lambda: laws((u + v + 1) ** 60_000, of=(u, v)), "countless products of its 2 numbers"),
        (lambda: laws(LOSS, of=(U, V), sizes={"n": 2.5, "m": 1, "k": 1}), "sizes holds n: 2.5"),
        (lambda: laws(u * v, of=(u, v), degree=0), "degree 0 of laws"),
        (lambda: laws(u * v, of=(u, v), degree=2.5), "degree 2.5 of laws"),  # type: ignore[arg-type]
        (lambda: laws(u * v, of=(u, v), degree=99_999), r"Take degree \d+$"),
        (network_of, "either the layers"),
        (lambda: network_of(layers=(2, 2), channels=(1, 1)), "either the layers"),
        (lambda: network_of(layers=(2, 2), length=3), "belong to a convolutional network"),
        (lambda: network_of(channels=(1, 1), kernels=(1,), length=3, bias=True), "without biases"),
    ],
)
def test_a_loss_that_cannot_be_taken_is_said(build: Callable[[], object], said: str) -> None:
    """One sentence on what came and what would do."""
    with pytest.raises(ModelError, match=said):
        build()


@pytest.mark.parametrize(("build", "found"), [
    (lambda: laws((200_001 * u + v - c) ** 2 / 2, of=(u, v)), "u - 200001 v"),
    (lambda: laws((1_500_000_001 * u + v - c) ** 2 / 2, of=(u, v)), "u - 1500000001 v"),
    (lambda: laws((u * v * (1 + sp.Rational(67108859, 10**8)) - c) ** 2 / 2, of=(u, v)), "u^2 - v^2"),
    (lambda: laws((u * v - c) ** 2 / 2, of=(u, v), degree=2.0), "u^2 - v^2"),
], ids=["no product", "longer than half a prime", "a known prime", "a whole float"])  # fmt: skip
def test_numbers_in_a_loss(build: Callable[[], object], found: str) -> None:
    """A coefficient is no product, may be longer than a prime tells, and a whole float is a degree."""
    assert found in str(build())


def test_a_decimal_is_refused() -> None:
    """As everywhere in the language."""
    with pytest.raises(ClaimError, match="holds a decimal"):
        laws(1.5 * u * v, of=(u, v))


def test_networks_by_their_sizes() -> None:
    """Layers make a fully connected network, channels a convolutional one."""
    assert Dense(widths=(2, 3, 1), bias=True) == network_of(layers=(2, 3, 1), bias=True)
    assert Convolutional(channels=(1, 1), kernels=(2,), length=3, strides=()) == network_of(
        channels=(1, 1), kernels=(2,), length=3
    )


def test_a_search_goes_on_where_it_was(tmp_path: Path) -> None:
    """What is on disk is not sought again, and what has been changed there is not believed."""
    network = Dense(widths=(2, 5, 2))
    first = laws_of_network(network, store=tmp_path)
    lines: list[str] = []
    again = laws_of_network(network, store=tmp_path, resume=True, on_progress=lines.append)
    (file,) = tmp_path.glob("laws-*.json")
    other = laws_of_network(Dense(widths=(2, 2, 2)), store=tmp_path, resume=True)
    document = json.loads(file.read_text(encoding="utf-8"))
    document["content"]["degree"] = 9
    file.write_text(json.dumps(document), encoding="utf-8")

    assert str(first) == str(again)
    assert not [line for line in lines if "polynomials" in line]
    assert 3 == len(other.laws)
    with pytest.raises(StoreError, match="is not what was written"):
        laws_of_network(network, store=tmp_path, resume=True)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A file in place of the folder."""
    (tmp_path / "taken").write_text("", encoding="utf-8")

    with pytest.raises(StoreError, match="cannot write"):
        laws_of_network(Dense(widths=(1, 1, 1)), store=tmp_path / "taken")
