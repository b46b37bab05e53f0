"""Suspected double counts: two records that may be one and the same learning.

A suspicion decides nothing: it sets the pair side by side for whoever verifies. One activity
gives hours once (PP 11/2017 jo. PP 17/2020, article 203, counts hours of competency
development, not papers about them).
"""

import re
import unicodedata
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations

ALIKE = 0.6  # the share of their words that two titles must have in common
# Words that say what kind of thing it was, or nothing: they make no two titles alike.
_SAY_LITTLE = """
    dan di ke dari pada untuk dengan yang bagi tentang dalam oleh tahun sesi angkatan
    pelatihan diklat webinar seminar workshop lokakarya kursus sosialisasi bimtek bimbingan
    teknis coaching mentoring
    the of and for in on to a an course training session batch
"""
_EMPTY = frozenset(_SAY_LITTLE.split())


class Likeness(StrEnum):
    """Why two records are suspected."""

    SAME_PROOF = "same_proof"
    SAME_TITLE = "same_title"
    ALIKE_SAME_DAYS = "alike_same_days"
    TWO_PLACES = "two_places"  # two classrooms on the same days


@dataclass(frozen=True)
class Learning:
    """What the comparison needs to know of a claim or a course completed here."""

    key: Hashable
    title: str
    started_on: date
    ended_on: date
    is_classical: bool = False
    is_log: bool = False  # days and sessions, where the same title comes again
    proof: str | None = None  # SHA-256 of the file


@dataclass(frozen=True)
class Pair:
    """Two records that may be one; `first` and `second` by their keys."""

    first: Learning
    second: Learning
    likeness: Likeness

    def other(self, key: Hashable) -> Learning:
        """The one that is not `key`."""
        return self.second if self.first.key == key else self.first


def likeness(one: Learning, other: Learning) -> Likeness | None:
    """Why these two may be the same learning, or None. Symmetric; nothing is its own double."""
    if one.key == other.key:
        return None
    if one.proof is not None and one.proof == other.proof:
        return Likeness.SAME_PROOF
    overlap = one.started_on <= other.ended_on and other.started_on <= one.ended_on
    words, others = title_words(one.title), title_words(other.title)
    if words == others and words:
        same_year = one.ended_on.year == other.ended_on.year
        if overlap or (same_year and not (one.is_log and other.is_log)):
            return Likeness.SAME_TITLE
    if not overlap:
        return None
    common, together = len(words & others), len(words | others)
    if together and common >= ALIKE * together:
        return Likeness.ALIKE_SAME_DAYS
    if one.is_classical and other.is_classical:
        return Likeness.TWO_PLACES
    return None


def pairs(found: Iterable[Learning]) -> list[Pair]:
    """Every suspected pair, each once, in the order of their keys."""
    ordered = sorted(found, key=lambda one: str(one.key))
    return [
        Pair(one, other, why)
        for one, other in combinations(ordered, 2)
        if (why := likeness(one, other)) is not None
    ]


def title_words(title: str) -> frozenset[str]:
    """The words that a title is known by; all of its words where none of them says more."""
    plain = unicodedata.normalize("NFKC", title).casefold()
    words = frozenset(re.findall(r"\w+", plain))
    return words - _EMPTY or words
