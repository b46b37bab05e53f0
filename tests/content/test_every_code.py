"""Each problem that the compiler knows is found in a course that has it, and says what to do."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from corpu.content import Limits, check_courses, compile_course, ids_lost, read_course
from corpu.content.codes import CODES
from tests.content.build import (
    ASKED,
    CHECK,
    HEADER,
    PAGE,
    QUESTION,
    QUIZ,
    VOCABULARY,
    compiled,
    course_file,
    diagnostic_file,
    page_file,
    quiz_file,
    source,
)
from tests.content.pictures import MP4, png, svg


def course(extra: str, header: str = HEADER) -> dict:
    return {"course.md": course_file(extra, header=header)}


def body(text: str) -> dict:
    return {PAGE: page_file(text)}


def quiz(text: str, front: str = "") -> dict:
    return {QUIZ: quiz_file(text, front)}


ESSAY = "## Mengapa? {type=essay}\n\n"
TABLE = "| Kriteria | 0 | 1 |\n|---|---|---|\n| Alasan | - | ada |\n"
MAPPED = "## A {#a competency=PPB level=2}\n- [x] 1\n- [ ] 2\n"

CASES: dict[str, dict] = {
    "bad-name": {"01-air/siklus.md": page_file()},
    "duplicate-number": {"01-air/01-lagi.md": page_file(front="title: B\nid: b\n")},
    "duplicate-module": {"02-air/01-lagi.md": page_file(front="title: B\nid: b\n")},
    "stray-file": {"catatan.md": "x"},
    "empty-module": {"02-kosong/module.md": "---\ntitle: Kosong\n---\n"},
    "not-utf8": {PAGE: b"---\ntitle: a\n---\n\xff\n"},
    "control-character": body("a\x02b\n"),
    "page-too-large": body("a b\n" * 60_000),
    "line-too-long": body("a" * 5_001),
    "paragraph-too-long": body("air bersih\n" * 2_000),
    "too-many-brackets": body("[" * 501),
    "nesting-too-deep": body("> " * 21 + "a"),
    "media-too-large": {"media/a.png": b"x" * (5 * 1024 * 1024 + 1)},
    "media-type": {"media/a.exe": b"MZ"},
    "media-invalid": {"media/a.png": b"GIF89a"},
    "svg-cleaned": {"media/a.svg": svg("<script>alert(1)</script>")},
    "unused-media": {"media/a.png": png()},
    "no-front-matter": {PAGE: "# Siklus\n"},
    "front-matter-invalid": {PAGE: page_file(front="title: 'Siklus\n")},
    "front-matter-colon": {PAGE: page_file(front="title: Air: milik semua\n")},
    "front-matter-too-large": {PAGE: page_file(front="title: a\n" + "# b\n" * 9_000)},
    "front-matter-alias": {PAGE: page_file(front="title: &a b\n")},
    "duplicate-key": {PAGE: page_file(front="title: a\ntitle: b\n")},
    "unknown-key": course("warna: biru\n"),
    "misspelt-key": course("competencys: []\n"),
    "missing-key": {PAGE: page_file(front="id: a\n")},
    "wrong-type": {PAGE: page_file(front="title: a\nminutes: lima\n")},
    "out-of-range": {PAGE: page_file(front="title: a\nminutes: 0\n")},
    "too-long": {PAGE: page_file(front=f"title: {'a' * 201}\n")},
    "unknown-value": course("order: bebas\n"),
    "comment-in-text": {PAGE: page_file(front="title: Tujuan #6\n")},
    "duplicate-value": course("sdgs: [6.1, 6.1]\n"),
    "bad-nip": course("authors: [12345]\n"),
    "unknown-kind": course("", HEADER.replace("teknis", "tehnis")),
    "unknown-competency": course("competencies: [{code: PBB, level: 2}]\n"),
    "unknown-goal": course("sdgs: [18]\n"),
    "unknown-target": course("sdgs: [6.9]\n"),
    "unknown-programme": course("programmes: [NBS2-8]\n"),
    "unknown-audience": course("audience: [PENGAWAZ]\n"),
    "unknown-prerequisite": course("prerequisites: [dasar-sdg]\n"),
    "completion-unknown-page": course("completion: {pages: [siklu]}\n"),
    "completion-unknown-quiz": course("completion: {pass: {siklus: 70}}\n"),
    "pass-unreachable": quiz(QUESTION, "pass: 101\n"),
    "bad-id": {PAGE: page_file(front="title: a\nid: Siklus Air\n")},
    "duplicate-id": quiz(QUESTION + QUESTION),
    "duplicate-anchor": body("## A {#x}\n\n## B {#x}\n"),
    "bad-attribute": body("## A {warna=biru}\n"),
    "setext-heading": body("Judul\n=====\n"),
    "unclosed-fence": body("```\nkode\n"),
    "unclosed-math": body("$$\nx\n"),
    "math-invalid": body("$\\tidakada{x}$\n"),
    "heading-one": body("# Judul\n"),
    "heading-skipped": body("## A\n\n#### B\n"),
    "heading-nested": body("> ## A\n"),
    "heading-empty": body("##\n"),
    "indented-code": body("Teks.\n\n    kode\n"),
    "lazy-quote": body("> satu\ndua\n"),
    "raw-html": body("<b>tebal</b>\n"),
    "broken-check": body("??? check Target mana?\n    - [x] 6.1\n"),
    "misplaced-check": body("- daftar\n\n    " + CHECK.replace("\n", "\n    ")),
    "broken-block": body('!!!! note "A"\n    isi\n'),
    "unknown-block": body('!!! catatan "A"\n    isi\n'),
    "empty-block": body('!!! note "A"\n\nisi\n'),
    "option-outside": body("- [x] 6.1\n"),
    "footnote-undefined": body("Air[^1].\n"),
    "footnote-unused": body("Air.\n\n[^1]: Sumber.\n"),
    "footnote-duplicate": body("Air[^1].\n\n[^1]: A.\n[^1]: B.\n"),
    "reference-undefined": body("[air][tidak-ada]\n"),
    "dead-link": body("[lain](02-lain.md)\n"),
    "dead-anchor": body("[bawah](#bawah)\n"),
    "link-scheme": body("[x](javascript:alert(1))\n"),
    "path-escapes": body("[x](../../../etc/passwd)\n"),
    "missing-media": body("![air](media/a.png)\n"),
    "external-media": body("![air](https://example.org/a.png)\n"),
    "not-showable": body("![air](a.pdf)\n") | {"01-air/a.pdf": b"%PDF-1.7"},
    "missing-alt": body("![](a.png)\n") | {"01-air/a.png": png()},
    "media-without-captions": body("![air](a.mp4)\n") | {"01-air/a.mp4": MP4},
    "quiz-without-question": quiz("Belum ada.\n"),
    "quiz-without-key": quiz("## Target mana?\n"),
    "check-without-key": body('??? check "Target?"\n    - [ ] 6.1\n    - [ ] 7.1\n'),
    "too-few-options": quiz("## Target mana?\n- [x] 6.1\n"),
    "several-keys": quiz("## Target? {type=single}\n- [x] 6.1\n- [x] 6.2\n"),
    "broken-option": quiz("## Target?\n- [ x] 6.1\n- [ ] 7.1\n"),
    "nested-option": quiz("## Target?\n- [x] 6.1\n    - [ ] 7.1\n- [ ] 8\n"),
    "empty-option": quiz("## Target?\n- [x] 6.1\n- [ ]\n"),
    "broken-key": quiz("## Berapa?\n\n- = 74\n"),
    "empty-key": quiz("## Berapa?\n=\n= 5\n"),
    "mixed-answers": quiz("## Berapa?\n= 74\n- [x] 74\n- [ ] 75\n"),
    "type-mismatch": quiz("## Berapa? {type=number}\n- [x] 74\n- [ ] 75\n"),
    "duplicate-answer": quiz("## Target?\n- [x] 6.1\n- [ ] 6.1\n"),
    "text-after-answers": quiz("## Target?\n- [x] 6.1\n- [ ] 7.1\n\nTeks.\n"),
    "quote-before-answers": quiz("## Target?\n- [x] 6.1\n> Benar.\n- [ ] 7.1\n"),
    "bad-number": quiz("## Berapa?\n= 74 persen ± 1\n"),
    "ambiguous-number": quiz("## Berapa?\n= 1.250 ± 1\n"),
    "bad-regex": quiz("## Apa?\n=/(air/\n"),
    "order-without-list": quiz("## Urutkan {type=order}\n\n- a\n- b\n"),
    "match-without-table": quiz("## Jodohkan {type=match}\n\nTeks.\n"),
    "essay-without-rubric": quiz(ESSAY),
    "bad-rubric": quiz(ESSAY + TABLE.replace("| 1 ", "| baik ")),
    "competency-without-level": quiz("## A {competency=PPB}\n- [x] 1\n- [ ] 2\n"),
    "draw-too-large": quiz(QUESTION, "draw: 2\n"),
    "thin-map": quiz(MAPPED),
    "jp-too-long": course("", HEADER.replace("0.02", "3")),
    "review-early": quiz(QUESTION, "review: after-attempt\n"),
    "pass-differs": course("completion: {pass: {kuis: 80}}\n") | quiz(QUESTION),
    "diagnostic-module-missing": {
        "diagnostic.md": diagnostic_file(ASKED.replace(" module=air", ""))
    },
    "diagnostic-module-unknown": {"diagnostic.md": diagnostic_file(ASKED.replace("air", "aer"))},
    "diagnostic-module-final": {
        "02-akhir/01-ujian.md": quiz_file(),
        "diagnostic.md": diagnostic_file(ASKED.replace("module=air", "module=akhir")),
    },
    "diagnostic-essay": {
        "diagnostic.md": diagnostic_file("## Mengapa? {type=essay module=air}\n\n" + TABLE)
    },
    "diagnostic-module-open": {
        "02-tanah/01-satu.md": page_file(front="title: Tanah\nid: tanah\n"),
        "diagnostic.md": diagnostic_file(),
    },
    "diagnostic-thin": {"diagnostic.md": diagnostic_file(ASKED.replace("points=3", "points=2"))},
    "diagnostic-without-limit": {"diagnostic.md": diagnostic_file(front="")},
}
ELSEWHERE = {
    "bad-course-name",
    "missing-course-file",
    "empty-course",
    "symlink",
    "unreadable-file",
    "too-many-pages",
    "too-many-files",
    "course-too-large",
    "circular-prerequisite",
    "id-lost",
    "id-moved",
}


def sound(problem) -> bool:
    """A whole sentence with its values filled in, and the severity of its code."""
    text = problem.text()
    assert "%(" not in text
    assert text[0].isupper() or text[0] in "“["
    assert text[-1] in ".?…"
    assert problem.severity == CODES[problem.code][0]
    assert problem.line >= 1
    return True


@pytest.mark.parametrize("code", sorted(CASES))
def test_the_problem_is_found_in_a_course_that_has_it(code):
    done = compiled(CASES[code])
    hits = [problem for problem in done.problems if problem.code == code]
    assert hits, [(problem.code, problem.text()) for problem in done.problems]
    assert all(sound(problem) for problem in done.problems)
    assert (done.course is None) == bool(done.errors)


def test_a_sound_course_has_no_problem():
    assert compiled({QUIZ: quiz_file(), PAGE: page_file(CHECK)}).problems == ()


def test_every_code_has_its_case():
    assert set(CASES) | ELSEWHERE == set(CODES)
    assert not set(CASES) & ELSEWHERE


def test_every_code_is_used_by_the_compiler():
    code_files = Path(__file__).parents[2] / "corpu" / "content"
    written = "".join(
        path.read_text("utf-8") for path in code_files.glob("*.py") if path.name != "codes.py"
    )
    used = set(re.findall(r'"([a-z0-9-]+)"', written))
    assert set(CODES) <= used


def test_a_folder_name_that_is_no_slug_is_refused():
    for name in ("Air Bersih", "grading"):
        assert "bad-course-name" in {p.code for p in compiled(slug=name).problems}


def test_a_course_needs_its_course_file():
    files = {PAGE: page_file().encode()}
    done = compile_course(source().__class__("air", files), VOCABULARY)
    assert {p.code for p in done.problems} == {"missing-course-file"}


def test_a_course_needs_a_page():
    files = {"course.md": course_file().encode()}
    done = compile_course(source().__class__("air", files), VOCABULARY)
    assert {p.code for p in done.problems} >= {"empty-course"}


def test_counts_and_sizes_have_limits():
    many = {f"01-air/{n:03}-hal.md": page_file(front=f"title: a\nid: h{n}\n") for n in range(2, 9)}
    assert "too-many-pages" in {p.code for p in compiled(many, limits=Limits(pages=5)).problems}
    assert "course-too-large" in {
        p.code for p in compiled(many, limits=Limits(course=100)).problems
    }


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    root = write_course(tmp_path)
    (tmp_path / "rahasia.md").write_text("rahasia")
    (root / "01-air" / "02-tautan.md").symlink_to(tmp_path / "rahasia.md")
    (root / "media").symlink_to(tmp_path)
    read = read_course(root)
    assert {(p.code, p.path) for p in read.problems} == {
        ("symlink", "01-air/02-tautan.md"),
        ("symlink", "media"),
    }
    assert not any(b"rahasia" in data for data in read.files.values())


def test_a_course_that_is_a_link_is_not_followed(tmp_path):
    write_course(tmp_path)
    (tmp_path / "lain").symlink_to(tmp_path / "air-bersih")
    assert [p.code for p in read_course(tmp_path / "lain").problems] == ["symlink"]


def test_what_is_no_file_is_reported(tmp_path):
    root = write_course(tmp_path)
    os.mkfifo(root / "01-air" / "02-pipa.md")
    assert [p.code for p in read_course(root).problems] == ["unreadable-file"]


def test_too_many_files_stop_the_reading(tmp_path):
    root = write_course(tmp_path)
    for number in range(10):
        (root / f"{number}.csv").write_text("a,b")
    assert "too-many-files" in {p.code for p in read_course(root, Limits(files=5)).problems}


def test_a_large_file_is_not_even_opened(tmp_path, monkeypatch):
    root = write_course(tmp_path)
    (root / "01-air" / "02-besar.md").write_bytes(b"x" * 300_000)
    opened = []
    monkeypatch.setattr(
        "corpu.content.source._read_regular", lambda p: opened.append(p.name) or b""
    )
    read = read_course(root)
    assert "02-besar.md" not in opened
    assert {p.code for p in read.problems} == {"page-too-large"}


def test_prerequisites_in_a_circle_are_found_across_courses():
    one = source({"course.md": course_file("prerequisites: [dua]\n")}, "satu")
    two = source({"course.md": course_file("prerequisites: [tiga]\n")}, "dua")
    three = source({"course.md": course_file("prerequisites: [satu]\n")}, "tiga")
    done = check_courses([one, two, three], VOCABULARY)
    assert [[p.code for p in each.problems] for each in done] == [["circular-prerequisite"]] * 3
    assert done[0].problems[0].text().startswith("Prasyarat berputar: satu → dua → tiga → satu")
    assert all(each.course is None for each in done)


def test_a_course_may_not_require_itself():
    alone = source({"course.md": course_file("prerequisites: [satu]\n")}, "satu")
    assert [p.code for p in check_courses([alone], VOCABULARY)[0].problems] == [
        "circular-prerequisite"
    ]


def test_circles_through_published_courses_are_found():
    known = replace(VOCABULARY, prerequisites={"dasar-sdgs": ("air-bersih",)})
    new = source({"course.md": course_file("prerequisites: [dasar-sdgs]\n")})
    assert [p.code for p in check_courses([new], known)[0].problems] == ["circular-prerequisite"]


def test_the_id_problems_are_tested_with_the_ids():
    done = compiled({PAGE: page_file(front="title: Siklus baru\n")})
    lost = ids_lost({"siklus": "page"}, done.course)
    assert [p.code for p in lost] == ["id-lost"]
    moved = ids_lost({"air-siklus": "question"}, done.course)
    assert [p.code for p in moved] == ["id-moved"]
    assert all(sound(problem) for problem in lost + moved)


def write_course(folder: Path) -> Path:
    root = folder / "air-bersih"
    for path, data in source().files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root
