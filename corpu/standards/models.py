"""Dictionaries of competencies in dated versions, and what posts require from a day on."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from corpu.database import Base, HasId, Words, one_of, unique_while
from corpu.standards.rules import Kind


class VersionState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


class StandardKind(StrEnum):
    STANDARD = "standard"
    END = "end"  # from its day on the wider standard holds again
    WITHDRAWAL = "withdrawal"  # takes one of the others back


class DraftState(StrEnum):
    OPEN = "open"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class StandardsStamp(Base):
    """One row that changes with every dictionary and standard: what a process keeps of them is
    kept under it. None while there are none but the shipped ones."""

    __tablename__ = "standards_stamp"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stamp: Mapped[UUID | None]


class Framework(HasId, Base):
    """A dictionary of an agency, beside the shipped one. What it says stands in its versions."""

    __tablename__ = "competency_frameworks"
    __table_args__ = (
        UniqueConstraint("agency_id", "code"),
        CheckConstraint(one_of("kind", Kind), name="kind"),
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    code: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[Kind] = mapped_column(Words(Kind))
    created_at: Mapped[datetime]


class FrameworkVersion(HasId, Base):
    """A state of a dictionary: a draft, or what holds from a day on until the next one does.

    Once published it is never changed: the database refuses it by a trigger. `edits` rises with
    every change of a draft; who changes one says which they saw.
    """

    __tablename__ = "framework_versions"
    __table_args__ = (
        UniqueConstraint("framework_id", "number"),
        UniqueConstraint("framework_id", "starts_on"),
        unique_while("uq_framework_versions_draft", "framework_id", where="state = 'draft'"),
        CheckConstraint(one_of("state", VersionState), name="state"),
        CheckConstraint("(state = 'published') = (starts_on IS NOT NULL)", name="starts_on"),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published_at"),
        CheckConstraint("number >= 1", name="number"),
    )

    framework_id: Mapped[UUID] = mapped_column(ForeignKey("competency_frameworks.id"))
    number: Mapped[int]
    state: Mapped[VersionState] = mapped_column(Words(VersionState))
    edits: Mapped[int] = mapped_column(default=0)
    starts_on: Mapped[date | None]
    legal_basis: Mapped[str] = mapped_column(String(300), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    published_by_name: Mapped[str] = mapped_column(String(300), default="")  # as it was that day


class FrameworkCompetency(HasId, Base):
    """One competency as a version describes it."""

    __tablename__ = "framework_competencies"
    __table_args__ = (
        UniqueConstraint("version_id", "code"),
        CheckConstraint("position >= 0", name="position"),
    )

    version_id: Mapped[UUID] = mapped_column(
        ForeignKey("framework_versions.id", ondelete="CASCADE")
    )
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(12), index=True)
    name_id: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str] = mapped_column(String(160))
    definition_id: Mapped[str] = mapped_column(String(1000))
    definition_en: Mapped[str] = mapped_column(String(1000))
    levels: Mapped[list[Any]]  # five, from level 1 on: see `rules.LevelText`


class PostStandard(HasId, Base):
    """What posts of one type require from a day on: all of them, those of one title, or those
    of one title in one unit. Append-only: the database refuses changes by a trigger."""

    __tablename__ = "post_standards"
    __table_args__ = (
        CheckConstraint(one_of("kind", StandardKind), name="kind"),
        CheckConstraint("(kind = 'withdrawal') = (withdraws_id IS NOT NULL)", name="withdraws"),
        CheckConstraint("unit_id IS NULL OR title <> ''", name="unit"),
        Index("ix_post_standards_scope", "agency_id", "post_type", "title_key"),
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    kind: Mapped[StandardKind] = mapped_column(Words(StandardKind))
    post_type: Mapped[str] = mapped_column(String(20))  # with its tier: JF_MU
    title: Mapped[str] = mapped_column(String(200))  # "" for every post of the type
    title_key: Mapped[str] = mapped_column(String(200))  # as `rules.title_key` compares it
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))
    starts_on: Mapped[date]
    levels: Mapped[dict[str, Any]]  # code → 1 to 5, or 0 for what is not required
    legal_basis: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(String(500))
    withdraws_id: Mapped[UUID | None] = mapped_column(ForeignKey("post_standards.id"), unique=True)
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    recorded_by_name: Mapped[str] = mapped_column(String(300))  # as it was that day
    recorded_at: Mapped[datetime]


class StandardDraft(HasId, Base):
    """What somebody thinks of requiring of posts: nobody's requirement until it is published.

    `edits` rises with every change; who changes or publishes a draft says which they saw.
    """

    __tablename__ = "standard_drafts"
    __table_args__ = (
        CheckConstraint(one_of("state", DraftState), name="state"),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published_at"),
        CheckConstraint("edits >= 0", name="edits"),
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    state: Mapped[DraftState] = mapped_column(Words(DraftState))
    asked: Mapped[list[Any]]  # see `posts.Asked`
    starts_on: Mapped[date]
    edits: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    created_by_name: Mapped[str] = mapped_column(String(300))  # as it was that day
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
