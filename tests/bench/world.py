"""The database that is measured against: a course of 17 modules, people, their progress."""

from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import insert, select

from corpu import clock
from corpu.catalog import service as catalog
from corpu.catalog.publishing import vocabulary_with
from corpu.content import CourseSource, compile_course
from corpu.extensions import db
from corpu.installation import Installation, Origin
from corpu.learning import service as learning
from corpu.models import catalog as catalog_models
from corpu.models import credentials, people
from corpu.people.passwords import hash_password
from corpu.transactions import unit_of_work
from tests.factories import new_nip

SLUG = "kursus-ukur"
SHORT = "kursus-pendek"  # of everyday size: four modules, for certificates
MODULES = {SLUG: 17, SHORT: 4}
PEOPLE = 2000
PASSWORD = "kata-sandi-untuk-mengukur"
SENTENCE = (
    "Layanan air minum yang baik dimulai dari warga yang belum terlayani, bukan dari pipa yang "
    "sudah ada; karena itu kita menghitung jarak, waktu, mutu dan biaya pada setiap rumah tangga. "
)
QUESTION = """## Soal ukur nomor {n}? {{#s{n} competency=PPB level=2}}
- [x] Pilihan pertama nomor {n}
- [ ] Pilihan kedua nomor {n}
- [ ] Pilihan ketiga nomor {n}
- [ ] Pilihan keempat nomor {n}

> Penjelasan nomor {n}.

"""


def course_source(slug: str) -> CourseSource:
    """17 modules or 4, a page of 2,000 words in each, and a quiz of ten questions."""
    words_a_sentence = len(SENTENCE.split())
    paragraph = SENTENCE * 5
    body = "\n\n".join(
        f"## Bagian {n}\n\n{paragraph}" for n in range(2000 // (5 * words_a_sentence) + 1)
    )
    head = (
        "---\ntitle: Kursus Ukur\nsummary: Hanya untuk mengukur.\nlanguage: id\nkind: teknis\n"
        "jp: 9\nsdgs: [6]\ncompetencies:\n  - {code: PPB, level: 2}\n---\nPembuka.\n"
    )
    files = {"course.md": head}
    for n in range(1, MODULES[slug] + 1):
        files[f"{n:02}-modul-{n}/01-halaman.md"] = (
            f"---\ntitle: Halaman {n}\nid: h{n}\n---\n{body}\n"
        )
    files["18-ujian/01-ujian.md"] = (
        "---\ntitle: Ujian\ntype: quiz\nid: ujian\nshuffle: [questions, options]\n---\n\n"
        + "".join(QUESTION.format(n=n) for n in range(1, 11))
    )
    return CourseSource(slug, {path: text.encode() for path, text in files.items()})


def build(app: Flask) -> dict[str, list]:
    """Fill an empty, migrated database; answers the people by what they are for."""
    with app.app_context():
        now = clock.now()
        then = now - timedelta(days=300)
        with unit_of_work(db.session()) as session:
            session.add(Installation(id=1, origin=Origin.REAL, created_at=then))
            agency = people.Agency(
                name="Provinsi Ukur",
                short_name="Ukur",
                region_code="35",
                timezone="Asia/Jakarta",
                created_at=then,
            )
            session.add(agency)
            session.flush()
            unit = people.Unit(
                agency_id=agency.id, code="U", name="Unit Ukur", timezone="Asia/Jakarta"
            )
            session.add(unit)
            session.flush()
            session.add(
                credentials.Issuer(
                    unit_id=unit.id,
                    place="Surabaya",
                    signatory_name="Dr. Endang Sulistyowati, M.Si.",
                    signatory_nip="197001012000012999",
                    signatory_post="Kepala",
                    signatory_rank="Pembina",
                    number_template="{klasifikasi}/{seq:5}/{unit}/{bulan_romawi}/{tahun}",
                    classification="800",
                    unit_token="UKUR",
                    changed_at=then,
                )
            )
            persons = _people(session, agency, unit, then)
            for slug in MODULES:
                source = course_source(slug)
                compiled = compile_course(source, vocabulary_with(session))
                assert compiled.course is not None, [p.text() for p in compiled.problems]
                store = app.extensions["storage"]
                catalog.publish(session, store, compiled.course, source, at=then)
        _enrol(persons, then)
    third = PEOPLE // 4
    return {
        "readers": persons[:third],
        "testees": persons[third : 2 * third],
        "signers": persons[2 * third : 3 * third],
        "finishers": persons[3 * third :],
    }


def _people(session, agency, unit, then) -> list:
    hashed = hash_password(PASSWORD)
    persons = [
        people.Person(
            agency_id=agency.id,
            nip=None if n else new_nip(1),
            email=f"orang{n}@ukur.example",
            name=f"Orang Ukur {n}",
            created_at=then,
        )
        for n in range(PEOPLE)
    ]
    session.add_all(persons)
    session.flush()
    session.execute(
        insert(people.Account),
        [{"person_id": p.id, "password_hash": hashed, "epoch": 0} for p in persons],
    )
    session.add_all(
        people.Posting(
            person_id=p.id,
            unit_id=unit.id,
            title="Analis",
            post_type="JF_PT",
            grade="III/b",
            started_on=then.date(),
        )
        for p in persons
    )
    session.flush()
    return [p.id for p in persons]


def _enrol(persons: list, then) -> None:
    for begin in range(0, len(persons), 100):
        with unit_of_work(db.session()) as session:
            for person_id in persons[begin : begin + 100]:
                learning.enrol(session, person_id, SLUG, at=then)
                for page in ("h1", "h2", "h3"):
                    learning.complete_page(session, person_id, SLUG, page, at=then)


def lead(app: Flask, persons: list) -> object:
    """Put 500 people under the first one, with scores in all nine competencies, ratings of some
    and a plan of most; answers the supervisor."""
    from corpu.models import competency, plans  # noqa: PLC0415 - only for this figure
    from corpu.vocabulary import competencies  # noqa: PLC0415 - only for this figure

    leader, team = persons[0], persons[1:501]
    with app.app_context():
        now = clock.now()
        then = now - timedelta(days=300)
        with unit_of_work(db.session()) as session:
            session.execute(
                insert(people.Supervision),
                [
                    {"person_id": one, "supervisor_id": leader, "started_on": then.date()}
                    for one in team
                ],
            )
            observed = [(n, one, code) for n, one in enumerate(team) for code in competencies()]
            session.execute(
                insert(competency.CompetencyScore),
                [
                    {
                        "person_id": one,
                        "competency": code,
                        "level": n % 4,
                        "score": None,
                        "is_capped": False,
                        "computed_at": then,
                    }
                    for n, one, code in observed
                ],
            )
            session.execute(
                insert(competency.EvidenceRecord),
                [
                    {
                        "person_id": one,
                        "competency": code,
                        "kind": "supervisor",
                        "level": 2,
                        "weight": 1,
                        "source": f"supervisor:{leader}",
                        "label": "Orang Ukur 0",
                        "observed_at": then - timedelta(days=n),
                        "actor_id": leader,
                        "recorded_at": then,
                    }
                    for n, one, code in observed
                    if n % 3
                ],
            )
            session.execute(
                insert(plans.Plan),
                [
                    {
                        "person_id": one,
                        "year": now.year,
                        "state": ("draft", "submitted", "approved", "running")[n % 4],
                        "version": 1,
                        "unit_name": "Unit Ukur",
                        "post_title": "Analis",
                        "created_at": then,
                        "changed_at": then,
                    }
                    for n, one in enumerate(team)
                    if n % 5
                ],
            )
    return leader


def complete_all(app: Flask, persons: list, slug: str) -> list:
    """Let people take a whole course, to its last condition; answers its certificates."""
    from corpu.assessment import service as assessment  # noqa: PLC0415 - only for this figure

    with app.app_context():
        for person_id in persons:
            with unit_of_work(db.session()) as session:
                at = clock.now()
                learning.enrol(session, person_id, slug, at=at)
                for n in range(1, MODULES[slug] + 1):
                    learning.complete_page(session, person_id, slug, f"h{n}", at=at)
                attempt = assessment.start(session, person_id, slug, "ujian", at=at)
                _answer_right(session, assessment, person_id, attempt, at)
                assessment.submit(session, person_id, attempt.id, at=at)
        certificate, course = credentials.Certificate, catalog_models.Course
        found = db.session.execute(
            select(certificate.id, certificate.person_id)
            .join(course, course.id == certificate.course_id)
            .where(course.slug == slug)
        )
        return [(row.id, row.person_id) for row in found]


def _answer_right(session, assessment, person_id, attempt, at) -> None:
    from corpu.assessment.papers import paper_of  # noqa: PLC0415 - only for this figure
    from corpu.assessment.sheets import shown  # noqa: PLC0415 - only for this figure

    paper = paper_of(session, attempt)
    for question in paper.questions:
        answer = shown(question, paper.order(question), {"value": 0})
        assessment.save_answer(
            session, person_id, attempt.id, question["id"], answer, 1, in_doubt=False, at=at
        )


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
