"""The digest that stands beside whatever is kept: what is read back is what was written, or it is not believed."""

from __future__ import annotations

import hashlib


def digest(*fields: object) -> str:
    """64 hexadecimal digits of SHA-256 over the fields, each preceded by its kind and its length.

    Bytes count as they are, anything else as its text: what comes back as another kind has another digest.
    """
    found = hashlib.sha256()
    for field in fields:
        data = field if isinstance(field, bytes) else str(field).encode("utf-8", "surrogatepass")
        found.update((b"bytes" if isinstance(field, bytes) else b"text") + len(data).to_bytes(8, "big"))
        found.update(data)
    return found.hexdigest()
