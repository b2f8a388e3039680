"""Conservation laws of a loss or of a network: what gradient flow keeps, found without being told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import sympy as sp

from lemmata.checks._stored_laws import LawStore
from lemmata.claims import evaluate
from lemmata.claims.language.conclusions import as_exact
from lemmata.claims.language.functions import Dot, Entrywise, Norm, Total
from lemmata.solvers.laws import Block, Convolutional, Dense, Findings, Model, ModelError, as_array, letters, search
from lemmata.solvers.numbers import UnknownNameError

__all__ = ["Findings", "ModelError", "UnknownNameError", "laws", "laws_of_network", "model_of_loss", "network_of"]

MOST_PRODUCTS = 200_000
_UNREADABLE = 1e15
_LINEAR = (sp.Add, sp.Mul, sp.MatAdd, sp.MatMul, sp.Transpose, sp.Trace, Dot, Total)
_LEAVES = (sp.Symbol, sp.Rational, sp.MatrixSymbol, sp.Identity, sp.ZeroMatrix)
_CHOICES = (sp.Abs, sp.sign, sp.Max, sp.Min, sp.Piecewise, sp.Heaviside, sp.floor, sp.ceiling, sp.Mod)


def laws(
    loss: Any,
    *,
    of: Any,
    sizes: Mapping[Any, int] | None = None,
    degree: int = 2,
    seconds: float | None = None,
    on_progress: Callable[[str], None] = lambda _: None,
) -> Findings:
    """The polynomials in some quantities that gradient flow of a loss in them conserves, whatever the others are.

    Args:
        loss: a number, a polynomial in all its symbols, sympy's or declared ones.
        of: the quantities that move, one or several.
        sizes: numbers for the dimensions of the matrices, by symbol or by name.
        degree: up to which polynomials are looked for.
        seconds: when to stop with what is found until then.
        on_progress: takes a line on what is being done.

    Returns:
        How many independent laws there are, at least and at most, and those found; printed, a few lines to read.

    Raises:
        ModelError: the loss is no polynomial, makes discrete choices, lacks one of the quantities, or is too large.
        ClaimError: the loss holds a decimal.
    """
    model = model_of_loss(loss, of=of, sizes=sizes or {})
    return search(model, degree=degree, seconds=seconds, on_progress=on_progress)


def laws_of_network(
    network: Dense | Convolutional,
    *,
    degree: int = 2,
    seconds: float | None = None,
    store: Path | None = None,
    resume: bool = False,
    on_progress: Callable[[str], None] = lambda _: None,
) -> Findings:
    """The laws of a network; what is found of each degree is kept in a folder, if one is given.

    Args:
        network: the network.
        degree: up to which polynomials are looked for.
        seconds: when to stop with what is found until then.
        store: a folder for what is found; made if need be.
        resume: whether to go on from what the folder holds of the same network.
        on_progress: takes a line on what is being done.

    Raises:
        ModelError: there are more monomials than can be handled.
        StoreError: what the folder holds cannot be read.
    """
    kept = LawStore(store, network.model) if store is not None else None
    earlier = kept.read() if kept is not None and resume else None
    return search(
        network.model,
        degree=degree,
        seconds=seconds,
        earlier=earlier,
        on_progress=on_progress,
        on_degree=kept.write if kept is not None else lambda _: None,
    )


def network_of(  # noqa: PLR0913 - one of the command line's words each
    *,
    layers: Sequence[int] = (),
    channels: Sequence[int] = (),
    kernels: Sequence[int] = (),
    strides: Sequence[int] = (),
    length: int = 0,
    activation: str = "linear",
    loss: str = "squared",
    bias: bool = False,
) -> Dense | Convolutional:
    """A network by its sizes: ``layers`` of a fully connected one, or ``channels`` and what belongs to them.

    Raises:
        ModelError: both or neither are given, or sizes that do not fit together.
        UnknownNameError: an activation or a loss that is not known.
    """
    if bool(layers) == bool(channels):
        raise ModelError("give either the layers of a fully connected network or the channels of a convolutional one")
    if layers:
        if kernels or strides or length:
            raise ModelError("kernels, strides and length belong to a convolutional network; give its channels")
        return Dense(widths=tuple(layers), activation=activation, loss=loss, bias=bias)
    if bias:
        raise ModelError("the laws of convolutional networks are sought without biases")
    return Convolutional(
        channels=tuple(channels),
        kernels=tuple(kernels),
        strides=tuple(strides),
        length=length,
        activation=activation,
        loss=loss,
    )


def model_of_loss(loss: Any, *, of: Any, sizes: Mapping[Any, int]) -> Model:
    """The loss as a model: its gradients for all values of what does not move.

    Raises:
        ModelError: as of `laws`.
    """
    if loss is None or isinstance(loss, str):
        what = "a text" if loss else "nothing"
        raise ModelError(f"the loss {loss!r} is {what}; write it in declared quantities or sympy's symbols")
    stated = as_exact(loss)
    moving = tuple(of) if isinstance(of, Sequence) else (of,)
    if isinstance(stated, sp.MatrixExpr | sp.MatrixBase) or not isinstance(stated, sp.Expr):
        raise ModelError(f"the loss {stated} is no number; e.g. norm2({stated}) / 2 is one")
    _check_polynomial(stated)
    if not moving or any(one not in stated.free_symbols for one in moving):
        strangers = ", ".join(str(one) for one in moving if one not in stated.free_symbols) or "nothing"
        raise ModelError(f"`of` names {strangers}, on which the loss {stated} does not depend; leave it out")
    twice = next((one for one in moving if moving.count(one) > 1), None)
    if twice is not None:
        raise ModelError(f"`of` names {twice} twice; name each quantity once")
    names = [str(one) for one in stated.free_symbols]
    shared = next((name for name in sorted(names) if names.count(name) > 1), None)
    if shared is not None:
        raise ModelError(f"two quantities of the loss {stated} go by the name {shared}; give each its own")
    strange = next((f"{name}: {count}" for name, count in sizes.items() if int(count) != count), "")
    if strange:
        raise ModelError(f"sizes holds {strange}; numbers of rows and columns are whole")
    numbers = {str(name): int(count) for name, count in sizes.items()}
    inside = {size for one in _matrices(stated) for size in one.shape}
    others = sorted(stated.free_symbols - set(moving) - inside, key=str)
    for symbol in others:
        if symbol.is_integer:
            raise ModelError(f"{symbol} is a whole number, a discrete choice; laws are sought for real data")
    blocks = [Block(name=str(one), shape=_shape(one, numbers)) for one in (*moving, *others)]
    _check_products(stated, blocks)
    known = {name: _batched(value) for name, value in letters(blocks).items()}
    value = evaluate(stated, known).flat[0]
    return Model.of([value], blocks[: len(moving)], f"loss {stated}")


def _check_products(stated: Any, blocks: Sequence[Block]) -> None:
    """Refuse a loss of too many products: with every letter 1 and no coefficient above 1, its value counts them."""
    plain = _without_coefficients(stated)
    with np.errstate(over="ignore"):
        count = evaluate(plain, {block.name: np.ones((1, 1, *block.shape)) for block in blocks}).flat[0]
    if count > MOST_PRODUCTS:
        size = sum(block.size for block in blocks)
        many = f"{count:,.0f}" if count < _UNREADABLE else "countless"
        raise ModelError(
            f"the loss has {many} products of its {size:,} numbers, at most {MOST_PRODUCTS:,} fit; its laws do "
            "not depend on the sizes in kind, so take smaller ones"
        )


def _without_coefficients(part: Any) -> Any:
    """A polynomial with the size of every coefficient in its place, at most 1; powers stay."""
    match part:
        case sp.Rational():
            return min(abs(part), sp.Integer(1))
        case sp.Pow():
            return sp.Pow(_without_coefficients(part.base), part.exp)
        case Entrywise():
            made = sp.Lambda(part.function.variables, _without_coefficients(part.function.expr))
            return Entrywise(made, *map(_without_coefficients, part.matrices))
        case _ if isinstance(part, _LEAVES):
            return part
    return part.func(*map(_without_coefficients, part.args))


def _matrices(stated: Any) -> set[Any]:
    found: set[Any] = stated.atoms(sp.MatrixSymbol)
    return found


def _shape(symbol: Any, numbers: Mapping[str, int]) -> tuple[int, ...]:
    if not isinstance(symbol, sp.MatrixSymbol):
        return ()
    made = []
    for size in symbol.shape:
        if not size.is_Integer and str(size) not in numbers:
            raise ModelError(f"{symbol} has {size} rows or columns; say how many, e.g. sizes={{{str(size)!r}: 3}}")
        made.append(int(size) if size.is_Integer else numbers[str(size)])
    if min(made) < 1:
        raise ModelError(f"{symbol} would be {made[0]} by {made[1]}; a matrix has one row and one column or more")
    return tuple(made)


def _batched(value: Any) -> Any:
    """As one instance at one time: ``(1, 1)``, or ``(1, 1, rows, columns)``."""
    return value.reshape(1, 1, *value.shape) if hasattr(value, "reshape") else as_array([value], (1, 1))


def _check_polynomial(part: Any) -> None:
    """Refuse what is no polynomial in its symbols."""
    match part:
        case sp.Pow(base=Norm() as inner, exp=sp.Integer() as power) if power > 0 and power % 2 == 0:
            _check_polynomial(inner.args[0])
        case sp.Pow(exp=sp.Integer() as power) if power >= 0:
            _check_polynomial(part.base)
        case Entrywise():
            for inner in (part.function.expr, *part.matrices):
                _check_polynomial(inner)
        case _ if isinstance(part, _LEAVES):
            return
        case _ if isinstance(part, _LINEAR):
            for inner in part.args:
                _check_polynomial(inner)
        case _ if isinstance(part, _CHOICES):
            raise ModelError(
                f"{part} makes discrete choices; of such models `lemmata laws` takes networks by their sizes"
            )
        case _:
            raise ModelError(
                f"{part} is no polynomial; laws are sought for losses that are, e.g. norm2(U @ V.T - M) / 2"
            )
