from decimal import Decimal
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from corpu.authoring.rules import (
    Changes,
    QuestionRow,
    Step,
    hardest_first,
    page_changes,
    participant_code,
    steepest,
)

PAGES = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from(["satu", "dua"]), st.sampled_from("xy")),
    unique_by=lambda page: page[0],
)


def outline(*pages):
    return {
        "modules": [
            {"pages": [{"id": i, "title": t, "type": "page", "body_hash": h}]} for i, t, h in pages
        ]
    }


def steps(*visited):
    return [Step(f"h{n}", f"H{n}", "page", n, one, 0) for n, one in enumerate(visited, 1)]


def question(title, share, asked=1):
    share = None if share is None else Decimal(share)
    return QuestionRow(title, "single", asked, asked, 0, asked, share)


def test_new_changed_and_removed_pages_are_told_apart():
    same = [("e", "Sama", "1")]
    before = outline(("a", "Air", "1"), ("b", "Kuis", "1"), ("c", "Lama", "1"), *same)
    after = outline(
        ("a", "Air", "2"), ("b", "Kuis air", "1"), ("d", "Baru", "1"), ("e", "Sama", "1")
    )
    assert page_changes(before, after) == Changes(
        new=("Baru",), changed=("Air", "Kuis air"), removed=("Lama",)
    )


def test_pages_in_another_order_have_moved():
    before = outline(("a", "A", "1"), ("b", "B", "1"))
    after = outline(("b", "B", "1"), ("n", "N", "1"), ("a", "A", "1"))
    assert page_changes(before, after) == Changes(new=("N",), moved=True)
    after = outline(("n", "N", "1"), ("a", "A", "1"), ("b", "B", "1"))
    assert not page_changes(before, after).moved


@given(PAGES)
def test_nothing_differs_from_itself(pages):
    assert page_changes(outline(*pages), outline(*pages)).none


@given(PAGES, PAGES)
def test_what_is_new_one_way_is_removed_the_other(one, other):
    there, back = (
        page_changes(outline(*one), outline(*other)),
        page_changes(outline(*other), outline(*one)),
    )
    assert (there.new, there.removed) == (back.removed, back.new)
    assert len(there.changed) == len(back.changed)
    assert there.moved == back.moved


def test_the_steepest_loss_is_between_neighbours():
    before, after = steepest(steps(12, 11, 5, 4))
    assert (before.title, after.title) == ("H2", "H3")
    before, after = steepest(steps(9, 6, 3))
    assert (before.title, after.title) == ("H1", "H2")


def test_where_nobody_was_lost_there_is_no_loss():
    for visited in ((), (5,), (5, 5), (0, 0, 3)):
        assert steepest(steps(*visited)) is None


def test_the_hardest_question_comes_first_and_the_unmeasured_last():
    rows = [
        question("mudah", "0.9"),
        question("belum", None),
        question("sulit", "0.1"),
        question("nol", "0"),
        question("sulit juga", "0.1", asked=5),
    ]
    titles = [row.title for row in hardest_first(rows)]
    assert titles == ["nol", "sulit juga", "sulit", "mudah", "belum"]


def test_a_code_is_stable_short_and_readable():
    attempts = [uuid4() for _ in range(200)]
    codes = {participant_code(attempt) for attempt in attempts}
    assert len(codes) > 195
    assert all(len(code) == 4 and not set(code) & set("ILOU") for code in codes)
    assert participant_code(attempts[0]) == participant_code(attempts[0])
