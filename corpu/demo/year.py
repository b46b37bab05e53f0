"""A year of believable learning, made through the same services as real acts.

Everything follows from one seed and the day it is made for, but for the questions that an attempt
draws; nothing here writes a row that
a learner, supervisor, instructor or manager could not have caused.
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from heapq import heapify, heappop, heappush
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.assessment import service as assessment
from corpu.assessment.models import Attempt, AttemptState, Response
from corpu.assessment.papers import paper_of
from corpu.assessment.sheets import shown
from corpu.catalog import queries as catalog
from corpu.catalog.outline import Outline, PageInfo
from corpu.competency import service as competency
from corpu.learning import service as learning
from corpu.learning.seat import seat
from corpu.people import service as people

ESSAYS = (
    "Kegiatan saya: pendampingan kelompok pengelola air minum di empat desa. Kegiatan ini "
    "menyumbang tujuan 6, target 6.1. Indikatornya persentase rumah tangga dengan akses air "
    "minum layak, dari data dasar 71 persen ke target 80 persen tahun depan. Datanya dari "
    "laporan bulanan kelompok, diperiksa petugas kecamatan setiap triwulan.",
    "Unit saya memproses izin usaha mikro. Ini terkait tujuan 8 target 8.3 karena memudahkan "
    "usaha kecil menjadi resmi. Indikator: jumlah izin terbit tepat waktu dibagi permohonan, "
    "tahun lalu 82 persen, target 90 persen. Sumber data aplikasi perizinan.",
    "Kami mengadakan sosialisasi kesehatan lingkungan. Tujuannya nomor 3 dan 6. Indikator "
    "yang saya pilih jumlah peserta sosialisasi.",
)
COMMENTS = (
    "Pemetaannya runtut dan indikatornya terukur. Tambahkan siapa yang belum terjangkau.",
    "Sudah tepat. Sebutkan sumber data dengan tahun dan penanggung jawabnya.",
    "Jumlah peserta belum menunjukkan hasil. Pilih indikator yang berubah karena kegiatan ini.",
)
RATINGS = (
    "Terlihat dari cara yang bersangkutan melayani warga dan menyelesaikan keluhan di loket.",
    "Memimpin rapat koordinasi dan memastikan tindak lanjutnya selesai tepat waktu.",
    "Mengajak rekan memeriksa data bersama sebelum laporan dikirim.",
)


@dataclass(frozen=True)
class Learner:
    person_id: UUID
    ability: float  # chance of knowing an answer, 0 to 1
    diligence: float  # chance of going on after each page
    rests_after: int = 1000  # pages of one course, then it is left for later


Story = Iterator[datetime]  # acts, one after each `next`; yields when the coming one is due


def live(stories: Iterable[Story]) -> None:
    """Let many stories happen in the order of time, as the acts of one office would."""
    queue = []
    for order, story in enumerate(stories):
        due = next(story, None)
        if due is not None:
            queue.append((due, order, story))
    heapify(queue)
    while queue:
        _due, order, story = heappop(queue)
        due = next(story, None)
        if due is not None:
            heappush(queue, (due, order, story))


def take_course(
    session: Session, learner: Learner, slug: str, start: datetime, end: datetime, random: Random
) -> Story:
    """Enrol and go through the pages in sittings of some evenings, until finished, tired or
    the present day. What a diagnostic has proven is not read again."""
    at = start
    yield at
    learning.enrol(session, learner.person_id, slug, at=at)
    outline = catalog.current_edition(session, slug)
    assert outline is not None
    here = seat(session, learner.person_id, slug)
    proven = here.proven if here is not None else {}
    for page in outline.pages[: learner.rests_after]:
        if page.id in proven:
            continue
        at += timedelta(minutes=page.minutes + random.randint(0, 6))
        if random.random() < 0.28:
            at += timedelta(days=random.randint(1, 9), minutes=random.randint(-90, 90))
        if at >= end or random.random() > learner.diligence:
            return
        yield at
        if page.quiz is None:
            _read(session, learner, outline, page, at, random)
        else:
            handed_in = yield from take_quiz(session, learner, outline, page, at, end, random)
            if handed_in is None:
                return
            at = handed_in


def _read(
    session: Session,
    learner: Learner,
    outline: Outline,
    page: PageInfo,
    at: datetime,
    random: Random,
) -> None:
    here = seat(session, learner.person_id, outline.slug)
    assert here is not None
    assert here.enrolment_id is not None
    learning.record_visit(session, here.enrolment_id, page.id, at=at)
    content = catalog.page(session, outline.edition_id, page.id)
    assert content is not None
    for check_id in page.checks:
        options = content.checks[check_id]["options"]
        right = [i for i, option in enumerate(options) if option["correct"]]
        chosen = right if random.random() < learner.ability else [random.randrange(len(options))]
        learning.answer_check(
            session, learner.person_id, outline.slug, page.id, check_id, chosen, at=at
        )
    learning.complete_page(session, learner.person_id, outline.slug, page.id, at=at)


def take_quiz(
    session: Session,
    learner: Learner,
    outline: Outline,
    page: PageInfo,
    at: datetime,
    end: datetime,
    random: Random,
) -> Generator[datetime, None, datetime | None]:
    """Try a quiz until it is passed; when that was, or None where attempts or time ran out."""
    assert page.quiz is not None
    for number in range(page.quiz.attempts or 3):
        attempt = assessment.start(
            session,
            learner.person_id,
            outline.slug,
            page.id,
            at=at,
            seed=random.randrange(assessment.SEEDS),
        )
        if attempt.state is not AttemptState.IN_PROGRESS:
            return None
        _answer(session, learner, attempt, at, min(0.97, learner.ability + 0.12 * number), random)
        at += timedelta(minutes=min(page.minutes, 20))
        yield at
        handed_in = assessment.submit(session, learner.person_id, attempt.id, at=at)
        if handed_in.state is AttemptState.AWAITING_GRADE or handed_in.passed:
            return at
        at += timedelta(hours=random.randint(1, 50))
        if at >= end:
            return None
        yield at
    return None


def _answer(
    session: Session,
    learner: Learner,
    attempt: Attempt,
    at: datetime,
    chance: float,
    random: Random,
) -> None:
    paper = paper_of(session, attempt)
    for question in paper.questions:
        if random.random() > 0.985:
            continue  # left open now and then
        value = answer_to(question, random.random() < chance, random)
        kept = {"value": value}
        assessment.save_answer(
            session,
            learner.person_id,
            attempt.id,
            question["id"],
            shown(question, paper.order(question), kept),
            1,
            in_doubt=random.random() < 0.08,
            at=at,
        )


def answer_to(question: dict[str, Any], knows: bool, random: Random) -> Any:
    """An answer in the author's numbers: the right one, or one that a person might give."""
    kind = question["type"]
    if kind in ("single", "truefalse"):
        key = next(i for i, option in enumerate(question["options"]) if option["correct"])
        wrong = [i for i in range(len(question["options"])) if i != key]
        return key if knows else random.choice(wrong)
    if kind == "multiple":
        right = [i for i, option in enumerate(question["options"]) if option["correct"]]
        return right if knows else sorted({*right[:-1], random.randrange(len(question["options"]))})
    if kind == "short":
        plain = next((key["text"] for key in question["keys"] if "text" in key), None)
        return plain if knows and plain is not None else "belum tahu"
    if kind == "number":
        low, high = (Decimal(question["keys"][0][side]) for side in ("low", "high"))
        middle = (low + high) / 2 if knows else high * 2 + 7
        return format(middle.normalize(), "f").replace(".", ",")
    if kind == "order":
        order = list(range(len(question["items"])))
        if not knows:
            random.shuffle(order)
        return order
    if kind == "match":
        picked = [index for _left, index in question["pairs"]]
        if not knows:
            random.shuffle(picked)
        return picked
    return random.choice(ESSAYS[:2] if knows else ESSAYS)


def grade_weekly(
    session: Session, grader_id: UUID, *, start: datetime, until: datetime, random: Random
) -> Story:
    """The instructor grades twice a week what has waited; the two newest are left each time, so
    that something waits whenever the year ends."""
    at = start
    while at < until:
        yield at
        waiting = session.scalars(
            select(Attempt)
            .where(Attempt.state == AttemptState.AWAITING_GRADE)
            .order_by(Attempt.submitted_at)
        ).all()
        for attempt in waiting[:-2]:
            _grade(session, grader_id, attempt, at, random)
        at += timedelta(days=random.randint(3, 4), minutes=random.randint(-90, 90))


def _grade(
    session: Session, grader_id: UUID, attempt: Attempt, at: datetime, random: Random
) -> None:
    for question in paper_of(session, attempt).questions:
        if question["type"] != "essay":
            continue
        essay = _essay_of(session, attempt, question["id"])
        good = essay in ESSAYS[:2]
        assessment.grade_essay(
            session,
            grader_id,
            attempt.id,
            question["id"],
            [_pick(row["columns"], good, random) for row in question["rubric"]],
            COMMENTS[ESSAYS.index(essay)] if essay in ESSAYS else "",
            at=at,
        )


def _pick(columns: list[list[Any]], good: bool, random: Random) -> int:
    """The number of a rubric's column: mostly the best for a good essay."""
    ranked = sorted(range(len(columns)), key=lambda i: Decimal(columns[i][0]), reverse=True)
    return ranked[0 if good and random.random() < 0.75 else min(1, len(ranked) - 1)]


def _essay_of(session: Session, attempt: Attempt, question_id: str) -> str:
    answer = session.scalar(
        select(Response.answer).filter_by(attempt_id=attempt.id, question_id=question_id)
    )
    return str((answer or {}).get("value", ""))


def rate_person(
    session: Session,
    supervisor_id: UUID,
    person_id: UUID,
    levels: dict[str, int],
    *,
    at: datetime,
    random: Random,
) -> Story:
    """A supervisor's look at a person: opens the page, rates some competencies."""
    yield at
    people.record_profile_visit(session, person_id, supervisor_id, at=at)
    for code, level in levels.items():
        competency.rate(
            session,
            supervisor_id=supervisor_id,
            person_id=person_id,
            competency=code,
            level=level,
            reason=random.choice(RATINGS),
            at=at,
        )
