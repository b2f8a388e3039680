"""What to write instead, from the error that came of what was written."""

from __future__ import annotations

import difflib
import inspect
import re
import sys
import traceback

import sympy as sp

from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.shapes import misfit_of_factors, misfit_of_terms
from lemmata.claims.language.short.callers import line_of, placed

_WRITE = "write the function of lemmata of the same name, e.g. from lemmata import exp, sqrt, absolute"


def advice(error: BaseException) -> str:
    """What to write instead of what a user wrote, from the error that came of it."""
    text = str(error)
    if isinstance(error, ClaimError):
        return text
    if of_kind := _of_kind(error):
        return of_kind
    if isinstance(error, TypeError) and "truth value of Relational" in text:
        return (
            "Python asked whether a relation between symbols is true: write maximum and minimum for max, min and sorted, "
            "absolute(x) or Piecewise((a, condition), (b, True)) for if and else, And(...) for `and`, and a relation each "
            "for a <= b <= c"
        )
    for pattern, sentence in _PATTERNS.items():
        if re.search(pattern, text):
            return sentence
    foreign = "ufunc" in text or "no implementation found" in text
    if (isinstance(error, TypeError) and foreign) or type(error).__name__ == "AxisError":
        return f"a function of NumPy does not run on symbols or on numbers with error bounds; {_WRITE}"
    if isinstance(error, TypeError) and "bad operand type for abs" in text:
        return f"abs does not run on numbers with error bounds; {_WRITE}"
    if isinstance(error, TypeError) and "for ** or pow" in text:
        return "** does not run on numbers with error bounds; write x * x, or power(x, 3)"
    if isinstance(error, TypeError) and "not supported between" in text:
        return "numbers with error bounds are not compared; write np.where(a < b, x, y), maximum(a, b) or absolute(a)"
    if isinstance(error, TypeError) and "does not support item assignment" in text:
        return "an array of exact numbers is not changed in place; build the new one with stack, concatenate or where"
    if isinstance(error, AttributeError):
        return _of_ours(error) or (
            f"{text}: this is none of the operations that all number systems share (+ - * / @, indexing, sum, reshape)"
        )
    return _called_otherwise(error) or f"{type(error).__name__}: {text}"


def _of_kind(error: BaseException) -> str:
    """What can be told of an error of some kinds by more than its text; empty of others."""
    if isinstance(error, ImportError | NameError):
        return _of_ours(error)
    if isinstance(error, TypeError):
        return _left_out(str(error))
    return _misfit(error) if type(error).__name__ == "ShapeError" else ""


def _left_out(text: str) -> str:
    """Which arguments a function of the package lacks; `conjecture` has sentences of its own."""
    found = re.search(r"^(\w+)\(\) missing \d+ required keyword-only arguments?: (.*)", text)
    if not found or found[1] == "conjecture" or found[1] not in sys.modules["lemmata"].__all__:
        return ""
    return f"{found[1]} needs {found[2]}, by name; help({found[1]}) says what each of its arguments is"


def _called_otherwise(error: BaseException) -> str:
    """How a function of the package is called, and the one that is named like an argument it does not take."""
    text = str(error)
    found = re.search(r"^(\w+)\(\) (?:takes|got|missing)\b", text)
    ours = sys.modules["lemmata"]
    if not found or found[1] == "conjecture" or found[1] not in ours.__all__:
        return ""
    call = f"{found[1]}{_without_kinds(inspect.signature(getattr(ours, found[1])))}"
    argument = re.search(r"unexpected keyword argument '(\w+)'", text)
    instead = f"; {argument[1]} is a function of its own" if argument and argument[1] in ours.__all__ else ""
    return f"{text}; it is called as {call}{instead}"


def _without_kinds(signature: inspect.Signature) -> str:
    """The arguments of a function, without what types they have."""
    bare = [one.replace(annotation=inspect.Parameter.empty) for one in signature.parameters.values()]
    return str(inspect.Signature(bare))


def _of_ours(error: ImportError | NameError | AttributeError) -> str:
    """Of a name that the package has, where it comes from; of one asked of the package in vain, which is near it."""
    if isinstance(error, AttributeError):
        if str(error).startswith("No lemmata attribute"):
            return _not_exported(str(error))
        is_ours = error.name in sys.modules["lemmata"].__all__
        return f"{error}; {error.name} is a function: from lemmata import {error.name}" if is_ours else ""
    if isinstance(error, NameError):
        exported = getattr(sys.modules.get("lemmata"), "__all__", ())
        if error.name in exported:
            return f"{error}; from lemmata import {error.name}"
        near = difflib.get_close_matches(error.name or "", exported, n=1, cutoff=0.7)
        return f"{error}; did you mean {near[0]}? (from lemmata import {near[0]})" if near else ""
    return _not_exported(str(error)) if error.name == "lemmata" else ""


def _not_exported(text: str) -> str:
    """That a name is none of the package's, and which one is near it."""
    found = re.search(r"(?:cannot import name '|No lemmata attribute )(\w+)", text)
    name = found[1] if found else text
    near = difflib.get_close_matches(name, sys.modules["lemmata"].__all__, n=2, cutoff=0.5)
    meant = f"did you mean {' or '.join(near)}? " if near else ""
    return f"lemmata has no {name}; {meant}dir(lemmata) lists what it has, and formulas may use any function among it"


def _misfit(error: BaseException) -> str:
    """Which matrices sympy did not add or multiply, of which its own message says no more than a size."""
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    parts = frame.f_locals.get("args", ())
    if not all(isinstance(one, sp.MatrixExpr) for one in parts):
        return ""
    told = {"validate_matmul_integer": misfit_of_factors, "validate_matadd_integer": misfit_of_terms}
    tell = told.get(frame.f_code.co_name)
    return "" if tell is None else tell(parts)


_FIRST_AXIS = (
    "arrays have the batch first: a number is (batch,), a vector (batch, n), a matrix (batch, rows, columns); write "
    "t[:, None] * v for a number times a vector, (A @ v[..., None])[..., 0] for a matrix times a vector"
)
_ALONE = "a probability stands alone on the left: probability(event) >= chance, <= chance, or == chance"
_BY_NAME = 'all but its title by name: conjecture("the statement in words", then=x <= y, given=[x >= 0])'
_PATTERNS = {
    r"^norm2?\(\) takes 1 positional": "norm is the Euclidean (Frobenius) norm; write l1(v) for the sum of the absolute values, sup(v) for the "
    "largest, spectral(A) and nuclear(A) for the norms of singular values",
    r"^conjecture\(\) takes 1 positional argument": f"a conjecture takes {_BY_NAME}",
    r"^conjecture\(\) missing .*'then'": f"then= is missing, what must hold; a conjecture takes {_BY_NAME}",
    r"^conjecture\(\) missing .*'title'": f"the title is missing, the statement in words; a conjecture takes {_BY_NAME}",
    "Invalid NaN comparison": "a side of the relation is NaN, which is no number; expected real numbers: look for "
    'float("nan"), and for undefined values such as oo - oo',
    "Declared.* cannot be interpreted as an integer|Declared.* has no len": "a function of Python or NumPy asked for a "
    "number where a symbol stands; write lemmata's: norm(v), norm2(v) for a sum of squares, dot(v, w), total(v), "
    "eigenvalues(S)[0], and the dimension n itself for len(v)",
    "Cannot convert expression to float": f"math takes floats, and no symbols; {_WRITE}",
    "cannot sympify object of type.*probability|unsupported operand .*'probability'": _ALONE,
    r"Invalid comparison of non-real (sqrt|root|log|asin|acos)[(]": "the root (or the logarithm) of what is below zero is "
    "compared, which is no real number anywhere; look at its sign",
    "cannot sympify object of type <class 'function'>": "a function stands where a formula is expected; write what it "
    "makes of the quantities, f(x) for f",
    "Invalid comparison of non-real": "a vector or a matrix is compared; compare numbers: norm(v), dot(v, w) for the "
    "inner product, greatest(v) and least(v) of the entries, v[0] for one",
    "is not comparable": "minimum and maximum take numbers; of the entries of a vector write least(v), greatest(v)",
    "Mix of Matrix and Scalar": "a number and a vector (or matrix) are added; add numbers to numbers: norm(v) + x",
    "Matrix size mismatch|not aligned|have incompatible": "the sizes of two matrices do not fit together; A @ B needs as "
    "many columns of A as B has rows, and A.T turns them round",
    "could not be broadcast|mismatch in its core dimension|matmul: .*dimension": _FIRST_AXIS,
    "Invalid ind(ex|ices)": "a vector or a matrix has no entry at that place; places are counted from 0, so that the last "
    "of n entries is v[n - 1], or v[-1] where n is a declared size",
    "truth value of an array": "`if` asks one question of a whole batch; write np.where(a < b, x, y), maximum(a, b) or "
    "absolute(a)",
    r"has no attribute '(grad|prox|gradient|proximal|resolvent)'": "what it is asked of is an array; the function or "
    "operator of the class on= is passed to the argument f, or to that of the name which the class was given",
    r"^order.__init__\(\) missing": "order takes a quantity and the scale it is a power of: order(q, alpha) == 2, with "
    'alpha = scale("alpha")',
    "requires values for lower and upper bounds": "Sum runs over whole numbers, Sum(1 / k, (k, 1, n)); of the entries of "
    "a vector write total(x), of a spectrum trace(A)",
    "destination is read-only": "it changes its arguments in place; write x = x - step instead of x -= step",
}
"""What to write instead, by what the message of an error holds."""
_OURS = re.compile(r"[/\\](lemmata|sympy|numpy|lazy_loader)[/\\]|^<")


def explained(error: BaseException, file: str) -> str:
    """An error that a line of a user's file raised while it was read, with the line.

    Empty where the fault lies deeper, in code that the file imports: then the way there is worth more than a sentence.
    """
    if isinstance(error, SyntaxError) and error.filename == file and error.lineno is not None:
        return placed(file, error.lineno, f"{type(error).__name__}: {error.msg}")
    line = line_of(error, file)
    frames = traceback.extract_tb(error.__traceback__)
    beyond = [frame.filename for frame in frames if frame.filename != file and not _OURS.search(frame.filename)]
    is_known = isinstance(error, ClaimError) or (isinstance(error, Exception) and not beyond)
    if line is None or not is_known:
        return ""
    return placed(file, line, advice(error))
