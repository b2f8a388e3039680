"""The trial: is a claim so? Proof, sampling, exact settling, mutants, verdict and evidence.

The names are those of `__init__.pyi`; each module is imported when one of its names is first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
