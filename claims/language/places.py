"""Entries of matrices and spectra by their place: a matrix of a declared size may be too small to have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lemmata.claims.language.errors import ClaimError


def entry(element: Any, matrices: Any) -> Any:
    """An entry, ``(...)``, of matrices ``(..., rows, columns)``.

    Raises:
        ClaimError: they are too small to have it.
    """
    rows, columns = matrices.shape[-2:]
    row, column = int(element.i), int(element.j)
    if not (-rows <= row < rows and -columns <= column < columns):
        place = row if element.parent.shape[1] == 1 else f"{row}, {column}"
        raise ClaimError(
            f"{element.parent}[{place}] is no entry of {element.parent}{_where(element.parent, (rows, columns))}; places "
            "are counted from 0, so declare it large enough at every size, e.g. vector('v', n + 2) for v[2]"
        )
    return matrices[..., row, column]


def of_spectrum(name: str, matrix: Any, place: int, found: Any, shape: Sequence[int]) -> Any:
    """One of the singular values or eigenvalues ``(..., count)`` of matrices of a ``shape``.

    Raises:
        ClaimError: there are too few.
    """
    if not -found.shape[-1] <= place < found.shape[-1]:
        raise ClaimError(_no_value(name, matrix, place) + _where(matrix, shape[-2:]) + _LARGER)
    return found[..., place]


def check_spectrum(name: str, matrix: Any, place: int) -> None:
    """Refuse a place beyond the values of a matrix whose size is a number.

    Raises:
        ClaimError: it is.
    """
    count = min(matrix.shape, default=0) if all(getattr(one, "is_Integer", False) for one in matrix.shape) else None
    if count is not None and not -count <= place < count:
        raise ClaimError(f"{_no_value(name, matrix, place)}, which has {count}{_LARGER}")


_LARGER = "; places are counted from 0, so declare a matrix that has as many at every size"


def _no_value(name: str, matrix: Any, place: int) -> str:
    """That a place is beyond a spectrum, the beginning of a sentence."""
    return f"{name}({matrix})[{place}] is none of the values of {matrix}"


def entries_of(name: str, matrix: Any, arrays: Any) -> Any:
    """The entries ``(..., count)`` of matrices, one or more.

    Raises:
        ClaimError: there are none.
    """
    rows, columns = arrays.shape[-2:]
    if not rows * columns:
        raise ClaimError(
            f"{name}({matrix}) is of no entries{_where(matrix, (rows, columns))}; declare one or more at every size, "
            "e.g. vector('v', n) in place of vector('v', n - 1)"
        )
    return arrays.reshape(*arrays.shape[:-2], rows * columns)


def _where(matrix: Any, shape: Sequence[int]) -> str:
    """At which sizes, in words; nothing where they are numbers."""
    sizes = {str(size): count for size, count in zip(matrix.shape, shape, strict=True) if not size.is_Integer}
    return f" where {', '.join(f'{size} = {count}' for size, count in sizes.items())}" if sizes else ""
