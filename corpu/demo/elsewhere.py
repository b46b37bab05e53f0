"""What the demo's people learnt besides courses: claims in every state that one can have."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.credentials.closing import close
from corpu.database import uuid7
from corpu.demo import cast
from corpu.demo.year import Story
from corpu.hours import claims
from corpu.hours.models import Decision, LearningClaim, State
from corpu.hours.proofs import Kind
from corpu.hours.proposals import Proof, Proposal
from corpu.identity import Viewer
from corpu.people.models import Account
from corpu.people.queries import viewer_for
from corpu.storage import FolderStorage
from corpu.zones import local_date

ANOTHER_BATCH = "Angkatan dan bahan yang lain; daftar hadirnya sudah diperiksa."


@dataclass(frozen=True)
class Told:
    """A claim of the demo: how many days before the present, and what became of it."""

    form: str
    title: str
    organiser: str
    ago: int
    days: int = 1
    amount: int | None = None
    end: Decision | None = None  # None: it waits
    reason: str = ""
    has_proof: bool = True
    note: str = ""
    left: int | None = None  # days from the present for which the certificate holds


# The demo's learner has one of every kind: counted, over a cap, waiting, a likely double,
# refused, withdrawn. No seminar is verified: the index shows what one would add.
LEARNERS = (
    Told("KL08", "Kursus Air Minum Aman 2030", "Kementerian PUPR", 120, end=Decision.VERIFIED,
         left=70),
    Told("KL10", "Bimbingan teknis rencana pengamanan air minum", "Dinas PRKPCK", 96,
         end=Decision.VERIFIED),
    *(
        Told("NKL01", "Coaching penyusunan laporan", "Putri Handayani, S.T.", ago, amount=1,
             end=Decision.VERIFIED, has_proof=False,
             note="Menyepakati kerangka laporan dan tenggat bab pertama.")
        for ago in (45, 44, 43)
    ),
    Told("KL06", "Webinar Sanitasi Sekolah", "Bappenas", 60, end=Decision.REFUSED,
         reason="Berkasnya undangan, bukan tanda hadir. Kirim lagi dengan sertifikat atau daftar "
         "hadir."),
    Told("KL07", "Air Minum Aman 2030", "Kementerian PUPR", 119),
    Told("KL10", "Bimbingan teknis pengelolaan air minum", "Kementerian PUPR", 352, 2,
         end=Decision.VERIFIED),
    Told("NKL09", "Membaca pedoman kualitas air minum", "", 12, 3, has_proof=False,
         note="Bab tentang pemantauan dan batas sisa klor."),
    Told("KL11", "Sosialisasi aplikasi persuratan", "Biro Umum", 30, end=Decision.WITHDRAWN,
         has_proof=False),
)  # fmt: skip
# Certificates that end: one that holds no longer, and one with little time left.
LICENCES = (
    (
        ("DPRKPCK", 7),
        Told(
            "KL08",
            "Sertifikat Kompetensi Operator Instalasi Air",
            "BNSP",
            200,
            2,
            end=Decision.VERIFIED,
            left=-12,
        ),
    ),
    (
        ("DPRKPCK", 8),
        Told(
            "KL08",
            "Sertifikat Ahli K3 Konstruksi",
            "Kementerian Ketenagakerjaan",
            150,
            3,
            end=Decision.VERIFIED,
            left=21,
        ),
    ),
)
NOT_YET_CLOSED = "DPMPTSP"  # the unit whose last year is still open
OTHERS = (
    ("KL06", "Webinar Transformasi Digital Pemerintah Daerah", "BPSDM", 1, None),
    ("KL10", "Bimbingan teknis penyusunan anggaran", "Badan Pengelola Keuangan", 2, None),
    ("NKL02", "Mentoring analis muda", "Kepala bidang", 1, 1),
    ("NKL03", "Belajar daring: pelayanan publik yang inklusif", "LAN", 3, 6),
    ("KL03", "Pelatihan teknis pengadaan barang dan jasa", "LKPP", 4, 32),
)
REFUSALS = (
    "Tanggal pada sertifikat tidak sama dengan yang dicatat.",
    "Sertifikatnya tidak terbaca. Pindai lagi lalu kirim.",
)


def stories(
    session: Session,
    storage: FolderStorage,
    persons: dict[tuple[str, int], UUID],
    as_of: datetime,
) -> list[Story]:
    """Claims and what the managers made of them, to be lived in the order of time."""
    random = Random(20261125)
    manager = persons[cast.MANAGER]

    def proof(told: Told) -> Proof | None:
        return _proof(storage, told.title) if told.has_proof else None

    found = [
        _story(session, persons[cast.LEARNER], manager, told, proof(told), as_of, random)
        for told in LEARNERS
    ]
    found += [
        _story(session, persons[who], manager, told, proof(told), as_of, random)
        for who, told in LICENCES
    ]
    for key, person_id in persons.items():
        if key in (cast.LEARNER, cast.MANAGER, cast.INSTRUCTOR):
            continue
        for form, title, organiser, days, amount in random.sample(OTHERS, random.randint(0, 2)):
            end = random.choices((Decision.VERIFIED, Decision.REFUSED, None), (8, 1, 2))[0]
            ago = random.randint(8, 25) if end is None else random.randint(20, 300)
            told = Told(
                form,
                title,
                organiser,
                ago,
                days,
                amount,
                end,
                random.choice(REFUSALS) if end is Decision.REFUSED else "",
            )
            found.append(_story(session, person_id, manager, told, proof(told), as_of, random))
    return found


def close_last_year(
    session: Session,
    storage: FolderStorage,
    persons: dict[tuple[str, int], UUID],
    as_of: datetime,
) -> None:
    """Close the book of the year before, but for one unit; one claim of it comes too late."""
    now = local_date(as_of, cast.ZONE)
    at = min(as_of, datetime(now.year, 1, 15, 3, tzinfo=UTC))
    manager, learner = persons[cast.MANAGER], persons[cast.LEARNER]
    by = _viewer(session, manager, at)
    for (unit, _place), person_id in persons.items():
        if unit != NOT_YET_CLOSED:
            close(session, person_id, now.year - 1, by=by.id, by_name=by.name, at=at)
    day = date(now.year - 1, 12, 17)
    late = claims.claim(
        session,
        learner,
        Proposal("KL08", "Kursus Kualitas Air Sumur", day, day, organiser="Dinas Kesehatan"),
        at=as_of,
        claim_id=uuid7(),
        proof=_proof(storage, "Kursus Kualitas Air Sumur"),
    )
    claims.decide(
        session, late.id, Decision.VERIFIED, by=by, reason=ANOTHER_BATCH, seen=0, at=as_of
    )


def _story(
    session: Session,
    person_id: UUID,
    manager_id: UUID,
    told: Told,
    proof: Proof | None,
    as_of: datetime,
    random: Random,
) -> Iterator[datetime]:
    began = as_of - timedelta(days=told.ago)
    first = local_date(began, cast.ZONE)
    last = first + timedelta(days=told.days - 1)
    if last.year != first.year:  # a log belongs to one year
        last = first
    at = began + timedelta(days=told.days, hours=random.randint(1, 20))
    yield at
    made = claims.claim(
        session,
        person_id,
        Proposal(
            form=told.form,
            title=told.title,
            started_on=first,
            ended_on=last,
            amount=None if told.amount is None else Decimal(told.amount),
            organiser=told.organiser,
            note=told.note,
            valid_until=None
            if told.left is None
            else max(last, local_date(as_of, cast.ZONE) + timedelta(days=told.left)),
        ),
        at=at,
        claim_id=uuid7(),
        proof=proof,
    )
    if told.end is None:
        return
    at += timedelta(days=random.randint(1, 3), hours=random.randint(1, 5))
    yield at
    if told.end is Decision.WITHDRAWN:
        claims.withdraw(session, made.id, by=_viewer(session, person_id, at), at=at)
        return
    # A title may come again here; the manager has looked at both.
    reason = told.reason or ANOTHER_BATCH * _has_company(session, made)
    by = _viewer(session, manager_id, at)
    claims.decide(session, made.id, told.end, by=by, reason=reason, seen=0, at=at)


def _has_company(session: Session, claim: LearningClaim) -> bool:
    """Whether the person has another claim that counts already."""
    other = select(LearningClaim.id).where(
        LearningClaim.person_id == claim.person_id, LearningClaim.state == State.VERIFIED
    )
    return session.scalar(other.limit(1)) is not None


def _viewer(session: Session, person_id: UUID, at: datetime) -> Viewer:
    epoch = session.get_one(Account, person_id).epoch
    found = viewer_for(session, person_id, epoch, at)
    assert found is not None
    return found


def _proof(storage: FolderStorage, title: str) -> Proof:
    return Proof(storage.put(specimen(title)), Kind.PDF, "sertifikat.pdf")


def specimen(title: str) -> bytes:
    """A page that says CONTOH and what it would be about, as a PDF of a few lines."""
    plain = re.sub(r"[^A-Za-z0-9 ]", " ", title).encode()
    text = b"BT /F1 48 Tf 170 500 Td (CONTOH) Tj /F1 14 Tf -70 -40 Td (%s) Tj ET" % plain
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (count, table, count, len(data))
    )
