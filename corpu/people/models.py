"""Persons, accounts, units, posts, roles, and who supervises whom. Facts are dated."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from corpu.database import Base, HasId, Words, one_of, unique_while
from corpu.permissions import Role


class Agency(HasId, Base):
    """The organisation that runs this installation."""

    __tablename__ = "agencies"

    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(60))
    region_code: Mapped[str | None] = mapped_column(String(8))  # Kemendagri code of the province
    timezone: Mapped[str] = mapped_column(String(40))  # IANA
    created_at: Mapped[datetime]


class Unit(HasId, Base):
    """A unit of the agency: a tree of regional agencies, divisions and technical units."""

    __tablename__ = "units"
    __table_args__ = (
        UniqueConstraint("agency_id", "code"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_own_parent"),
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    timezone: Mapped[str] = mapped_column(String(40))  # IANA; the year of learning hours follows it
    archived_at: Mapped[datetime | None]


class Person(HasId, Base):
    """A civil servant. Keyed by an identifier of ours; the NIP may change (domain 1.2)."""

    __tablename__ = "people"
    __table_args__ = (CheckConstraint("nip IS NULL OR length(nip) = 18", name="nip_length"),)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    nip: Mapped[str | None] = mapped_column(String(18), unique=True)  # NIP or NI PPPK, digits
    email: Mapped[str | None] = mapped_column(String(254), unique=True)  # lower case
    title_before: Mapped[str] = mapped_column(String(60), default="")
    name: Mapped[str] = mapped_column(String(160), index=True)
    title_after: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime]

    @property
    def full_name(self) -> str:
        """`Dr. Budi Santoso, S.Sos., M.Si.`"""
        front = f"{self.title_before} {self.name}".strip()
        return f"{front}, {self.title_after}" if self.title_after else front


class NipHistory(HasId, Base):
    """Numbers a person had before, so that an old paper still leads to them."""

    __tablename__ = "nip_history"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    nip: Mapped[str] = mapped_column(String(18), index=True)
    replaced_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500))


class Account(Base):
    """How a person signs in. `epoch` ends every open session when it rises."""

    __tablename__ = "accounts"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    epoch: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    locale: Mapped[str | None] = mapped_column(String(5))
    failures: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None]
    signed_in_at: Mapped[datetime | None]


class UnknownSignIn(Base):
    """Failures to sign in as somebody who does not exist, counted like those of an account,
    so that waiting tells nothing. `key` is a keyed hash: people type passwords into the
    wrong field. Forgotten after a day."""

    __tablename__ = "unknown_sign_ins"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime] = mapped_column(index=True)


class SignInLink(HasId, Base):
    """A link that signs a person in once and lets them set a password. Only its hash is kept."""

    __tablename__ = "sign_in_links"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class RoleAssignment(HasId, Base):
    """A role held from a day to a day, for a branch of units or the whole agency."""

    __tablename__ = "role_assignments"
    __table_args__ = (
        CheckConstraint(one_of("role", Role), name="role"),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="order"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[Role] = mapped_column(Words(Role))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]  # the last day; None while it holds


class Posting(HasId, Base):
    """A post held in a unit from a day to a day: the definitive one, which decides unit and
    requirements. Acting ones are `ActingPost`."""

    __tablename__ = "postings"
    __table_args__ = (
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="order"),
        unique_while("uq_postings_current", "person_id", where="ended_on IS NULL"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))  # Pengawas Perikanan Ahli Muda
    post_type: Mapped[str] = mapped_column(String(20))  # key of required_level_default
    grade: Mapped[str] = mapped_column(String(10), default="")  # III/d, or IX for PPPK
    required_levels: Mapped[
        dict[str, Any] | None
    ]  # code → level, where it differs from the default
    started_on: Mapped[date]
    ended_on: Mapped[date | None]


class Supervision(HasId, Base):
    """The explicit, dated relation between a person and their supervisor (domain 1.5)."""

    __tablename__ = "supervisions"
    __table_args__ = (
        CheckConstraint("person_id <> supervisor_id", name="not_oneself"),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="order"),
        unique_while("uq_supervisions_current", "person_id", where="ended_on IS NULL"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    supervisor_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    started_on: Mapped[date]
    ended_on: Mapped[date | None]


class ActingKind(StrEnum):
    """How somebody acts in a post besides their own."""

    PLT = "plt"  # pelaksana tugas: the post is vacant
    PLH = "plh"  # pelaksana harian: its holder is away for some days
    PJ = "pj"  # penjabat: appointed until there is a definitive one


class ActingPost(HasId, Base):
    """A post in which somebody acts beside their own, from a day to a day.

    It never decides unit or required levels, so it stands apart from `postings`. `revoked_at`
    ends it at once.
    """

    __tablename__ = "acting_posts"
    __table_args__ = (
        CheckConstraint(one_of("kind", ActingKind), name="kind"),
        CheckConstraint("ended_on >= started_on", name="order"),
        CheckConstraint("line_of_id IS NULL OR line_of_id <> person_id", name="not_own_line"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), index=True)
    kind: Mapped[ActingKind] = mapped_column(Words(ActingKind))
    title: Mapped[str] = mapped_column(String(200))  # of the post, without "Plt."
    line_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))  # whose line it leads
    started_on: Mapped[date]
    ended_on: Mapped[date]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    @property
    def printed(self) -> str:
        """`Plt. Kepala Bidang Sumber Daya Air`"""
        return f"{self.kind.value.capitalize()}. {self.title}"


class Basis(StrEnum):
    """Why somebody may decide in the place of a supervisor."""

    DEPUTY = "deputy"  # the supervisor handed it over
    ACTING = "acting"  # they act in the supervisor's post


class Delegation(HasId, Base):
    """`deputy` approves plans and rates in the place of `principal`, from a day to a day.

    It reaches the people who answer to the principal by `supervisions`, and nobody through
    another delegation: what is handed over is not handed on. `revoked_at` ends it at once.
    """

    __tablename__ = "delegations"
    __table_args__ = (
        CheckConstraint("principal_id <> deputy_id", name="not_oneself"),
        CheckConstraint("ended_on >= started_on", name="order"),
        CheckConstraint(one_of("basis", Basis), name="basis"),
        CheckConstraint("(basis = 'acting') = (acting_post_id IS NOT NULL)", name="acting_post"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="revoked"),
    )

    principal_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    deputy_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    basis: Mapped[Basis] = mapped_column(Words(Basis))
    acting_post_id: Mapped[UUID | None] = mapped_column(ForeignKey("acting_posts.id"), unique=True)
    started_on: Mapped[date]
    ended_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(1000))
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    revoked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    revoked_at: Mapped[datetime | None]


class ProfileVisit(Base):
    """Somebody opened a person's page; the person can see who and when."""

    __tablename__ = "profile_visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    viewer_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
