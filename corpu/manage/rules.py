"""Decisions of this room on plain values: what a form was filled in upon, and what changed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


def version_of(values: Mapping[str, Any]) -> str:
    """A fingerprint of the values that a form showed, to be compared when it comes back."""
    text = json.dumps({key: str(value or "") for key, value in values.items()}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Difference:
    """A field that stands differently from what somebody wants it to be."""

    field: str
    now: str
    wanted: str


def differences(now: Mapping[str, Any], wanted: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Each field of `now` for which something else is wanted; blank and None are the same."""
    return tuple(
        Difference(key, str(value or ""), str(wanted.get(key) or ""))
        for key, value in now.items()
        if str(value or "") != str(wanted.get(key) or "")
    )
