from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.signal import correlate

from lemmata.solvers import ShapeError, UnknownNameError
from lemmata.solvers.networks import IndexMap, Pooling, convolution, pooling


def reference(filters: Any, signal: Any, stride: Any, padding: Any) -> Any:
    """Cross-correlation of a signal (channels, *shape) with filters (out, channels, *kernel), by SciPy."""
    padded = np.pad(signal, [(0, 0), *((p, p) for p in padding)])
    rows = [
        sum(correlate(x, f, mode="valid", method="direct") for x, f in zip(padded, bank, strict=True))
        for bank in filters
    ]
    return np.stack([row[tuple(slice(None, None, s) for s in stride)] for row in rows])


CONVOLUTIONS = [
    (1, 1, (3,), (7,), (1,), (0,)),
    (2, 3, (3,), (8,), (2,), (1,)),
    (3, 2, (1,), (4,), (1,), (0,)),
    (1, 2, (5,), (3,), (1,), (2,)),
    (2, 2, (2, 3), (5, 6), (1, 2), (1, 0)),
    (1, 3, (3, 3), (4, 4), (2, 1), (1, 2)),
]


class TestConvolution:
    """Index maps of convolutions."""

    @pytest.mark.parametrize("case", CONVOLUTIONS, ids=str)
    def test_equals_scipy(self, case: Any) -> None:
        """The unrolled matrix is SciPy's correlation: 1-D, 2-D, stride, padding, channels."""
        channels_in, channels_out, kernel, shape, stride, padding = case
        rng = np.random.default_rng(1)
        index = convolution(
            channels_in=channels_in,
            channels_out=channels_out,
            kernel=kernel,
            shape=shape,
            stride=stride,
            padding=padding,
        )
        filters = rng.standard_normal((channels_out, channels_in, *kernel))
        signal = rng.standard_normal((channels_in, *shape))
        got = index.unroll(filters.reshape(1, -1))[0] @ signal.reshape(-1)

        np.testing.assert_allclose(got, reference(filters, signal, stride, padding).ravel(), rtol=1e-12, atol=1e-12)

    @pytest.mark.parametrize(("kernel", "length", "stride"), [(3, 5, 1), (3, 4, 2), (5, 3, 1), (7, 3, 2), (3, 1, 1)])
    def test_circular_wraps_and_aliases(self, kernel: int, length: int, stride: int) -> None:
        """A circular filter correlates with the repeated signal, also when it is longer than that."""
        rng = np.random.default_rng(2)
        index = convolution(
            channels_in=1, channels_out=1, kernel=(kernel,), shape=(length,), stride=(stride,), circular=True
        )
        taps, signal = rng.standard_normal(kernel), rng.standard_normal(length)
        expected = [sum(taps[k] * signal[(p + k) % length] for k in range(kernel)) for p in range(0, length, stride)]

        np.testing.assert_allclose(index.unroll(taps[None])[0] @ signal, expected, rtol=1e-12, atol=1e-12)

    def test_fold_is_the_adjoint(self) -> None:
        """<unroll(v), G> = <v, fold(G)> for shared, zero and aliased entries."""
        rng = np.random.default_rng(3)
        maps = [
            convolution(channels_in=2, channels_out=2, kernel=(3,), shape=(4,), padding=(1,)),
            convolution(channels_in=1, channels_out=2, kernel=(5,), shape=(3,), circular=True),
            IndexMap(index=np.array([[0, -1], [2, 0]]), size=4),
        ]
        for index in maps:
            v, matrix = rng.standard_normal((3, index.size)), rng.standard_normal((3, *index.shape))

            np.testing.assert_allclose(
                (v * index.fold(matrix)).sum(axis=1), (index.unroll(v) * matrix).sum(axis=(1, 2)), rtol=1e-12
            )

    def test_misuse(self) -> None:
        """Kernels that do not fit and indices out of range are explained."""
        with pytest.raises(ShapeError, match="Pad more, or use circular=True"):
            convolution(channels_in=1, channels_out=1, kernel=(4,), shape=(3,))
        with pytest.raises(ShapeError, match="tuples of one length"):
            convolution(channels_in=1, channels_out=1, kernel=(1, 1), shape=(3,))
        with pytest.raises(ShapeError, match=r"entries from 0 to 3; expected -1 \(zero\) up to size - 1 = 2"):
            IndexMap(index=np.array([[0, 3]]), size=3)


class TestPooling:
    """Average and max pooling."""

    def test_average_and_max_of_an_image(self) -> None:
        """Windows of 2 x 2 over two channels, by reshaping."""
        rng = np.random.default_rng(4)
        x = rng.standard_normal((3, 2, 4, 6, 5))
        blocks = x.reshape(3, 2, 2, 2, 3, 2, 5)
        flat = x.reshape(3, 48, 5)
        for kind, expected in (("average", blocks.mean(axis=(3, 5))), ("max", blocks.max(axis=(3, 5)))):
            pool = pooling(kind, channels=2, shape=(4, 6), window=(2, 2))

            np.testing.assert_allclose(pool.forward(flat, pool.selection(flat)), expected.reshape(3, 12, 5), rtol=1e-12)

    def test_backward_is_the_adjoint(self) -> None:
        """<forward(x), u> = <x, backward(u)> with overlapping windows and the choice frozen."""
        rng = np.random.default_rng(5)
        x, u = rng.standard_normal((2, 7, 3)), rng.standard_normal((2, 5, 3))
        for kind in ("average", "max"):
            pool = pooling(kind, channels=1, shape=(7,), window=(3,), stride=(1,))
            chosen = pool.selection(x)

            np.testing.assert_allclose((pool.forward(x, chosen) * u).sum(), (x * pool.backward(u, chosen)).sum())

    def test_misuse(self) -> None:
        """Unknown kinds and windows outside the layer are refused."""
        with pytest.raises(UnknownNameError, match="unknown pooling 'median'"):
            Pooling(kind="median", windows=np.array([[0]]), inputs=1)
        with pytest.raises(ShapeError, match="indices from 0 to 1"):
            Pooling(kind="max", windows=np.array([[2]]), inputs=2)
