import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from corpu.competency import export, queries, service
from corpu.competency.models import CompetencyRule
from corpu.competency.vectors import check_vectors, read_vectors
from corpu.errors import NotFound
from corpu.learning.models import Enrolment
from corpu.learning.service import enrol
from corpu.people.models import Posting
from tests.assessment.factories import SLUG, publish_course
from tests.competency.factories import (
    NOON,
    graded,
    kept,
    observe,
    piece,
    rate,
    record,
    teach,
)
from tests.factories import make_person, make_unit, save

HOUR = timedelta(hours=1)
NINE = ("INT", "KSM", "KOM", "OPH", "PPB", "PDO", "MPR", "PKP", "PRB")


def account(session, person, code="PPB", at=NOON):
    session.expire_all()
    return queries.account_of(session, person.id, code, at)


def profile(session, person, at=NOON):
    session.expire_all()
    return queries.profile_of(session, person.id, at)


def test_a_profile_shows_nine_competencies_against_the_post(session, mira):
    observe(session, mira, "INT", 3, "90")
    observe(session, mira, "PPB", 1, "90")
    shown = profile(session, mira)
    assert tuple(shown.levels) == NINE
    assert shown.required == dict.fromkeys(NINE, 2)
    assert (shown.levels["INT"], shown.levels["PPB"], shown.levels["KSM"]) == (3, 1, None)
    gaps = {row.code: row.gap for row in shown.rows}
    assert (gaps["INT"], gaps["PPB"], gaps["KSM"]) == (-1, 1, 2)
    assert [row.code for row in shown.below] == ["PPB"]
    assert shown.farthest_first[0].code == "PPB"
    assert shown.farthest_first[-1].code == "INT"


def test_there_is_no_band_until_all_are_observed(session, mira):
    for code in NINE[:-1]:
        observe(session, mira, code, 2, "90")
    before = profile(session, mira).jpm
    assert (before.observed, before.of, before.band) == (8, 9, None)
    assert before.percent == Decimal("88.89")
    observe(session, mira, NINE[-1], 2, "90")
    after = profile(session, mira).jpm
    assert (after.percent, after.band) == (Decimal("100.00"), "Memenuhi Syarat (MS)")


def test_without_a_requirement_there_is_no_match(session, agency):
    nobody = make_person(session, post_type="TIDAK_DIKENAL")
    observe(session, nobody, "INT", 1, "90")
    shown = profile(session, nobody)
    assert (shown.jpm, shown.required) == (None, {})
    assert queries.next_step(session, shown) is None


def test_what_the_post_itself_asks_goes_before_the_default(session, mira):
    posting = session.query(Posting).filter_by(person_id=mira.id).one()
    posting.required_levels = {"PPB": 4}
    session.commit()
    shown = profile(session, mira)
    assert (shown.required["PPB"], shown.required["INT"]) == (4, 2)


def test_the_account_counts_and_ignores_each_piece_with_its_reason(session, mira, endang, attempt):
    record(session, graded(attempt, piece(level=2, score="60")))
    record(session, graded(attempt, piece(level=2, score="80"), at=NOON + HOUR))
    observe(session, mira, "PPB", 2, "40", source=f"quiz:{SLUG}/ujian", at=NOON + HOUR)
    observe(session, mira, "PPB", 3, "100", is_thin=True)
    observe(session, mira, "PPB", 1, "88", valid_until=NOON + HOUR)
    observe(session, mira, "PPB", 1, "90", at=NOON + 5 * HOUR)
    rate(session, endang, mira, 1)
    rate(session, endang, mira, 2, at=NOON + HOUR)
    found = account(session, mira, at=NOON + 2 * HOUR)
    assert {(one.piece.level, one.piece.score) for one in found.counted} == {
        (2, Decimal(80)),
        (2, None),
    }
    reasons = {(one.piece.level, one.piece.score): one.why_not for one in found.ignored}
    assert reasons == {
        (2, Decimal(60)): "revoked",
        (2, Decimal(40)): "superseded",
        (3, Decimal(100)): "thin",
        (1, Decimal(88)): "expired",
        (1, Decimal(90)): "future",
        (1, None): "superseded",
    }
    replaced = [one for one in found.ignored if one.why_not == "superseded"]
    assert all(one.replaced_by in {c.piece for c in found.counted} for one in replaced)


def test_what_is_handed_on_computes_to_the_same_score(session, mira, endang, attempt):
    record(session, graded(attempt, piece(level=2, score="66.6667", weight="7.5")))
    record(session, graded(attempt, piece(level=2, score="83.3333", weight="7.5"), at=NOON + HOUR))
    observe(session, mira, "PPB", 3, "100", is_thin=True)
    rate(session, endang, mira, 1)
    for at in (NOON + 2 * HOUR, datetime(2029, 1, 1, tzinfo=UTC)):
        case = export.case_of(account(session, mira, at=at))
        assert check_vectors(read_vectors(json.dumps([case]))) == []
        assert len(case["evidence"]) == 3


def test_the_next_level_names_what_is_missing_and_the_courses_shortest_first(
    session, mira, agency, store
):
    edition = publish_course(session, store)
    teach(session, edition, ("PPB", 2), ("PPB", 3), ("PPB", 4), ("INT", 1))
    observe(session, mira, "PPB", 1, "90")
    observe(session, mira, "PPB", 2, "60.5")
    found = account(session, mira)
    assert (found.need.level, found.need.mean, found.need.missing) == (
        2,
        Decimal("60.50"),
        Decimal("14.50"),
    )
    [offer] = found.offers
    assert (offer.slug, offer.levels, offer.jp) == (SLUG, (2, 3), Decimal(1))
    assert not offer.is_running
    assert not offer.is_done
    enrol(session, mira.id, SLUG, at=NOON)
    session.commit()
    [offer] = account(session, mira).offers
    assert offer.is_running
    session.query(Enrolment).update({"completed_at": NOON})
    session.commit()
    [offer] = account(session, mira).offers
    assert (offer.is_done, offer.completed_at) == (True, NOON)


def test_where_only_a_rating_can_help_no_course_is_named(session, mira, endang, store):
    edition = publish_course(session, store)
    teach(session, edition, ("PPB", 4))
    observe(session, mira, "PPB", 3, "90")
    observe(session, mira, "PPB", 4, "90")
    found = account(session, mira)
    assert found.outcome.capped
    assert found.need.rating_needed
    assert found.offers == ()
    assert found.supervisor == "Endang Sulistyowati"
    assert (found.level, found.score) == (3, Decimal("3.99"))


def test_with_levels_one_by_one_only_the_missing_level_helps(session, mira, agency, store):
    edition = publish_course(session, store)
    teach(session, edition, ("PPB", 1), ("PPB", 2))
    save(
        session,
        CompetencyRule(
            agency_id=agency.id,
            version=3,
            valid_from=NOON - HOUR,
            rule={"cumulative": "stepwise"},
            reason="Uji",
        ),
    )
    observe(session, mira, "PPB", 2, "90")
    found = account(session, mira)
    assert (found.level, found.need.level, found.need.reaches) == (0, 1, 2)
    assert [offer.levels for offer in found.offers] == [(1,)]
    assert found.rungs[3].is_held_from_below


def test_the_step_that_means_most_is_the_farthest_that_a_course_can_close(
    session, mira, agency, store
):
    edition = publish_course(session, store)
    teach(session, edition, ("INT", 2))
    observe(session, mira, "PPB", 1, "30")
    observe(session, mira, "INT", 1, "90")
    step = queries.next_step(session, profile(session, mira))
    assert (step.row.code, step.offer.slug) == ("INT", SLUG)
    teach(session, edition)
    step = queries.next_step(session, profile(session, mira))
    assert (step.row.code, step.offer) == ("PPB", None)


def test_scores_for_many_people_come_by_person_and_code(session, mira, jonas):
    observe(session, mira, "INT", 2, "90")
    found = queries.scores_of(session, [mira.id, jonas.id])
    assert found == {mira.id: {"INT": (2, Decimal("2.00"))}, jonas.id: {}}
    assert queries.scores_of(session, []) == {}


def test_unknown_people_and_competencies_are_not_found(session, mira):
    with pytest.raises(NotFound):
        queries.account_of(session, mira.id, "XYZ", NOON)
    with pytest.raises(NotFound):
        queries.profile_of(session, make_unit(session).id, NOON)


def test_a_score_is_kept_per_person(session, mira, jonas):
    observe(session, mira, "PPB", 2, "90")
    assert kept(session, jonas) is None
    service.recompute(session, jonas.id, ["PPB"], at=NOON)
    assert kept(session, jonas) == (None, None)
