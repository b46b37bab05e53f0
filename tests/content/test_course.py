"""The course as a whole: its header, completion, hashes, warnings, and its way through JSON."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from corpu.content import (
    Limits,
    check_courses,
    compile_course,
    course_from_dict,
    quiz_from_dict,
    quiz_to_dict,
    read_course,
    read_tree,
    to_dict,
)
from tests.content.build import (
    CHECK,
    HEADER,
    PAGE,
    QUESTION,
    QUIZ,
    VOCABULARY,
    codes,
    compiled,
    course_file,
    found,
    page_file,
    quiz_file,
    source,
)
from tests.content.pictures import png
from tests.content.test_every_code import write_course
from tests.content.test_questions import RUBRIC, TABLE

FULL = """sdgs: [6.1, "6.b", 16.10, 11]
programmes: [nbs2_4]
competencies:
  - {code: ppb, level: 2}
audience: [pelaksana, JF-PT]
prerequisites: [DASAR-SDGS]
authors: [198502232006041008, 19850223 200604 1 009]
licence: CC-BY-SA-4.0
completion:
  pages: [siklus, kuis]
  pass: {kuis: 75}
order: sequence
certificate: none
"""
MAPPED = "## {name} {{competency=PPB level=2 points={points}}}\n- [x] a\n- [ ] b\n\n"


def test_the_header_is_typed_and_codes_are_spelt_as_known():
    course = compiled(
        {"course.md": course_file(FULL, "Selamat *datang*."), QUIZ: quiz_file()}
    ).course
    assert (course.kind, course.jp, course.language) == ("TEKNIS", Decimal("0.02"), "id")
    assert course.goals == (6, 11, 16)
    assert course.targets == ("6.1", "6.b", "16.10")
    assert (course.programmes, course.audience) == (("NBS2-4",), ("PELAKSANA", "JF_PT"))
    assert course.competencies == (("PPB", 2),)
    assert course.prerequisites == ("dasar-sdgs",)
    assert course.authors == ("198502232006041008", "198502232006041009")
    assert course.completion_pages == ("siklus", "kuis")
    assert course.completion_pass == {"kuis": Decimal(75)}
    assert (course.order, course.certificate) == ("sequence", "none")
    assert course.intro[0].html == "<p>Selamat <em>datang</em>.</p>"


def test_what_is_absent_has_its_default():
    course = compiled({QUIZ: quiz_file()}).course
    assert course.completion_pages == ("siklus", "kuis")
    assert (course.order, course.certificate, course.licence) == ("free", "sertifikat", "")


@pytest.mark.parametrize("key", ["title", "summary", "language", "kind", "jp"])
def test_five_keys_are_required(key):
    header = "".join(line for line in HEADER.splitlines(True) if not line.startswith(key))
    assert codes({"course.md": course_file(header=header)}) == {"missing-key"}


@pytest.mark.parametrize("jp", ["0", "-1", "2001", "tiga", "1e2", "[3]"])
def test_jp_is_a_number_in_its_range(jp):
    header = HEADER.replace("jp: 0.02", f"jp: {jp}")
    assert codes({"course.md": course_file(header=header)}) & {"out-of-range", "wrong-type"}


def test_each_mistake_stands_at_its_line():
    text = "sdgs:\n  - 6.1\n  - 6.9\ncompetencies:\n  - code: PPB\n    level: 9\n"
    assert found({"course.md": course_file(text)}) == [
        ("unknown-target", "course.md", 9),
        ("out-of-range", "course.md", 12),
    ]


def test_every_problem_is_reported_at_once():
    bad = {
        "course.md": course_file(
            "order: bebas\nwarna: biru\n", header=HEADER.replace("title", "judul")
        ),
        PAGE: page_file("<b>x</b>\n\n[a](b.md)\n\n- [x] c\n"),
        QUIZ: quiz_file("## A\n"),
    }
    assert codes(bad) >= {
        "unknown-value",
        "unknown-key",
        "missing-key",
        "raw-html",
        "dead-link",
        "option-outside",
        "quiz-without-key",
    }


def test_modules_and_pages_follow_their_numbers():
    files = {
        "10-akhir/01-tutup.md": page_file(front="title: Tutup\nid: tutup\n"),
        "02-tengah/module.md": "---\ntitle: Bagian *tengah*\nsummary: Isi *penting*.\n---\nTeks.\n",
        "02-tengah/10-b.md": page_file(front="title: B\n"),
        "02-tengah/9-a.md": page_file(front="title: A\n"),
    }
    course = compiled(files).course
    assert [(m.slug, m.title) for m in course.modules] == [
        ("air", "Air"),
        ("tengah", "Bagian *tengah*"),
        ("akhir", "Akhir"),
    ]
    assert [(p.position, p.id) for p in course.pages] == [
        (1, "siklus"),
        (2, "tengah-a"),
        (3, "tengah-b"),
        (4, "tutup"),
    ]
    assert course.modules[1].summary == "<p>Isi <em>penting</em>.</p><p>Teks.</p>"


def test_the_source_hash_follows_every_byte_and_nothing_else():
    one = source().source_hash
    assert source().source_hash == one
    assert source({PAGE: page_file("Air mengalir. \n")}).source_hash != one
    assert source({"01-air/01-lain.md": page_file()}).source_hash != one
    assert source({"01-air/a.png": png()}).source_hash != one


def test_a_folder_is_read_as_it_lies(tmp_path):
    root = write_course(tmp_path)
    (root / ".DS_Store").write_text("x")
    (root / "01-air" / "01-siklus.md~").write_text("x")
    assert read_course(root).files == source().files
    assert [each.slug for each in read_tree([tmp_path])] == ["air-bersih"]
    assert read_tree([root / "01-air" / "01-siklus.md"])[0].slug == "air-bersih"


def test_a_course_goes_through_json_and_comes_back_equal():
    files = {
        PAGE: page_file("Awal ![a](a.png)\n\n" + CHECK),
        "01-air/a.png": png(),
        "course.md": course_file(FULL),
        QUIZ: quiz_file(
            QUESTION
            + "\n## B?\n= x\n\n## C?\n= 1 ± 1\n\n## D {type=order}\n1. a\n2. b\n"
            + "\n## E {type=match}\n\n"
            + TABLE
            + "\n## F {type=essay}\n\n"
            + RUBRIC
        ),
    }
    course = compiled(files).course
    data = json.loads(json.dumps(to_dict(course)))
    blobs = {file.sha256: file.data for file in course.media.values()}
    back = course_from_dict(data, blobs)
    assert back == course
    assert back.media["01-air/a.png"].data == png()
    quiz = course.pages[1].quiz
    assert quiz_from_dict(json.loads(json.dumps(quiz_to_dict(quiz)))) == quiz


def test_courses_know_each_other():
    one = source({"course.md": course_file("prerequisites: [dua]\n")}, "satu")
    two = source(slug="dua")
    done = check_courses([one, two], VOCABULARY)
    assert not any(each.errors for each in done)
    assert compile_course(one, VOCABULARY).errors[0].code == "unknown-prerequisite"


def thin(questions: list[int], front: str = "", others: int = 0) -> list[str]:
    body = "".join(MAPPED.format(name=f"Q{n}", points=p) for n, p in enumerate(questions))
    body += "".join(f"## Lain {n}\n- [x] a\n- [ ] b\n\n" for n in range(others))
    done = compiled({QUIZ: quiz_file(body, front)})
    return [str(p.params["points"]) for p in done.problems if p.code == "thin-map"]


def test_three_points_are_enough_and_fewer_are_not():
    assert thin([1, 1, 1]) == []
    assert thin([1, 1]) == ["2"]


def test_a_draw_may_leave_too_few_points():
    assert thin([1, 1, 1, 1], "draw: 3\n") == []
    assert thin([1, 1, 1, 1], "draw: 2\n") == ["2"]
    assert thin([2, 2, 1], "draw: 2\n") == []
    assert thin([1, 1, 1], "draw: 4\n", others=2) == ["2"]
    assert thin([3, 3], "draw: 2\n", others=2) == ["0"]


def test_jp_may_be_twice_the_minutes():
    def with_jp(jp: str) -> set[str]:
        page = page_file(front="title: a\nminutes: 45\n")
        header = HEADER.replace("0.02", jp)
        return codes({"course.md": course_file(header=header), PAGE: page})

    assert with_jp("2") == set()
    assert with_jp("2.1") == {"jp-too-long"}


@pytest.mark.parametrize(
    ("front", "warned"),
    [
        ("review: after-attempt\n", True),
        ("review: after-attempt\nattempts: 2\n", True),
        ("review: after-attempt\nattempts: 1\n", False),
        ("review: after-attempt\ndraw: 1\n", False),
        ("review: after-pass\n", False),
    ],
)
def test_keys_shown_before_another_attempt_are_warned_of(front, warned):
    assert ("review-early" in codes({QUIZ: quiz_file(QUESTION, front)})) == warned


def test_warnings_let_a_course_through():
    done = compiled({"course.md": course_file(header=HEADER.replace("0.02", "3"))})
    assert done.course is not None
    assert [p.severity for p in done.problems] == ["warning"]


def test_sentences_are_translated_with_their_parts():
    english = {
        "Kompetensi “%(code)s” tidak dikenal.%(hint)s": "Unknown competency “%(code)s”.%(hint)s",
        " Maksudnya %(nearest)s?": " Did you mean %(nearest)s?",
    }
    done = compiled({"course.md": course_file("competencies: [{code: PPC, level: 1}]\n")})
    assert done.problems[0].text(lambda text: english.get(text, text)) == (
        "Unknown competency “PPC”. Did you mean PPB?"
    )


def test_percent_signs_of_an_author_do_not_disturb_a_sentence():
    done = compiled({PAGE: page_file("[100%(x)s](100%25d%s.md)\n")})
    assert "100%25d%s.md" in done.problems[0].text()


def test_problems_have_an_end():
    many = {PAGE: page_file("\n\n".join(f"<b>{n}</b>" for n in range(300)))}
    assert len(compiled(many, limits=replace(Limits(), problems=50)).problems) == 50
