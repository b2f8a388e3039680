"""lemmata puts theorems on trial: write a claim down once, and get a verdict with its evidence.

The names are those of `__init__.pyi`; each is imported when it is first used. What more an author of claims needs
is in `lemmata.claims`, arrays in `lemmata.solvers`, the trial in `lemmata.checks`.
"""

import lazy_loader

_lazily, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("lemmata")
    return _lazily(name)
