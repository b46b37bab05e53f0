"""Grading as pure functions: each type, what people type, shuffles, attempts, deadlines."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpu.assessment import answers as reading
from corpu.assessment.grading import (
    Ambiguous,
    AnswerRefused,
    RubricRefused,
    accepts,
    check_answer,
    deadline,
    draw,
    essay_points,
    grade_attempt,
    grade_question,
    is_answered,
    normalise_text,
    parse_number,
    rubric_of,
    shown_order,
    shuffled,
    shuffled_questions,
    to_original,
    to_shown,
)

START = datetime(2026, 3, 1, 2, tzinfo=UTC)
CHOICES = ("single", "multiple", "truefalse")


def question(type, id="q", points="1", **more):
    empty = {"options": [], "keys": [], "items": [], "pairs": [], "choices": [], "rubric": []}
    return {"id": id, "type": type, "points": points, **empty, **more}


def options(*correct):
    return [{"html": f"<p>{i}</p>", "correct": is_right} for i, is_right in enumerate(correct)]


def columns(*numbers):
    return [[str(number), "…"] for number in numbers]


SINGLE = question("single", options=options(False, True, False))
MULTIPLE = question("multiple", points="2", options=options(True, False, True, True, False))
TRUE_FALSE = question("truefalse", options=options(False, True))
SHORT = question("short", keys=[{"text": "Air Bersih"}, {"regex": "air (minum|tawar)s?"}])
NUMBER = question("number", keys=[{"low": "73", "high": "75"}, {"low": "0.1", "high": "0.1"}])
ORDER = question("order", points="3", items=["a", "b", "c", "d"])
MATCH = question(
    "match", points="2", pairs=[["6.1", 2], ["7.1", 0], ["16.5", 1]], choices=list("egxy")
)
ESSAY = question(
    "essay",
    points="4",
    rubric=[
        {"title_html": "Isi", "columns": columns(0, 1, 2)},
        {"title_html": "Bahasa", "columns": columns(0, "0.5", 1)},
    ],
)

RIGHT = [
    (SINGLE, 1, None),
    (MULTIPLE, [3, 0, 2], None),
    (TRUE_FALSE, 1, None),
    (SHORT, "  AIR\u00a0bersih ", None),
    (SHORT, "Air  Tawar", None),
    (NUMBER, "74,5", None),
    (NUMBER, ".1", None),
    (ORDER, [0, 1, 2, 3], None),
    (MATCH, [2, 0, 1], None),
    (ESSAY, "Jawaban", [2, "1"]),
]
WRONG = [
    (SINGLE, 0),
    (MULTIPLE, [1, 4]),
    (TRUE_FALSE, 0),
    (SHORT, "air minum dan lain-lain"),
    (NUMBER, "75,01"),
    (NUMBER, "tujuh puluh"),
    (ORDER, [3, 2, 1, 0]),
    (MATCH, [0, 1, 3]),
]


@st.composite
def questions(draw, id="q", types=(*CHOICES, "order", "match")):
    kind = draw(st.sampled_from(types))
    points = draw(st.sampled_from(["1", "2", "0.5", "3"]))
    mapped = draw(
        st.sampled_from([{}, {"competency": "PPB", "level": 2}, {"competency": "INT", "level": 1}])
    )
    if kind == "order":
        items = draw(st.lists(st.sampled_from("abcdef"), min_size=2, max_size=6))
        return question(kind, id, points, items=items, **mapped)
    if kind == "match":
        n = draw(st.integers(1, 5))
        spare = draw(st.integers(0, 2))
        keys = draw(st.permutations(range(n + spare)))[:n]
        pairs = [[f"left {i}", key] for i, key in enumerate(keys)]
        return question(kind, id, points, pairs=pairs, choices=list("abcdefgh")[: n + spare])
    n = 2 if kind == "truefalse" else draw(st.integers(2, 6))
    right = draw(st.integers(0, n - 1))
    ticks = [i == right or (kind == "multiple" and draw(st.booleans())) for i in range(n)]
    return question(kind, id, points, options=options(*ticks), **mapped)


@st.composite
def answers_to(draw, one):
    if draw(st.integers(0, 5)) == 0:
        return None
    if one["type"] == "order":
        return list(draw(st.permutations(range(len(one["items"])))))
    if one["type"] == "match":
        cell = st.none() | st.integers(0, len(one["choices"]) - 1)
        return draw(st.lists(cell, min_size=len(one["pairs"]), max_size=len(one["pairs"])))
    index = st.integers(0, len(one["options"]) - 1)
    return draw(st.lists(index, unique=True) if one["type"] == "multiple" else index)


answered = questions().flatmap(lambda one: st.tuples(st.just(one), answers_to(one)))


# --- each type -----------------------------------------------------------------------------


@pytest.mark.parametrize(("one", "answer", "chosen"), RIGHT)
def test_the_right_answer_earns_all_points(one, answer, chosen):
    graded = grade_question(one, answer, chosen)
    assert (graded.points, graded.state) == (Decimal(one["points"]), "right")


@pytest.mark.parametrize(("one", "answer"), WRONG)
def test_a_wrong_answer_earns_nothing(one, answer):
    graded = grade_question(one, answer)
    assert (graded.points, graded.state) == (0, "wrong")


@pytest.mark.parametrize("one", [SINGLE, MULTIPLE, TRUE_FALSE, SHORT, NUMBER, ORDER, MATCH, ESSAY])
@pytest.mark.parametrize("nothing", [None, "", []])
def test_nothing_given_is_unanswered_for_every_type(one, nothing):
    try:
        graded = grade_question(one, nothing)
    except AnswerRefused:
        assert nothing is not None
        return
    assert (graded.points, graded.state) == (0, "unanswered")
    assert not is_answered(one, nothing)


@pytest.mark.parametrize(("one", "blank"), [(SHORT, " \t "), (ESSAY, "\n"), (MATCH, [None] * 3)])
def test_blanks_are_no_answer(one, blank):
    assert grade_question(one, blank).state == "unanswered"


def test_the_first_option_is_an_answer():
    assert is_answered(SINGLE, 0)


@pytest.mark.parametrize(
    ("ticked", "points"),
    [
        ([0], "0.6667"),
        ([0, 2], "1.3333"),
        ([0, 2, 3, 1], "1.3333"),
        ([0, 1], "0.0000"),
        ([0, 1, 2, 3, 4], "0.6667"),
    ],
)
def test_multiple_gives_right_ticks_less_wrong_ones(ticked, points):
    assert str(grade_question(MULTIPLE, ticked).points) == points


@given(questions(types=("multiple",)).flatmap(lambda q: st.tuples(st.just(q), answers_to(q))))
def test_multiple_follows_its_formula(pair):
    one, ticked = pair
    right = {i for i, option in enumerate(one["options"]) if option["correct"]}
    got = set(ticked or ())
    expected = Fraction(max(0, len(got & right) - len(got - right)), len(right))
    assert grade_question(one, ticked).credit == expected


@pytest.mark.parametrize(
    ("order", "credit"),
    [([3, 0, 1, 2], (2, 3)), ([0, 2, 1, 3], (2, 3)), ([1, 0, 3, 2], (1, 3))],
)
def test_order_gives_the_share_of_neighbours_in_the_right_order(order, credit):
    graded = grade_question(ORDER, order)
    assert graded.credit == Fraction(*credit)
    assert graded.state == "partly"


def test_only_the_right_order_earns_all():
    full = [p for p in permutations(range(4)) if grade_question(ORDER, list(p)).credit == 1]
    assert full == [(0, 1, 2, 3)]


def test_items_of_the_same_text_may_change_places():
    one = question("order", items=["periksa", "catat", "periksa"])
    assert grade_question(one, [2, 1, 0]).state == "right"
    assert grade_question(one, [1, 2, 0]).credit == Fraction(1, 2)


def test_match_gives_the_share_of_right_rows():
    graded = grade_question(MATCH, [2, 3, None])
    assert (graded.credit, str(graded.points)) == (Fraction(1, 3), "0.6667")


def test_choices_of_the_same_text_are_equally_right():
    one = question("match", pairs=[["a", 0], ["b", 1]], choices=["sama", "sama"])
    assert grade_question(one, [1, 0]).state == "right"


def test_an_essay_waits_for_a_person_and_follows_the_rubric():
    waiting = grade_question(ESSAY, "Jawaban")
    assert (waiting.points, waiting.credit, waiting.state) == (None, None, "ungraded")
    graded = grade_question(ESSAY, "Jawaban", [1, Decimal("0.5")])
    assert (graded.points, graded.state) == (2, "partly")
    assert essay_points(ESSAY, [1, "0.50"]) == 2


@pytest.mark.parametrize(
    "chosen", [[], [1], [1, 1, 1], [3, 1], [1, None], [True, 1], [1.0, 1], "11", [1, "NaN"]]
)
def test_choices_that_do_not_fit_the_rubric_are_refused(chosen):
    with pytest.raises(RubricRefused):
        grade_question(ESSAY, "Jawaban", chosen)


@pytest.mark.parametrize(
    ("one", "answer"),
    [
        (SINGLE, 3),
        (SINGLE, -1),
        (SINGLE, True),
        (SINGLE, "1"),
        (SINGLE, [1]),
        (MULTIPLE, [0, 0]),
        (MULTIPLE, [5]),
        (MULTIPLE, 0),
        (ORDER, [0, 1, 2]),
        (ORDER, [0, 1, 2, 2]),
        (ORDER, [0, 1, 2, 4]),
        (MATCH, [0, 1]),
        (MATCH, [0, 1, 4]),
        (SHORT, 7),
        (SHORT, "x" * 1_001),
        (NUMBER, {"value": 7}),
        (ESSAY, "x" * 50_001),
    ],
)
def test_an_answer_of_another_shape_is_refused(one, answer):
    with pytest.raises(AnswerRefused):
        check_answer(one, answer)
    with pytest.raises(AnswerRefused):
        grade_question(one, answer)


def test_an_unknown_type_and_a_question_without_points_are_errors():
    with pytest.raises(ValueError, match="type"):
        grade_question(question("poem"), "Jawaban")
    with pytest.raises(ValueError, match="points"):
        grade_question(question("essay", points="0"), "Jawaban")


@given(answered)
def test_points_stay_between_zero_and_the_most(pair):
    graded = grade_question(*pair)
    assert 0 <= graded.points <= graded.max_points
    assert (graded.state == "right") == (graded.points == graded.max_points)
    assert (graded.state == "unanswered") == (not is_answered(*pair))


# --- texts and numbers ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("  Air   Bersih\n", "air bersih"),
        ("ＡＩＲ", "air"),
        ("Straße", "strasse"),
        ("ﬁlter", "filter"),
        ("e\u0301", "é"),
    ],
)
def test_texts_are_compared_without_case_width_and_blanks(text, normal):
    assert normalise_text(text) == normal


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    assert normalise_text(normalise_text(text)) == normalise_text(text)


@given(st.text(min_size=1, max_size=30).filter(lambda text: text.strip()))
def test_every_accepted_text_is_right_however_it_is_spaced_and_cased(text):
    one = question("short", keys=[{"text": text}])
    for written in (text, f"  {text}\t", normalise_text(text)):
        assert grade_question(one, written).state == "right"


def test_a_pattern_matches_the_whole_answer_only():
    one = question("short", keys=[{"regex": "air|minum"}])
    assert [grade_question(one, a).state for a in ("MINUM", "air minum")] == ["right", "wrong"]


def test_a_pattern_is_not_tried_on_a_long_answer():
    one = question("short", keys=[{"regex": "a+"}])
    assert grade_question(one, "a" * 200).state == "right"
    assert grade_question(one, "a" * 201).state == "wrong"


def test_a_pattern_that_takes_too_long_leaves_the_answer_to_a_person(monkeypatch):
    monkeypatch.setattr(reading, "REGEX_SECONDS", 0.01)
    one = question("short", keys=[{"regex": "(a|aa|a.)+(b|bb)+c(a*)*d"}, {"text": "aab"}])
    slow = "a" * 190
    assert grade_question(one, slow).state == "ungraded"
    assert grade_question(one, "aab").state == "right"
    assert len(rubric_of(one)) == 1
    assert grade_question(one, slow, [1]).state == "right"
    assert essay_points(one, [0]) == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("74", "74"),
        ("74,5", "74.5"),
        ("74.5", "74.5"),
        (" +74,50 % ", "74.5"),
        ("-3", "-3"),
        ("\u22123,5", "-3.5"),
        (",5", "0.5"),
        ("5,", "5"),
        ("0.250", "0.25"),
        ("0,125", "0.125"),
        ("1250.000", "1250"),
        ("1.2500", "1.25"),
        ("1.250.000", "1250000"),
        ("1,250,000", "1250000"),
        ("1 250", "1250"),
        ("1\u00a0250\u00a0000", "1250000"),
        ("1.250,5", "1250.5"),
        ("1,250.75", "1250.75"),
        ("1 250,5", "1250.5"),
        ("1.250.000,75", "1250000.75"),
        ("٧٤", None),
        ("７４", "74"),
        ("", None),
        ("-", None),
        (".", None),
        ("1e3", None),
        ("12.5.3", None),
        ("1.25.000", None),
        ("1 2", None),
        ("1,2.5", None),
        ("1.250.00", None),
        ("10³", None),
        ("½", None),
        ("NaN", None),
        ("Infinity", None),
        ("74 ember", None),
        ("1_000", None),
        ("9" * 61, None),
    ],
)
def test_numbers_are_read_as_people_write_them(text, number):
    assert parse_number(text) == (None if number is None else Decimal(number))


@pytest.mark.parametrize("text", ["1.250", "1,250", "12.500", "-125,000", " 1.250 %"])
def test_what_could_be_thousands_is_ambiguous(text):
    found = parse_number(text)
    assert isinstance(found, Ambiguous)
    assert found.thousands == found.fraction * 1000


def test_an_ambiguous_number_is_graded_as_it_stands():
    one = question("number", keys=[{"low": "1.25", "high": "1.25"}])
    assert parse_number("1.250") == Ambiguous(Decimal(1250), Decimal("1.25"))
    assert grade_question(one, "1.250").state == "right"
    thousands = question("number", keys=[{"low": "1250", "high": "1250"}])
    assert [grade_question(thousands, t).state for t in ("1.250", "1250")] == ["wrong", "right"]


@given(st.decimals(-(10**9), 10**9, places=2, allow_nan=False))
def test_both_decimal_signs_say_the_same(number):
    plain = f"{number:f}"
    assert parse_number(plain) == parse_number(plain.replace(".", ",")) == number


@given(st.integers(10**6, 10**12), st.sampled_from([".", ",", " "]))
def test_grouped_millions_are_read_whole(number, sign):
    assert parse_number(f"{number:,}".replace(",", sign)) == number


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading_of_numbers(text):
    assert isinstance(parse_number(text), (Decimal, Ambiguous, type(None)))


@given(st.decimals(-100, 100, places=3), st.decimals(0, 5, places=3), st.decimals(-9, 9, places=3))
def test_a_number_is_right_within_its_bounds_and_at_them(middle, tolerance, shift):
    low, high = middle - tolerance, middle + tolerance
    one = question("number", keys=[{"low": str(low), "high": str(high)}])
    given_number = middle + shift
    inside = abs(shift) <= tolerance
    # A fourth digit keeps the answer from looking like thousands.
    assert (grade_question(one, f"{given_number:.4f}").state == "right") == inside
    assert grade_question(one, f"{low:.4f}").state == grade_question(one, f"{high:.4f}").state


# --- shuffles and draws --------------------------------------------------------------------

seeds = st.integers(0, 2**62)


@given(answered, seeds, st.booleans())
def test_a_shuffle_never_changes_a_grade(pair, seed, shuffle):
    one, answer = pair
    order = shown_order(one, seed, shuffle_options=shuffle)
    seen = to_shown(one, answer, order)
    back = to_original(one, seen, order)
    assert grade_question(one, back) == grade_question(one, answer)
    assert back == (sorted(answer) if one["type"] == "multiple" and answer else answer)


@given(answered, seeds)
def test_the_number_that_was_shown_leads_to_the_part_that_was_shown(pair, seed):
    one, _ = pair
    if one["type"] != "single":
        return
    order = shown_order(one, seed, shuffle_options=True)
    page = [one["options"][original]["html"] for original in order]
    for shown, html in enumerate(page):
        assert one["options"][to_original(one, shown, order)]["html"] == html


@given(seeds, st.text(max_size=10), st.integers(0, 30))
def test_a_shuffle_is_a_permutation_and_repeatable(seed, id, n):
    assert sorted(shuffled(seed, id, n)) == list(range(n))
    assert shuffled(seed, id, n) == shuffled(seed, id, n)


def test_the_shuffle_is_the_same_for_ever():
    """Attempts in progress survive an upgrade only while these values stand."""
    assert shuffled(7, "q-cakupan", 6) == (5, 2, 0, 1, 3, 4)
    assert draw(list("abcdefgh"), 3, 7) == ["b", "f", "h"]


def test_every_order_comes_about_equally_often():
    seen = {}
    for seed in range(6_000):
        order = shuffled(seed, "q", 3)
        seen[order] = seen.get(order, 0) + 1
    assert len(seen) == 6
    assert all(850 < times < 1_150 for times in seen.values())


def test_questions_of_one_attempt_are_shuffled_apart():
    assert len({shuffled(1, f"q{i}", 8) for i in range(20)}) > 15


def test_true_and_false_keep_their_places_and_the_rest_follows_the_quiz():
    for seed in range(50):
        assert shown_order(TRUE_FALSE, seed, shuffle_options=True) == (0, 1)
        assert shown_order(SINGLE, seed, shuffle_options=False) == (0, 1, 2)
    assert len({shown_order(ORDER, s, shuffle_options=False) for s in range(50)}) > 10
    assert len({shown_order(MATCH, s, shuffle_options=False) for s in range(50)}) > 10
    assert shown_order(ESSAY, 1, shuffle_options=True) == ()


@pytest.mark.parametrize(
    ("one", "answer"),
    [(SINGLE, 3), (SINGLE, "0"), (SINGLE, True), (MULTIPLE, 1), (MULTIPLE, [None]), (ORDER, [9])],
)
def test_numbers_that_were_not_shown_are_refused(one, answer):
    order = shown_order(one, 1, shuffle_options=True)
    with pytest.raises(ValueError, match="not"):
        to_original(one, answer, order)


def test_texts_pass_through_the_shuffle():
    assert to_original(SHORT, "air", ()) == to_shown(SHORT, "air", ()) == "air"


@given(st.lists(st.text(), unique=True, min_size=1), seeds, st.data())
def test_a_draw_is_so_many_different_questions_in_the_authors_order(ids, seed, data):
    k = data.draw(st.integers(1, len(ids)))
    drawn = draw(ids, k, seed)
    assert len(set(drawn)) == k
    assert drawn == [id for id in ids if id in drawn]
    assert draw(ids, None, seed) == ids
    assert sorted(shuffled_questions(drawn, seed)) == sorted(drawn)


@pytest.mark.parametrize("k", [0, -1, 3])
def test_a_draw_larger_than_the_pool_is_refused(k):
    with pytest.raises(ValueError, match="draw"):
        draw(["a", "b"], k, 1)


# --- attempts ------------------------------------------------------------------------------


@st.composite
def attempts(draw):
    some = [draw(questions(id=f"q{i}")) for i in range(draw(st.integers(1, 6)))]
    return some, {one["id"]: draw(answers_to(one)) for one in some}


@given(attempts())
def test_the_score_is_the_exact_share_of_points_rounded_once(attempt):
    some, given_answers = attempt
    grade = grade_attempt(some, given_answers)
    credits = [grade_question(one, given_answers[one["id"]]).credit for one in some]
    points = sum(c * Fraction(one["points"]) for c, one in zip(credits, some, strict=True))
    most = sum(Fraction(one["points"]) for one in some)
    difference = Fraction(grade.score) - 100 * points / most
    assert Fraction(-1, 20_000) < difference <= Fraction(1, 20_000)
    assert 0 <= grade.score <= 100
    assert grade.score.as_tuple().exponent == -4


@given(attempts(), st.randoms(use_true_random=False))
def test_the_order_of_questions_never_changes_a_grade(attempt, random):
    some, given_answers = attempt
    mixed = list(some)
    random.shuffle(mixed)
    assert grade_attempt(mixed, given_answers) == grade_attempt(some, given_answers)


@given(attempts())
def test_answers_survive_json(attempt):
    some, given_answers = attempt
    stored = json.loads(json.dumps(given_answers))
    assert grade_attempt(some, stored) == grade_attempt(some, given_answers)


@given(attempts())
def test_evidence_covers_exactly_what_is_mapped(attempt):
    some, given_answers = attempt
    grade = grade_attempt(some, given_answers)
    if not any(is_answered(one, given_answers[one["id"]]) for one in some):
        assert grade.evidence == ()
        return
    mapped = {(one["competency"], one["level"]) for one in some if one.get("competency")}
    assert {(row.competency, row.level) for row in grade.evidence} == mapped
    for row in grade.evidence:
        weight = sum(Decimal(q["points"]) for q in some if q.get("competency") == row.competency)
        assert row.share.weight == weight
        assert row.share.thin == (weight < 3)


def test_three_thirds_make_one_whole():
    third = question("multiple", options=options(True, True, True))
    some = [{**third, "id": id} for id in "abc"]
    grade = grade_attempt(some, {id: [0] for id in "abc"})
    assert (str(grade.points), str(grade.score)) == ("1.0000", "33.3333")
    assert not grade.passes(Decimal("33.34"))
    assert grade.passes(Decimal("33.3333"))


def test_what_was_drawn_and_left_open_counts_against_the_score_and_in_evidence():
    some = [
        {**SINGLE, "id": id, "points": "2", "competency": "PPB", "level": 2} for id in ("a", "b")
    ]
    grade = grade_attempt(some, {"a": 1, "not drawn": 1})
    assert grade.score == 50
    (row,) = grade.evidence
    assert (row.competency, row.level, row.share.score) == ("PPB", 2, Decimal("50.0000"))
    assert (row.share.weight, row.share.thin) == (4, False)


def test_a_failed_attempt_is_evidence_and_one_without_answers_is_not():
    one = {**SINGLE, "competency": "PPB", "level": 1}
    (row,) = grade_attempt([one], {"q": 0}).evidence
    assert (row.share.score, row.share.thin) == (0, True)
    empty = grade_attempt([one], {})
    assert (empty.score, empty.evidence, empty.needs_grading) == (0, (), False)


def test_an_attempt_with_an_essay_has_no_score_and_no_evidence_before_it_is_graded():
    some = [
        {**SINGLE, "id": "a", "points": "4", "competency": "PPB", "level": 2},
        {**ESSAY, "id": "b", "competency": "PPB", "level": 2},
    ]
    given_answers = {"a": 1, "b": "Jawaban"}
    waiting = grade_attempt(some, given_answers)
    assert (waiting.needs_grading, waiting.score, waiting.points) == (True, None, 4)
    assert waiting.evidence == ()
    assert not waiting.passes(Decimal(0))
    graded = grade_attempt(some, given_answers, {"b": [1, 1]})
    assert (graded.needs_grading, str(graded.score)) == (False, "83.3333")
    assert graded.evidence[0].share.score == Decimal("83.3333")
    assert graded.passes(Decimal(75))


def test_an_essay_left_open_needs_no_person():
    grade = grade_attempt([{**ESSAY, "id": "b"}, SINGLE], {"q": 1})
    assert (grade.needs_grading, grade.score) == (False, 20)


def test_an_attempt_without_questions_is_an_error():
    with pytest.raises(ValueError, match="questions"):
        grade_attempt([], {})


# --- deadlines -----------------------------------------------------------------------------


def test_no_limit_means_no_deadline():
    assert deadline(START, None, 30) is None
    assert accepts(START + timedelta(days=999), None) == "open"


def test_extra_minutes_move_the_deadline():
    assert deadline(START, 30) == START + timedelta(minutes=30)
    assert deadline(START, 30, 15) == START + timedelta(minutes=45)


@pytest.mark.parametrize(
    ("after", "state"),
    [
        (timedelta(0), "open"),
        (timedelta(microseconds=1), "late"),
        (timedelta(seconds=60), "late"),
        (timedelta(seconds=60, microseconds=1), "closed"),
    ],
)
def test_answers_are_taken_for_a_minute_after_the_deadline(after, state):
    end = deadline(START, 30)
    assert accepts(end + after, end) == state
