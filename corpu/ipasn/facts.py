"""What the index is reckoned from: the points of the regulation, and what is known of a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Item(StrEnum):
    """What the dimension of competence asks for; each is achieved in full or not at all."""

    LEADERSHIP = "leadership"
    FUNCTIONAL = "functional"
    TECHNICAL = "technical"
    SEMINAR = "seminar"


class Dimension(StrEnum):
    QUALIFICATION = "kualifikasi"
    COMPETENCE = "kompetensi"
    PERFORMANCE = "kinerja"
    DISCIPLINE = "disiplin"


@dataclass(frozen=True)
class Scale:
    """The points of the regulation. Every mapping is ordered from the best to the least."""

    most: Mapping[Dimension, Decimal]
    education: Mapping[str, Decimal]
    items: Mapping[str, Mapping[Item, Decimal]]  # by post type
    leadership: tuple[str, ...]  # kinds of training, the lowest first
    leadership_for: Mapping[str, str]  # post type → the training of its level
    counts_as: Mapping[str, Item]  # kind of training → item
    forms_as: Mapping[str, str]  # form of other learning (KL02 … NKL13) → kind of training
    technical_jp: Decimal
    performance: Mapping[str, Decimal]
    discipline: Mapping[str, Decimal]  # the lightest sanction first
    without_sanction: Decimal
    technical_years: int
    seminar_years: int
    performance_years: int
    discipline_years: int
    bands: Mapping[str, Decimal]  # the least total of each, the highest first


@dataclass(frozen=True)
class Training:
    """A training, course or seminar somebody has finished, relevant to their duties."""

    kind: str  # a code of `Scale.counts_as`; another one counts for nothing
    day: date
    jp: Decimal = Decimal()  # hours of 45 minutes
    title: str = ""
    language: str = ""  # of the title, where it is known


@dataclass(frozen=True)
class Sanction:
    """A disciplinary sanction (PP 94/2021)."""

    level: str
    day: date


@dataclass(frozen=True)
class Facts:
    """What is known of a person on a day."""

    day: date
    post_type: str = ""
    education: tuple[str, ...] = ()  # every level attained
    trainings: tuple[Training, ...] = ()
    performance: Mapping[int, str] | None = None  # year → predicate
    sanctions: tuple[Sanction, ...] = ()
