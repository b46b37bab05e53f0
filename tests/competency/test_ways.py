"""What closes my gap: from published courses to the page."""

from decimal import Decimal

import pytest

from corpu.catalog import service as catalog
from corpu.catalog.models import Course
from corpu.catalog.publishing import vocabulary_with
from corpu.competency.queries import profile_of
from corpu.competency.taught import open_courses
from corpu.competency.ways import way_to_close
from corpu.content import CourseSource, compile_course
from corpu.learning.models import Completion, Enrolment
from tests.assessment.factories import NOON, QUIZ, SLUG, begin, publish_course, take_seat
from tests.competency.factories import graded, observe, piece, record
from tests.factories import LONG_AGO, make_person, make_unit, save
from tests.statements import statements

pytestmark = pytest.mark.usefixtures("at")


def words(element):
    return " ".join(element.get_text(" ").split())


def publish(session, storage, slug, jp, *quizzes, title=None, after=(), completion="pages: all"):
    """A course of one page and quizzes, each `(name, code, level, points)` or with a draw."""
    needs = f"prerequisites: [{', '.join(after)}]\n" if after else ""
    files = {
        "course.md": f"---\ntitle: {title or slug.title()}\nsummary: Hanya dalam uji.\n"
        f"language: id\nkind: teknis\njp: {jp}\n{needs}completion:\n  {completion}\n---\nAwal.\n",
        "01-isi/01-bacaan.md": "---\ntitle: Bacaan\nid: bacaan\n---\nTeks.\n",
    }
    for place, (name, code, level, points, *draw) in enumerate(quizzes, start=2):
        rule = f"draw: {draw[0]}\n" if draw else ""
        files[f"01-isi/{place:02}-{name}.md"] = (
            f"---\ntitle: {name.title()}\ntype: quiz\nid: {name}\ncompetency: {code}\n"
            f"level: {level}\npass: 75\nattempts: 3\n{rule}---\n"
        ) + "".join(
            f"\n## Soal {number}? {{#{name}-{number}}}\n- [x] Ya\n- [ ] Bukan\n"
            for number in range(1, points + 1)
        )
    source = CourseSource(slug, {path: text.encode() for path, text in files.items()})
    compiled = compile_course(source, vocabulary_with(session))
    assert compiled.course is not None, list(compiled.errors)
    edition = catalog.publish(
        session,
        storage,
        compiled.course,
        source,
        at=LONG_AGO,
        owner_unit_id=make_unit(session).id,
    )
    return save(session, edition)


def finish(session, person, edition):
    seat = take_seat_in(session, person, edition)
    save(
        session,
        Completion(
            enrolment_id=seat.id,
            person_id=person.id,
            course_id=edition.course_id,
            edition_id=edition.id,
            unit_name="Dinas",
            timezone="Asia/Jakarta",
            post_title="Pelaksana",
            jp=edition.jp,
            completed_at=NOON,
        ),
    )


def take_seat_in(session, person, edition):
    return save(
        session,
        Enrolment(
            person_id=person.id,
            course_id=edition.course_id,
            ordinal=1,
            enrolled_at=NOON,
            completed_at=NOON,
        ),
    )


def way(session, person):
    session.expire_all()
    return way_to_close(session, person.id, NOON)


def slugs(found):
    return [stage.course.slug for stage in found.stages]


def left(found):
    return {stretch.code: stretch.remaining for stretch in found.left}


def test_the_cheapest_course_is_chosen_with_its_prerequisite_first(session, mira, store):
    publish(session, store, "zaman-dasar", 1)
    publish(session, store, "layanan", 1, ("ujian", "PPB", 2, 4), after=("zaman-dasar",))
    publish(session, store, "layanan-mahal", 3, ("ujian", "PPB", 2, 4))
    found = way(session, mira)
    assert slugs(found) == ["zaman-dasar", "layanan"]
    assert found.jp == Decimal(2)
    assert [stretch.code for stretch in found.closed] == ["PPB"]
    assert "PPB" not in left(found)
    assert found.considered == 2
    assert found.is_proven


def test_what_is_completed_is_neither_proposed_nor_paid_again(session, mira, store):
    basis = publish(session, store, "dasar", 5)
    publish(session, store, "layanan", 3, ("ujian", "PPB", 2, 4), after=("dasar",))
    publish(session, store, "langsung", 4, ("ujian", "PPB", 2, 4))
    assert slugs(way(session, mira)) == ["langsung"]
    finish(session, mira, basis)
    assert slugs(way(session, mira)) == ["layanan"]


def test_an_archived_course_is_no_way(session, mira, store):
    edition = publish(session, store, "layanan", 1, ("ujian", "PPB", 2, 4))
    session.get_one(Course, edition.course_id).archived_at = NOON
    session.commit()
    assert slugs(way(session, mira)) == []


def test_only_quizzes_that_completion_asks_for_and_points_that_count_are_promised(
    session, mira, store
):
    publish(session, store, "tipis", 1, ("ujian", "PPB", 2, 2))
    publish(session, store, "undian", 1, ("ujian", "PPB", 2, 8, 2))
    publish(
        session,
        store,
        "pilihan",
        1,
        ("latihan", "PPB", 2, 4),
        ("ujian", "PPB", 1, 5),
        completion="pages: [bacaan, ujian]",
    )
    shown = {
        slug: [(one.competency, one.level, one.weight) for one in course.option.shows]
        for slug, course in open_courses(session, mira.id).items()
    }
    assert shown == {"tipis": [], "undian": [], "pilihan": [("PPB", 1, Decimal(5))]}


def test_full_marks_lead_exactly_where_the_page_says(session, mira, store):
    """The quiz itself, graded by the product, gives the level that was foretold."""
    publish_course(session, store)
    observe(session, mira, "PPB", 2, "60")
    found = way(session, mira)
    assert slugs(found) == [SLUG]
    (foretold,) = [stretch for stretch in found.stretches if stretch.code == "PPB"]
    take_seat(session, mira)
    (shown,) = open_courses(session, mira.id)[SLUG].option.shows
    assert shown.source == f"quiz:{SLUG}/{QUIZ}"
    attempt = begin(session, mira)
    record(session, graded(attempt, piece(level=2, score="100", weight=str(shown.weight))))
    assert profile_of(session, mira.id, NOON).levels["PPB"] == foretold.after == 2


def test_the_page_says_which_course_what_it_closes_and_why(session, browser, mira, store):
    publish(session, store, "dasar", 1, title="Dasar <Kita>")
    publish(session, store, "layanan", 2, ("ujian", "PPB", 2, 4), after=("dasar",))
    observe(session, mira, "PPB", 1, "90")
    page = browser.sign_in(mira).get("/me/competencies/close-gap")
    text = words(page.main)
    required = len(profile_of(session, mira.id, NOON).required)
    assert f"2 kursus, 3 JP, menutup 1 dari {required} kesenjangan." in text
    assert "Jumlah 3 JP." in text
    assert "Pelayanan Publik: level 1 → level 2" in text
    assert "Tanpa kursus ini Pelayanan Publik tetap level 1." in text
    assert "Prasyarat bagi Layanan." in text
    assert "Dasar <Kita>" in text
    assert "Kursus yang terbuka belum memberi cukup bukti" in text
    assert page.select_one("a.button[href='/courses/dasar']")
    assert browser.get("/me/competencies").select_one("a[href='/me/competencies/close-gap']")


def test_without_courses_the_page_says_what_remains(browser, mira):
    text = words(browser.sign_in(mira).get("/me/competencies/close-gap").main)
    assert "Tidak ada kursus terbuka yang menaikkan kompetensi yang masih kurang." in text
    assert "Yang tidak ditutup kursus" in text


def test_without_a_known_post_there_is_no_gap_to_close(session, browser, agency):
    nobody = make_person(session, post_type="TIDAK_DIKENAL")
    text = words(browser.sign_in(nobody).get("/me/competencies/close-gap").main)
    assert "Syarat kompetensi jabatan belum tercatat" in text


def test_the_supervisor_sees_the_same_and_a_stranger_nothing(
    session, browser, mira, jonas, endang, store
):
    publish(session, store, "layanan", 2, ("ujian", "PPB", 2, 4))
    browser.sign_in(mira)
    own = browser.get("/me/competencies/close-gap")
    browser.sign_in(endang)
    page = browser.get(f"/team/{mira.id}/close-gap")
    assert [words(row) for row in page.select("tbody tr")] == [
        words(row) for row in own.select("tbody tr")
    ]
    browser.get(f"/team/{jonas.id}/close-gap", status=404)


def test_a_larger_catalogue_asks_the_database_no_more(session, mira, store):
    publish(session, store, "satu", 2, ("ujian", "PPB", 2, 4))
    way(session, mira)
    person_id = mira.id
    with statements() as few:
        way_to_close(session, person_id, NOON)
    for number in range(4):
        publish(session, store, f"lain-{number}", 3, ("ujian", "PPB", 2, 4))
    way(session, mira)
    person_id = mira.id
    with statements() as many:
        way_to_close(session, person_id, NOON)
    assert len(many) == len(few) <= 4
