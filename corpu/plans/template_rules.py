"""Templates of development plans on plain values: what one may say, which holds for a post, and
what of it a person is offered.

A template is written line by line, as a form or a table has it: a competency that the posts
require, and one way to it. Levels are not written: whoever takes a goal is to reach what their
post requires on that day, so that a change of the standard leaves no template behind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from uuid import UUID

from corpu.errors import N_, DomainError
from corpu.plans.rules import Form, Kind, jp_of
from corpu.standards.checks import Problem
from corpu.standards.rules import title_key
from corpu.texts import clean_text

MOST_GOALS, MOST_ITEMS = 20, 60  # as in a plan: what cannot be taken whole is no template
LONGEST_TITLE = 300  # characters of an activity


@dataclass(frozen=True)
class Suggestion:
    """An activity that is suggested. `slug` for a course, `hours` for a project."""

    kind: Kind
    title: str = ""
    slug: str = ""
    quantity: int = 1
    hours: Decimal | None = None

    @property
    def amount(self) -> Decimal | None:
        """As a line has it: JP of a project, how many of the others; a course has neither."""
        if self.kind is Kind.COURSE:
            return None
        return self.hours if self.kind is Kind.PROJECT else Decimal(self.quantity)


@dataclass(frozen=True)
class Aim:
    """A goal: a competency, to the level that the post requires, and the ways to it."""

    code: str
    items: tuple[Suggestion, ...] = ()


@dataclass(frozen=True)
class Line:
    """One line as somebody writes it; without `kind` a goal alone. `number` says where it stands:
    of a form from 1 on, or the row of a file."""

    code: str
    kind: str = ""
    title: str = ""
    slug: str = ""
    amount: Decimal | None = None
    number: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.code or self.kind or self.title or self.slug or self.amount is not None)


def to_json(aims: Iterable[Aim]) -> list[Any]:
    """As the row of a template keeps them."""
    return [
        {
            "competency": aim.code,
            "items": [
                {
                    "kind": one.kind.value,
                    "title": one.title,
                    "course": one.slug,
                    "quantity": one.quantity,
                    "hours": None if one.hours is None else str(one.hours),
                }
                for one in aim.items
            ],
        }
        for aim in aims
    ]


def from_json(data: Iterable[Any]) -> tuple[Aim, ...]:
    """As `to_json` has written it."""
    return tuple(
        Aim(
            row["competency"],
            tuple(
                Suggestion(
                    Kind(one["kind"]),
                    one["title"],
                    one["course"],
                    one["quantity"],
                    None if one["hours"] is None else Decimal(one["hours"]),
                )
                for one in row["items"]
            ),
        )
        for row in data
    )


def lines_of(aims: Iterable[Aim]) -> list[Line]:
    """The lines that say the same."""
    return [
        line
        for aim in aims
        for line in (
            [Line(aim.code, s.kind.value, s.title, s.slug, s.amount) for s in aim.items]
            or [Line(aim.code)]
        )
    ]


# ---------------------------------------------------------------------------------- checks


@dataclass(frozen=True)
class Grounds:
    """What lines are measured by, all of the day on which the template begins to hold."""

    known: Collection[str]  # competencies of the dictionaries
    required: Collection[str]  # of these posts
    courses: Mapping[str, Decimal]  # JP of each open course
    forms: Mapping[Kind, Form]  # of the conversion table


def read_lines(lines: Sequence[Line], grounds: Grounds) -> tuple[tuple[Aim, ...], list[Problem]]:
    """The goals that lines describe, in the order in which each comes first, and everything that
    is wrong. `level` of a problem is the number of its line. Empty lines are passed over."""
    problems: list[Problem] = []
    found: dict[str, list[Suggestion]] = {}
    used: dict[str, int] = {}
    courses: set[str] = set()
    for line in lines:
        if line.is_empty:
            continue
        wrong = list(_goal_problems(line, grounds))
        if line.kind:
            try:
                one = _suggestion(line, grounds, used, courses)
            except _Wrong as refusal:
                wrong.append(refusal.problem)
            else:
                found.setdefault(line.code, []).append(one)
        elif line.title or line.slug or line.amount is not None:
            wrong.append(Problem("kind", N_("Pilih bentuk kegiatannya."), level=line.number))
        else:
            found.setdefault(line.code, [])
        problems += wrong
    items = sum(map(len, found.values()))
    if not found and not problems:
        problems.append(Problem("", N_("Isi paling sedikit satu tujuan.")))
    if len(found) > MOST_GOALS or items > MOST_ITEMS:
        problems.append(
            Problem(
                "",
                N_("Satu templat memuat paling banyak %(goals)s tujuan dan %(items)s kegiatan."),
                {"goals": MOST_GOALS, "items": MOST_ITEMS},
            )
        )
    return tuple(Aim(code, tuple(items)) for code, items in found.items()), problems


def _goal_problems(line: Line, grounds: Grounds) -> Iterator[Problem]:
    if not line.code:
        yield Problem("competency", N_("Pilih kompetensi yang dituju."), level=line.number)
    elif line.code not in grounds.known:
        yield Problem(
            "competency",
            N_("Tidak ada kompetensi berkode %(code)s yang berlaku pada hari itu."),
            {"code": line.code},
            level=line.number,
        )
    elif line.code not in grounds.required:
        yield Problem(
            "competency",
            N_("%(code)s tidak disyaratkan jabatan ini pada hari itu."),
            {"code": line.code},
            level=line.number,
        )


class _Wrong(Exception):
    def __init__(self, line: Line, field: str, message: str, **params: Any) -> None:
        super().__init__(message)
        self.problem = Problem(field, message, params, level=line.number)


def _suggestion(
    line: Line, grounds: Grounds, used: dict[str, int], courses: set[str]
) -> Suggestion:
    """The activity of a line; notes what it uses up of the year's caps, and its course."""
    if line.kind not in set(Kind):
        raise _Wrong(line, "kind", N_("Pilih bentuk kegiatannya dari daftar."))
    kind, form = Kind(line.kind), grounds.forms[Kind(line.kind)]
    if kind is Kind.COURSE:
        if line.slug not in grounds.courses:
            raise _Wrong(line, "course", N_("Pilih kursus yang terbuka."))
        if line.slug in courses:
            raise _Wrong(line, "course", N_("Kursus ini sudah ada di baris lain."))
        if line.amount is not None:
            raise _Wrong(line, "amount", N_("Kosongkan: JP kursus mengikuti kursusnya."))
        courses.add(line.slug)
        return Suggestion(kind, slug=line.slug)
    if line.slug:
        raise _Wrong(line, "course", N_("Kosongkan, atau pilih bentuk kursus."))
    title = clean_text(line.title)
    if not title or len(title) > LONGEST_TITLE:
        raise _Wrong(
            line,
            "title",
            N_("Tulis nama kegiatannya, paling panjang %(most)s huruf."),
            most=LONGEST_TITLE,
        )
    amount = Decimal(1) if line.amount is None and kind is not Kind.PROJECT else line.amount
    is_whole = amount is not None and amount.is_finite() and amount == amount.to_integral_value()
    quantity = int(amount) if amount is not None and is_whole and kind is not Kind.PROJECT else 0
    try:
        quantity, jp = jp_of(form, quantity, hours=amount, used=used.get(form.code, 0))
    except DomainError as refusal:
        raise _Wrong(line, "amount", refusal.message, **refusal.params) from None
    used[form.code] = used.get(form.code, 0) + quantity
    return Suggestion(kind, title, "", quantity, jp if kind is Kind.PROJECT else None)


# ------------------------------------------------------------------------------ which holds


class Dated(Protocol):
    """A template by the posts that it is for and the days on which it holds."""

    @property
    def post_type(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def unit_id(self) -> UUID | None: ...
    @property
    def starts_on(self) -> date: ...
    @property
    def ends_on(self) -> date | None: ...


@dataclass(frozen=True)
class Post:
    """A post that somebody holds or acts in; `post_type` "" where nobody has said it."""

    post_type: str
    title: str
    unit_id: UUID | None


T = TypeVar("T", bound=Dated)


def holding(found: Sequence[T], post: Post, day: date) -> T | None:
    """The template that holds for a post on a day: of the title in the unit, else of the title,
    else of the type. `found` stands in the order of writing, without what was withdrawn.

    Within one scope the one that began last decides, of two from the same day the later
    written; when its last day is over, the wider scope is asked.
    """
    key = title_key(post.title)
    of_type = [one for one in found if one.post_type == post.post_type]
    titled = [one for one in (of_type if post.post_type else found) if title_key(one.title) == key]
    scopes = (
        [one for one in titled if one.title and one.unit_id and one.unit_id == post.unit_id],
        [one for one in titled if one.title and one.unit_id is None],
        [one for one in of_type if not one.title],
    )
    for scope in scopes:
        begun = [one for one in scope if one.starts_on <= day]
        if begun:
            latest = max(enumerate(begun), key=lambda pair: (pair[1].starts_on, pair[0]))[1]
            if latest.ends_on is None or day <= latest.ends_on:
                return latest
    return None


# -------------------------------------------------------------------------- what is offered


class LeftOut(StrEnum):
    """Why a goal is not chosen beforehand."""

    NO_GAP = "no_gap"  # may be chosen all the same
    NOT_REQUIRED = "not_required"  # not any more: there is no level to reach


class Why(StrEnum):
    """Why an activity cannot be chosen."""

    TAKEN = "taken"  # from this template, already
    COURSE_GONE = "course_gone"
    COURSE_THERE = "course_there"
    COURSE_DONE = "course_done"
    NOT_REQUIRED = "not_required"


def left_out(required: int | None, level: int | None) -> LeftOut | None:
    """Whether a goal is left out beforehand. Not yet observed is a gap."""
    if not required:
        return LeftOut.NOT_REQUIRED
    return LeftOut.NO_GAP if level is not None and level >= required else None
