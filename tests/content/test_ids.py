"""Ids: they stand for what learners did, so they may be written, but never lost by accident."""

from corpu.content import ids_lost, write_ids
from tests.content.build import PAGE, QUIZ, compiled, page_file, quiz_file, source

BODY = (
    "## Bagian\n\nTeks.\n\n"
    '??? check "Apa?"\n    - [x] a\n    - [ ] b\n\n'
    '??? check "Apa lagi?" {type=multiple}   \n    - [x] a\n    - [ ] b\n'
)
QUESTIONS = (
    "## Satu? {points=2}\n- [x] a\n- [ ] b\n\n"
    "## Dua? ##\n- [x] a\n- [ ] b\n\n"
    "## Dua?\n- [x] a\n- [ ] b\n"
)
FILES = {
    PAGE: page_file(BODY, "title: Siklus\n"),
    QUIZ: quiz_file(QUESTIONS).replace("id: kuis\n", ""),
}


def written(files: dict) -> dict[str, str]:
    return {path: data.decode() for path, data in write_ids(source(files)).items()}


def test_all_ids_are_written_and_no_other_byte():
    new = written(FILES)
    assert new[PAGE] == (
        "---\ntitle: Siklus\nid: air-siklus\n---\n"
        + BODY.replace('"Apa?"', '"Apa?" {#air-siklus-apa}').replace(
            "{type", "{#air-siklus-apa-lagi type"
        )
    )
    assert "## Satu? {#air-kuis-satu points=2}\n" in new[QUIZ]
    assert "## Dua? ## {#air-kuis-dua}\n" in new[QUIZ]
    assert "## Dua? {#air-kuis-dua-2}\n" in new[QUIZ]
    assert (
        new[QUIZ]
        .replace("id: air-kuis\n", "")
        .replace("#air-kuis-satu ", "")
        .replace(" {#air-kuis-dua}", "")
        .replace(" {#air-kuis-dua-2}", "")
        == FILES[QUIZ]
    )


def test_writing_twice_changes_nothing():
    whole = source(FILES)
    whole.files.update(write_ids(whole))
    assert write_ids(whole) == {}


def test_written_ids_change_neither_ids_nor_hashes():
    files = {PAGE: FILES[PAGE]}
    before = compiled(files).course
    after = compiled(dict(write_ids(source(files)))).course
    assert before.ids() == after.ids()
    assert [p.body_hash for p in before.pages] == [p.body_hash for p in after.pages]
    assert all(page.id_written for page in after.pages)


def test_bom_and_line_ends_stay():
    text = FILES[PAGE].replace("\n", "\r\n").encode("utf-8-sig")
    new = write_ids(source({PAGE: text}))[PAGE]
    assert new.startswith(b"\xef\xbb\xbf---\r\ntitle: Siklus\r\nid: air-siklus\r\n---\r\n")
    assert new.count(b"\n") == new.count(b"\r\n") == text.count(b"\r\n") + 1


def test_a_file_that_cannot_take_an_id_is_left_alone():
    assert written({PAGE: "---\n{title: Siklus}\n---\nTeks\n"}) == {}


def lost(previous: dict, files: dict, removed=()):
    done = compiled(files)
    assert done.course
    return [(p.code, p.path, p.params["id"]) for p in ids_lost(previous, done.course, removed)]


def test_an_id_that_vanished_while_something_new_has_none_is_an_error():
    files = {PAGE: page_file(front="title: Siklus air bersih\n")}
    assert lost({"siklus": "page"}, files) == [("id-lost", PAGE, "siklus")]


def test_it_is_none_where_the_author_says_that_it_is_gone():
    files = {PAGE: page_file(front="title: Siklus air bersih\n")}
    assert lost({"siklus": "page"}, files, removed={"siklus"}) == []


def test_it_is_none_where_everything_new_has_its_id():
    files = {PAGE: page_file(front="title: Lain\nid: lain\n")}
    assert lost({"siklus": "page"}, files) == []


def test_a_question_is_looked_for_among_questions():
    files = {PAGE: page_file(front="title: Siklus\n"), QUIZ: quiz_file()}
    assert lost({"air-siklus": "page", "q-lama": "question"}, files) == []
    files[QUIZ] = quiz_file("## Apa?\n- [x] a\n- [ ] b\n")
    assert lost({"kuis": "quiz", "q-apa": "question"}, files)[0][0] == "id-lost"


def test_an_id_may_not_name_another_kind_of_thing():
    assert lost({"siklus": "quiz"}, {}) == [("id-moved", PAGE, "siklus")]
