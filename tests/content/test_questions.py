"""Questions of a quiz: every type, its keys as data, and where its parts end up."""

from decimal import Decimal

import pytest

from corpu.content.answers import KeyRefused, read_decimal, read_number_key, read_text_key
from tests.content.build import QUESTION, question, quiz, quiz_codes

TABLE = "| Kiri | Kanan |\n|---|---|\n| air | 6 |\n| energi | 7 |\n| | 8 |\n"
RUBRIC = "| Kriteria | 0 | 1,5 | 3 |\n|---|---|---|---|\n| Alasan | tak ada | **satu** | dua |\n"


def test_one_tick_is_a_single_choice_and_several_are_a_multiple_one():
    assert question(QUESTION).type == "single"
    assert question("## A?\n- [x] a\n- [x] b\n- [ ] c\n").type == "multiple"
    assert question("## A? {type=multiple}\n- [x] a\n- [ ] b\n").type == "multiple"


def test_benar_and_salah_are_true_or_false():
    assert question("## Air itu basah.\n- [x] Benar\n- [ ] Salah\n").type == "truefalse"
    assert question("## Air itu basah.\n- [x] Benar\n- [ ] Salah\n- [ ] Entah\n").type == "single"
    assert "type-mismatch" in quiz_codes("## A {type=truefalse}\n- [x] Ya\n- [ ] Tidak\n")


def test_keys_are_texts_and_patterns():
    asked = question("## Kode?\n= 6.b\n=/(target )?6\\.?b/\n")
    assert asked.type == "short"
    assert asked.keys == ({"text": "6.b"}, {"regex": "(target )?6\\.?b"})


def test_keys_with_tolerance_or_range_are_numbers():
    asked = question("## Berapa?\n= 74 ± 1\n= 70,5..72.5\n= 3 +- 0,5\n= −2..2\n")
    assert asked.type == "number"
    assert asked.keys == (
        {"low": "73", "high": "75"},
        {"low": "70.5", "high": "72.5"},
        {"low": "2.5", "high": "3.5"},
        {"low": "-2", "high": "2"},
    )


def test_one_key_without_tolerance_makes_it_text_unless_the_type_says_number():
    assert question("## Berapa?\n= 74 ± 1\n= tujuh puluh\n").type == "short"
    assert question("## Berapa? {type=number}\n= 74\n").keys == ({"low": "74", "high": "74"},)
    assert question("## Lanjut? {type=short}\n= 1..2\n").keys == ({"text": "1..2"},)


@pytest.mark.parametrize("text", ["1.250", "1,250", "12.000", "1.250.000", "-3,500"])
def test_a_number_that_could_be_thousands_is_refused(text):
    with pytest.raises(KeyRefused) as refused:
        read_decimal(text)
    assert refused.value.code == "ambiguous-number"
    assert refused.value.params["thousands"] == text.replace(".", "").replace(",", "")


@pytest.mark.parametrize(
    ("text", "value"), [("0.125", "0.125"), ("1250", "1250"), ("1,25", "1.25")]
)
def test_other_numbers_are_read_with_either_sign(text, value):
    assert read_decimal(text) == Decimal(value)


@pytest.mark.parametrize("key", ["5..1", "a..b", "1 ± x", "1e5", "1..", "5 %", "½", "९", "1" * 31])
def test_what_is_no_number_is_refused(key):
    with pytest.raises(KeyRefused):
        read_number_key(key)


@pytest.mark.parametrize(
    "key", ["/(/", "/a*/", "/(a+)+$/", f"/{'a' * 201}/", "/[/", "/a{99999999}{99999999}/"]
)
def test_patterns_that_cannot_serve_are_refused(key):
    if key == "/(a+)+$/":  # slow in other engines, harmless in this one
        assert read_text_key(key) == {"regex": "(a+)+$"}
        return
    with pytest.raises(KeyRefused) as refused:
        read_text_key(key)
    assert refused.value.code == "bad-regex"


def test_a_numbered_list_is_an_order():
    asked = question(
        "## Urutkan {type=order}\n\nMulai dari hulu.\n\n"
        "1. *hujan*\n2. sungai\n3. laut\n\n> Begitu.\n"
    )
    assert asked.items == ("<em>hujan</em>", "sungai", "laut")
    assert asked.body_html == "<p>Mulai dari hulu.</p>"
    assert asked.explanation_html == "<p>Begitu.</p>"


def test_ids_inside_of_an_answer_do_not_count_it():
    asked = question("## Urutkan {type=order}\n\n1. *a*{#satu}\n2. *b*{#satu}\n")
    assert not any(f"-{number}-" in item for item in asked.items for number in (1, 2))


def test_a_table_is_a_match_with_distractors():
    asked = question("## Jodohkan {type=match}\n\n" + TABLE)
    assert asked.pairs == (("air", 0), ("energi", 1))
    assert asked.choices == ("6", "7", "8")


def test_two_rows_may_share_their_right_side():
    table = TABLE.replace("| energi | 7 |", "| sanitasi | 6 |")
    asked = question("## Jodohkan {type=match}\n\n" + table)
    assert asked.pairs == (("air", 0), ("sanitasi", 0))


@pytest.mark.parametrize(
    "table",
    [
        TABLE.replace("| energi | 7 |\n", ""),
        TABLE.replace("| 6 |", "| |"),
        TABLE.replace("energi", "air"),
        TABLE.replace("| | 8 |", "| | 6 |"),
    ],
)
def test_a_match_needs_two_different_whole_rows(table):
    codes = quiz_codes("## Jodohkan {type=match}\n\n" + table)
    assert codes & {"match-without-table", "duplicate-answer"}


def test_an_essay_has_a_rubric_with_points():
    asked = question(
        "## Mengapa? {type=essay points=6}\n\nJelaskan.\n\n" + RUBRIC + "\n> Contoh jawaban.\n"
    )
    assert asked.points == Decimal(6)
    assert asked.explanation_html == "<p>Contoh jawaban.</p>"
    assert [points for points, _ in asked.rubric[0].columns] == [0, Decimal("1.5"), 3]
    assert asked.rubric[0].title_html == "Alasan"
    assert asked.rubric[0].columns[1][1] == "<strong>satu</strong>"
    assert asked.body_html == "<p>Jelaskan.</p>"


@pytest.mark.parametrize(
    "table",
    [
        RUBRIC.replace("1,5", "0"),
        RUBRIC.replace("1,5", "-1"),
        RUBRIC.replace("Alasan", ""),
        "| Kriteria | 0 |\n|---|---|\n| Alasan | - |\n",
        "| Kriteria | 1 |\n|---|---|\n",
    ],
)
def test_a_rubric_that_cannot_grade_is_refused(table):
    assert "bad-rubric" in quiz_codes("## Mengapa? {type=essay}\n\n" + table)


def test_points_competency_and_level_map_a_question():
    asked = question("## A? {#q points=2,5 competency=ppb level=2}\n- [x] a\n- [ ] b\n")
    assert (asked.id, asked.points, asked.competency, asked.level) == (
        "q",
        Decimal("2.5"),
        "PPB",
        2,
    )


def test_a_quiz_may_map_all_its_questions_at_once():
    whole = quiz(
        "## A?\n- [x] a\n- [ ] b\n\n## B? {competency=INT level=3 points=1}\n- [x] a\n- [ ] b\n",
        "points: 4\ncompetency: PPB\nlevel: 2\n",
    )
    assert [(q.points, q.competency, q.level) for q in whole.questions] == [
        (Decimal(4), "PPB", 2),
        (Decimal(1), "INT", 3),
    ]


@pytest.mark.parametrize(
    ("mark", "code"),
    [
        ("{points=0}", "out-of-range"),
        ("{points=1e3}", "out-of-range"),
        ("{points=1001}", "out-of-range"),
        ("{competency=PPB level=6}", "out-of-range"),
        ("{competency=XYZ level=2}", "unknown-competency"),
        ("{level=2}", "competency-without-level"),
        ("{type=pilihan}", "unknown-value"),
    ],
)
def test_attributes_of_a_question_have_their_ranges(mark, code):
    assert code in quiz_codes(f"## A? {mark}\n- [x] a\n- [ ] b\n")


def test_the_front_matter_of_a_quiz_is_read():
    whole = quiz(
        QUESTION,
        "pass: 80\nattempts: 3\ntime_limit: 20\ndraw: 1\n"
        "shuffle: [questions, options]\nreview: never\n",
    )
    assert (whole.pass_mark, whole.attempts, whole.time_limit, whole.draw) == (80, 3, 20, 1)
    assert (whole.shuffle_questions, whole.shuffle_options, whole.review) == (True, True, "never")


def test_a_quiz_without_wishes_has_the_defaults():
    whole = quiz(QUESTION)
    assert (whole.pass_mark, whole.attempts, whole.time_limit, whole.draw) == (75, None, None, None)
    assert (whole.shuffle_questions, whole.shuffle_options, whole.review) == (
        False,
        False,
        "after-pass",
    )


def test_the_title_is_known_as_text_too():
    asked = question("## Apa *arti* $x_2$ & `<b>`?\n- [x] a\n- [ ] b\n")
    assert asked.title_html.startswith("Apa <em>arti</em> <math")
    assert asked.title_text == "Apa arti x2 & <b>?"


def test_the_text_before_the_first_question_introduces_the_quiz():
    whole = quiz("Baca *tenang*.\n\n" + QUESTION)
    assert whole.intro[0].html == "<p>Baca <em>tenang</em>.</p>"
