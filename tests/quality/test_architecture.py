"""Where a line of code lives: who may import whom, and what a room may hold."""

from __future__ import annotations

import ast
import statistics
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from source_tree import FOLDERS, ROOT, defined_in, exported, imported, modules, needs, tree

from lemmata.checks.running.sources import own_code
from lemmata.claims.index import entries, sources

PAPERS, SETTINGS, LANGUAGE = "lemmata.claims.papers.", "lemmata.claims.settings.", "lemmata.claims.language."
FAMILIES = sorted(path.name for path in (ROOT / "solvers").iterdir() if (path / "__init__.py").exists())
SHARED_BY_FAMILIES = {"numbers", "engine"}


def arrows(of: Callable[[str], bool] = lambda _: True) -> Iterator[tuple[str, str]]:
    """Pairs of a module and one whose names it uses, for the modules that ``of`` picks."""
    for name in modules():
        if of(name):
            yield from ((name, other) for other in sorted(needs(name)))


def paper_of(name: str) -> str:
    """The paper that a module belongs to, or nothing."""
    return name.removeprefix(PAPERS).split(".")[0] if name.startswith(PAPERS) else ""


def test_imports_run_down() -> None:
    """Reports know checks, checks know claims, claims know solvers, and never the other way round."""
    floor = {f"lemmata.{folder}": number for number, folder in enumerate(FOLDERS)}

    def of(name: str) -> int:
        return floor.get(".".join(name.split(".")[:2]), -1)

    assert [] == [(a, b) for a, b in arrows() if of(b) < of(a)]


def test_reports_use_solvers_for_clustering_only() -> None:
    """The one written exception: the pictures of `lemmata cluster` are of a solver's result."""
    solvers = [(a, b) for a, b in arrows() if a.startswith("lemmata.reports") and b.startswith("lemmata.solvers")]

    assert [] == [(a, b) for a, b in solvers if not a.startswith("lemmata.reports.clustering")]


def test_no_paper_imports_another() -> None:
    """What two papers use lives in the settings."""
    crossing = [(a, b) for a, b in arrows() if paper_of(a) and paper_of(b) not in ("", paper_of(a))]

    assert [] == crossing


def test_settings_import_no_paper() -> None:
    """A setting is shared by papers and knows none of them."""
    assert [] == [(a, b) for a, b in arrows() if a.startswith(SETTINGS) and b.startswith(PAPERS)]


def test_language_imports_numbers_only() -> None:
    """Of the solvers the language knows the number systems, of the claims only itself."""
    used = {b for a, b in arrows() if a.startswith(LANGUAGE)}

    assert [] == sorted(b for b in used if not b.startswith(("lemmata.solvers.numbers", LANGUAGE)))


def test_a_solver_family_imports_numbers_and_engine_only() -> None:
    """A family of solvers stands alone on the number systems and the engine."""
    allowed = {
        family: ({"numbers"} if family in SHARED_BY_FAMILIES else SHARED_BY_FAMILIES) | {family} for family in FAMILIES
    }
    crossing = [
        (a, b)
        for a, b in arrows(lambda name: name.startswith("lemmata.solvers.") and name.split(".")[2] in allowed)
        if b.startswith("lemmata.solvers.") and b.split(".")[2] not in allowed[a.split(".")[2]]
    ]

    assert [] == crossing


def test_no_module_bears_the_name_of_a_function_of_its_package() -> None:
    """`from package import name` means one thing."""
    doubled = [
        f"{package}.{name}"
        for package, file in modules().items()
        if file.name == "__init__.py"
        for name in exported(package)
        if f"{package}.{name}" in modules()
    ]

    assert [] == doubled


def test_papers_import_the_language_as_users_do() -> None:
    """A paper writes `from lemmata.claims import ...`, and takes each family of solvers at its face."""
    inside = [
        (name, module)
        for name in modules()
        if paper_of(name)
        for module, _ in imported(name)
        if module.startswith(LANGUAGE) or (module.startswith("lemmata.solvers.") and module.count(".") > len("abc") - 1)
    ]

    assert [] == inside


def test_the_wheel_holds_every_folder() -> None:
    """The list of packages in pyproject.toml equals the folders: a forgotten paper would be missing without a word."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    folders = {name for name, file in modules().items() if file.name == "__init__.py"}

    assert sorted(folders | {"lemmata.reports.templates"}) == sorted(declared)


def test_what_is_installed_is_the_source() -> None:
    """The fingerprint of a run and the catalogue see every module below every folder."""
    relative = {
        str(file.relative_to(ROOT))
        for name, file in modules().items()
        if name.split(".")[1:2] in ([folder] for folder in ("claims", "checks", "solvers"))
    }
    papers = {
        name
        for name, file in modules().items()
        if paper_of(name) and file.name != "__init__.py" and not name.split(".")[-1].startswith("_")
    }
    hashed = {"/".join(file.parts[len(_installed().parts) :]) for file in own_code()}

    assert relative == hashed
    assert papers == set(sources())


def _installed() -> Path:
    import lemmata.claims as claims_package

    return Path(str(claims_package.__file__)).parents[1]


@pytest.mark.parametrize("name", sorted(modules()))
def test_size(name: str) -> None:
    """No file is longer than 400 lines, no function longer than 45 beside its docstring."""
    file = modules()[name]
    long = [node.name for node in ast.walk(tree(file)) if isinstance(node, ast.FunctionDef) and _length(node) > 45]

    assert len(file.read_text(encoding="utf-8").splitlines()) <= 400
    assert [] == long


def test_no_file_of_tests_is_longer_than_400_lines() -> None:
    """What holds of the package's files holds of those that test it and of the documentation's."""
    root = Path(__file__).parents[2]
    files = [file for folder in ("tests", "docs") for file in (root / folder).rglob("*.py")]

    assert files
    assert [] == [file.name for file in files if len(file.read_text(encoding="utf-8").splitlines()) > 400]


def _length(node: ast.FunctionDef) -> int:
    first, *rest = node.body
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and rest
    start = first.end_lineno if documented else node.lineno - 1
    return (node.end_lineno or 0) - (start or 0)


def test_a_claim_needs_few_modules() -> None:
    """To understand a claim one opens, in the median, at most 3 helpers of claims and 5 modules of solvers.

    Helpers are the modules of its paper and of the settings that it reaches; of the solvers count those whose names
    it or a helper uses, the arrays of `lemmata.solvers` as one.
    """
    helpers, solvers = zip(*(_reading_of(entry.source) for entry in entries()), strict=True)

    assert statistics.median(helpers) <= 3
    assert statistics.median(solvers) <= 5


def _reading_of(source: str) -> tuple[int, int]:
    reached: set[str] = set()
    waiting = [source]
    while waiting:
        for other in needs(waiting.pop()):
            if other.startswith((PAPERS, SETTINGS)) and other not in reached | {source}:
                reached.add(other)
                waiting.append(other)
    used = {b for name in {source, *reached} for b in needs(name) if b.startswith("lemmata.solvers")}
    arrays = {b for b in used if b.startswith("lemmata.solvers.numbers")}
    helpers = [name for name in reached if modules()[name].name != "__init__.py"]
    return len(helpers), len(used - arrays) + bool(arrays)


def test_faces_are_true() -> None:
    """Every name that a face promises is in the module that it names."""
    wrong = []
    for package, file in modules().items():
        if file.name == "__init__.py":
            namespace = __import__(package, fromlist=["*"])
            wrong += [f"{package}.{name}" for name in exported(package) if not hasattr(namespace, name)]

    assert [] == wrong
    assert "lemmata.claims.language.claim" == defined_in("lemmata", "Claim")


def test_benchmarks_find_what_they_import() -> None:
    """No run of the tests imports them; what has moved since is told here."""
    wrong = []
    for file in sorted((Path(__file__).parents[1] / "benchmarks").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lemmata"):
                namespace = __import__(node.module or "", fromlist=[one.name for one in node.names])
                wrong += [f"{file.name}: {one.name}" for one in node.names if not hasattr(namespace, one.name)]

    assert [] == wrong
