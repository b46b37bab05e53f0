"""The set with the fewest JP, held against all subsets."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from corpu.competency.closing import closing
from corpu.competency.forecast import CourseOption, Shows
from corpu.competency.rules import Evidence, Kind, Rule, score

AT = datetime(2026, 12, 1, tzinfo=UTC)
BEFORE = AT - timedelta(days=30)
CODES = ("INT", "KOM", "PPB")
SLUGS = ("air", "bumi", "cuaca", "desa", "energi", "fajar")


def course(slug, jp, *shows, after=()):
    """`shows` as (code, level) or (code, level, weight)."""
    return CourseOption(
        slug,
        Decimal(jp),
        tuple(
            Shows(code, level, Decimal(more[0] if more else 5), f"quiz:{slug}/ujian")
            for code, level, *more in shows
        ),
        after,
    )


def quiz(slug, level, points, *, code="PPB", weight=5, id=None, at=BEFORE):
    return Evidence(
        id=id or f"{slug}-{level}-{points}",
        kind=Kind.ASSESSMENT,
        level=level,
        source=f"quiz:{slug}/ujian",
        observed_at=at,
        score=Decimal(points),
        weight=Decimal(weight),
    )


def solve(required, options, present=(), rule=None, **more):
    return closing(required, {"PPB": present}, options, rule or Rule(), AT, **more)


@st.composite
def situations(draw):
    required = draw(st.dictionaries(st.sampled_from(CODES), st.integers(1, 4), min_size=1))
    slugs = SLUGS[: draw(st.integers(0, len(SLUGS)))]
    weights = st.sampled_from(["3", "5", "8"])
    options = []
    for place, slug in enumerate(slugs):
        keys = st.tuples(
            st.sampled_from(CODES), st.integers(1, 4), st.sampled_from(["latihan", "ujian"])
        )
        options.append(
            CourseOption(
                slug,
                Decimal(draw(st.sampled_from(["0", "1", "2", "2.5", "6"]))),
                tuple(
                    Shows(code, level, Decimal(draw(weights)), f"quiz:{slug}/{page}")
                    for code, level, page in draw(st.lists(keys, unique=True, max_size=3))
                ),
                tuple(
                    draw(
                        st.lists(
                            st.sampled_from([*slugs[:place], "tidak-dibuka"]),
                            unique=True,
                            max_size=1,
                        )
                    )
                )
                if place
                else (),
            )
        )
    present = {
        code: [
            Evidence(
                id=f"bukti-{number}",
                kind=draw(st.sampled_from([Kind.ASSESSMENT, Kind.EXTERNAL, Kind.SUPERVISOR])),
                level=draw(st.integers(1, 4)),
                source=draw(
                    st.sampled_from([f"quiz:{slug}/ujian" for slug in SLUGS[:3]] + ["quiz:lama/x"])
                ),
                observed_at=BEFORE,
                score=Decimal(draw(st.sampled_from(["0", "40", "74", "75", "90", "100"]))),
                weight=Decimal(draw(st.sampled_from(["3", "5", "20"]))),
            )
            for number in range(draw(st.integers(0, 3)))
        ]
        for code in required
    }
    rule = Rule(
        mastery=Decimal(draw(st.sampled_from(["75", "90", "100"]))),
        retake=draw(st.sampled_from(["best", "latest"])),
        cumulative=draw(st.sampled_from(["implied", "stepwise"])),
        caps={
            "assessment": draw(st.integers(2, 4)),
            "external": draw(st.integers(2, 4)),
        },
    )
    return required, present, options, rule


def all_closed_sets(options):
    by_slug = {option.slug: option for option in options}
    everything = chain.from_iterable(combinations(by_slug, n) for n in range(len(by_slug) + 1))
    for chosen in everything:
        if all(needed in chosen for slug in chosen for needed in by_slug[slug].prerequisites):
            yield [by_slug[slug] for slug in sorted(chosen)]


def levels_with(required, present, courses, rule):
    """By the score alone, every quiz of the courses with full marks."""
    found = {}
    for code in required:
        shown = [
            Evidence(
                id=f"nanti-{number}",
                kind=Kind.ASSESSMENT,
                level=one.level,
                source=one.source,
                observed_at=AT,
                score=Decimal(100),
                weight=one.weight,
            )
            for number, one in enumerate(s for option in courses for s in option.shows)
            if one.competency == code
        ]
        found[code] = score([*present[code], *shown], rule, AT).level
    return found


@given(situations())
def test_no_subset_leaves_less_or_costs_less(situation):
    required, present, options, rule = situation
    best = None
    for courses in all_closed_sets(options):
        levels = levels_with(required, present, courses, rule)
        left = sum(max(0, level - (levels[code] or 0)) for code, level in required.items())
        slugs = tuple(option.slug for option in courses)
        rank = left, sum(option.jp for option in courses), len(slugs), slugs
        if best is None or rank < best[0]:
            best = rank, levels
    (left, jp, _count, slugs), levels = best
    found = closing(required, present, options, rule, AT)
    assert (found.courses, found.jp) == (slugs, jp)
    assert sum(found.remaining.values()) == left
    assert found.after == levels
    assert found.is_proven


def test_one_course_for_two_gaps_beats_two_cheaper_ones():
    found = solve(
        {"PPB": 2, "KOM": 2},
        [
            course("a", 3, ("PPB", 2)),
            course("b", 3, ("KOM", 2)),
            course("c", 5, ("PPB", 2), ("KOM", 2)),
        ],
    )
    assert (found.courses, found.jp) == (("c",), Decimal(5))


def test_what_a_prerequisite_costs_belongs_to_the_sum():
    found = solve(
        {"PPB": 2},
        [
            course("murah", 1, ("PPB", 2), after=("dasar",)),
            course("dasar", 4),
            course("langsung", 3, ("PPB", 3)),
        ],
    )
    assert found.courses == ("langsung",)


def test_a_course_whose_prerequisite_is_closed_is_not_proposed():
    found = solve({"PPB": 2}, [course("a", 1, ("PPB", 2), after=("ditutup",))])
    assert found.courses == ()
    assert found.remaining == {"PPB": 2}


def test_a_poor_result_needs_more_than_one_course():
    options = [course(slug, 2, ("PPB", 2)) for slug in "abcd"]
    found = solve({"PPB": 2}, options, [quiz("lama", 2, 40)])
    assert found.courses == ("a", "b")
    assert found.after == {"PPB": 2}


def test_taking_the_same_quiz_again_replaces_its_poor_result():
    found = solve(
        {"PPB": 2}, [course("a", 2, ("PPB", 2)), course("b", 2, ("PPB", 2))], [quiz("a", 2, 40)]
    )
    assert found.courses == ("a",)


def test_what_only_a_rating_shows_remains_and_the_reachable_part_is_taken():
    found = solve({"PPB": 4}, [course("a", 2, ("PPB", 3)), course("b", 1, ("PPB", 4))])
    assert found.courses == ("a",)
    assert found.remaining == {"PPB": 1}


def test_nothing_is_proposed_where_nothing_is_missing():
    found = solve({"PPB": 2}, [course("a", 1, ("PPB", 3))], [quiz("lama", 2, 90)])
    assert (found.courses, found.jp, found.remaining) == ((), Decimal(0), {})


def test_each_course_says_what_would_stay_without_it():
    found = solve(
        {"PPB": 2, "KOM": 2},
        [
            course("dasar", 1),
            course("a", 2, ("PPB", 2), ("KOM", 1), after=("dasar",)),
            course("b", 2, ("KOM", 2)),
        ],
        [quiz("lama", 1, 90)],
    )
    assert found.closes == {"dasar": {}, "a": {"PPB": 1}, "b": {"KOM": 1}}


def test_many_alike_are_no_harder_than_few():
    """Fourteen of forty equal courses: the choices among equals are not tried one by one."""
    options = [course(f"k{number:02}", 2, ("PPB", 2)) for number in range(40)]
    found = solve({"PPB": 2}, options, [quiz("lama", 2, 40, weight=50)])
    assert found.courses == tuple(f"k{number:02}" for number in range(14))
    assert found.is_proven


def test_a_search_that_is_ended_says_so_and_still_closes_the_gap():
    required = {"PPB": 2, "KOM": 2, "INT": 2}
    options = [
        course(f"k{n:02}", 2 + n % 3, (CODES[n % 3], 2, 3 + n % 5), (CODES[(n + 1) % 3], 2))
        for n in range(12)
    ]
    present = [quiz("lama", 2, 40, weight=20)]
    short = solve(required, options, present, steps=1)
    assert not short.is_proven
    assert short.remaining == {}
    full = solve(required, options, present)
    assert full.is_proven
    assert full.jp <= short.jp
