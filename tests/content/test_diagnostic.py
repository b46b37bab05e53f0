"""A diagnostic stands beside course.md: read like a quiz, but a page of no module."""

from decimal import Decimal

from corpu.content import DIAGNOSTIC, course_from_dict, ids_lost, to_dict, write_ids
from tests.content.build import ASKED, QUIZ, codes, compiled, diagnostic_file, quiz_file, source

FILES = {QUIZ: quiz_file(), "diagnostic.md": diagnostic_file()}


def course(files=FILES):
    done = compiled(files)
    assert done.course is not None, [problem.text() for problem in done.problems]
    return done.course


def test_it_is_no_page_of_the_course_and_asks_about_modules():
    found = course()
    assert [page.id for page in found.pages] == ["siklus", "kuis"]
    assert found.completion_pages == ("siklus", "kuis")
    test = found.diagnostic
    assert (test.page.id, test.page.type, test.page.position) == (DIAGNOSTIC, "diagnostic", 0)
    assert [(one.id, one.module) for one in test.page.quiz.questions] == [("ua-air", "air")]
    assert (test.proven, test.hours) == ("done", "full")
    quiz = test.page.quiz
    assert (quiz.pass_mark, quiz.attempts, quiz.time_limit) == (Decimal(75), 1, 10)
    assert (quiz.draw, quiz.review) == (None, "never")


def test_its_rules_are_read_and_others_are_refused():
    front = "time_limit: 10\npass: 60\nproven: mark\nhours: without-proven\nreview: after-attempt\n"
    test = course(FILES | {"diagnostic.md": diagnostic_file(front=front)}).diagnostic
    assert (test.proven, test.hours) == ("mark", "without-proven")
    assert (test.page.quiz.pass_mark, test.page.quiz.review) == (Decimal(60), "after-attempt")
    for wrong, code in (
        ("hours: half\n", "unknown-value"),
        ("proven: skip\n", "unknown-value"),
        ("review: after-pass\n", "unknown-value"),
        ("pass: 0\n", "pass-unreachable"),
        ("attempts: 3\n", "unknown-key"),
        ("draw: 1\n", "unknown-key"),
        ("id: lain\n", "unknown-key"),
    ):
        files = FILES | {"diagnostic.md": diagnostic_file(front="time_limit: 10\n" + wrong)}
        assert code in codes(files), wrong


def test_an_ordinary_quiz_speaks_of_no_module():
    asked = "## Target mana? {#q-satu module=air}\n- [x] 6.1\n- [ ] 7.1\n"
    assert "bad-attribute" in codes({QUIZ: quiz_file(asked)})


def test_it_has_no_id_that_an_author_could_write():
    assert "bad-id" in codes({QUIZ: quiz_file().replace("id: kuis", f"id: {DIAGNOSTIC}")})


def test_its_questions_keep_their_ids_like_all_others():
    bare = FILES | {"diagnostic.md": diagnostic_file(ASKED.replace("#ua-air ", ""))}
    assert write_ids(source(bare))["diagnostic.md"].decode() == diagnostic_file(
        ASKED.replace("#ua-air ", "#uji-awal-apa-itu-air ")
    )
    assert write_ids(source(FILES)) == {}
    lost = ids_lost(course().ids(), course(bare))
    assert [problem.code for problem in lost] == ["id-lost"]
    assert lost[0].path == "diagnostic.md"
    assert ids_lost(course().ids(), course({QUIZ: quiz_file()})) == ()


def test_it_shares_the_ids_of_the_course():
    twice = FILES | {"diagnostic.md": diagnostic_file(ASKED.replace("ua-air", "q-satu"))}
    assert "duplicate-id" in codes(twice)


def test_it_survives_json():
    found = course()
    assert to_dict(course_from_dict(to_dict(found))) == to_dict(found)
    assert course_from_dict(to_dict(found)).diagnostic == found.diagnostic


def test_a_course_without_one_is_as_it_was():
    found = course({QUIZ: quiz_file()})
    assert found.diagnostic is None
    assert DIAGNOSTIC not in found.ids()


def test_the_last_quiz_and_those_with_a_mark_are_final():
    assert course().final_tests == {"kuis"}
