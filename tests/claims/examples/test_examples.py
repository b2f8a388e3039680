"""Every example ends as its status says, with the verdict that is written here, and is as short as promised."""

import ast
import dataclasses
from importlib import import_module
from pathlib import Path

import pytest

from lemmata import Effort, judge
from lemmata.claims import Claim, Located

FOLDER = Path(__file__).parents[3] / "claims" / "examples"
SMALL = {
    "parallelogram": "proved",
    "rotated": "holds",
    "cyclic": "proved",
    "cauchy": "proved",
    "rayleigh": "holds",
    "less_balanced": "proved",
    "means": "proved",
    "singular": "holds",
    "balance": "proved",
    "loss_falls": "holds",
    "small_steps": "proved",
    "first_order": "holds",
    "longer": "supported",
    "linear": "holds",
    "sum_kept": "refuted",
    "boundary": "refuted",
    "corner": "refuted",
    "second_order": "refuted",
    "too_likely": "refuted",
    "no_constant": "refuted",
    "midpoint": "refuted",
}
DECIDED = (
    "triangle",
    "never_apart",
    "contraction",
    "book_rate",
    "firm",
    "projection",
    "balance",
    "extra",
    "heavy_ball",
)
"""All of them are proved."""
FIRST_ORDER = {
    "gradient_descent.contraction": "holds",
    "gradient_descent.exact_steps": "holds",
    "gradient_descent.short_steps": "holds",
    "gradient_descent.all_steps": "refuted",
    "gradient_descent.with_growth": "holds",
    "gradient_descent.silver_steps": "holds",
    "gradient_descent.stationary": "holds",
    "gradient_descent.as_found": "refuted",
    "accelerated.by_three": "holds",
    "accelerated.for_gradients": "holds",
    "accelerated.composite": "holds",
    "accelerated.item": "holds",
    "operators.krasnoselskii": "holds",
    "operators.proximal_point": "holds",
    "operators.accelerated_point": "holds",
    "operators.douglas_rachford": "holds",
    "operators.stochastic_step": "holds",
    "operators.subgradient": "holds",
    "operators.online": "holds",
    "operators.cocoercive_splitting": "holds",
    "operators.as_found": "refuted",
}
"""All that are declared tight are attained, by a quick search that no extremal member is shown to."""
AT_STANDARD = {"operators.subgradient"}
"""Attained at standard effort: a tie of up to five coordinates, which a quick search nears to 1e-4 or 1e-5."""


def claim(module: str, name: str) -> Claim:
    """An example by its module and variable."""
    found = getattr(import_module(f"lemmata.claims.examples.{module}"), name)
    assert isinstance(found, Claim)
    return found


@pytest.mark.parametrize("name", SMALL)
def test_small(name: str) -> None:
    """Conjectures of many kinds, at quick effort."""
    assert SMALL[name] == judge(Located(claim("small", name), "examples"), effort=Effort.QUICK, seed=0).verdict


@pytest.mark.parametrize("name", DECIDED)
def test_decided(name: str) -> None:
    """Inequalities about vectors of any length, at quick effort."""
    assert "proved" == judge(Located(claim("decided", name), "examples"), effort=Effort.QUICK, seed=0).verdict


@pytest.mark.slow
@pytest.mark.parametrize("name", FIRST_ORDER)
def test_first_order(name: str) -> None:
    """Published worst cases, most at quick effort; those declared tight are attained, without the witness at hand."""
    module, _, variable = name.partition(".")
    found = blind(claim(f"first_order.{module}", variable))
    effort = Effort.STANDARD if name in AT_STANDARD else Effort.QUICK

    assert FIRST_ORDER[name] == judge(Located(found, "examples"), effort=effort, seed=0).verdict


def blind(found: Claim) -> Claim:
    """The claim without the edges at extremal members of its classes."""
    family = found.given
    edges = tuple(edge for edge in family.edges if not edge.name.startswith("extremal"))
    others = tuple(mutant for mutant in found.mutants if mutant.given is None)
    return dataclasses.replace(found, given=dataclasses.replace(family, edges=edges), mutants=others)


@pytest.mark.parametrize("file", sorted(FOLDER.rglob("[a-z]*.py")), ids=lambda file: file.stem)
def test_length(file: Path) -> None:
    """No conjecture has more than fifteen lines, the function that it runs included."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = {node.name: _lines(node) for node in tree.body if isinstance(node, ast.FunctionDef)}
    calls = [node for node in tree.body if isinstance(node, ast.Assign) and _is_conjecture(node.value)]

    assert calls
    for node in calls:
        used = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        assert _lines(node) + sum(size for name, size in functions.items() if name in used) <= 15, ast.unparse(node)


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _is_conjecture(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "conjecture"


def test_every_example_is_listed() -> None:
    """No example is left out above."""
    written = {
        f"{file.stem}.{node.targets[0].id}"
        for file in FOLDER.rglob("[a-z]*.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign) and _is_conjecture(node.value) and isinstance(node.targets[0], ast.Name)
    }

    assert {f"small.{name}" for name in SMALL} | {f"decided.{name}" for name in DECIDED} | set(FIRST_ORDER) == written
