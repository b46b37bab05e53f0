"""Reading competency: a profile against the post, the account of one score, many scores.

Profile and account are computed from the evidence at the moment asked about, so they never
lag; the kept scores serve where many people are shown at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.competency import ledger
from corpu.competency.history import RuleFact, facts_of
from corpu.competency.ledger import Ledger, Piece, RuleInForce
from corpu.competency.models import CompetencyScore
from corpu.competency.offers import Offer, levels_that_help, offers
from corpu.competency.phrases import called
from corpu.competency.rules import (
    HIGHEST,
    LOWEST,
    Jpm,
    LevelAccount,
    NextLevel,
    Outcome,
    gap,
    jpm,
    next_level_need,
)
from corpu.errors import NotFound
from corpu.people.queries import Standing, standing
from corpu.people.requirement import given_of
from corpu.standards.queries import book_of
from corpu.standards.rules import Given
from corpu.vocabulary import competencies, load
from corpu.zones import local_date

THIN = "thin"  # recorded and shown, but not handed to the score


@dataclass(frozen=True)
class Row:
    """One competency of a profile. `level` and `score` None: not yet observed."""

    code: str
    names: Mapping[str, Any]  # of the vocabulary, for `named`
    level: int | None
    score: Decimal | None
    required: int | None  # None: the post asks nothing of it
    capped: bool
    outcome: Outcome

    @property
    def name(self) -> str:
        """In the reader's language."""
        return called(self.names)

    @property
    def observed(self) -> bool:
        return self.level is not None

    @property
    def gap(self) -> int | None:
        """Required less achieved; not yet observed counts as 0. None without a requirement."""
        return None if self.required is None else gap(self.required, self.level)

    @property
    def is_below(self) -> bool:
        return self.gap is not None and self.gap > 0


@dataclass(frozen=True)
class Profile:
    """A person's competencies against the requirement of the post, on a day: the nine, and
    those of the agency that the post requires or that something was observed of."""

    person_id: UUID
    at: datetime
    standing: Standing
    in_force: RuleInForce
    rows: tuple[Row, ...]  # in the order of the regulation, then of the dictionaries
    jpm: Jpm | None

    @property
    def levels(self) -> dict[str, int | None]:
        return {row.code: row.level for row in self.rows}

    @property
    def scores(self) -> dict[str, Decimal | None]:
        return {row.code: row.score for row in self.rows}

    @property
    def required(self) -> dict[str, int]:
        return {row.code: row.required for row in self.rows if row.required is not None}

    @property
    def observed(self) -> int:
        return sum(row.observed for row in self.rows)

    @property
    def below(self) -> list[Row]:
        """Observed and below the requirement, farthest first."""
        return [row for row in self.farthest_first if row.is_below and row.observed]

    @property
    def farthest_first(self) -> list[Row]:
        """Below the requirement by distance, then not yet observed, then the others."""

        def place(row: Row) -> tuple[int, int]:
            if not row.observed:
                return 1, 0
            return (0, -(row.gap or 0)) if row.is_below else (2, 0)

        return sorted(self.rows, key=place)


@dataclass(frozen=True)
class Recorded:
    """A piece of evidence and whether it counts; `why_not` is a Reason's word, or `thin`."""

    piece: Piece
    why_not: str | None = None
    replaced_by: Piece | None = None


@dataclass(frozen=True)
class Rung:
    """One level of the account: what was measured at it, and what follows."""

    level: int
    names: Mapping[str, Any]
    account: LevelAccount
    measured: tuple[Piece, ...]
    ratings: tuple[Piece, ...]  # at this level or above
    is_implied: bool  # a higher level carries it
    is_held_from_below: bool  # demonstrated, but a lower level is missing (stepwise)


@dataclass(frozen=True)
class Account:
    """Why a score is what it is, and what would make it the next level."""

    person_id: UUID
    code: str
    names: Mapping[str, Any]
    at: datetime
    standing: Standing
    in_force: RuleInForce
    outcome: Outcome
    required: int | None
    rungs: tuple[Rung, ...]  # from the highest level down
    counted: tuple[Recorded, ...]
    ignored: tuple[Recorded, ...]
    need: NextLevel | None
    offers: tuple[Offer, ...]  # what is not done yet first, shortest first
    supervisor: str  # name of the direct supervisor today, "" without one
    history: tuple[RuleFact, ...] = ()  # what changes of the rule made of it, newest first
    given: Given | None = None  # what says the required level; None: nothing does

    @property
    def name(self) -> str:
        return called(self.names)

    @property
    def level(self) -> int | None:
        return self.outcome.level

    @property
    def score(self) -> Decimal | None:
        return self.outcome.score

    @property
    def gap(self) -> int | None:
        return None if self.required is None else gap(self.required, self.level)

    @property
    def progress(self) -> Fraction | None:
        """Mastery of the next level ÷ the threshold, uncapped; None where nothing measured."""
        if self.level is None or self.level == HIGHEST:
            return None
        mastery = self.outcome.account_of(self.level + 1).mastery
        if not mastery.pieces:
            return None
        return mastery.points / mastery.weight / Fraction(self.in_force.rule.mastery)


def profile_of(session: Session, person_id: UUID, at: datetime) -> Profile:
    """The competencies of a person at a moment. Two statements, three where a supervisor has
    rated. Raises NotFound for an unknown person."""
    here, book = ledger_of(session, person_id, at)
    asked = requirement(here)
    rows = []
    for code, names in shown_rows(session, here, book, asked).items():
        outcome = book.outcome(code)
        rows.append(
            Row(
                code=code,
                names=names,
                level=outcome.level,
                score=outcome.score,
                required=asked.get(code),
                capped=outcome.capped,
                outcome=outcome,
            )
        )
    return Profile(
        person_id=person_id,
        at=at,
        standing=here,
        in_force=book.in_force,
        rows=tuple(rows),
        jpm=match_of({row.code: row.level for row in rows}, asked),
    )


def requirement(here: Standing) -> dict[str, int]:
    """What the post asks of each competency; empty where that is not known."""
    return within_scale(here.required)


def within_scale(required: Mapping[str, int]) -> dict[str, int]:
    """Required levels of the scale; what a post says beside it asks nothing."""
    return {code: level for code, level in required.items() if LOWEST <= level <= HIGHEST}


def shown_rows(
    session: Session, here: Standing, book: Ledger, asked: Mapping[str, int]
) -> dict[str, Mapping[str, Any]]:
    """The nine, and those of the agency that the post requires or that have evidence, by code.
    No statement: the stamp was read with the standing."""
    known, day = book_of(session), local_date(book.at, here.timezone)
    rows: dict[str, Mapping[str, Any]] = dict(competencies())
    others = [code for code in [*known.rows(day), *sorted(book.pieces)] if code not in rows]
    for code in others:
        row = known.row(code, day)
        if row is not None and (code in asked or book.of(code)):
            rows[code] = row
    return rows


def match_of(levels: Mapping[str, int | None], asked: Mapping[str, int]) -> Jpm | None:
    """The job-person match with the bands for filling a post (Peraturan BKN 26/2019)."""
    return jpm(levels, asked, load("competencies")["job_person_match"]["bands_filling"])


def account_of(session: Session, person_id: UUID, code: str, at: datetime) -> Account:
    """The account of one score at a moment. Four statements, five where the agency has a
    rule of its own.

    Raises NotFound for an unknown person and an unknown competency.
    """
    here, book = ledger_of(session, person_id, at, codes=[code], with_lines=True)
    names = book_of(session).row(code, local_date(at, here.timezone))
    if names is None:
        raise NotFound
    outcome = book.outcome(code)
    need = next_level_need(outcome, book.in_force.rule)
    wanted = levels_that_help({code: need}, book.in_force.rule)
    above = book.supervisor
    counted, ignored = _sorted_out(book, code, outcome)
    return Account(
        person_id=person_id,
        code=code,
        names=names,
        at=at,
        standing=here,
        in_force=book.in_force,
        outcome=outcome,
        required=requirement(here).get(code),
        rungs=_rungs(book, code, outcome),
        counted=counted,
        ignored=ignored,
        need=need,
        offers=tuple(offers(session, person_id, wanted)),
        supervisor=above.supervisor_name if above else "",
        given=given_of(session, here, at).get(code),
        # Where no rule of the agency has begun, none can have changed anything.
        history=()
        if book.in_force.version is None
        else tuple(facts_of(session, person_id, at, code=code)),
    )


def scores_of(
    session: Session, person_ids: Collection[UUID]
) -> dict[UUID, dict[str, tuple[int | None, Decimal | None]]]:
    """Kept level and score by person and code, for heat maps: one statement. What time alone
    has changed shows after the worker's next round."""
    found: dict[UUID, dict[str, tuple[int | None, Decimal | None]]] = {
        person_id: {} for person_id in person_ids
    }
    if not found:
        return found
    for row in session.execute(
        select(
            CompetencyScore.person_id,
            CompetencyScore.competency,
            CompetencyScore.level,
            CompetencyScore.score,
        ).where(CompetencyScore.person_id.in_(list(found)))
    ):
        found[row.person_id][row.competency] = row.level, row.score
    return found


# ------------------------------------------------------------------- what would raise it


@dataclass(frozen=True)
class Step:
    """The step that means most: a competency below the requirement, and a course for it."""

    row: Row
    need: NextLevel
    offer: Offer | None  # None: no course gives it, a rating is needed


def next_step(session: Session, profile: Profile) -> Step | None:
    """The farthest competency that a course still open to the person would raise; without
    one, the farthest. None where nothing is below the requirement. One statement."""
    wanting = [row for row in profile.farthest_first if row.is_below]
    needs = {row.code: next_level_need(row.outcome, profile.in_force.rule) for row in wanting}
    found = [
        offer
        for offer in offers(
            session, profile.person_id, levels_that_help(needs, profile.in_force.rule)
        )
        if not offer.is_done
    ]
    for row in wanting:
        need = needs[row.code]
        offer = next((offer for offer in found if offer.competency == row.code), None)
        if need is not None and offer is not None:
            return Step(row, need, offer)
    for row in wanting:
        need = needs[row.code]
        if need is not None:
            return Step(row, need, None)
    return None


# ------------------------------------------------------------------------------- parts


def ledger_of(
    session: Session,
    person_id: UUID,
    at: datetime,
    *,
    codes: Collection[str] | None = None,
    with_lines: bool = False,
) -> tuple[Standing, Ledger]:
    """A person's post and evidence at a moment. Raises NotFound for an unknown person."""
    try:
        here = standing(session, person_id, at)
    except LookupError:
        raise NotFound from None
    books = ledger.read(session, [person_id], at, codes=codes, with_lines=with_lines)
    return here, books[person_id]


def _sorted_out(
    book: Ledger, code: str, outcome: Outcome
) -> tuple[tuple[Recorded, ...], tuple[Recorded, ...]]:
    """Counted and ignored, newest first."""
    by_id = {piece.id: piece for piece in book.of(code)}
    reasons = dict(outcome.ignored)
    counted, ignored = [], []
    for piece in reversed(book.of(code)):
        if piece.id in reasons or piece.is_thin:
            revoked = piece.revoked_at is not None and piece.revoked_at <= book.at
            reason = reasons.get(piece.id, "revoked" if revoked else THIN)
            stands = outcome.superseded_by.get(piece.id)
            ignored.append(Recorded(piece, reason, by_id[stands] if stands else None))
        else:
            counted.append(Recorded(piece))
    return tuple(counted), tuple(ignored)


def _rungs(book: Ledger, code: str, outcome: Outcome) -> tuple[Rung, ...]:
    by_id = {piece.id: piece for piece in book.of(code)}
    achieved = outcome.level or 0
    return tuple(
        Rung(
            level=account.level,
            names=names,
            account=account,
            measured=tuple(by_id[id] for id in account.mastery.pieces),
            ratings=tuple(by_id[id] for id in account.ratings),
            is_implied=not account.demonstrated and account.level <= achieved,
            is_held_from_below=account.demonstrated and account.level > achieved,
        )
        for account, names in reversed(
            list(zip(outcome.levels, load("competencies")["levels"], strict=True))
        )
    )
