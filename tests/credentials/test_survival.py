"""A certificate is a promise to others: nothing that becomes of course, template, unit, issuer,
person or account changes a letter of it."""

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from corpu.catalog.models import Course, Edition
from corpu.credentials import documents
from corpu.credentials.models import Certificate, Issuer
from corpu.credentials.rules import format_code
from corpu.learning.models import Completion, Enrolment
from corpu.people import service as people
from corpu.people.models import Agency, Person, Posting, Unit
from corpu.transactions import held_effects
from tests.credentials.world import bpsdm, issue, make_course
from tests.page import look_again


@pytest.fixture
def unit(session, agency):
    return bpsdm(session, unit_token="BPSDM")


@pytest.fixture
def certificate(session, app, mira, unit, at):
    return issue(session, mira, make_course(session, app, unit), at)


def seen(browser, person, certificate):
    """What the holder and anybody else is shown and given: pages without their layout."""
    look_again()
    checked = browser.get(f"/verify/{format_code(certificate.code)}").select_one("article.verdict")
    browser.sign_in(person)
    look_again()
    own = browser.get(f"/me/certificates/{certificate.id}").select("#isi > *")[1:]
    listed = browser.get("/me/certificates").select_one("tbody")
    pdf = browser.client.get(f"/me/certificates/{certificate.id}/pdf")
    return str(checked), str(own), str(listed), pdf.data


def test_what_becomes_of_everything_else_changes_no_letter(
    browser, session, app, mira, unit, certificate, at
):
    before = seen(browser, mira, certificate)
    with held_effects():
        course = session.get_one(Course, certificate.course_id)
        course.slug, course.archived_at = "nama-baru", at
        session.execute(update(Edition).values(title="Judul Baru", certificate="none"))
        session.execute(update(Unit).values(name="Unit Baru", archived_at=at))
        session.execute(update(Agency).values(name="Instansi Baru", short_name="Baru"))
        session.execute(
            update(Issuer).values(
                place="", signatory_name="", signatory_post="", number_template="{seq}-{tahun}"
            )
        )
        session.execute(update(Person).where(Person.id == mira.id).values(name="Nama Baru"))
        session.execute(update(Person).where(Person.id == mira.id).values(nip=None, email=None))
        session.execute(delete(Posting).where(Posting.person_id == mira.id))
        session.execute(update(Enrolment).values(left_at=at))
        session.commit()
    session.expire_all()
    assert seen(browser, mira, certificate) == before
    storage = app.extensions["storage"]
    people.deactivate(session, mira.id, by=None, reason="Pensiun", at=at)
    session.commit()
    look_again()
    assert browser.client.get(f"/me/certificates/{certificate.id}").status_code == 303
    look_again()
    page = browser.get(f"/verify/{format_code(certificate.code)}")
    assert str(page.select_one("article.verdict")) == before[0]
    assert documents.pdf_of(session, storage, certificate.id) == before[-1]


def test_nothing_that_a_certificate_names_can_be_deleted(session, certificate):
    for model in (Course, Unit, Person, Completion, Enrolment, Issuer):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(delete(model))
    assert session.scalar(select(Certificate.id)) == certificate.id
