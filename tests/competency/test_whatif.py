"""Who would go up or down, before a rule is saved; and applying what was seen."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import func, select

from corpu import jobs
from corpu.competency import queries, whatif
from corpu.competency.agency_rule import LaterRuleExists, RuleReasonMissing, adopt_rule
from corpu.competency.change_models import (
    DraftState,
    RuleApplication,
    RuleDraft,
    RulePreview,
    RulePreviewEffect,
)
from corpu.competency.facts import Refused
from corpu.competency.models import CompetencyRule
from corpu.database import uuid7
from corpu.extensions import db
from corpu.people import service as people
from corpu.people.queries import viewer_for
from corpu.transactions import unit_of_work
from tests.competency.factories import NOON, observe, rate, shown
from tests.factories import make_agency, make_person, make_unit, supervise
from tests.statements import statements

DAY = timedelta(days=1)


@pytest.fixture
def chief(session, agency):
    person = make_person(session, name="Siti Maesaroh", roles=["manager"])
    return viewer_for(session, person.id, 0, NOON)


@pytest.fixture
def evidence(session, mira, jonas):
    """Mira rises with a lower threshold; Jonas falls with shorter ratings."""
    observe(session, mira, "PPB", 2, "70", at=NOON - DAY)
    observe(session, mira, "INT", 1, "90", at=NOON - DAY)
    endang = make_person(session, name="Endang Sulistyowati")
    supervise(session, endang, jonas)
    rate(session, endang, jonas, 4, code="KOM", at=NOON - timedelta(days=200))
    rate(session, endang, jonas, 2, code="INT", at=NOON - DAY)


def draft_of(session, chief, rule, *, valid_on=None, at=NOON):
    draft = whatif.save_draft(session, rule, draft_id=uuid7(), valid_on=valid_on, by=chief, at=at)
    session.commit()
    return draft


def preview(session, draft, *, at=NOON):
    made = whatif.begin_preview(session, draft.id, at=at)
    session.commit()
    while jobs.run_one(session, lambda: at):
        pass
    session.expire_all()
    return session.get_one(RulePreview, made.id)


def apply(session, draft, chief, seen, *, accepted=None, reason="SK 1/2026", at=NOON):
    rule = whatif.apply_draft(
        session, draft.id, seen=seen, accepted=accepted or {}, reason=reason, by=chief, at=at
    )
    session.commit()
    return rule


def effects_of(session):
    return {
        (one.person_id, one.competency): (one.before_level, one.after_level)
        for one in session.scalars(select(RulePreviewEffect))
    }


RULE = {"mastery": 65, "rating_months": 6}


@pytest.mark.usefixtures("evidence")
def test_a_preview_names_who_rises_and_who_falls_and_nobody_else(session, mira, jonas, chief):
    preview(session, draft_of(session, chief, RULE))
    assert effects_of(session) == {(mira.id, "PPB"): (0, 2), (jonas.id, "KOM"): (4, None)}
    assert session.scalar(select(func.count()).select_from(CompetencyRule)) == 0
    assert shown(session, mira)[0] == 0, "looking changes nothing"


@pytest.mark.usefixtures("evidence")
@pytest.mark.parametrize(
    "rule",
    [RULE, {"cumulative": "stepwise"}, {"caps": {"assessment": 1}}, {"retake": "latest"}],
)
def test_what_was_seen_is_what_people_then_have(session, mira, jonas, chief, rule):
    observe(session, mira, "INT", 1, "20", at=NOON - DAY / 2, source="quiz:kursus/INT-1-90")
    observe(session, mira, "KOM", 3, "90", at=NOON - DAY)
    before = {one.id: queries.profile_of(session, one.id, NOON).scores for one in (mira, jonas)}
    draft = draft_of(session, chief, rule)
    seen = preview(session, draft).id
    promised = {
        (one.person_id, one.competency): (one.before_score, one.after_score)
        for one in session.scalars(select(RulePreviewEffect))
    }
    apply(session, draft, chief, seen)
    after = {one.id: queries.profile_of(session, one.id, NOON).scores for one in (mira, jonas)}
    found = {
        (person, code): (before[person][code], after[person][code])
        for person in before
        for code in before[person]
        if before[person][code] != after[person][code]
    }
    assert found == promised
    assert found


@pytest.mark.usefixtures("evidence")
def test_the_worker_goes_on_with_a_preview_and_a_repeated_job_does_nothing(
    session, mira, chief, monkeypatch
):
    monkeypatch.setattr(whatif, "PEOPLE", 1)
    draft = draft_of(session, chief, RULE)
    made = whatif.begin_preview(session, draft.id, at=NOON)
    session.commit()
    assert (made.done, made.total, made.finished_at) == (1, 2, None)
    with pytest.raises(whatif.NotPreviewed):
        apply(session, draft, chief, made.id)
    session.rollback()
    whatif.preview_job(session, {"preview": made.id.hex, "done": 0}, NOON)
    assert session.get_one(RulePreview, made.id).done == 1
    while jobs.run_one(session, lambda: NOON):
        pass
    session.expire_all()
    found = session.scalars(select(RulePreview)).one()
    assert (found.done, found.total, found.finished_at) == (2, 2, NOON)
    assert len(effects_of(session)) == 2


@pytest.mark.usefixtures("evidence")
def test_a_ledger_that_changed_in_between_is_said_once(session, mira, chief):
    draft = draft_of(session, chief, RULE)
    seen = preview(session, draft).id
    row = observe(session, mira, "KOM", 1, "80", at=NOON)
    with pytest.raises(whatif.LedgerChanged) as said:
        apply(session, draft, chief, seen)
    session.rollback()
    assert said.value.changes == {"evidence": 1}
    row.revoked_at = NOON
    session.commit()
    with pytest.raises(whatif.LedgerChanged) as said:
        apply(session, draft, chief, seen, accepted={"evidence": 1})
    session.rollback()
    assert said.value.changes == {"evidence": 1, "withdrawn": 1}
    assert apply(session, draft, chief, seen, accepted=said.value.changes).version == 1


@pytest.mark.usefixtures("evidence")
def test_another_supervisor_is_a_change_of_the_ledger_too(session, mira, jonas, chief):
    draft = draft_of(session, chief, RULE)
    seen = preview(session, draft).id
    people.set_supervisor(session, mira.id, jonas.id, started_on=NOON.date(), by=None, at=NOON)
    session.commit()
    with pytest.raises(whatif.LedgerChanged) as said:
        apply(session, draft, chief, seen)
    assert said.value.changes == {"relations": 1}


@pytest.mark.usefixtures("evidence")
def test_only_what_was_seen_is_applied(session, chief):
    first, second = (draft_of(session, chief, rule) for rule in (RULE, {"mastery": 80}))
    old = preview(session, first).id
    seen, other = preview(session, first).id, preview(session, second).id
    for wrong in (None, old, other):
        with pytest.raises(whatif.NotPreviewed):
            apply(session, first, chief, wrong)
        session.rollback()
    with pytest.raises(whatif.PreviewOld):
        apply(session, first, chief, seen, at=NOON + 2 * DAY)
    session.rollback()
    with pytest.raises(RuleReasonMissing):
        apply(session, first, chief, seen, reason=" ")
    session.rollback()
    apply(session, first, chief, seen)
    with pytest.raises(whatif.BaseChanged):
        apply(session, second, chief, other)
    session.rollback()
    seen = preview(session, second).id
    assert apply(session, second, chief, seen).version == 2


@pytest.mark.usefixtures("evidence")
def test_an_applied_draft_is_applied_once_and_no_longer_changed(session, chief):
    draft = draft_of(session, chief, RULE)
    seen = preview(session, draft).id
    rule = apply(session, draft, chief, seen)
    assert apply(session, draft, chief, seen).id == rule.id
    assert session.scalar(select(func.count()).select_from(RuleApplication)) == 1
    for act in (
        lambda: whatif.begin_preview(session, draft.id, at=NOON),
        lambda: whatif.discard(session, draft.id),
        lambda: whatif.save_draft(
            session, {"mastery": 90}, draft_id=draft.id, valid_on=None, by=chief, at=NOON
        ),
    ):
        with pytest.raises(whatif.NotOpen):
            act()


def test_a_draft_is_held_to_the_bounds_and_to_the_calendar(session, chief):
    day = NOON.date()
    for rule, valid_on, refusal in (
        ({"mastery": 0}, None, Refused),
        ({"caps": {"assessment": 6}}, None, Refused),
        ({"rating_months": 121}, None, Refused),
        ({"weights": {}}, None, Refused),
        ({}, None, whatif.SameRule),
        (RULE, day - DAY, whatif.DayPast),
        (RULE, day + timedelta(days=731), whatif.DayTooFar),
    ):
        with pytest.raises(refusal):
            draft_of(session, chief, rule, valid_on=valid_on)
    assert session.scalar(select(func.count()).select_from(RuleDraft)) == 0
    one = uuid7()
    for _ in range(2):
        whatif.save_draft(session, RULE, draft_id=one, valid_on=day, by=chief, at=NOON)
    assert session.scalar(select(func.count()).select_from(RuleDraft)) == 1


@pytest.mark.usefixtures("evidence")
def test_another_value_forgets_what_was_computed(session, chief):
    draft = draft_of(session, chief, RULE)
    preview(session, draft)
    whatif.save_draft(session, {"mastery": 80}, draft_id=draft.id, valid_on=None, by=chief, at=NOON)
    assert effects_of(session) == {}
    preview(session, draft)
    whatif.discard(session, draft.id)
    whatif.discard(session, draft.id)
    assert session.get_one(RuleDraft, draft.id).state is DraftState.DISCARDED
    assert session.scalars(select(RulePreview)).all() == []


@pytest.mark.usefixtures("evidence")
def test_a_rule_for_a_later_day_waits_for_it(session, mira, chief):
    draft = draft_of(session, chief, RULE, valid_on=(NOON + 7 * DAY).date())
    seen = preview(session, draft).id
    rule = apply(session, draft, chief, seen)
    assert rule.valid_from == NOON.replace(hour=17) + 6 * DAY  # midnight in WIB
    assert shown(session, mira, at=rule.valid_from - DAY)[0] == 0
    assert shown(session, mira, at=rule.valid_from)[0] == 2
    with pytest.raises(LaterRuleExists):
        adopt_rule(session, {"mastery": 99}, valid_from=NOON, reason="SK", by=None, at=NOON)


def test_a_preview_asks_little_however_many_there_are(session, chief):
    unit = make_unit(session)
    counts = []
    for _ in range(2):
        for person in [make_person(session, unit=unit) for _ in range(4)]:
            observe(session, person, "PPB", 2, "70", at=NOON - DAY)
        draft = draft_of(session, chief, RULE)
        with statements() as seen:
            whatif.begin_preview(session, draft.id, at=NOON)
        counts.append(len(seen))
        session.commit()
    assert counts[0] == counts[1] <= 16, counts


def test_two_managers_at_once_make_one_application(live_app):
    with live_app.app_context():
        make_agency(db.session())
        mira = make_person(db.session(), name="Mira Lestari")
        observe(db.session(), mira, "PPB", 2, "70", at=NOON - DAY)
        managers = [
            viewer_for(db.session(), make_person(db.session(), roles=["manager"]).id, 0, NOON)
            for _ in range(2)
        ]
        draft = draft_of(db.session(), managers[0], RULE).id
        seen = preview(db.session(), db.session().get_one(RuleDraft, draft)).id
        db.session.remove()
    together = Barrier(2)

    def act(by):
        with live_app.app_context():
            together.wait(10)
            with unit_of_work(db.session()) as session:
                rule = whatif.apply_draft(
                    session, draft, seen=seen, accepted={}, reason="SK", by=by, at=NOON
                )
                return rule.version

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(act, managers)) == [1, 1]
    with live_app.app_context():
        session = db.session()
        assert session.scalar(select(func.count()).select_from(CompetencyRule)) == 1
        assert session.scalar(select(func.count()).select_from(RuleApplication)) == 1
        jobs.run_until_idle(session, lambda: NOON)
        assert shown(session, mira) == (2, Decimal("2.00"))
        db.session.remove()


@pytest.mark.usefixtures("evidence")
def test_a_clock_that_was_set_back_leaves_no_preview_unfinished(session, chief, monkeypatch):
    monkeypatch.setattr(whatif, "PEOPLE", 1)
    made = whatif.begin_preview(session, draft_of(session, chief, RULE).id, at=NOON)
    while made.finished_at is None:
        payload = {"preview": made.id.hex, "done": made.done}
        whatif.preview_job(session, payload, NOON - timedelta(hours=1))
    assert made.finished_at == NOON


def test_a_preview_begun_anew_waits_for_the_batch_under_way(live_app, monkeypatch):
    monkeypatch.setattr(whatif, "PEOPLE", 1)
    with live_app.app_context():
        session = db.session()
        make_agency(session)
        unit = make_unit(session)
        for _ in range(3):
            observe(session, make_person(session, unit=unit), "PPB", 2, "70", at=NOON - DAY)
        by = viewer_for(session, make_person(session, roles=["manager"]).id, 0, NOON)
        draft_id = draft_of(session, by, {"mastery": 65}).id
        with unit_of_work(session):
            first = whatif.begin_preview(session, draft_id, at=NOON).id
        db.session.remove()

    def anew():
        with live_app.app_context(), unit_of_work(db.session()) as session:
            return whatif.begin_preview(session, draft_id, at=NOON).id

    with ThreadPoolExecutor(1) as pool, live_app.app_context():
        with unit_of_work(db.session()) as session:
            whatif.preview_job(session, {"preview": first.hex, "done": 1}, NOON)
            waiting = pool.submit(anew)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
        assert waiting.result(timeout=20) != first
        while jobs.run_one(db.session(), lambda: NOON):
            pass
        assert len(effects_of(db.session())) == 3
        db.session.remove()
