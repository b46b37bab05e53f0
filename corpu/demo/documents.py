"""Templates of documents in the demo: the usual one for STTP in its first version with a draft of
the next, one for certificates that nothing takes yet, one that was taken back; a voided number and
a code of LAN. The certificates of the year keep the look that comes with the application."""

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.catalog.models import Course
from corpu.credentials import numbers, pictures, registrations, template_service, template_use
from corpu.credentials.designs import (
    Band,
    Design,
    Language,
    Orientation,
    Signer,
    Signing,
    first_design,
)
from corpu.credentials.kinds import Kind
from corpu.credentials.models import Issuer
from corpu.credentials.template_service import KindValues
from corpu.database import uuid7
from corpu.demo import cast
from corpu.identity import Viewer
from corpu.people.models import Agency, Person
from corpu.people.queries import viewer_for
from corpu.storage import FolderStorage
from corpu.zones import local_date, local_year

# As the guides of LAN for Latsar and leadership name them (domain 5.2).
BANDS = (
    Band(Decimal(90), "Sangat Memuaskan", "Very Satisfactory"),
    Band(Decimal(80), "Memuaskan", "Satisfactory"),
    Band(Decimal(70), "Cukup Memuaskan", "Fairly Satisfactory"),
)
BASIS = "Peraturan Pemerintah Nomor 17 Tahun 2020 dan Peraturan LAN Nomor 10 Tahun 2018"


def set_up(
    session: Session,
    storage: FolderStorage,
    persons: Mapping[tuple[str, int], UUID],
    as_of: datetime,
) -> None:
    """Write them, each on its day."""
    agency = session.scalars(select(Agency)).one()
    by = viewer_for(session, persons[cast.MANAGER], 0, as_of)
    assert by is not None
    head = session.get_one(Person, persons["BPSDM", 0])
    signers = (
        Signer(head.full_name, head.nip or "", "Kepala BPSDM", "Head of BPSDM"),
        Signer("Dra. Endang Puspitasari, M.Si.", "", "Kepala Bidang Sertifikasi"),
    )
    sttp = replace(
        first_design(Kind.STTP),
        language=Language.BOTH,
        legal_basis=BASIS,
        legal_basis_en="Government Regulation 17 of 2020 and LAN Regulation 10 of 2018",
        signing=Signing.OWN,
        signatories=signers,
        photo=True,
        bands=BANDS,
    )

    def write(kind: Kind, name: str, design: Design, days: int, *, publish: bool = True) -> UUID:
        at = as_of - timedelta(days=days)
        one = template_service.create_template(
            session, agency.id, kind, name, design, template_id=uuid7(), by=by, at=at
        ).template_id
        if publish:
            template_service.publish(session, agency.id, one, 1, by=by, at=at)
        return one

    template_use.set_kind(
        session,
        agency.id,
        Kind.STTP,
        KindValues("STTP-{seq:5}/{unit}/{bulan_romawi}/{tahun}"),
        by=by,
        at=as_of - timedelta(days=61),
    )
    usual = write(Kind.STTP, "STTP pelatihan teknis", sttp, 60)
    template_use.use_for_kind(
        session, agency.id, Kind.STTP, usual, by=by, at=as_of - timedelta(days=60)
    )
    template_service.save_draft(
        session,
        agency.id,
        usual,
        "STTP pelatihan teknis",
        replace(sttp, orientation=Orientation.PORTRAIT),
        by=by,
        at=as_of - timedelta(days=5),
    )
    write(
        Kind.CERTIFICATE,
        "Sertifikat dua bahasa",
        replace(
            first_design(Kind.CERTIFICATE),
            language=Language.BOTH,
            logo=_logo(session, storage, agency, by, as_of - timedelta(days=21)),
        ),
        20,
        publish=False,
    )
    former = write(Kind.CHARTER, "Piagam lama", first_design(Kind.CHARTER), 200)
    template_service.archive_template(
        session,
        agency.id,
        former,
        reason="Diganti rancangan baru",
        by=by,
        at=as_of - timedelta(days=90),
    )
    _numbers(session, by, as_of)
    _registration(session, agency, by, as_of)


def _logo(
    session: Session, storage: FolderStorage, agency: Agency, by: Viewer, at: datetime
) -> str:
    """A mark of no real region: rising steps above water."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - only the seed draws it

    drawing = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    pen = ImageDraw.Draw(drawing)
    for step in range(4):
        pen.rectangle((30 + 60 * step, 190 - 50 * step, 80 + 60 * step, 220), fill="#5c2a6b")
    pen.rounded_rectangle((20, 240, 280, 275), 17, fill="#26bde2")
    sent = io.BytesIO()
    drawing.save(sent, "PNG")
    picture = pictures.re_encoded(sent.getvalue())
    sha256 = storage.put(picture.data)
    pictures.add_picture(
        session,
        agency.id,
        picture,
        sha256,
        name="Lambang contoh",
        by=by.id,
        by_name=by.name,
        at=at,
    )
    return sha256


def _numbers(session: Session, by: Viewer, as_of: datetime) -> None:
    issuer_id = session.scalars(select(Issuer.id)).one()
    numbers.void_next(
        session,
        issuer_id,
        Kind.STTP,
        local_year(as_of, by.timezone),
        count=2,
        last_seen=0,
        reason="Sudah dipakai di buku agenda sebelum CorpU",
        by=by.id,
        by_name=by.name,
        at=as_of - timedelta(days=58),
    )


def _registration(session: Session, agency: Agency, by: Viewer, as_of: datetime) -> None:
    course_id = session.scalar(select(Course.id).filter_by(slug="air-bersih-untuk-semua"))
    if course_id is None:
        return
    today = local_date(as_of, agency.timezone)
    entry = registrations.Entry(
        course_id, today.year, "CONTOH-00123", "Surat contoh dari LAN", today - timedelta(days=40)
    )
    registrations.record(
        session, [entry], agency_id=agency.id, units=None, today=today, by=by, at=as_of
    )
