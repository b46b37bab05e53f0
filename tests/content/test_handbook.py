"""The handbook for authors says what the compiler does: every code, key, type and the example."""

import re
from pathlib import Path

from corpu.content import CourseSource, compile_course
from corpu.content.blocks import CALL_OUTS
from corpu.content.codes import CODES
from corpu.content.headers import COURSE_KEYS, DIAGNOSTIC_KEYS, PAGE_KEYS, QUIZ_KEYS
from corpu.content.media import TYPES
from corpu.content.quiz import TYPES as QUESTION_TYPES
from corpu.vocabulary import vocabulary

HANDBOOK = (Path(__file__).parents[2] / "docs" / "penulis.md").read_text("utf-8")
EXAMPLE = re.compile(r"^`([^`\n]+\.md)`\n\n(`{3,4})markdown\n(.*?)^\2$", re.M | re.S)


def test_every_code_is_listed_once_with_its_severity():
    listed = re.findall(
        r"^\| `([a-z0-9-]+)`( \(p\))? \|", HANDBOOK.partition("## Daftar kode")[2], re.M
    )
    assert len(listed) == len({code for code, _ in listed})
    assert {code: "warning" if mark else "error" for code, mark in listed} == {
        code: severity for code, (severity, _) in CODES.items()
    }


def test_every_key_type_and_kind_is_explained():
    for word in (*COURSE_KEYS, *PAGE_KEYS, *QUIZ_KEYS, *DIAGNOSTIC_KEYS, *QUESTION_TYPES):
        assert f"`{word}`" in HANDBOOK, word
    for word in (*CALL_OUTS, *(suffix[1:] for suffix in TYPES if suffix != ".jpeg")):
        assert re.search(rf"\b{word}\b", HANDBOOK), word


def test_the_worked_example_is_a_sound_course():
    files = {path: text.encode() for path, _, text in EXAMPLE.findall(HANDBOOK)}
    assert len(files) == 4
    done = compile_course(CourseSource("mencatat-air-desa", files), vocabulary())
    assert [problem.text() for problem in done.problems] == []
    assert [question.type for question in done.course.pages[1].quiz.questions] == [
        "number",
        "single",
        "order",
        "match",
    ]
