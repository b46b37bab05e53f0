"""The one spelling of a JSON value that is signed and hashed: JCS, RFC 8785.

Whoever has the same value makes the same bytes, in any language and years later.
"""

import hashlib
from typing import Any

import rfc8785


class NotCanonical(ValueError):
    """A value that JCS cannot say, or that we do not let it say."""


def canonical(value: Any) -> bytes:
    """The canonical bytes (UTF-8) of a JSON value.

    Only what comes back from JSON exactly as it went in is taken: a Decimal or a date is a text
    before it comes here, and fractions are texts too, since other programs round them. Raises
    NotCanonical for those, for whole numbers beyond 2^53, lone surrogates and keys that are no
    text.
    """
    _check(value)
    try:
        return rfc8785.dumps(value)
    except ValueError as error:
        raise NotCanonical(str(error)) from error


def sha256_of(value: Any) -> str:
    """The SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _check(value: Any) -> None:
    # By exact type: an enum or a Decimal would be written as what it is not.
    kind = type(value)
    if kind is dict:
        for key, part in value.items():
            if type(key) is not str:
                raise NotCanonical(f"a key is no text: {key!r}")
            _check(part)
    elif kind in (list, tuple):
        for part in value:
            _check(part)
    elif value is not None and kind not in (str, int, bool):
        raise NotCanonical(f"{kind.__name__} has no canonical form of ours")
