"""A course with a quiz of every type, published through the real compiler.

What may not be seen before it is due is written with words that stand nowhere else.
"""

import re
from datetime import UTC, datetime

from corpu.assessment import queries, service
from corpu.assessment.models import Attempt
from corpu.catalog import service as catalog
from corpu.catalog.publishing import vocabulary_with
from corpu.content import CourseSource, compile_course
from corpu.learning.service import enrol
from corpu.storage import FolderStorage
from tests.factories import LONG_AGO, make_unit, save

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
SLUG, QUIZ = "air-uji", "ujian"

COURSE = """---
title: Air Uji
summary: Kursus yang hanya ada dalam uji.
language: id
kind: teknis
jp: 1
{authors}completion:
  pages: all
{completion}---
Pembuka.
"""

PAGE = """---
title: Bacaan
id: bacaan
---
Teks halaman.
"""

QUESTIONS = {
    "satu": """## Target mana yang membahas air minum? {#satu}
- [x] Target 6.1
    > umpan-benar-satu
- [ ] Target 7.1
    > umpan-salah-satu
- [ ] Target 11.5

> pembahasan-satu
""",
    "beberapa": """## Apa saja yang diperiksa? {#beberapa points=2}
- [x] Letak sumber
- [x] Ketersediaan
    > umpan-benar-beberapa
- [ ] Warna ember
    > umpan-salah-beberapa
- [ ] Nama toko

> pembahasan-beberapa
""",
    "benarsalah": """## Waktu mengantre ikut dihitung. {#benarsalah}
- [x] Benar
    > umpan-benarsalah
- [ ] Salah

> pembahasan-benarsalah
""",
    "isian": """## Apa sebutan anak tangga itu? {#isian}
= kuncirahasia
= /polarahasia[0-9]+/

> pembahasan-isian
""",
    "angka": """## Berapa persen yang terlayani? {#angka points=2}
= 7413.5 ± 1.25

> pembahasan-angka
""",
    "urut": """## Urutkan langkahnya. {#urut type=order points=2}
1. Langkah alfa
2. Langkah beta
3. Langkah gama
4. Langkah delta

> pembahasan-urut
""",
    "jodoh": """## Jodohkan keadaannya. {#jodoh type=match points=2}
| Keadaan | Anak tangga |
|---|---|
| Keran di dapur | Dikelola aman |
| Keran umum | Terbatas |
| Sumur terbuka | Tak layak |
|  | Permukaan |

> pembahasan-jodoh
""",
    "uraian": """## Apa yang Anda periksa dahulu? {#uraian type=essay points=4}
| Kriteria | 0 | 1 | 2 |
|---|---|---|---|
| Ketepatan | rubrik-nol | rubrik-satu | rubrik-dua |
| Alasan | rubrik-tanpa | rubrik-ada | rubrik-kuat |

> contoh-jawaban-uraian
""",
}
MACHINE = tuple(name for name in QUESTIONS if name != "uraian")

# Never in anything that a browser gets while the attempt runs.
SECRETS = (
    "umpan-",
    "pembahasan-",
    "contoh-jawaban",
    "kuncirahasia",
    "polarahasia",
    "7412",
    "7414",
    "rubrik-",
    "correct",
    "feedback",
    "explanation",
)


def quiz_text(questions=MACHINE, **rules):
    values = {"title": "Ujian Air", "type": "quiz", "id": QUIZ, "competency": "PPB", "level": 2}
    values |= {"pass": 75, "attempts": 3} | rules
    front = "".join(f"{key}: {value}\n" for key, value in values.items() if value is not None)
    return f"---\n{front}---\n" + "\n".join(QUESTIONS[name] for name in questions)


def publish_course(session, storage, *, questions=MACHINE, authors=(), completion="", **rules):
    """Publish an edition of the course and answer its outline's edition."""
    numbers = f"authors: [{', '.join(authors)}]\n" if authors else ""
    files = {
        "course.md": COURSE.format(authors=numbers, completion=completion),
        "01-air/01-bacaan.md": PAGE,
        "01-air/02-ujian.md": quiz_text(questions, **rules),
    }
    source = CourseSource(SLUG, {path: text.encode() for path, text in files.items()})
    compiled = compile_course(source, vocabulary_with(session))
    assert compiled.course is not None, list(compiled.errors)
    owner = make_unit(session)
    edition = catalog.publish(
        session, storage, compiled.course, source, at=LONG_AGO, owner_unit_id=owner.id
    )
    return save(session, edition)


def take_seat(session, person, *, at=NOON):
    enrolment = enrol(session, person.id, SLUG, at=at)
    session.commit()
    return enrolment


def begin(session, person, *, at=NOON):
    attempt = service.start(session, person.id, SLUG, QUIZ, at=at)
    session.commit()
    return attempt


def sheet(session, attempt, at=NOON):
    """The questions as the person sees them, by id."""
    session.expire_all()
    view = queries.attempt_view(session, attempt.person_id, attempt.id, at=at)
    return {question.id: question for question in view.questions}


def words(html):
    return re.sub(r"<[^>]+>", "", html).strip()


def right_answers(asked):
    """What somebody who knows everything would choose, in the numbers shown."""

    def places(question, *texts):
        shown = [words(part) for part in question.parts]
        return [str(shown.index(text)) for text in texts]

    known = {
        "satu": lambda q: places(q, "Target 6.1")[0],
        "beberapa": lambda q: sorted(places(q, "Letak sumber", "Ketersediaan")),
        "benarsalah": lambda q: places(q, "Benar")[0],
        "isian": lambda q: "Kuncirahasia ",
        "angka": lambda q: "7414,5",
        "urut": lambda q: [
            str(["alfa", "beta", "gama", "delta"].index(words(part).split()[-1]) + 1)
            for part in q.parts
        ],
        "jodoh": lambda q: places(q, "Dikelola aman", "Terbatas", "Tak layak"),
        "uraian": lambda q: "Saya memeriksa sumbernya dahulu.",
    }
    return {name: known[name](question) for name, question in asked.items()}


def answer(session, attempt, name, raw, *, counter=1, in_doubt=False, at=NOON):
    saved = service.save_answer(
        session, attempt.person_id, attempt.id, name, raw, counter, in_doubt=in_doubt, at=at
    )
    session.commit()
    return saved


def answer_all(session, attempt, *, at=NOON, wrong=()):
    for name, raw in right_answers(sheet(session, attempt, at)).items():
        if name not in wrong:
            answer(session, attempt, name, raw, at=at)


def hand_in(session, attempt, *, at=NOON):
    result = service.submit(session, attempt.person_id, attempt.id, at=at)
    session.commit()
    return result


def again(session, attempt):
    """The attempt as the database has it now."""
    session.expire_all()
    return session.get_one(Attempt, attempt.id)


def storage_in(folder):
    return FolderStorage(folder)
