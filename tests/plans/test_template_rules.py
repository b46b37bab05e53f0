"""What a template may say, and which one holds for a post: on plain values."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpu.plans.rules import Form, Kind
from corpu.plans.template_rules import (
    Aim,
    Grounds,
    LeftOut,
    Line,
    Post,
    Suggestion,
    from_json,
    holding,
    left_out,
    lines_of,
    read_lines,
    to_json,
)

DAY = date(2026, 11, 24)
FORMS = {
    Kind.COURSE: Form("NKL03", 10, None, None),
    Kind.COACHING: Form("NKL01", 20, Decimal(2), 24),
    Kind.MENTORING: Form("NKL02", 20, Decimal(2), 24),
    Kind.SECONDMENT: Form("NKL05", 70, Decimal(20), None),
    Kind.READING: Form("NKL09", 70, Decimal(1), 366),
    Kind.PROJECT: Form("NKL13", 70, None, None),
}
GROUNDS = Grounds({"INT", "KOM", "DAT"}, {"INT", "KOM"}, {"air": Decimal(6)}, FORMS)


def wrong(*lines):
    return [(one.level, one.field) for one in read_lines(lines, GROUNDS)[1]]


def line(kind="coaching", amount=2, *, code="KOM", title="Bimbingan", slug="", number=1):
    return Line(code, kind, title, slug, None if amount is None else Decimal(str(amount)), number)


def test_lines_of_one_competency_are_one_goal_and_a_line_alone_is_a_goal_too():
    aims, problems = read_lines(
        [line(), Line("INT"), Line(""), line("project", "12.5", title="Naskah")], GROUNDS
    )
    assert problems == []
    assert aims == (
        Aim(
            "KOM",
            (
                Suggestion(Kind.COACHING, "Bimbingan", quantity=2),
                Suggestion(Kind.PROJECT, "Naskah", hours=Decimal("12.5")),
            ),
        ),
        Aim("INT"),
    )


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (line(code=""), "competency"),
        (line(code="XYZ"), "competency"),
        (line(code="DAT"), "competency"),  # in the dictionary, but these posts ask nothing of it
        (line("seminar"), "kind"),
        (Line("KOM", "", "Bimbingan", number=1), "kind"),
        (line(title=""), "title"),
        (line(title=" \u200b"), "title"),
        (line(title="x" * 301), "title"),
        (line(amount=-2), "amount"),
        (line(amount=0), "amount"),
        (line(amount="1.5"), "amount"),
        (line(amount=25), "amount"),  # more than a year counts
        (line("project", -4), "amount"),
        (line("project", None), "amount"),
        (line("project", "0.001"), "amount"),
        (line("project", 401), "amount"),
        (line("secondment", "9" * 30), "amount"),
        (line("course", None, title="", slug="tutup"), "course"),
        (line("course", 2, title="", slug="air"), "amount"),
        (line(slug="air"), "course"),
    ],
    ids=str,
)
def test_a_line_that_cannot_be_is_named_with_its_field(said, field):
    assert wrong(said) == [(1, field)]


def test_everything_that_is_wrong_is_found_at_once():
    course = line("course", None, title="", slug="air")
    assert wrong(
        line(code="", amount=-1, number=1), course, Line(**{**vars(course), "number": 3})
    ) == [(1, "competency"), (1, "amount"), (3, "course")]
    assert wrong(line(amount=20), line(amount=20, number=2)) == [(2, "amount")]
    assert wrong(Line("")) == [(None, "")]
    assert wrong(*[line("reading", 1, number=n) for n in range(1, 62)]) == [(None, "")]


suggestions = st.one_of(
    st.builds(Suggestion, st.just(Kind.COURSE), slug=st.just("air")),
    st.builds(
        Suggestion,
        st.sampled_from([Kind.SECONDMENT, Kind.READING]),
        st.text("abc", min_size=1, max_size=5),
        quantity=st.integers(1, 5),
    ),
    st.builds(
        Suggestion,
        st.just(Kind.PROJECT),
        st.text("abc", min_size=1, max_size=5),
        hours=st.decimals("0.01", 400, places=2),
    ),
)
templates = st.lists(
    st.builds(Aim, st.sampled_from(["INT", "KOM"]), st.lists(suggestions, max_size=4).map(tuple)),
    max_size=2,
    unique_by=lambda aim: aim.code,
).map(tuple)


@given(templates)
def test_what_is_kept_and_what_is_shown_say_the_same(aims):
    assert from_json(to_json(aims)) == aims
    slugs = [one.slug for aim in aims for one in aim.items if one.slug]
    read, problems = read_lines(lines_of(aims), GROUNDS)
    if aims and len(slugs) < 2:
        assert (read, problems) == (aims, [])


# ------------------------------------------------------------------------------ which holds


@dataclass(frozen=True)
class Written:
    post_type: str = "JF_PT"
    title: str = ""
    unit_id: UUID | None = None
    starts_on: date = DAY
    ends_on: date | None = None


UNIT, OTHER = uuid4(), uuid4()
POST = Post("JF_PT", "Analis  air", UNIT)


def test_the_narrower_scope_comes_first_and_the_wider_one_when_it_is_over():
    of_type = Written()
    titled = Written(title="Analis Air", ends_on=DAY + timedelta(days=9))
    here = Written(title="ANALIS AIR", unit_id=UNIT, ends_on=DAY)
    found = [here, of_type, titled, Written("JF_MU"), Written(title="Analis Air", unit_id=OTHER)]
    assert holding(found, POST, DAY) is here
    assert holding(found, POST, DAY + timedelta(days=1)) is titled
    assert holding(found, POST, DAY + timedelta(days=10)) is of_type
    assert holding(found, POST, DAY - timedelta(days=1)) is None


def test_of_two_the_one_that_began_last_decides_even_when_its_last_day_is_over():
    first, second = Written(), Written(starts_on=DAY + timedelta(days=2), ends_on=DAY)
    assert holding([second, first], POST, DAY + timedelta(days=1)) is first
    assert holding([second, first], POST, DAY + timedelta(days=3)) is None
    again = Written()
    assert holding([first, again], POST, DAY) is again, "the later written"


def test_for_a_post_of_unknown_type_only_its_title_decides():
    titled = Written("PENGAWAS", "Analis Air")
    assert holding([Written(), titled], Post("", "analis air", UNIT), DAY) is titled
    assert holding([Written()], Post("", "analis air", UNIT), DAY) is None


written = st.builds(
    Written,
    post_type=st.sampled_from(["JF_PT", "JF_MU"]),
    title=st.sampled_from(["", "Analis Air", "Lain"]),
    unit_id=st.sampled_from([None, UNIT, OTHER]),
    starts_on=st.integers(0, 6).map(lambda n: DAY + timedelta(days=n)),
    ends_on=st.one_of(st.none(), st.integers(0, 9).map(lambda n: DAY + timedelta(days=n))),
)


@given(st.lists(written, max_size=8), st.integers(-1, 10).map(lambda n: DAY + timedelta(days=n)))
def test_what_holds_is_for_this_post_and_of_this_day(found, day):
    one = holding(found, POST, day)
    if one is None:
        return
    assert one.starts_on <= day <= (one.ends_on or day)
    assert one.post_type == POST.post_type
    assert one.title in ("", "Analis Air")
    assert one.unit_id in (None, UNIT) or not one.title


@pytest.mark.parametrize(
    ("required", "level", "answer"),
    [
        (3, None, None),
        (3, 2, None),
        (3, 3, LeftOut.NO_GAP),
        (2, 5, LeftOut.NO_GAP),
        (None, 1, LeftOut.NOT_REQUIRED),
        (0, None, LeftOut.NOT_REQUIRED),
    ],
)
def test_a_gap_that_the_person_has_not_is_left_out(required, level, answer):
    assert left_out(required, level) == answer
