"""Records as JSON, and back: what cannot be written or read is said, and nothing is ever executed."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

import msgspec

T = TypeVar("T")

_REMEDY = "the record is damaged or of another version; run `lemmata verify` again to rebuild it"


class CorruptedRecordError(ValueError):
    """A stored record is not what this version writes: damaged, truncated or of another schema."""


def encode(record: object, *, order: Literal["sorted"] | None = None) -> bytes:
    """The record as JSON; non-finite floats become ``null``, what UTF-8 cannot hold is escaped.

    Raises:
        TypeError: the record holds a value that JSON has no form for, such as a complex number.
    """
    try:
        return msgspec.json.encode(record, enc_hook=_plain, order=order)
    except UnicodeEncodeError:  # half a surrogate pair, as in the name of a file that is not UTF-8
        return msgspec.json.encode(_escaped(msgspec.to_builtins(record, enc_hook=_plain)), order=order)


def _plain(value: Any) -> Any:
    """NumPy's numbers and arrays as Python's."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{value!r} is a {type(value).__name__}, which a record cannot hold; give real numbers or text")


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_escaped(key): _escaped(item) for key, item in value.items()}
    return [_escaped(item) for item in value] if isinstance(value, list | tuple) else value


def decode(data: bytes | str, kind: type[T]) -> T:
    """Read a record of the given kind back.

    Raises:
        CorruptedRecordError: the data is not JSON, or not of this kind.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise CorruptedRecordError(f"expected a record of lemmata, got damaged data ({error}); {_REMEDY}") from error
