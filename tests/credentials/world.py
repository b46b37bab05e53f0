"""Issuing units, courses and completions to issue certificates for."""

from datetime import timedelta
from itertools import count

from sqlalchemy import select

from corpu.assessment.models import Attempt, AttemptState
from corpu.credentials import revoking, service
from corpu.credentials.models import Certificate, Issuer, PendingCertificate
from corpu.events import CourseCompleted
from corpu.learning import service as learning
from corpu.learning.models import Completion, Enrolment
from corpu.people.queries import standing
from tests.courses import course_source, publish
from tests.factories import LONG_AGO, make_unit, save

number = count(1)


def make_issuer(session, unit, **overrides):
    values = {
        "unit_id": unit.id,
        "place": "Surabaya",
        "signatory_name": "Ir. Jonas Hadi, M.P.",
        "signatory_nip": "197203141998031905",
        "signatory_post": "Kepala BPSDM Provinsi Contoh",
        "signatory_rank": "Pembina Utama Madya (IV/d)",
        "number_template": "{klasifikasi}/{seq:5}/{unit}/{bulan_romawi}/{tahun}",
        "classification": "800.2",
        "unit_token": f"U{next(number)}",
        "changed_at": LONG_AGO,
    }
    return save(session, Issuer(**values | overrides))


def make_course(session, app, owner, *, document="sertifikat", title="Air Bersih Uji", **options):
    """The current edition of a published course that issues this kind of document."""
    source = course_source(
        f"kursus-{next(number)}", title=title, extra=f"certificate: {document}\n", **options
    )
    return publish(session, app, source, owner_unit_id=owner.id)


def complete(session, person, edition, at, *, ordinal=1):
    """The course is done; answers the event that says so, without anybody hearing it."""
    here = standing(session, person.id, at)
    enrolment = save(
        session,
        Enrolment(
            person_id=person.id,
            course_id=edition.course_id,
            ordinal=ordinal,
            unit_id=here.unit_id,
            enrolled_at=at - timedelta(days=3),
            completed_at=at,
        ),
    )
    completion = save(
        session,
        Completion(
            enrolment_id=enrolment.id,
            person_id=person.id,
            course_id=edition.course_id,
            edition_id=edition.id,
            unit_id=here.unit_id,
            unit_name=here.unit_name,
            timezone=here.timezone,
            post_title=here.post_title,
            jp=edition.jp,
            completed_at=at,
        ),
    )
    return CourseCompleted(completion.id, enrolment.id, person.id, edition.course_id, at)


def issue(session, person, edition, at, **options):
    """Complete and issue; answers the certificate, or None while it waits."""
    event = complete(session, person, edition, at, **options)
    service.issue_for_completion(session, event)
    session.commit()
    return certificate_of(session, event)


def certificate_of(session, event):
    return session.scalar(select(Certificate).filter_by(completion_id=event.completion_id))


def waiting_of(session, event):
    return session.scalar(select(PendingCertificate).filter_by(completion_id=event.completion_id))


def bpsdm(session, **issuer):
    """A unit that issues."""
    unit = make_unit(session, name="BPSDM Provinsi Contoh")
    make_issuer(session, unit, **issuer)
    return unit


def hand_in_essay(session, enrolment, edition, since):
    """The essay page `uraian` was answered and waits for its grade."""
    save(
        session,
        Attempt(
            enrolment_id=enrolment.id,
            person_id=enrolment.person_id,
            course_id=edition.course_id,
            edition_id=edition.id,
            page_id="uraian",
            number=1,
            state=AttemptState.AWAITING_GRADE,
            seed=1,
            question_ids=["uraian-s1"],
            started_at=since,
            submitted_at=since,
            pass_mark=75,
        ),
    )
    learning.record_standing(
        session,
        enrolment.id,
        "uraian",
        attempts=1,
        in_progress=False,
        awaiting_grade=True,
        best_score=None,
    )
    session.commit()


def revoked(session, certificate_id, at, *, reason="Keliru", revocation_class="other"):
    """Revoke a certificate as the console does."""
    return revoking.revoke(
        session,
        certificate_id,
        by=None,
        by_name="konsol",
        reason=reason,
        revocation_class=revocation_class,
        at=at,
    )
