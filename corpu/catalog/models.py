"""Courses and their editions. An edition's source is immutable; its HTML is a cache."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from corpu.database import JP, Base, HasId, unique_while


class Course(HasId, Base):
    """Archived, never deleted, while a fact names it."""

    __tablename__ = "courses"

    slug: Mapped[str] = mapped_column(String(120), unique=True)
    owner_unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), index=True)
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class Edition(HasId, Base):
    """What a course was when it was published: numbered 1, 2, 3 … per course."""

    __tablename__ = "editions"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("jp >= 0", name="jp"),
        unique_while("uq_editions_current", "course_id", where="is_current"),
    )

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id"))
    number: Mapped[int]
    is_current: Mapped[bool]
    origin: Mapped[str] = mapped_column(String(20))  # folder, or browser
    source_hash: Mapped[str] = mapped_column(String(64))
    renderer_version: Mapped[int]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    language: Mapped[str] = mapped_column(String(5))
    title: Mapped[str] = mapped_column(String(300))
    summary: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(20))
    jp: Mapped[Decimal] = mapped_column(JP)
    order: Mapped[str] = mapped_column(String(12))  # free, or sequence
    certificate: Mapped[str] = mapped_column(String(20))  # kind of document, or none
    minutes: Mapped[int]
    # Everything else of course.md and the outline: completion, audience, prerequisites,
    # modules with pages (id, type, title, minutes, body hash), quizzes' rules without keys.
    outline: Mapped[dict[str, Any]]
    search_stems: Mapped[str] = mapped_column(Text)  # stemmed title, summary and headings
    problems: Mapped[list[Any]]  # warnings of the check at publication


class EditionGoal(Base):
    __tablename__ = "edition_goals"

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("editions.id"), primary_key=True)
    goal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class EditionCompetency(Base):
    """What the course says it teaches, so that a gap can find it."""

    __tablename__ = "edition_competencies"

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("editions.id"), primary_key=True)
    competency: Mapped[str] = mapped_column(String(12), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class EditionAuthor(Base):
    """A person whose number stands under `authors`; the course is theirs in /author."""

    __tablename__ = "edition_authors"

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("editions.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    nip: Mapped[str] = mapped_column(String(18), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)


class EditionPage(Base):
    """A page as it is served: segments (text, check), the keys of its checks, its quiz."""

    __tablename__ = "edition_pages"
    __table_args__ = (UniqueConstraint("edition_id", "position"),)

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("editions.id"), primary_key=True)
    page_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    position: Mapped[int]
    type: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(300))
    body_hash: Mapped[str] = mapped_column(String(64))
    segments: Mapped[list[Any]]  # what may be shown: never a key, never feedback
    checks: Mapped[dict[str, Any]]  # check id → options with keys and feedback
    quiz: Mapped[dict[str, Any] | None]  # questions with keys


class EditionFile(Base):
    """A file of the source, byte for byte, in the content-addressed store."""

    __tablename__ = "edition_files"

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("editions.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(400), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]


class Medium(Base):
    """A picture, video or download that some edition shows; SVG in its cleaned form."""

    __tablename__ = "media"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
