"""The competency score: which level the evidence shows, and why.

Everything is computed with fractions; the one rounding is that of the score at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from corpu.competency.facts import (
    HIGHEST,
    LOWEST,
    MEASURED,
    NEVER_COUNTED,
    RATINGS,
    Cumulative,
    Evidence,
    Kind,
    Refused,
    Retake,
    Rule,
    read_moment,
)
from corpu.errors import N_

LEVELS = range(LOWEST, HIGHEST + 1)
NEARLY = Fraction(99, 100)


class Reason(StrEnum):
    """Why a piece does not count. The first that applies is the one given."""

    REVOKED = "revoked"
    SELF = "self"
    PEER = "peer"
    FUTURE = "future"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Mastery:
    """The weighted mean over some pieces, kept as its two sums."""

    pieces: tuple[str, ...]
    points: Fraction
    weight: Fraction
    reached: bool

    @property
    def mean(self) -> Decimal | None:
        """For people, two decimals, cut off: it never shows a threshold that was missed."""
        if not self.pieces:
            return None
        return Decimal(int(self.points / self.weight * 100)).scaleb(-2)


@dataclass(frozen=True, slots=True)
class LevelAccount:
    """What is known about one level: the steps from the pieces to the decision.

    `mastery` is over all kept pieces, `uncapped` over those whose kind may demonstrate the level
    on its own, `ratings` are the kept ratings at this level or above.
    """

    level: int
    mastery: Mastery
    uncapped: Mastery
    ratings: tuple[str, ...]

    @property
    def demonstrated(self) -> bool:
        """By a rating, or by mastery that its uncapped pieces show by themselves too."""
        return bool(self.ratings) or (self.mastery.reached and self.uncapped.reached)

    @property
    def held_by_cap(self) -> bool:
        """Mastery is there, and only the caps keep it from counting."""
        return self.mastery.reached and not self.demonstrated


@dataclass(frozen=True, slots=True)
class Outcome:
    """The level achieved, the score, and the account of both.

    `level` and `score` are None where no evidence counts: not yet observed is not zero. `levels`
    holds the account of each level from 1 to 5; `superseded_by` names the piece that stands.
    """

    level: int | None
    score: Decimal | None
    capped: bool
    counted: tuple[str, ...]
    ignored: tuple[tuple[str, str], ...]
    levels: tuple[LevelAccount, ...]
    superseded_by: Mapping[str, str]

    @property
    def mastery(self) -> dict[int, Decimal | None]:
        """The weighted mean of each level, for people; None where nothing was measured."""
        return {account.level: account.mastery.mean for account in self.levels}

    @property
    def kept(self) -> dict[int, tuple[str, ...]]:
        """The measured pieces that count, by level."""
        return {account.level: account.mastery.pieces for account in self.levels}

    def account_of(self, level: int) -> LevelAccount:
        """The account of one level, 1 to 5."""
        return self.levels[level - LOWEST]

    def to_dict(self) -> dict[str, Any]:
        """The whole account, safe for JSON, numbers as text."""
        return {
            "level": self.level,
            "score": None if self.score is None else str(self.score),
            "capped": self.capped,
            "counted": list(self.counted),
            "ignored": [list(pair) for pair in self.ignored],
            "superseded_by": dict(self.superseded_by),
            "levels": [
                {
                    "level": account.level,
                    "mastery": None if account.mastery.mean is None else str(account.mastery.mean),
                    "reached": account.mastery.reached,
                    "kept": list(account.mastery.pieces),
                    "uncapped": list(account.uncapped.pieces),
                    "uncapped_reached": account.uncapped.reached,
                    "ratings": list(account.ratings),
                    "demonstrated": account.demonstrated,
                }
                for account in self.levels
            ],
        }


def score(evidence: Iterable[Evidence], rule: Rule, at: datetime) -> Outcome:
    """Decide the level shown in one competency at a moment.

    The order of the evidence never matters. Refuses two pieces with one id and a moment without
    a zone.
    """
    pieces = sorted(evidence, key=lambda piece: piece.id)
    if len({piece.id for piece in pieces}) != len(pieces):
        raise Refused(N_("Dua bukti memakai id yang sama."))
    read_moment(at)

    ignored: dict[str, Reason] = {}
    current = []
    for piece in pieces:
        reason = _reason_to_ignore(piece, at)
        if reason:
            ignored[piece.id] = reason
        else:
            current.append(piece)
    kept, superseded_by = _one_per_source(current, rule)
    ignored |= dict.fromkeys(superseded_by, Reason.SUPERSEDED)

    levels = tuple(_account(level, kept, rule) for level in LEVELS)
    achieved = level_from([account.demonstrated for account in levels], rule)
    without_caps = level_from([bool(a.ratings) or a.mastery.reached for a in levels], rule)
    return Outcome(
        level=achieved if kept else None,
        score=_score(achieved, levels, rule) if kept else None,
        capped=without_caps > achieved,
        counted=tuple(piece.id for piece in kept),
        ignored=tuple((id, reason.value) for id, reason in sorted(ignored.items())),
        levels=levels,
        superseded_by=MappingProxyType(superseded_by),
    )


def next_change(evidence: Iterable[Evidence], at: datetime) -> datetime | None:
    """The next moment after `at` when the score may differ without any new act.

    A piece then begins to count or ceases to; None where none will.
    """
    moments = [
        moment
        for piece in evidence
        if not piece.revoked and piece.kind not in NEVER_COUNTED
        for moment in (piece.observed_at, piece.valid_until)
        if moment is not None and moment > at
    ]
    return min(moments, default=None)


def level_from(demonstrated: Iterable[bool], rule: Rule) -> int:
    """The level achieved, from whether each level from 1 on is demonstrated."""
    shown = list(demonstrated)
    if rule.cumulative is Cumulative.STEPWISE:
        return next((index for index, is_shown in enumerate(shown) if not is_shown), len(shown))
    return max((index + 1 for index, is_shown in enumerate(shown) if is_shown), default=0)


def _reason_to_ignore(piece: Evidence, at: datetime) -> Reason | None:
    if piece.revoked:
        return Reason.REVOKED
    if piece.kind in NEVER_COUNTED:
        return Reason(piece.kind.value)
    if piece.observed_at > at:
        return Reason.FUTURE
    if piece.valid_until is not None and piece.valid_until <= at:
        return Reason.EXPIRED
    return None


def _one_per_source(
    pieces: Iterable[Evidence], rule: Rule
) -> tuple[list[Evidence], dict[str, str]]:
    """The pieces that stand, and for each of the others the one that replaced it.

    Retakes compete within a level; the ratings of one rater compete whatever their level.
    """

    def rank(piece: Evidence) -> tuple[Any, ...]:
        if piece.kind in RATINGS:
            return (piece.observed_at, piece.level, piece.id)
        if rule.retake is Retake.LATEST:
            return (piece.observed_at, piece.score, piece.id)
        return (piece.score, piece.observed_at, piece.id)

    rivals: dict[tuple[Kind, str, int | None], list[Evidence]] = {}
    for piece in pieces:
        level = piece.level if piece.kind in MEASURED else None
        rivals.setdefault((piece.kind, piece.source, level), []).append(piece)
    kept = []
    superseded_by: dict[str, str] = {}
    for group in rivals.values():
        standing = max(group, key=rank)
        kept.append(standing)
        superseded_by |= {piece.id: standing.id for piece in group if piece is not standing}
    return sorted(kept, key=lambda piece: piece.id), superseded_by


def _account(level: int, kept: Iterable[Evidence], rule: Rule) -> LevelAccount:
    measured = [p for p in kept if p.kind in MEASURED and p.level == level]
    return LevelAccount(
        level=level,
        mastery=_mastery(measured, rule),
        uncapped=_mastery([p for p in measured if rule.caps[p.kind] >= level], rule),
        ratings=tuple(p.id for p in kept if p.kind in RATINGS and p.level >= level),
    )


def _mastery(pieces: list[Evidence], rule: Rule) -> Mastery:
    weight = sum((Fraction(piece.weight) for piece in pieces), Fraction())
    points = sum(
        (Fraction(piece.score or 0) * Fraction(piece.weight) for piece in pieces), Fraction()
    )
    reached = bool(pieces) and points >= Fraction(rule.mastery) * weight
    return Mastery(tuple(piece.id for piece in pieces), points, weight, reached)


def _score(achieved: int, levels: tuple[LevelAccount, ...], rule: Rule) -> Decimal:
    progress = Fraction()
    if achieved < HIGHEST:
        following = levels[achieved].mastery
        if following.pieces:
            progress = min(NEARLY, following.points / following.weight / Fraction(rule.mastery))
    return Decimal(int((achieved + progress) * 100 + Fraction(1, 2))).scaleb(-2)
