"""The competency score as a pure function: refusals, tie-breaks, and properties."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpu.competency.rules import (
    THIN_POINTS,
    Evidence,
    Kind,
    Refused,
    Rule,
    add_months,
    evidence_from_points,
    gap,
    jpm,
    next_change,
    next_level_need,
    rating_valid_until,
    score,
)

AT = datetime(2026, 12, 1, tzinfo=UTC)
MARCH = datetime(2026, 3, 1, 3, tzinfo=UTC)
BANDS = [
    {"min": 0, "label": "Kurang Optimal"},
    {"min": 90, "label": "Optimal"},
    {"min": 78, "label": "Cukup Optimal"},
]


def piece(id="e1", kind="assessment", level=2, source="quiz:air", observed_at=MARCH, **more):
    if kind in ("assessment", "external"):
        more.setdefault("score", Decimal(80))
    return Evidence(id, kind, level, source, observed_at, **more)


decimals = st.decimals(0, 100, places=4, allow_nan=False)
weights = st.decimals("0.0001", 50, places=4, allow_nan=False)
moments = st.integers(0, 12).map(lambda days: AT - timedelta(days=days - 1))
rules = st.builds(
    Rule,
    mastery=st.decimals(1, 100, places=2, allow_nan=False) | st.integers(1, 100).map(Decimal),
    retake=st.sampled_from(["best", "latest"]),
    cumulative=st.sampled_from(["implied", "stepwise"]),
    caps=st.fixed_dictionaries({"assessment": st.integers(1, 5), "external": st.integers(1, 5)}),
)


@st.composite
def pieces(draw, kinds=tuple(Kind), size=10):
    def one(id):
        kind = draw(st.sampled_from(kinds))
        return Evidence(
            id=id,
            kind=kind,
            level=draw(st.integers(1, 5)),
            source=draw(st.sampled_from(["a", "b", "c"])),
            observed_at=draw(moments),
            score=draw(decimals | st.integers(0, 100).map(Decimal)),
            weight=draw(weights | st.just(Decimal(1))),
            valid_until=draw(st.none() | moments),
            revoked=draw(st.integers(0, 5)) == 0,
        )

    ids = draw(st.lists(st.uuids().map(str), unique=True, max_size=size))
    return [one(id) for id in ids]


def level_by_hand(evidence, rule, at, caps):
    """The specification a second time, in whole numbers and loops instead of fractions."""
    counted = []
    for p in evidence:
        usable = not p.revoked and p.kind not in ("self", "peer") and p.observed_at <= at
        if usable and (p.valid_until is None or p.valid_until > at):
            counted.append(p)
    kept = []
    for p in counted:
        measured = p.kind in ("assessment", "external")
        beaten = False
        for q in counted:
            if (q.kind, q.source) != (p.kind, p.source) or (measured and q.level != p.level):
                continue
            if not measured:
                better = (q.observed_at, q.level, q.id) > (p.observed_at, p.level, p.id)
            elif rule.retake == "best":
                better = (q.score, q.observed_at, q.id) > (p.score, p.observed_at, p.id)
            else:
                better = (q.observed_at, q.score, q.id) > (p.observed_at, p.score, p.id)
            beaten = beaten or better
        if not beaten:
            kept.append(p)

    def reaches(some):
        points = sum(int(p.score * 10_000) * int(p.weight * 10_000) for p in some)
        weight = sum(int(p.weight * 10_000) for p in some)
        return bool(some) and points * 100 >= int(rule.mastery * 100) * weight * 10_000

    shown = []
    for level in range(1, 6):
        at_level = [p for p in kept if p.level == level and p.kind in ("assessment", "external")]
        rated = any(p.level >= level for p in kept if p.kind in ("supervisor", "assessor"))
        own = [p for p in at_level if caps[p.kind] >= level]
        shown.append(rated or (reaches(at_level) and reaches(own)))
    level = 0
    for number, is_shown in enumerate(shown, start=1):
        if is_shown:
            level = number
        elif rule.cumulative == "stepwise":
            break
    return (level if kept else None), {p.id for p in kept}


# --- evidence and rule ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": 0},
        {"level": 6},
        {"level": True},
        {"level": Decimal(2)},
        {"score": Decimal("100.0001")},
        {"score": Decimal("-0.01")},
        {"score": Decimal("NaN")},
        {"score": None},
        {"score": 74.9},
        {"weight": Decimal(0)},
        {"weight": Decimal(-1)},
        {"weight": Decimal("Infinity")},
        {"weight": Decimal("1E+999999")},
        {"weight": Decimal("1E-999999")},
        {"weight": None},
        {"kind": "exam"},
        {"source": ""},
        {"id": ""},
        {"id": 7},
        {"observed_at": MARCH.replace(tzinfo=None)},
        {"valid_until": MARCH.replace(tzinfo=None)},
        {"revoked": "no"},
    ],
)
def test_evidence_out_of_range_is_refused(wrong):
    with pytest.raises(Refused):
        piece(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"mastery": 0},
        {"mastery": Decimal("100.01")},
        {"mastery": 75.0},
        {"mastery": "much"},
        {"retake": "worst"},
        {"cumulative": "always"},
        {"caps": {"assessment": 0}},
        {"caps": {"assessment": 6}},
        {"caps": {"supervisor": 3}},
        {"caps": {"asessment": 3}},
        {"caps": []},
        {"rating_months": 0},
        {"rating_months": True},
        {"masteri": 75},
        [],
        None,
    ],
)
def test_a_rule_out_of_range_is_refused(wrong):
    with pytest.raises(Refused):
        Rule.from_dict(wrong)


def test_a_mistyped_key_is_answered_with_the_nearest_one():
    with pytest.raises(Refused, match="mastery"):
        Rule.from_dict({"mastry": 70})


def test_keys_left_out_take_their_defaults_in_caps_too():
    rule = Rule.from_dict({"caps": {"external": 5}})
    assert rule.to_dict() == {
        "mastery": 75,
        "retake": "best",
        "cumulative": "implied",
        "caps": {"assessment": 3, "external": 5},
        "rating_months": 24,
    }


@given(rules)
def test_a_rule_survives_json(rule):
    assert Rule.from_dict(json.loads(json.dumps(rule.to_dict()))) == rule


def test_two_pieces_with_one_id_are_refused():
    with pytest.raises(Refused):
        score([piece(), piece()], Rule(), AT)


def test_a_moment_without_zone_is_refused():
    with pytest.raises(Refused):
        score([], Rule(), AT.replace(tzinfo=None))


# --- ignoring and tie-breaks ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"revoked": True, "kind": "self", "observed_at": AT + timedelta(1)}, "revoked"),
        ({"kind": "self", "observed_at": AT + timedelta(1), "valid_until": AT}, "self"),
        ({"kind": "peer", "valid_until": AT}, "peer"),
        ({"observed_at": AT + timedelta(1), "valid_until": AT}, "future"),
        ({"valid_until": AT}, "expired"),
    ],
)
def test_the_first_reason_that_applies_is_given(fields, reason):
    assert score([piece(**fields)], Rule(), AT).ignored == (("e1", reason),)


def test_a_piece_of_this_very_moment_counts():
    assert score([piece(observed_at=AT)], Rule(), AT).counted == ("e1",)


def test_what_no_longer_counts_cannot_supersede():
    newer = piece("e2", observed_at=AT - timedelta(1), score=Decimal(99), revoked=True)
    assert score([piece(), newer], Rule(), AT).counted == ("e1",)


def test_one_source_at_two_levels_keeps_a_piece_at_each():
    outcome = score([piece(), piece("e2", level=3)], Rule(), AT)
    assert outcome.counted == ("e1", "e2")
    assert outcome.kept == {1: (), 2: ("e1",), 3: ("e2",), 4: (), 5: ()}


def test_an_assessment_and_a_certificate_of_one_source_do_not_compete():
    assert score([piece(), piece("e2", kind="external")], Rule(), AT).counted == ("e1", "e2")


@pytest.mark.parametrize(
    ("beaten", "stands"),
    [
        ({"id": "z", "level": 3, "observed_at": AT - timedelta(9)}, {"id": "a", "level": 2}),
        ({"id": "z", "level": 2}, {"id": "a", "level": 3}),
        ({"id": "a", "level": 2}, {"id": "z", "level": 2}),
    ],
    ids=["the later", "same moment: the higher", "same moment and level: the greater id"],
)
def test_of_the_ratings_by_one_rater_one_stands(beaten, stands):
    rating = {"kind": "supervisor", "source": "s", "observed_at": AT - timedelta(1)}
    one, two = piece(**{**rating, **beaten}), piece(**{**rating, **stands})
    for order in ([one, two], [two, one]):
        outcome = score(order, Rule(), AT)
        assert outcome.counted == (stands["id"],)
        assert dict(outcome.superseded_by) == {beaten["id"]: stands["id"]}


def test_a_rating_may_carry_a_score_and_it_is_not_counted():
    rated = piece("e2", kind="supervisor", level=2, score=Decimal(10))
    assert score([piece(), rated], Rule(), AT).mastery[2] == Decimal("80.00")


# --- properties ----------------------------------------------------------------------------


@given(pieces(), rules, st.randoms(use_true_random=False))
def test_the_order_of_evidence_never_matters(evidence, rule, random):
    mixed = list(evidence)
    random.shuffle(mixed)
    assert score(mixed, rule, AT) == score(evidence, rule, AT)


@given(pieces(), rules)
def test_the_level_is_that_of_the_specification_in_whole_numbers(evidence, rule):
    outcome = score(evidence, rule, AT)
    level, kept = level_by_hand(evidence, rule, AT, rule.caps)
    assert (outcome.level, set(outcome.counted)) == (level, kept)


@given(pieces(), rules)
def test_capped_means_that_lifting_all_caps_and_nothing_else_raises_the_level(evidence, rule):
    outcome = score(evidence, rule, AT)
    lifted = dataclasses.replace(rule, caps={"assessment": 5, "external": 5})
    assert outcome.capped == ((score(evidence, lifted, AT).level or 0) > (outcome.level or 0))


@given(pieces(), rules)
def test_every_piece_is_counted_or_ignored_once(evidence, rule):
    outcome = score(evidence, rule, AT)
    ids = [*outcome.counted, *(id for id, _ in outcome.ignored)]
    assert sorted(ids) == sorted(p.id for p in evidence)
    assert {id for id, reason in outcome.ignored if reason == "superseded"} == set(
        outcome.superseded_by
    )
    assert set(outcome.superseded_by.values()) <= set(outcome.counted)


@given(pieces(), rules)
def test_a_score_lies_from_its_level_to_just_below_the_next(evidence, rule):
    outcome = score(evidence, rule, AT)
    if not outcome.counted:
        assert (outcome.level, outcome.score, outcome.capped) == (None, None, False)
    else:
        assert outcome.level <= outcome.score <= outcome.level + Decimal("0.99")
        assert outcome.score.as_tuple().exponent == -2
        assert outcome.score <= 5


@given(pieces(), rules)
def test_the_score_is_exact_and_rounded_half_up_once(evidence, rule):
    outcome = score(evidence, rule, AT)
    if not outcome.counted:
        return
    following = [
        p
        for p in evidence
        if p.id in outcome.counted
        and p.kind in ("assessment", "external")
        and p.level == outcome.level + 1
    ]
    exact = Fraction(outcome.level)
    if following:
        weight = sum(Fraction(p.weight) for p in following)
        mean = sum(Fraction(p.score) * Fraction(p.weight) for p in following) / weight
        exact += min(Fraction(99, 100), mean / Fraction(rule.mastery))
    shown = Fraction(outcome.score)
    assert -Fraction(1, 200) < shown - exact <= Fraction(1, 200)


@given(
    pieces(),
    rules,
    pieces(size=1),
    st.sampled_from(["self", "peer", "revoked"]),
)
def test_a_revoked_or_self_piece_changes_nothing_but_what_is_ignored(evidence, rule, new, how):
    if not new or new[0].id in {p.id for p in evidence}:
        return
    change = {"revoked": True} if how == "revoked" else {"kind": how, "revoked": False}
    added = dataclasses.replace(new[0], **change)
    before, after = score(evidence, rule, AT), score([*evidence, added], rule, AT)
    assert set(after.ignored) == {*before.ignored, (added.id, how)}
    assert dataclasses.replace(after, ignored=before.ignored) == before


@given(pieces(size=6), rules, st.data())
def test_raising_a_kept_score_under_best_never_lowers_the_level(evidence, rule, data):
    rule = dataclasses.replace(rule, retake="best")
    before = score(evidence, rule, AT)
    kept = [p for p in evidence if p.id in before.counted and p.kind in ("assessment", "external")]
    if not kept:
        return
    chosen = data.draw(st.sampled_from(kept))
    higher = data.draw(st.decimals(chosen.score, 100, places=4, allow_nan=False))
    raised = [dataclasses.replace(p, score=higher) if p is chosen else p for p in evidence]
    assert score(raised, rule, AT).level >= before.level


@given(pieces(), rules)
def test_a_mean_shown_to_people_never_claims_a_threshold_that_was_missed(evidence, rule):
    for account in score(evidence, rule, AT).levels:
        if account.mastery.pieces:
            assert account.mastery.reached or account.mastery.mean < rule.mastery


def test_weights_beyond_the_precision_of_a_decimal_context_stay_exact():
    heavy = piece("e1", score=Decimal(75), weight=Decimal("999999999.0000000000000000000000000001"))
    light = piece(
        "e2",
        source="other",
        score=Decimal("74.9999999999999999999999999999"),
        weight=Decimal("1E-30"),
    )
    assert score([heavy], Rule(), AT).level == 2
    assert score([heavy, light], Rule(), AT).level == 0


@given(pieces(), rules)
def test_the_account_is_safe_for_json(evidence, rule):
    outcome = score(evidence, rule, AT)
    account = json.loads(json.dumps(outcome.to_dict()))
    assert account["level"] == outcome.level
    assert [row["level"] for row in account["levels"]] == [1, 2, 3, 4, 5]


@given(pieces(), rules)
def test_until_the_next_change_the_outcome_stays_the_same(evidence, rule):
    change = next_change(evidence, AT)
    before = score(evidence, rule, AT)
    if change is None:
        assert score(evidence, rule, AT + timedelta(days=1000)).counted == before.counted
        return
    assert change > AT
    assert score(evidence, rule, change - timedelta(microseconds=1)) == before


def test_the_next_change_is_the_first_end_or_beginning():
    ends = piece("e1", valid_until=AT + timedelta(9))
    begins = piece("e2", observed_at=AT + timedelta(5))
    silent = piece("e3", kind="self", valid_until=AT + timedelta(1))
    assert next_change([ends, begins, silent], AT) == AT + timedelta(5)
    assert next_change([piece()], AT) is None


# --- what would make it the next level -----------------------------------------------------


def need(*evidence, **rule):
    rule = Rule.from_dict(rule)
    return next_level_need(score(evidence, rule, AT), rule)


def test_without_evidence_level_one_is_needed_whole():
    missing = need()
    assert (missing.level, missing.reaches, missing.mean) == (1, 1, None)
    assert missing.missing == 75
    assert not missing.rating_needed


def test_points_missing_on_average_are_enough_when_gained():
    short = need(piece(), piece("e2", level=3, score=Decimal("74.996")))
    assert (short.level, short.mean, short.missing) == (3, Decimal("74.99"), Decimal("0.01"))
    assert not short.held_by_cap


def test_above_the_cap_only_a_rating_helps():
    missing = need(piece(level=3), piece("e2", level=4, score=Decimal(95)))
    assert (missing.level, missing.missing, missing.kinds) == (4, 0, ())
    assert missing.uncapped_missing is None
    assert missing.rating_needed
    assert missing.held_by_cap


def test_a_kind_with_a_higher_cap_is_named_with_what_it_lacks():
    tests = piece(level=4, score=Decimal(100), weight=Decimal(10))
    certificate = piece("e2", kind="external", level=4, score=Decimal(60))
    rated = piece("e3", kind="assessor", level=3)
    missing = need(tests, certificate, rated, caps={"external": 5})
    assert (missing.level, missing.kinds, missing.missing) == (4, (Kind.EXTERNAL,), 0)
    assert (missing.uncapped_mean, missing.uncapped_missing) == (60, 15)
    assert missing.held_by_cap
    assert not missing.rating_needed


def test_filling_a_hole_may_raise_the_level_by_more_than_one():
    missing = need(piece(level=2), piece("e2", level=3), cumulative="stepwise")
    assert (missing.level, missing.reaches) == (1, 3)


def test_at_level_five_nothing_is_missing():
    assert need(piece(kind="assessor", level=5)) is None


@given(pieces(), rules)
def test_a_rating_at_the_level_needed_gives_what_was_promised(evidence, rule):
    missing = next_level_need(score(evidence, rule, AT), rule)
    if missing is None:
        return
    rating = piece("rating", kind="assessor", level=missing.level, source="new", observed_at=AT)
    assert score([*evidence, rating], rule, AT).level == missing.reaches


@given(pieces(size=6), rules, st.data())
def test_gaining_the_points_that_are_missing_gives_the_level(evidence, rule, data):
    missing = next_level_need(score(evidence, rule, AT), rule)
    if missing is None or not missing.kinds:
        return
    # All measured pieces of that level are put at the threshold, one more of a fitting kind too.
    kind = data.draw(st.sampled_from(missing.kinds))
    raised = [
        dataclasses.replace(p, score=max(p.score, rule.mastery)) if p.level == missing.level else p
        for p in evidence
    ]
    new = piece("new", kind=kind, level=missing.level, source="new", score=rule.mastery)
    assert score([*raised, new], rule, AT).level >= missing.level


# --- post, points, dates -------------------------------------------------------------------


def test_gap_is_requirement_less_level_and_unobserved_counts_as_zero():
    assert (gap(3, 2), gap(3, None), gap(2, 4)) == (1, 3, -2)


def test_jpm_counts_the_unobserved_as_zero_and_gives_no_band():
    match = jpm({"INT": 3, "KOM": None, "OTHER": 5}, {"INT": 3, "KOM": 2, "ORI": 1}, BANDS)
    assert (match.percent, match.observed, match.of) == (Decimal("50.00"), 1, 3)
    assert match.band is None
    assert not match.complete


def test_without_requirement_there_is_no_jpm():
    assert jpm({"INT": 3}, {}, BANDS) is None


@pytest.mark.parametrize(
    ("levels", "required", "percent", "band"),
    [
        ((3, 3, 3), (3, 3, 4), "90.00", "Optimal"),
        ((3, 3, 1), (3, 3, 3), "77.78", "Kurang Optimal"),
        ((5, 5, 5, 5), (4, 4, 3, 3), "142.86", "Optimal"),
        ((2, 2, 3), (3, 3, 3), "77.78", "Kurang Optimal"),
        ((4, 3, 4), (5, 4, 5), "78.57", "Cukup Optimal"),
    ],
)
def test_jpm_and_its_band(levels, required, percent, band):
    levels, required = dict(enumerate(levels)), dict(enumerate(required))
    match = jpm(levels, required, BANDS)
    assert (match.percent, match.band) == (Decimal(percent), band)
    assert match.shown == min(Decimal(percent), Decimal(100))


def test_a_requirement_outside_the_levels_is_refused():
    with pytest.raises(ValueError, match="INT"):
        jpm({}, {"INT": 0})


@given(
    st.dictionaries(st.sampled_from("ABCDEFGHI"), st.integers(1, 5), min_size=1),
    st.dictionaries(st.sampled_from("ABCDEFGHI"), st.none() | st.integers(0, 5)),
    st.sampled_from("ABCDEFGHI"),
)
def test_a_higher_level_never_lowers_the_match(required, levels, code):
    raised = {**levels, code: min(5, (levels.get(code) or 0) + 1)}
    before, after = jpm(levels, required, BANDS), jpm(raised, required, BANDS)
    assert after.percent >= before.percent
    assert after.observed >= before.observed


@pytest.mark.parametrize(
    ("points", "most", "expected", "thin"),
    [
        ("2", "3", "66.6667", False),
        ("1", "3", "33.3333", False),
        ("0", "3", "0.0000", False),
        ("2.99", "2.99", "100.0000", True),
        ("1.00005", "300", "0.3334", False),
    ],
)
def test_points_become_evidence_with_four_decimals_half_up(points, most, expected, thin):
    share = evidence_from_points(Decimal(points), Decimal(most))
    assert (str(share.score), share.weight, share.thin) == (expected, Decimal(most), thin)
    assert (share.weight < THIN_POINTS) == thin


@pytest.mark.parametrize(("points", "most"), [("1", "0"), ("3", "2"), ("-1", "2")])
def test_points_out_of_range_are_refused(points, most):
    with pytest.raises(ValueError, match="points"):
        evidence_from_points(Decimal(points), Decimal(most))


def test_a_rating_ends_by_its_months_or_half_a_year_after_the_relation():
    given_at = datetime(2026, 1, 15, tzinfo=UTC)
    assert rating_valid_until(given_at, Rule()) == datetime(2028, 1, 15, tzinfo=UTC)
    assert rating_valid_until(given_at, Rule(rating_months=6)) == datetime(2026, 7, 15, tzinfo=UTC)
    ended = datetime(2026, 8, 31, tzinfo=UTC)
    assert rating_valid_until(given_at, Rule(), ended) == datetime(2027, 2, 28, tzinfo=UTC)
    late = datetime(2028, 1, 1, tzinfo=UTC)
    assert rating_valid_until(given_at, Rule(), late) == datetime(2028, 1, 15, tzinfo=UTC)


def test_months_keep_to_the_end_of_a_shorter_month():
    assert add_months(datetime(2027, 12, 31, tzinfo=UTC), 2) == datetime(2028, 2, 29, tzinfo=UTC)
