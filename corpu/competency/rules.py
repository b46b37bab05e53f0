"""The rules of competency on plain values: no database, no clock, no web.

`scoring` decides, `facts` says from what, `match` compares with a post, `needs` says what is
missing. This page gathers them under the name that the other rooms use.
"""

from __future__ import annotations

from corpu.assessment.shares import THIN_POINTS, Share, evidence_from_points
from corpu.competency.facts import (
    DEFAULT_CAPS,
    HIGHEST,
    LOWEST,
    Cumulative,
    Evidence,
    Kind,
    Refused,
    Retake,
    Rule,
    add_months,
    rating_valid_until,
)
from corpu.competency.match import Jpm, gap, jpm
from corpu.competency.needs import NextLevel, next_level_need
from corpu.competency.scoring import (
    LEVELS,
    LevelAccount,
    Mastery,
    Outcome,
    Reason,
    next_change,
    score,
)

__all__ = [
    "DEFAULT_CAPS",
    "HIGHEST",
    "LEVELS",
    "LOWEST",
    "THIN_POINTS",
    "Cumulative",
    "Evidence",
    "Jpm",
    "Kind",
    "LevelAccount",
    "Mastery",
    "NextLevel",
    "Outcome",
    "Reason",
    "Refused",
    "Retake",
    "Rule",
    "Share",
    "add_months",
    "evidence_from_points",
    "gap",
    "jpm",
    "next_change",
    "next_level_need",
    "rating_valid_until",
    "score",
]
