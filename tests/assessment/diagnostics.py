"""A course of three modules with a diagnostic, and the way of a person through it."""

from datetime import timedelta

from sqlalchemy import select

from corpu.assessment import service
from corpu.assessment.models import Attempt
from corpu.content import DIAGNOSTIC
from corpu.learning import service as learning
from tests.assessment.factories import NOON, hand_in
from tests.courses import PAGE, course_source, publish
from tests.factories import make_unit

SLUG = "kursus-uji"
HERE = f"/learn/{SLUG}/{DIAGNOSTIC}"

ASKED = """## Soal {id} {{#{id} module={module} points={points} competency={code} level=2}}
- [x] Kanan
    > umpan-benar-{id}
- [ ] Kiri
    > umpan-salah-{id}

> pembahasan-{id}

"""
QUIZ = """---
title: Kuis {id}
type: quiz
id: {id}
minutes: 10
pass: 75
competency: PPB
level: 2
---

## Soal {id} {{#{id}-s1 points=3}}
- [x] Kanan
- [ ] Kiri
"""


def page(name, minutes=10):
    text = PAGE.format(id=name, check="")
    return text.replace(f"id: {name}\n", f"id: {name}\nminutes: {minutes}\n", 1)


def diagnostic(*, questions=None, **rules):
    """Two questions of three points for `satu`, one each for `dua`."""
    asked = questions or [
        {"id": "u1", "module": "satu", "points": 2, "code": "PPB"},
        {"id": "u2", "module": "satu", "points": 2, "code": "PPB"},
        {"id": "u3", "module": "dua", "points": 3, "code": "OPH"},
    ]
    values = {"title": "Uji awal", "time_limit": 20} | rules
    front = "".join(f"{key}: {value}\n" for key, value in values.items() if value is not None)
    return f"---\n{front}---\n" + "".join(ASKED.format(**one) for one in asked)


def files(**rules):
    """Forty minutes in all: a and b in `satu`, c and a quiz in `dua`, the final test alone."""
    return {
        "01-satu/01-a.md": page("a"),
        "01-satu/02-b.md": page("b"),
        "02-dua/01-c.md": page("c"),
        "02-dua/02-kuis.md": QUIZ.format(id="kuis-dua"),
        "03-akhir/01-ujian.md": QUIZ.format(id="ujian"),
        "diagnostic.md": diagnostic(**rules),
    }


def source(*, order="free", more=None, **rules):
    return course_source(
        SLUG, jp=3, order=order, pages=(), quiz=None, files=files(**rules) | (more or {})
    )


def publish_it(session, app, *, at=None, **options):
    owner = make_unit(session)
    extra = {"at": at} if at else {}
    return publish(session, app, source(**options), owner_unit_id=owner.id, **extra)


def enrol(session, person, at=NOON):
    enrolment = learning.enrol(session, person.id, SLUG, at=at)
    session.commit()
    return enrolment


def begin(session, person, page_id=DIAGNOSTIC, at=NOON):
    attempt = service.start(session, person.id, SLUG, page_id, at=at)
    session.commit()
    return attempt


def answer(session, attempt, right, at=NOON):
    """The questions with these ids rightly, the others wrongly."""
    for question in attempt.question_ids:
        value = 0 if question in right else 1
        service.save_answer(
            session, attempt.person_id, attempt.id, question, value, 1, in_doubt=False, at=at
        )
    session.commit()


def take(session, person, *right, at=NOON):
    """Begin, answer and hand in the diagnostic."""
    attempt = begin(session, person, at=at)
    answer(session, attempt, right, at)
    return hand_in(session, attempt, at=at + timedelta(minutes=5))


def pass_quiz(session, person, page_id, at=NOON):
    attempt = begin(session, person, page_id, at)
    answer(session, attempt, attempt.question_ids, at)
    return hand_in(session, attempt, at=at)


def read(session, person, page_id, at=NOON):
    learning.complete_page(session, person.id, SLUG, page_id, at=at)
    session.commit()


def attempts(session):
    session.expire_all()
    return session.scalars(select(Attempt).order_by(Attempt.started_at, Attempt.id)).all()
