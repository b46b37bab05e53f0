"""Templates of documents: drafts, versions, which one a certificate takes, and their numbers."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from corpu.audit import AuditEntry
from corpu.catalog.models import Course
from corpu.credentials import correcting, pdf, service, template_service, template_use
from corpu.credentials.condition_words import Reader, item_of
from corpu.credentials.conditions import conditions
from corpu.credentials.designs import Band, Design, Registration, Signer, Signing, first_design
from corpu.credentials.kinds import Kind
from corpu.credentials.models import Certificate, Issuer
from corpu.credentials.reasons import Reason
from corpu.credentials.snapshot import Snapshot
from corpu.credentials.template_models import (
    CertificateTemplate,
    CourseRegistration,
    TemplateVersion,
)
from corpu.credentials.template_service import KindValues
from corpu.database import uuid7
from corpu.errors import NotFound
from corpu.identity import Viewer
from corpu.jobs import run_until_idle
from corpu.learning import service as learning
from corpu.learning.conditions import Need
from corpu.learning.seat import seat
from corpu.people.models import Agency
from tests.credentials.world import (
    bpsdm,
    certificate_of,
    complete,
    issue,
    make_course,
    make_issuer,
    waiting_of,
)
from tests.factories import make_unit, save

HEAD = Signer("Dr. Siti Rahma", "197203141998031905", "Direktur", "Director", "IV/b", "Malang")
OWN = replace(
    first_design(Kind.CERTIFICATE),
    title="Sertifikat Pelatihan",
    signing=Signing.OWN,
    signatories=(HEAD,),
)


def _viewer(person):
    return Viewer(person.id, person.name, 0, None, None, "", "", "", "Asia/Jakarta", ())


@pytest.fixture
def unit(session, agency):
    return bpsdm(session, unit_token="BPSDM")


@pytest.fixture
def desk(session, agency, mira, at):
    """The agency's templates, as its manager writes them."""

    class Desk:
        id = agency.id

        def make(self, design=OWN, kind=Kind.CERTIFICATE, *, name="Biru", publish=True, use=True):
            draft = template_service.create_template(
                session,
                agency.id,
                kind,
                name,
                design,
                template_id=uuid7(),
                by=_viewer(mira),
                at=at,
            )
            template_id = draft.template_id
            if publish:
                self.publish(template_id, 1)
            if publish and use:
                self.use(kind, template_id)
            session.commit()
            return template_id

        def save(self, template_id, design, name="Biru"):
            found = template_service.save_draft(
                session, agency.id, template_id, name, design, by=_viewer(mira), at=at
            )
            session.commit()
            return found

        def publish(self, template_id, number, agency_id=agency.id):
            found = template_service.publish(
                session, agency_id, template_id, number, by=_viewer(mira), at=at
            )
            session.commit()
            return found

        def use(self, kind, template_id):
            template_use.use_for_kind(
                session, agency.id, kind, template_id, by=_viewer(mira), at=at
            )
            session.commit()

        def give(self, course_id, template_id):
            template_use.use_for_course(
                session, agency.id, course_id, template_id, by=_viewer(mira), at=at
            )
            session.commit()

        def settle(self, kind, **values):
            template_use.set_kind(
                session, agency.id, kind, KindValues(**values), by=_viewer(mira), at=at
            )
            session.commit()

    return Desk()


def content(certificate):
    return Snapshot.from_dict(certificate.snapshot)


def needs(session, app, person, course, at):
    """What is said to be missing for the certificate, to its manager."""
    here = seat(session, person.id, session.get_one(Course, course.course_id).slug)
    (prospect,) = conditions(session, person.id, [here], at=at)
    with app.test_request_context("/?lang=id"):
        return {
            one.need: item_of(prospect, one, Reader.MANAGER, None).text
            for one in prospect.unmet
            if one.reason
        }


def test_a_certificate_takes_the_usual_template_of_its_kind(session, app, unit, mira, desk, at):
    desk.make()
    made = content(issue(session, mira, make_course(session, app, unit), at))
    assert (made.title, made.signatory.name, made.place) == (
        "Sertifikat Pelatihan",
        "Dr. Siti Rahma",
        "Malang",
    )
    assert made.design.signatories == (HEAD,)
    desk.settle(Kind.STTP, number_template="STTP-{seq}/{unit}/{tahun}")
    sttp = content(issue(session, mira, make_course(session, app, unit, document="sttp"), at))
    assert sttp.design is None, "no template of its kind: the one that comes with the application"
    assert sttp.signatory.name == "Ir. Jonas Hadi, M.P."


def test_a_course_may_have_a_template_of_its_own(session, app, unit, mira, desk, at):
    desk.make()
    special = desk.make(replace(OWN, title="Sertifikat Khusus"), name="Khusus", use=False)
    course, other = make_course(session, app, unit), make_course(session, app, unit)
    desk.give(course.course_id, special)
    assert content(issue(session, mira, course, at)).title == "Sertifikat Khusus"
    assert content(issue(session, mira, other, at)).title == "Sertifikat Pelatihan"
    desk.give(course.course_id, None)
    again = content(issue(session, mira, course, at, ordinal=2))
    assert again.title == "Sertifikat Pelatihan"


def test_a_published_version_never_changes_and_a_change_begins_the_next(
    session, app, unit, mira, desk, at
):
    template_id = desk.make()
    first = content(issue(session, mira, make_course(session, app, unit), at))
    draft = desk.save(template_id, replace(OWN, title="Sertifikat Baru"))
    assert draft.number == 2
    still = content(issue(session, mira, make_course(session, app, unit), at))
    assert (still.title, still.design.version) == ("Sertifikat Pelatihan", 1)
    assert desk.save(template_id, replace(OWN, title="Sertifikat Lain")).number == 2
    desk.publish(template_id, 2)
    later = content(issue(session, mira, make_course(session, app, unit), at))
    assert (later.title, later.design.version) == ("Sertifikat Lain", 2)
    versions = session.scalars(select(TemplateVersion).order_by(TemplateVersion.number)).all()
    assert [Design.from_dict(one.design).title for one in versions] == [
        "Sertifikat Pelatihan",
        "Sertifikat Lain",
    ]
    assert (
        content(session.scalars(select(Certificate).order_by(Certificate.sequence)).first())
        == first
    )


def test_publishing_twice_is_publishing_once(session, desk):
    template_id = desk.make(publish=False)
    assert desk.publish(template_id, 1).published_at == desk.publish(template_id, 1).published_at
    acts = select(func.count()).where(AuditEntry.action == "certificate_template.published")
    assert session.scalar(acts) == 1
    with pytest.raises(template_service.NothingToPublish):
        desk.publish(template_id, 2)


def test_two_clicks_make_one_template(session, agency, mira, at):
    one = uuid7()
    for _ in range(2):
        template_service.create_template(
            session,
            agency.id,
            Kind.STTP,
            "STTP",
            first_design(Kind.STTP),
            template_id=one,
            by=_viewer(mira),
            at=at,
        )
    assert session.scalar(select(func.count()).select_from(CertificateTemplate)) == 1
    with pytest.raises(template_service.NameTaken):
        template_service.create_template(
            session,
            agency.id,
            Kind.STTP,
            "STTP",
            first_design(Kind.STTP),
            template_id=uuid7(),
            by=_viewer(mira),
            at=at,
        )


def test_the_template_of_another_agency_does_not_exist(session, desk, at):
    template_id = desk.make()
    other = save(
        session,
        Agency(name="Lain", short_name="Lain", timezone="Asia/Jakarta", created_at=at),
    )
    with pytest.raises(NotFound):
        desk.publish(template_id, 1, agency_id=other.id)


def test_what_cannot_be_used_is_refused_with_its_fields(session, desk):
    with pytest.raises(template_service.Unusable) as refused:
        desk.make(replace(OWN, signatories=(), logo="0" * 64))
    assert {field for field, _ in refused.value.problems} == {"signer_name_1", "logo"}
    session.rollback()
    template_id = desk.make(publish=False)
    with pytest.raises(template_use.NotPublished):
        desk.use(Kind.CERTIFICATE, template_id)


def test_a_template_taken_back_is_used_no_more(session, app, agency, unit, mira, desk, at):
    template_id = desk.make()
    course = make_course(session, app, unit)
    desk.give(course.course_id, template_id)
    for _ in range(2):
        template_service.archive_template(
            session, agency.id, template_id, reason="Diganti", by=_viewer(mira), at=at
        )
    session.commit()
    assert content(issue(session, mira, course, at)).design is None
    with pytest.raises(template_service.Archived):
        desk.save(template_id, replace(OWN, title="Lagi"))


def test_without_a_signature_only_while_the_agency_allows_it(session, app, unit, mira, desk, at):
    desk.settle(Kind.CERTIFICATE, allow_unsigned=True)
    desk.make(replace(OWN, signing=Signing.NONE, signatories=()))
    made = content(issue(session, mira, make_course(session, app, unit), at))
    assert (made.signatory.name, made.design.signatories) == ("", ())
    desk.settle(Kind.CERTIFICATE, allow_unsigned=False)
    course = make_course(session, app, unit)
    event = complete(session, mira, course, at)
    service.issue_for_completion(session, event)
    assert waiting_of(session, event).reason is Reason.NO_SIGNATORY
    assert set(needs(session, app, mira, course, at)) == {Need.SIGNATORY}


def test_the_code_of_lan_is_printed_where_it_is_and_waited_for_where_it_must_be(
    session, app, unit, mira, desk, at
):
    desk.make(replace(OWN, registration=Registration.REQUIRED))
    course = make_course(session, app, unit)
    event = complete(session, mira, course, at)
    service.issue_for_completion(session, event)
    session.commit()
    assert waiting_of(session, event).reason is Reason.NO_REGISTRATION
    assert needs(session, app, mira, course, at) == {
        Need.REGISTRATION: "Kode registrasi LAN untuk kursus dan tahun ini belum dicatat. "
        "Pengelola BPSDM Provinsi Contoh perlu mencatat kode registrasi LAN."
    }
    save(
        session,
        CourseRegistration(
            course_id=course.course_id,
            year=at.year,
            code="KRA-77",
            source="Surat LAN",
            sourced_on=at.date(),
            recorded_at=at,
        ),
    )
    service.retry_after_template(session, at=at)
    session.commit()
    run_until_idle(session, lambda: at)
    assert content(certificate_of(session, event)).design.registration == "KRA-77"


def test_the_final_score_of_the_course_bears_its_qualification(session, app, unit, mira, desk, at):
    desk.make(replace(OWN, bands=(Band(Decimal(80), "Memuaskan"), Band(Decimal(0), "Kurang"))))
    course = make_course(session, app, unit)
    event = complete(session, mira, course, at)
    learning.record_standing(
        session,
        event.enrolment_id,
        "kuis",
        attempts=1,
        in_progress=False,
        awaiting_grade=False,
        best_score=Decimal("80.5"),
    )
    service.issue_for_completion(session, event)
    assert content(certificate_of(session, event)).design.qualification == "Memuaskan"


def test_each_kind_may_have_numbers_of_its_own(session, app, unit, mira, desk, at):
    desk.settle(Kind.STTP, number_template="STTP-{seq:3}/{unit}/{tahun}")
    sttp = issue(session, mira, make_course(session, app, unit, document="sttp"), at)
    other = issue(session, mira, make_course(session, app, unit), at)
    assert (sttp.number, other.number) == ("STTP-001/BPSDM/2026", "800.2/00001/BPSDM/XI/2026")


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("{tahun}", "seq"),
        ("{seq}/{tahun}", "sama bagi"),
        ("{klasifikasi}/{seq:5}/{unit}/{bulan_romawi}/{tahun}", "jenis dokumen lain"),
    ],
)
def test_numbers_that_would_meet_others_are_refused(session, unit, desk, pattern, said):
    make_issuer(session, make_unit(session))
    with pytest.raises(template_use.BadNumbers, match=said):
        desk.settle(Kind.STTP, number_template=pattern)


def test_a_correction_keeps_the_version_and_is_signed_by_whoever_signs_now(
    session, app, desk, unit, mira, at
):
    of_unit = desk.make(replace(OWN, signing=Signing.UNIT, signatories=()))
    old = issue(session, mira, make_course(session, app, unit), at)
    desk.save(of_unit, replace(OWN, title="Lain"))
    desk.publish(of_unit, 2)
    issuer = session.scalars(select(Issuer).filter_by(unit_id=unit.id)).one()
    issuer.signatory_name, issuer.number_template = "Pejabat Baru, S.H.", "B-{seq:3}/{tahun}"
    session.commit()
    new = correcting.correct(
        session,
        old.id,
        {"name": "Mira Lestari, S.Sos."},
        by=None,
        by_name="konsol",
        reason="Gelar tertinggal",
        at=at,
    )
    session.commit()
    before, after = Snapshot.from_dict(old.snapshot), Snapshot.from_dict(new.snapshot)
    assert before.design.version == after.design.version == 1
    assert (after.title, after.number) == ("Sertifikat Pelatihan", "B-002/2026")
    assert [one.name for one in after.design.signatories] == ["Pejabat Baru, S.H."]
    assert after.signatory.name == "Pejabat Baru, S.H." != before.signatory.name
    assert pdf.written_by_design(after, after.design)["en"]["remarks"] == [
        f"Replaces number {old.number} by way of correction"
    ]
