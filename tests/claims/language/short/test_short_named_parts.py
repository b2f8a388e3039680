import pytest

from lemmata import conjecture, equals, positive, real, sqrt
from lemmata.claims import ClaimError

u, v, m = real("u", "v", "m")
eta = positive("eta")


def test_a_name_is_no_more_than_its_formula() -> None:
    """A name declared positive, of which sympy drops the absolute value, is refused for what may be negative."""
    c = positive("c")
    for meant, said in ((u - v, "declared positive, for u - v"), (u**2, "declared positive, for u")):
        with pytest.raises(ClaimError, match=said):
            conjecture("An absolute value", where={c: meant}, then=equals(abs(c) * m, c * m))

    assert conjecture("A sum", where={c: eta + 1}, then=equals(abs(c) * m, c * m)).then.where == {c: eta + 1}


def test_a_real_name_may_stand_for_anything() -> None:
    """A name that is only real is taken for a part of which sympy does not know that it is real everywhere."""
    c = real("c")

    assert conjecture("A root", where={c: sqrt(u - v)}, then=equals(c**2 * m, (u - v) * m)).then.where == {
        c: sqrt(u - v)
    }
