"""Certificates from elsewhere that end: when to say so.

A renewal takes time (a course to find, an assessor to come), so it is said early, more urgently
from 30 days on, and for a year after the end; later it is no news to anybody.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

SOON = timedelta(days=90)
NEAR = timedelta(days=30)
PAST = timedelta(days=365)


class Stage(StrEnum):
    """How far a certificate is from its end, most urgent first."""

    EXPIRED = "expired"
    NEAR = "near"
    SOON = "soon"


def stage(valid_until: date, day: date) -> Stage | None:
    """What a day makes of the last day on which a certificate holds; None where it is no matter
    of that day."""
    if valid_until < day:
        return Stage.EXPIRED if day - valid_until <= PAST else None
    if valid_until - day <= NEAR:
        return Stage.NEAR
    return Stage.SOON if valid_until - day <= SOON else None


@dataclass(frozen=True)
class Ending:
    """A certificate that ends, or has ended: a verified one from elsewhere, or one of ours,
    which has no claim."""

    claim_id: UUID | None
    title: str
    organiser: str
    valid_until: date  # the last day

    def stage_on(self, day: date) -> Stage | None:
        return stage(self.valid_until, day)
