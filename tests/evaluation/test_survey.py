"""The reaction survey: once a person, without a name, shown in fives."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from corpu.assessment.gain import Gain
from corpu.errors import NotFound
from corpu.evaluation import items, refusals, reports, surveys
from corpu.evaluation.document import level_two
from corpu.evaluation.models import EvaluationBox, EvaluationRemark, SurveySeat
from corpu.evaluation.rules import Quadrant
from corpu.people.export import own_data
from tests.assessment.factories import SLUG
from tests.conftest import NOON
from tests.factories import make_person
from tests.statements import statements

ITEMS = items.reaction_items("elearning")
PATH = f"/learn/{SLUG}/survey"


def answer(session, person, pair=(5, 2), remark=""):
    surveys.answer_survey(session, person.id, SLUG, dict.fromkeys(ITEMS, pair), remark, at=NOON)
    session.commit()


def test_results_stand_from_five_answers_on_and_then_in_fives(session, course, complete):
    people = [make_person(session) for _ in range(9)]
    for number, person in enumerate(people, start=1):
        complete(person)
        answer(session, person, remark=f"Catatan {number}")
        found = reports.report_of(session, course.id)
        assert found.shown == (5 if number >= 5 else 0)
        assert len(found.items) == (len(ITEMS) if number >= 5 else 0)
        assert len(found.remarks) == found.shown
        assert found.answered == number
    item = found.items[0]
    assert (item.importance, item.reality) == (Decimal(5), Decimal(2))
    assert item.band == "poor"
    assert item.quadrant is Quadrant.IMPROVE


def test_an_answer_holds_no_person_no_time_and_no_order(session, course, complete, mira):
    complete(mira)
    answer(session, mira)
    columns = {column.name for column in EvaluationBox.__table__.columns}
    assert not {name for name in columns if name.endswith("_at") or "person" in name}
    assert [column.name for column in SurveySeat.__table__.columns] == ["enrolment_id"]
    assert {column.name for column in EvaluationRemark.__table__.columns} == {
        "id", "box_id", "text",
    }  # fmt: skip
    for model in (SurveySeat, EvaluationRemark):
        assert model.__table__.dialect_options["sqlite"]["with_rowid"] is False
    assert EvaluationRemark.__table__.c.id.default.arg(None).version == 4
    assert session.scalars(select(EvaluationBox.id)).one().version == 4
    shown = own_data(session, mira.id, at=NOON)["evaluation"]
    assert shown["surveys_answered"] == [str(course.id)]


def test_nobody_answers_twice_nor_without_having_completed(session, course, complete, mira, jonas):
    complete(mira)
    answer(session, mira)
    with pytest.raises(refusals.AlreadyAnswered):
        answer(session, mira)
    with pytest.raises(NotFound):
        answer(session, jonas)
    complete(jonas, days=91)
    with pytest.raises(refusals.SurveyClosed):
        answer(session, jonas)
    box = session.scalars(select(EvaluationBox)).one()
    assert (box.shown, box.held) == (0, 1)


@pytest.mark.parametrize(
    "bad", [{}, {"food": (1, 1)}, {ITEMS[0]: (0, 5)}, {ITEMS[0]: (5, 6)}], ids=str
)
def test_answers_off_the_scale_are_refused(session, course, complete, mira, bad):
    complete(mira)
    with pytest.raises((refusals.AnswerOutOfScale, refusals.NothingAnswered)):
        surveys.answer_survey(session, mira.id, SLUG, bad, "", at=NOON)


def test_the_page_takes_an_answer_once(browser, session, course, complete, mira, at):
    complete(mira)
    browser.sign_in(mira)
    page = browser.get(PATH)
    assert "tanpa nama" in page.text
    browser.post(PATH, status=422)
    fields = {f"{code}_{side}": "4" for code in ITEMS for side in ("importance", "reality")}
    browser.post(PATH, fields | {"remark": "x" * 1001}, status=422)
    page = browser.post(PATH, fields | {"remark": "Bagus"})
    assert "dihitung tanpa nama" in page.text
    page = browser.post(PATH, fields)
    assert "Jawaban pertama yang dihitung" in page.text
    browser.post(PATH, {"remark": "x" * 10_000_000}, status=413)


def test_a_stranger_finds_no_survey(browser, course, mira, at):
    browser.sign_in(mira).get(PATH, status=404)


def test_the_report_is_read_in_three_forms(browser, session, course, complete, at):
    manager = make_person(session, roles=("manager",))
    for _ in range(5):
        person = make_person(session)
        complete(person)
        answer(session, person, remark="Tambah contoh dari daerah 👍🏽")
    browser.sign_in(manager)
    path = f"/author/{SLUG}/evaluation"
    with statements() as seen:
        page = browser.get(path)
    assert len(seen) <= 14, seen
    assert "Perbaiki lebih dahulu" in page.text
    assert "Tambah contoh dari daerah" in page.text
    period = reports.report_of(session, course.id).periods[0]
    assert "Tambah contoh" in browser.get(f"{path}?period={period}&edition=1").text
    assert "Tambah contoh" not in browser.get(f"{path}?period=2020-01-01").text
    for wrong in ("period=kemarin", "period=2026-02-01", "edition=x", "edition=99"):
        browser.get(f"{path}?{wrong}", status=404)
    pdf = browser.client.get(f"{path}/report.pdf")
    assert pdf.data.startswith(b"%PDF-")
    docx = browser.client.get(f"{path}/report.docx?lang=id")
    assert docx.data.startswith(b"PK")
    browser.sign_in(make_person(session)).get(path, status=403)
    other = make_person(session, roles=("instructor",))
    browser.sign_in(other).get(path, status=404)


def test_the_survey_waits_90_days(session, course, complete, mira):
    done = complete(mira, days=0)
    last = NOON + timedelta(days=90)
    assert surveys.survey_for(session, mira.id, SLUG, at=last).id == done.id


def test_level_two_says_what_was_learnt_and_hides_it_among_few(app, session, course):
    report = reports.report_of(session, course.id)
    gain = Gain(6, Decimal(40), Decimal(85), Decimal(45), Decimal("0.75"), 5, 1, 0)
    with app.test_request_context(), force_locale("id"):
        assert level_two(report) is None, "a course without a diagnostic"
        few = level_two(replace(report, asks_before=True))
        assert few.rows == []
        assert "Belum lima orang dari satu angkatan" in few.text
        shown = level_two(replace(report, asks_before=True, gain=gain))
    assert "6 orang" in shown.text
    assert "5 naik, 1 tetap, 0 turun" in shown.text
    assert dict(shown.rows)["Rata-rata ujian akhir"] == "85,00"
    assert shown.rows[-1][1] == "75,0 %"
