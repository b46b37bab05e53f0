"""Own courses, how they fare, and what each page asks of the database."""

from datetime import timedelta

import pytest

from corpu.assessment.models import Response
from corpu.catalog import service as catalog
from corpu.catalog.models import Course, Edition
from corpu.catalog.publishing import vocabulary_with
from corpu.content import CourseSource, compile_course
from tests.assessment import factories as quizzes
from tests.assessment.factories import NOON, begin, hand_in, take_seat
from tests.authoring.conftest import handed_in
from tests.factories import LONG_AGO, make_person, make_unit, save
from tests.statements import statements

COURSE = "/author/air-uji"


def rows(page, section):
    return {
        row.select_one("th").get_text(" ", strip=True): [
            cell.get_text(" ", strip=True) for cell in row.select("td")
        ]
        for row in page.select(f"{section} tbody tr")
    }


# -------------------------------------------------------------------------------- own courses


def test_a_teacher_sees_own_courses_with_their_figures(session, browser, agus, jonas, waiting):
    take_seat(session, jonas)
    page = browser.sign_in(agus).get("/author")
    assert page.h1.text == "1 jawaban menunggu penilaian Anda"
    [(title, cells)] = rows(page, "main").items()
    assert title.startswith("Air Uji")
    assert cells[0].startswith("1, terbit 5 Januari 2026")
    assert cells[1:] == ["2", "0", "1"]
    button = page.select_one("main a.button")
    assert button["href"] == f"/author/grading/{waiting.id}/uraian"


def test_another_teacher_sees_how_to_write_a_course(browser, rival, waiting):
    page = browser.sign_in(rival).get("/author")
    assert page.h1.text == "Anda belum mengajar kursus"
    assert "Air Uji" not in page.text
    for word in (
        "content/courses",
        "docs/penulis.md",
        "flask content check",
        "flask content publish",
    ):
        assert word in page.text
    browser.get(COURSE, status=404)
    assert "Tidak ada yang menunggu" in browser.get("/author/grading").text


def test_a_learner_and_a_stranger_do_not_come_in(browser, jonas, waiting):
    for path in ("/author", COURSE, "/author/grading"):
        assert browser.client.get(path).status_code in (302, 303)
    browser.sign_in(jonas)
    for path in ("/author", COURSE, "/author/grading"):
        browser.get(path, status=403)


def test_a_manager_of_the_agency_sees_every_course(browser, boss, waiting):
    assert "Air Uji" in browser.sign_in(boss).get("/author").text
    browser.get(COURSE)


def test_an_unknown_course_and_pages_that_are_not_there_are_404(browser, agus, course):
    browser.sign_in(agus)
    for path in (
        "/author/tiada",
        "/author/%00",
        f"{COURSE}?below=1",
        f"{COURSE}?below={10**30}",
        "/author?page=0",
        "/author?page=2",
        f"/author/grading?page={10**30}",
    ):
        browser.get(path, status=404)


def test_an_archived_course_is_marked(session, browser, agus, course):
    session.get_one(Course, course.course_id).archived_at = LONG_AGO
    session.commit()
    assert "Diarsipkan" in browser.sign_in(agus).get("/author").text
    assert "Diarsipkan" in browser.get(COURSE).text


def test_who_no_longer_stands_among_the_authors_has_lost_the_course(
    session, browser, agus, rival, course, publish
):
    publish(questions=("satu",), authors=[rival.nip])
    browser.sign_in(agus).get(COURSE, status=404)
    browser.sign_in(rival).get(COURSE)


# ---------------------------------------------------------------------------------- questions


def test_figures_of_questions_are_those_counted_by_hand(session, browser, agus, publish, at):
    """Three people: `satu` right, wrong, left out; `beberapa` (2 points) full, half, none."""
    publish(questions=("satu", "beberapa", "uraian"), authors=[agus.nip])
    given = [
        ({"satu": "Target 6.1", "beberapa": ["Letak sumber", "Ketersediaan"]}),
        ({"satu": "Target 7.1", "beberapa": ["Letak sumber"]}),
        ({"beberapa": ["Warna ember"]}),
    ]
    for chosen in given:
        person = make_person(session)
        take_seat(session, person)
        attempt = begin(session, person)
        asked = quizzes.sheet(session, attempt)
        for name, texts in chosen.items():
            shown = [quizzes.words(part) for part in asked[name].parts]
            many = [str(shown.index(text)) for text in ([texts] if name == "satu" else texts)]
            quizzes.answer(session, attempt, name, many[0] if name == "satu" else many)
        quizzes.answer(session, attempt, "uraian", "Jawaban.")
        hand_in(session, attempt)
    page = browser.sign_in(agus).get(COURSE)
    figures = rows(page, "#soal")
    assert [title.split("?")[0] for title in figures] == [
        "Target mana yang membahas air minum",
        "Apa saja yang diperiksa",
        "Apa yang Anda periksa dahulu",
    ]
    satu, beberapa, uraian = figures.values()
    assert satu == ["33,3% 33,3% dari poin", "3", "2", "1 dari 3"]
    assert beberapa == ["50% 50% dari poin", "3", "3", "1 dari 3"]
    assert uraian == ["Belum dinilai", "3", "3", "–"]
    assert page.select_one("#soal progress")["value"] == "0.3333"


def test_statistics_name_nobody(session, browser, agus, mira, waiting):
    page = browser.sign_in(agus).get(COURSE).text
    assert "Mira" not in page
    assert "Saya memeriksa sumbernya" not in page


def test_a_question_that_is_asked_no_longer_is_kept_apart(
    session, browser, agus, mira, publish, at
):
    publish(questions=("satu", "benarsalah"), authors=[agus.nip])
    take_seat(session, mira)
    attempt = begin(session, mira)
    quizzes.answer_all(session, attempt)
    hand_in(session, attempt)
    session.execute(
        Response.__table__.update()
        .where(Response.question_id == "benarsalah")
        .values(question_id="dulu")
    )
    session.commit()
    page = browser.sign_in(agus).get(COURSE)
    assert [one.span.text for one in page.select("#soal summary")] == [
        "Ujian Air",
        "Tidak ditanyakan lagi",
    ]


def test_a_course_that_nobody_takes_says_so(browser, agus, course):
    text = browser.sign_in(agus).get(COURSE).text
    for words in ("Belum ada percobaan", "Belum ada peserta", "Belum ada yang mendaftar."):
        assert words in text


def test_where_people_stop_is_counted_page_by_page(session, browser, agus, mira, jonas, course, at):
    """Mira handed the quiz in without a visit written; two only opened the page."""
    handed_in(session, mira)
    for person in (jonas, make_person(session)):
        take_seat(session, person)
        browser.sign_in(person).get("/learn/air-uji/bacaan")
    page = browser.sign_in(agus).get(COURSE)
    assert rows(page, "#berhenti") == {
        "1. Bacaan": ["3 3 dari 3", "1 1 dari 3"],
        "2. Ujian Air": ["1 1 dari 3", "0 0 dari 3"],
    }
    assert "3 membuka “Bacaan”, 1 sampai ke sana" in page.select_one("#berhenti").text


# ----------------------------------------------------------------------------- editions, checks


def publish_again(session, app, agus, *, pages, at, by=None):
    files = {"course.md": quizzes.COURSE.format(authors=f"authors: [{agus.nip}]\n", completion="")}
    for number, (name, text) in enumerate(pages.items(), 1):
        files[f"01-air/{number:02}-{name}.md"] = text
    source = CourseSource("air-uji", {path: text.encode() for path, text in files.items()})
    compiled = compile_course(source, vocabulary_with(session))
    assert compiled.course is not None, list(compiled.errors)
    edition = catalog.publish(
        session,
        app.extensions["storage"],
        compiled.course,
        source,
        at=at,
        by=by,
        owner_unit_id=make_unit(session).id,
        removed=["bacaan", "ujian", "lama"],
        problems=compiled.problems,
    )
    return save(session, edition)


def page_text(name, title, body="Teks halaman."):
    return f"---\ntitle: {title}\nid: {name}\n---\n{body}\n"


def test_the_history_says_what_each_edition_changed(session, app, browser, agus, boss):
    first = {"bacaan": page_text("bacaan", "Bacaan"), "lama": page_text("lama", "Halaman lama")}
    second = {
        "bacaan": page_text("bacaan", "Bacaan", "Teks yang lain."),
        "baru": page_text("baru", "Halaman baru"),
    }
    publish_again(session, app, agus, pages=first, at=LONG_AGO)
    publish_again(session, app, agus, pages=second, at=NOON, by=boss.id)
    page = browser.sign_in(agus).get(COURSE)
    history = rows(page, "#edisi")
    assert list(history) == ["Edisi 2", "Edisi 1"]
    when, what = history["Edisi 2"]
    assert when == "24 November 2026, 12.00 WIB Endang Pengelola Berlaku"
    assert what == "Baru: Halaman baru Berubah: Bacaan Dihapus: Halaman lama"
    when, what = history["Edisi 1"]
    assert "Lewat perintah di server" in when
    assert what == "Edisi pertama: 2 halaman"


def test_a_long_history_is_turned_over(session, app, browser, agus):
    for n in range(1, 13):
        pages = {"bacaan": page_text("bacaan", "Bacaan", f"Teks {n}.")}
        publish_again(session, app, agus, pages=pages, at=LONG_AGO + timedelta(days=n))
    page = browser.sign_in(agus).get(COURSE)
    assert list(rows(page, "#edisi")) == [f"Edisi {n}" for n in range(12, 2, -1)]
    assert rows(page, "#edisi")["Edisi 3"][1] == "Berubah: Bacaan"
    page = browser.get(page.select_one("#edisi a[rel=next]")["href"])
    assert list(rows(page, "#edisi")) == ["Edisi 2", "Edisi 1"]
    page = browser.get(page.select_one("#edisi a[rel=prev]")["href"])
    assert "Edisi 12" in rows(page, "#edisi")


def test_check_results_come_with_file_line_and_sentence(session, app, browser, agus):
    edition = publish_again(
        session, app, agus, pages={"bacaan": page_text("bacaan", "Bacaan")}, at=NOON
    )
    stored = session.get_one(Edition, edition.id)
    stored.problems = [
        {
            "code": "long-page",
            "path": "01-air/01-bacaan.md",
            "line": 7,
            "severity": "warning",
            "message": "Halaman ini %(words)s kata.",
            "params": {"words": "1200<b>"},
        }
    ]
    session.commit()
    page = browser.sign_in(agus).get(COURSE)
    problem = page.select_one("#periksa .problem")
    assert "01-air/01-bacaan.md, baris 7" in problem.text
    assert "Halaman ini 1200<b> kata." in problem.text


# --------------------------------------------------------------------------------- statements


@pytest.fixture
def busy(session, course, at):
    """A course with several people in it, and pages seen once, so that caches are warm."""
    return [
        handed_in(session, make_person(session), at=NOON - timedelta(minutes=n)) for n in range(6)
    ]


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/author", 4),
        (COURSE, 10),
        ("/author/grading", 3),
        ("/author/grading/{id}/uraian", 5),
        ("/author/grading/{id}/uraian/correct", 4),
    ],
)
def test_a_page_costs_the_same_few_statements_for_many_people(
    session, browser, agus, busy, path, most
):
    path = path.format(id=busy[0].id)
    browser.sign_in(agus)
    if path.endswith("correct"):
        grade = {"criterion_0": "2", "criterion_1": "1", "comment": ""}
        browser.post(path.removesuffix("/correct"), grade)
    browser.get(path)
    with statements() as seen:
        browser.get(path)
    assert len(seen) <= most, seen
