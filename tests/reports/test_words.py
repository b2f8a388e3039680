import pytest

from lemmata.reports import words


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ("0.371", 0.3712),
        ("1-9.0e-08", 1 - 9e-8),
        ("1+2.0e-03", 1.002),
        ("1", 1.0),
        ("585", 585.4),
        ("–", None),
        ("–", float("nan")),
    ],
)
def test_ratio(expected: str, value: float | None) -> None:
    """Ratios show three digits, or their distance to one where that is what matters."""
    assert expected == words.ratio(value)


@pytest.mark.parametrize(
    ("expected", "seconds"),
    [("0.04 s", 0.04), ("12.3 s", 12.34), ("2 min 0 s", 119.7), ("1 h 1 min", 3661.0)],
)
def test_duration(expected: str, seconds: float) -> None:
    """A time span is written in the units a person would use."""
    assert expected == words.duration(seconds)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("plain", "plain"),
        ("é ∑ 数", "é ∑ 数"),
        ("a\nb", "a\r\nb"),
        ("\\x1b[0m", "\x1b[0m"),
        ("\\x9b", "\x9b"),
        ("\\u202e", "\u202e"),
        ("\\ud800", "\ud800"),
        ("\\U000e0001", "\U000e0001"),
    ],
)
def test_visible(expected: str, text: str) -> None:
    """Characters that steer a terminal are escaped, all others and line ends stay."""
    assert expected == words.visible(text)


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ((), 1.0),
        ((2,), [1, 2]),
        ((2, 3), [[1, 2, 3], [4, 5, 6]]),
        (None, [[1], [1, 2]]),
        ((0,), []),
        (None, [1, [2]]),
    ],
)
def test_shape(expected: tuple[int, ...] | None, value: object) -> None:
    """Rectangular nested lists have a shape, others none."""
    assert expected == words.shape(value)


def test_long_strings_keep_both_ends() -> None:
    """A fraction of a thousand digits is cut in the middle, and its length is told."""
    text = words.one_line("1" * 600 + "/" + "7" * 399)

    assert text.startswith("111")
    assert text.endswith("777 (1000 characters)")
