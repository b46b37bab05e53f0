"""A diagnostic is offered once, before the first page; what it proves counts by the rule."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from corpu import events
from corpu.assessment import diagnostic as rules
from corpu.assessment import service
from corpu.assessment.grading import Graded, GradedState
from corpu.assessment.models import Attempt, AttemptState
from corpu.competency.models import CompetencyScore, EvidenceKind, EvidenceRecord
from corpu.content import DIAGNOSTIC
from corpu.credentials.closing import lines_of
from corpu.credentials.statements import _written_line
from corpu.database import uuid7
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.hours.models import HourEntry
from corpu.hours.queries import book_of
from corpu.learning import service as learning
from corpu.learning.models import Completion, CompletionHours, ProvenPage
from corpu.learning.rules import granted
from corpu.learning.seat import seat
from corpu.people.export import own_data
from corpu.team.facts import courses_under_way
from corpu.transactions import held_effects, unit_of_work
from tests.assessment import diagnostics as way
from tests.assessment.diagnostics import HERE, SLUG
from tests.assessment.factories import NOON, hand_in
from tests.assessment.test_at_once import at_once
from tests.courses import publish
from tests.factories import make_agency, make_person
from tests.statements import statements

PROVES_ONE, PROVES_BOTH = ("u1", "u2"), ("u1", "u2", "u3")


@pytest.fixture
def course(session, app, agency):
    def make(**options):
        return way.publish_it(session, app, **options)

    return make


@pytest.fixture
def here(session, mira, course):
    course(hours="without-proven")
    way.enrol(session, mira)
    return mira


def of(session, person):
    session.expire_all()
    found = seat(session, person.id, SLUG)
    assert found is not None
    return found


def slugs(modules):
    return [module.slug for module in modules]


# ------------------------------------------------------------------------------------- pure rules

SHARES = st.lists(st.fractions(min_value=0, max_value=1), min_size=1, max_size=6)


def asked(shares):
    """Questions of two modules in turn, with what was reached of each."""
    questions = [
        {"id": str(n), "module": "ab"[n % 2], "competency": "PPB", "level": 2}
        for n in range(len(shares))
    ]
    graded = {
        str(n): Graded(share, Decimal(n + 1), GradedState.PARTLY) for n, share in enumerate(shares)
    }
    return questions, graded


@given(SHARES, st.integers(1, 100), st.integers(1, 100))
def test_a_higher_mark_never_proves_more(shares, one, other):
    questions, graded = asked(shares)
    low, high = sorted((Decimal(one), Decimal(other)))
    assert rules.proven(questions, graded, high) <= rules.proven(questions, graded, low)


@given(SHARES, st.integers(1, 100))
def test_whoever_knows_all_has_proven_all_and_whoever_knows_nothing_none(shares, mark):
    questions, graded = asked([1] * len(shares))
    assert rules.proven(questions, graded, Decimal(mark)) == {q["module"] for q in questions}
    questions, graded = asked([0] * len(shares))
    assert not rules.proven(questions, graded, Decimal(mark))


@given(SHARES, st.integers(1, 100))
def test_evidence_of_proven_modules_speaks_of_their_points_alone(shares, mark):
    questions, graded = asked(shares)
    modules = rules.proven(questions, graded, Decimal(mark))
    weight = sum(row.share.weight for row in rules.evidence(questions, graded, modules))
    parts = rules.parts_of(questions, graded, Decimal(mark))
    assert weight == sum(part.max_points for part in parts if part.is_proven)


CENTS = st.decimals(min_value=0, max_value=2000, places=2, allow_nan=False)


@given(CENTS, st.integers(1, 600), st.integers(0, 600))
def test_jp_fall_with_the_minutes_left_out_and_never_below_their_share(jp, minutes, left_out):
    left_out = min(left_out, minutes)
    given_jp = granted(jp, minutes, left_out)
    assert 0 <= given_jp <= jp
    assert given_jp == given_jp.quantize(Decimal("0.01"))
    assert given_jp * minutes >= jp * (minutes - left_out)
    assert granted(jp, minutes, 0) == jp
    assert granted(jp, minutes, minutes) == 0


# ------------------------------------------------------------------------------ what it leads to


def test_a_module_is_proven_by_its_own_points_and_the_final_test_by_nothing(session, here):
    attempt = way.take(session, here, *PROVES_BOTH)
    assert attempt.state is AttemptState.GRADED
    mine = of(session, here)
    assert slugs(mine.proven_modules) == ["satu", "dua"]
    assert set(mine.done) == {"a", "b", "c", "kuis-dua"}
    assert "ujian" not in mine.done


def test_one_right_answer_of_two_does_not_prove_a_module(session, here):
    way.take(session, here, "u1", "u3")
    mine = of(session, here)
    assert slugs(mine.proven_modules) == ["dua"]
    assert set(mine.done) == {"c", "kuis-dua"}


def test_proven_pages_open_what_stands_behind_them(session, mira, course):
    course(order="sequence")
    way.enrol(session, mira)
    assert of(session, mira).lock("c") is not None
    way.take(session, mira, *PROVES_ONE)
    assert of(session, mira).lock("c") is None
    assert of(session, mira).lock("kuis-dua") is not None
    assert of(session, mira).resume_page.id == "c"


def test_where_the_course_only_marks_nothing_counts_as_done(session, mira, course):
    course(proven="mark", order="sequence", hours="without-proven")
    way.enrol(session, mira)
    way.take(session, mira, *PROVES_BOTH)
    mine = of(session, mira)
    assert slugs(mine.proven_modules) == ["satu", "dua"]
    assert mine.done == {}
    assert mine.lock("b") is not None
    assert mine.jp == mine.outline.jp


@pytest.mark.parametrize(
    ("rule", "jp", "left_out"), [("full", "3", "0"), ("without-proven", "1.80", "1.20")]
)
def test_the_rule_decides_the_hours_and_the_entry_says_so(
    session, mira, course, rule, jp, left_out
):
    course(hours=rule)
    way.enrol(session, mira)
    way.take(session, mira, *PROVES_ONE)
    way.read(session, mira, "c")
    way.pass_quiz(session, mira, "kuis-dua")
    way.pass_quiz(session, mira, "ujian")
    completion = session.scalars(select(Completion)).one()
    entry = session.scalars(select(HourEntry)).one()
    assert completion.jp == entry.jp == Decimal(jp)  # 20 of 50 minutes are `satu`
    [line] = book_of(session, mira.id, entry.year).lines
    assert (line.rule.rule, line.rule.jp_full, line.rule.jp_left_out) == (
        rule,
        Decimal(3),
        Decimal(left_out),
    )
    assert [module["title"] for module in line.rule.modules] == ["Satu"]
    kept = own_data(session, mira.id, at=NOON)
    assert kept["hours"][0]["jp_left_out"] == str(line.rule.jp_left_out)
    assert {row["page"] for row in kept["diagnostics"]} == {"a", "b"}


def test_hours_of_a_proven_module_that_was_gone_through_all_the_same_count(session, here):
    way.take(session, here, *PROVES_ONE)
    assert of(session, here).jp == Decimal("1.80")
    for page in "abc":
        way.read(session, here, page)
    assert of(session, here).proven_modules == ()
    way.pass_quiz(session, here, "kuis-dua")
    way.pass_quiz(session, here, "ujian")
    assert session.scalars(select(Completion.jp)).one() == Decimal(3)
    assert session.scalars(select(CompletionHours)).all() == []


def test_the_final_test_completes_what_the_diagnostic_proved(session, here):
    way.take(session, here, *PROVES_BOTH)
    assert session.scalars(select(Completion)).all() == []
    way.pass_quiz(session, here, "ujian")
    completion = session.scalars(select(Completion)).one()
    assert completion.jp == Decimal("0.60")  # the final test is 10 of 50 minutes


def test_evidence_is_that_of_the_proven_parts_and_written_with_them(session, here):
    way.take(session, here, *PROVES_ONE)
    row = session.scalars(select(EvidenceRecord)).one()
    assert (row.kind, row.competency, row.level) == (EvidenceKind.ASSESSMENT, "PPB", 2)
    assert (row.score, row.weight, row.is_thin) == (Decimal(100), Decimal(4), False)
    assert row.source == f"quiz:{SLUG}/{DIAGNOSTIC}"
    assert row.label == "Uji awal · Kursus Uji"
    score = session.get_one(CompetencyScore, (here.id, "PPB"))
    assert score.level == 2
    assert session.get(CompetencyScore, (here.id, "OPH")) is None


def test_who_proves_nothing_has_shown_nothing(session, here):
    way.take(session, here)
    assert session.scalars(select(EvidenceRecord)).all() == []
    assert session.scalars(select(ProvenPage)).all() == []
    assert of(session, here).done == {}


def test_the_quiz_of_a_proven_module_stays_open_and_gives_evidence_of_its_own(session, here):
    way.take(session, here, *PROVES_BOTH)
    way.pass_quiz(session, here, "kuis-dua")
    sources = set(session.scalars(select(EvidenceRecord.source)))
    assert sources == {f"quiz:{SLUG}/{DIAGNOSTIC}", f"quiz:{SLUG}/kuis-dua"}
    assert of(session, here).jp == Decimal("1.20")  # its own minutes count again


def test_proof_evidence_and_grade_are_one_transaction(session, live_app, monkeypatch):
    """What is killed on the way is as if it had not been handed in."""
    with live_app.app_context():
        own = db.session()
        make_agency(own)
        person = make_person(own)
        way.publish_it(own, live_app)
        way.enrol(own, person)
        attempt = way.begin(own, person)
        way.answer(own, attempt, PROVES_BOTH)
        person_id, attempt_id = person.id, attempt.id

        def dies(_session, _event):
            raise KeyboardInterrupt

        reactions = events._reactions[events.AttemptGraded]
        monkeypatch.setitem(events._reactions, events.AttemptGraded, [*reactions, dies])
        with pytest.raises(KeyboardInterrupt), unit_of_work(own) as unit:
            service.submit(unit, person_id, attempt_id, at=NOON)
        own.rollback()
        own.expire_all()
        assert own.get_one(Attempt, attempt_id).state is AttemptState.IN_PROGRESS
        for table in (ProvenPage, EvidenceRecord):
            assert own.scalar(select(func.count()).select_from(table)) == 0
        monkeypatch.setitem(events._reactions, events.AttemptGraded, reactions)
        with unit_of_work(own) as unit:
            service.submit(unit, person_id, attempt_id, at=NOON)
        assert own.scalar(select(func.count()).select_from(ProvenPage)) == 4
        db.session.remove()


# ----------------------------------------------------------------------------------- only once


def test_begun_and_handed_in_by_several_at_once_it_is_one_and_proves_once(live_app):
    with live_app.app_context(), held_effects():
        own = db.session()
        make_agency(own)
        person = make_person(own)
        way.publish_it(own, live_app)
        way.enrol(own, person)
        person_id = person.id
        db.session.remove()
    begun, failures = at_once(
        live_app,
        lambda session, _n: service.start(session, person_id, SLUG, DIAGNOSTIC, at=NOON).id,
    )
    assert failures == []
    [attempt_id] = set(begun)
    with live_app.app_context(), held_effects():
        own = db.session()
        way.answer(own, own.get_one(Attempt, attempt_id), PROVES_ONE)
        db.session.remove()
    _answers, failures = at_once(
        live_app,
        lambda session, _n: service.submit(session, person_id, attempt_id, at=NOON).id,
    )
    assert failures == []
    with live_app.app_context():
        own = db.session()
        assert set(own.scalars(select(ProvenPage.page_id))) == {"a", "b"}
        assert own.scalar(select(func.count()).select_from(EvidenceRecord)) == 1
        db.session.remove()


def test_it_is_taken_once(session, here):
    attempt = way.begin(session, here)
    assert way.begin(session, here).id == attempt.id
    hand_in(session, attempt)
    assert hand_in(session, attempt).id == attempt.id
    with pytest.raises(service.DiagnosticTaken):
        way.begin(session, here)


def test_leaving_and_coming_back_is_the_same_place_and_the_same_result(session, here):
    way.take(session, here, *PROVES_ONE)
    learning.leave(session, here.id, SLUG, at=NOON)
    session.commit()
    way.enrol(session, here, at=NOON + timedelta(days=2))
    assert slugs(of(session, here).proven_modules) == ["satu"]
    with pytest.raises(service.DiagnosticTaken):
        way.begin(session, here, at=NOON + timedelta(days=2))


def test_a_new_place_after_completion_has_a_diagnostic_of_its_own(session, here):
    way.take(session, here, *PROVES_BOTH)
    way.pass_quiz(session, here, "ujian")
    later = NOON + timedelta(days=60)
    way.enrol(session, here, at=later)
    assert of(session, here).proven == {}
    way.take(session, here, *PROVES_ONE, at=later)
    assert slugs(of(session, here).proven_modules) == ["satu"]
    assert [row.number for row in way.attempts(session) if row.page_id == DIAGNOSTIC] == [1, 1]


def test_the_database_itself_keeps_a_second_one_out(session, here):
    attempt = way.take(session, here)
    columns = Attempt.__table__.columns.keys()
    values = {name: getattr(attempt, name) for name in columns} | {"id": uuid7(), "number": 2}
    session.add(Attempt(**values))
    with pytest.raises(IntegrityError):
        session.flush()


def test_it_begins_before_the_first_page_is_done_or_not_at_all(session, here):
    way.read(session, here, "a")
    with pytest.raises(service.DiagnosticTooLate):
        way.begin(session, here)
    assert not of(session, here).may_be_tested


def test_it_does_not_begin_after_a_quiz_was_tried(session, here):
    way.begin(session, here, "ujian")
    with pytest.raises(service.DiagnosticTooLate):
        way.begin(session, here)


def test_reading_on_in_another_tab_takes_nothing_away_from_the_one_running(session, here):
    attempt = way.begin(session, here)
    way.read(session, here, "a")
    assert way.begin(session, here).id == attempt.id
    way.answer(session, attempt, PROVES_ONE)
    hand_in(session, attempt)
    mine = of(session, here)
    assert "a" not in mine.proven
    assert slugs(mine.proven_modules) == ["satu"]
    assert mine.jp == Decimal("2.40")  # only `b` was left out


def test_when_the_time_is_over_what_is_saved_is_handed_in(session, here):
    attempt = way.begin(session, here)
    way.answer(session, attempt, PROVES_ONE)
    with unit_of_work(session) as unit:
        assert service.close_due(unit, NOON + timedelta(minutes=22)) == 1
    [row] = way.attempts(session)
    assert row.by_deadline
    assert slugs(of(session, here).proven_modules) == ["satu"]


def test_a_course_without_one_has_none(session, app, agency, mira):
    plain = way.source()
    del plain.files["diagnostic.md"]
    publish(session, app, plain)
    way.enrol(session, mira)
    assert not of(session, mira).may_be_tested
    with pytest.raises(NotFound):
        way.begin(session, mira)


# --------------------------------------------------------------------------------- new editions


def test_an_attempt_stays_on_its_edition_and_proves_the_pages_of_that_one(
    session, app, here, course
):
    attempt = way.begin(session, here)
    course(
        hours="full",
        more={
            "01-satu/02-b.md": way.page("b") + "Teks baru.\n",
            "01-satu/03-d.md": way.page("d"),
        },
    )
    way.answer(session, attempt, PROVES_ONE)
    hand_in(session, attempt)
    mine = of(session, here)
    assert set(mine.done) == {"a", "b"}
    assert mine.proven_modules == ()  # page d is new, and nobody has shown it
    assert [page.id for page in mine.outline.pages if mine.has_changed(page)] == ["b"]
    assert mine.jp == Decimal("2.00")  # the rule of the day it was taken: 20 of 60 minutes


def test_a_diagnostic_that_the_next_edition_drops_keeps_its_result(session, app, here, browser):
    way.take(session, here, *PROVES_ONE)
    plain = way.source()
    del plain.files["diagnostic.md"]
    publish(session, app, plain)
    assert slugs(of(session, here).proven_modules) == ["satu"]
    [attempt] = way.attempts(session)
    browser.sign_in(here)
    page = browser.get(f"{HERE}/attempts/{attempt.id}/result")
    assert "1 dari 2 modul sudah dikuasai" in page.select_one("h1").text
    assert browser.client.get(HERE).status_code == 404


@pytest.mark.parametrize("rule", ["full", "without-proven"])
def test_of_modules_that_the_next_edition_drops_no_hours_are_told(session, app, mira, course, rule):
    course(hours=rule)
    way.enrol(session, mira)
    way.take(session, mira, *PROVES_ONE)
    shorter = way.source(questions=[{"id": "u3", "module": "dua", "points": 3, "code": "OPH"}])
    for name in ("01-satu/01-a.md", "01-satu/02-b.md"):
        del shorter.files[name]
    publish(session, app, shorter)
    way.read(session, mira, "c")
    way.pass_quiz(session, mira, "kuis-dua")
    way.pass_quiz(session, mira, "ujian")
    completion = session.scalars(select(Completion)).one()
    assert completion.jp == Decimal(3)
    assert session.scalars(select(CompletionHours)).all() == []


# ---------------------------------------------------------------------------------------- pages


def test_it_is_offered_and_never_forced(session, browser, mira, course, at):
    course()
    browser.sign_in(mira)
    answer = browser.client.post(
        f"/courses/{SLUG}/enrol", data={"csrf_token": browser.csrf_token()}
    )
    assert answer.headers["Location"].endswith(HERE)
    page = browser.get(HERE)
    assert "Tidak wajib" in page.select_one(".head").text
    onward = page.select_one(f"main a[href='/learn/{SLUG}/a']")
    assert "Lewati" in onward.text
    assert browser.client.get(onward["href"]).status_code == 200
    assert browser.get(f"/learn/{SLUG}").select_one(f"#uji-awal ~ p a[href='{HERE}']")


def test_the_outline_the_page_and_the_certificate_list_say_what_is_proven(
    session, browser, here, at
):
    way.take(session, here, *PROVES_BOTH)
    browser.sign_in(here)
    course = browser.get(f"/learn/{SLUG}")
    assert [tag.text.strip() for tag in course.select(".outline h3 .tag")] == ["Sudah dikuasai"] * 2
    notes = [small.text for small in course.select(".outline li small")]
    assert notes[:4] == ["Sudah dikuasai"] * 4
    assert "Sudah dikuasai menurut uji awal." in course.text
    page = browser.get(f"/learn/{SLUG}/a")
    assert "JP-nya hanya dihitung bila Anda menyelesaikannya." in page.select_one(".rule").text
    assert page.select_one(f"form[action='/learn/{SLUG}/a/complete'] button")
    [attempt] = way.attempts(session)
    result = browser.get(browser.client.get(HERE).headers["Location"])
    assert str(attempt.id) in result.select_one("[data-clear-answers]")["data-clear-answers"]
    assert "2 dari 2 modul sudah dikuasai" in result.select_one("h1").text


def test_the_book_and_the_last_page_tell_how_many_jp_were_left_out_and_why(
    session, browser, here, at
):
    way.take(session, here, *PROVES_ONE)
    way.read(session, here, "c")
    way.pass_quiz(session, here, "kuis-dua")
    way.pass_quiz(session, here, "ujian")
    browser.sign_in(here)
    why = "1,2 dari 3 JP tidak dihitung"
    for path in ("/me/hours", f"/learn/{SLUG}/finished"):
        page = browser.get(path)
        assert why in page.text
        assert "“Satu”" in page.text
    assert "1,8 JP masuk ke Buku JP" in browser.get(f"/learn/{SLUG}/finished").text


def secrets_in(text):
    return [word for word in ("umpan-", "pembahasan-", '"correct"') if word in text]


@pytest.mark.parametrize("review", ["never", "after-attempt"])
def test_no_key_leaves_before_it_is_due(session, browser, mira, course, at, review):
    course(review=review)
    way.enrol(session, mira)
    browser.sign_in(mira)
    attempt = way.begin(session, mira)
    running = f"{HERE}/attempts/{attempt.id}"
    get = browser.client.get
    sheet = (running, f"{running}/submit", f"{running}/result")
    for path in (HERE, *sheet, f"/learn/{SLUG}", "/", "/me", "/account/data.json"):
        shown = get(path, follow_redirects=True)
        assert shown.status_code == 200, path
        assert secrets_in(shown.text) == [], path
    assert "uji_awal" in get("/").text  # the way back to what is running
    way.answer(session, attempt, PROVES_ONE)
    hand_in(session, attempt)
    shown = secrets_in(get(f"{running}/result").text)
    assert bool(shown) is (review == "after-attempt")


def test_answers_after_the_end_are_refused_and_lead_to_the_result(session, browser, here, at):
    attempt = way.begin(session, here)
    hand_in(session, attempt)
    browser.sign_in(here)
    late = {"question": "u1", "answer": "0", "counter": 9}
    answer = browser.client.post(
        f"{HERE}/attempts/{attempt.id}/answers",
        json=late,
        headers={"X-CSRFToken": browser.csrf_token()},
    )
    assert answer.status_code == 409
    assert answer.json["result"].endswith("/result")
    again = browser.client.post(f"{HERE}/attempts", data={"csrf_token": browser.csrf_token()})
    assert again.status_code == 409


def test_the_result_is_nobody_elses(session, browser, here, at):
    attempt = way.take(session, here)
    browser.sign_in(make_person(session))
    assert browser.client.get(f"{HERE}/attempts/{attempt.id}/result").status_code == 404


def test_pages_of_a_course_with_a_diagnostic_ask_as_little_as_before(session, browser, here, at):
    way.take(session, here, *PROVES_ONE)
    browser.sign_in(here)
    for path in (f"/learn/{SLUG}", f"/learn/{SLUG}/c", f"/courses/{SLUG}"):
        browser.get(path)
        with statements() as sent:
            browser.get(path)
        assert len(sent) <= 4, sent


def test_more_time_can_be_granted_for_it_while_it_runs(session, browser, here, at):
    attempt = way.begin(session, here)
    ends = attempt.deadline_at
    boss = make_person(session, roles=["manager"])
    browser.sign_in(boss)
    form = browser.get("/manage/time")
    assert form.select_one(f"option[value='{SLUG}/{DIAGNOSTIC}']")
    with unit_of_work(session) as unit:
        service.grant_extra_time(
            unit,
            course=SLUG,
            page=DIAGNOSTIC,
            person_id=here.id,
            minutes=10,
            reason="Listrik padam di kantor.",
            by=boss,
            at=NOON,
        )
    [row] = way.attempts(session)
    assert row.deadline_at == ends + timedelta(minutes=10)


def test_a_supervisor_sees_the_same_progress_as_the_learner(session, here):
    way.take(session, here, *PROVES_ONE)
    way.read(session, here, "a")
    mine = of(session, here)
    [course] = courses_under_way(session, [here.id])[here.id]
    assert (course.done, course.pages) == (mine.pages_done, len(mine.outline.pages)) == (2, 5)


def test_the_statement_of_the_year_has_the_full_jp_those_counted_and_the_rule(session, here):
    way.take(session, here, *PROVES_ONE)
    way.read(session, here, "c")
    way.pass_quiz(session, here, "kuis-dua")
    way.pass_quiz(session, here, "ujian")
    [line] = lines_of(book_of(session, here.id, NOON.year))
    assert (line["rule"], line["jp"], line["counted"]) == ("without-proven", "3.00", "1.80")
    assert "uji awal tidak dihitung" in _written_line(line)["how"]
