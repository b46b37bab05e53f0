"""What has become of some certificates of the demo: revoked, corrected, asked about.

The people of the demo's sign-in page keep theirs as they were issued: what ends or is doubted is
somebody else's.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from corpu.catalog.models import Course
from corpu.credentials import correcting, proposals, revoking, wishes
from corpu.credentials.consent import set_consent
from corpu.credentials.life import RevocationClass
from corpu.credentials.models import Certificate, Issuer
from corpu.demo import cast
from corpu.demo.year import Story
from corpu.learning.validity import set_validity
from corpu.people.queries import agency_day, viewer_for
from corpu.people.records import CONSOLE

VALID_COURSE, MONTHS = "pelayanan-tanpa-korupsi", 24


def validity_story(
    session: Session, persons: dict[tuple[str, int], UUID], as_of: datetime
) -> Story:
    """A month ago a manager says for how long certificates of one course hold."""
    at = as_of - timedelta(days=30)
    yield at
    by = viewer_for(session, persons[cast.MANAGER], 0, at)
    course_id = session.scalars(select(Course.id).filter_by(slug=VALID_COURSE)).one()
    assert by is not None
    set_validity(
        session,
        course_id,
        months=MONTHS,
        from_on=agency_day(session, at),
        reason="Surat Edaran 800/17/2026: layanan publik diperbarui tiap dua tahun",
        by=by,
        at=at,
    )


def tell(session: Session, persons: dict[tuple[str, int], UUID], as_of: datetime) -> None:
    """One is revoked, one corrected because its holder asked, two wait for a second person, one
    for an answer."""
    by = viewer_for(session, persons[cast.MANAGER], 0, as_of)
    assert by is not None
    free = _certificates(session, persons)
    at = as_of - timedelta(days=20)
    revoking.revoke(
        session,
        next(free).id,
        by=by.id,
        by_name=by.name,
        revocation_class=RevocationClass.DUPLICATE,
        reason="Sudah ada sertifikat luar untuk pelatihan yang sama, surat 800/911/2026",
        at=at,
    )
    wrong = next(free)
    wishes.ask(
        session,
        wrong.person_id,
        wrong.id,
        "Jabatan saya saat itu Analis Kebijakan Ahli Muda, tercetak nama jabatan yang lama.",
        at=at,
    )
    correcting.correct(
        session,
        wrong.id,
        {"post": "Analis Kebijakan Ahli Muda"},
        by=by.id,
        by_name=by.name,
        reason="SK jabatan 821/44/2026",
        at=as_of,  # numbers follow the order of time
    )
    asks = next(free)
    wishes.ask(
        session,
        asks.person_id,
        asks.id,
        "Gelar saya S.Sos., M.Si.; tercetak tanpa gelar. Ijazah sudah saya kirim.",
        at=as_of - timedelta(days=2),
    )
    # For a while a second person was wanted; what was asked for then still waits.
    unit_id = session.scalars(select(Issuer.unit_id).order_by(Issuer.changed_at).limit(1)).one()
    reason = "Uji coba persetujuan dua orang, nota dinas 12/2026"
    set_consent(session, unit_id, True, by=by, reason=reason, at=at)
    at = as_of - timedelta(days=9)
    for asker, name in ((by.id, by.name), (None, CONSOLE)):
        proposals.ask_revocation(
            session,
            next(free).id,
            by=asker,
            by_name=name,
            revocation_class=RevocationClass.REQUIREMENTS,
            reason="Tugas akhirnya ternyata belum dinilai saat sertifikat terbit",
            at=at,
        )
    set_consent(session, unit_id, False, by=by, reason="Uji coba selesai", at=at)


def _certificates(session: Session, persons: dict[tuple[str, int], UUID]) -> Iterator[Certificate]:
    """Of people who hold exactly one and are nobody that a visitor of the demo plays."""
    played = [persons[key] for key in (cast.LEARNER, cast.SUPERVISOR, cast.MANAGER)]
    one_each = (
        select(Certificate.person_id)
        .group_by(Certificate.person_id)
        .having(func.count() == 1)
        .scalar_subquery()
    )
    return iter(
        session.scalars(
            select(Certificate)
            .where(
                Certificate.person_id.in_(one_each),
                Certificate.person_id.not_in(played),
                Certificate.revoked_at.is_(None),
            )
            .order_by(Certificate.issued_at.desc(), Certificate.id)
        ).all()
    )
