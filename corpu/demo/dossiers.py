"""What the demo's manager has entered for the index of each person (IP ASN).

Some records are missing on purpose, as they are in life: a predicate not yet entered, a
leadership training of a lower post, nothing but the diploma.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from sqlalchemy.orm import Session

from corpu.demo import cast
from corpu.identity import Viewer
from corpu.ipasn import service
from corpu.ipasn.models import EntryKind
from corpu.ipasn.service import Fact
from corpu.people.queries import viewer_for
from corpu.zones import local_date

LEADERSHIP = {"PENGAWAS": "PKP", "ADMINISTRATOR": "PKA", "JPT_PRATAMA": "PKN_II"}
TECHNICAL = (
    "Pengelolaan data sektoral",
    "Penyusunan anggaran berbasis kinerja",
    "Manajemen risiko perangkat daerah",
)
SEMINARS = (
    "Webinar pelayanan publik yang inklusif",
    "Lokakarya satu data daerah",
    "Seminar inovasi daerah",
)
REASONS = {
    EntryKind.EDUCATION: "Ijazah dan transkrip di berkas kepegawaian.",
    EntryKind.PERFORMANCE: "Dokumen evaluasi kinerja tahunan.",
    EntryKind.SANCTION: "Surat keputusan hukuman disiplin.",
    EntryKind.TRAINING: "Sertifikat di berkas kepegawaian.",
    EntryKind.OFFICIAL: "Dibaca dari SIASN.",
}


def kept(
    session: Session, persons: dict[tuple[str, int], UUID], as_of: datetime
) -> list[Iterator[datetime]]:
    """One story for each person whose records the manager has gone through."""
    manager = viewer_for(session, persons[cast.MANAGER], 0, as_of)
    assert manager is not None
    stories = []
    for (unit, place), person_id in persons.items():
        random = Random(f"ipasn/{unit}/{place}")
        at = as_of - timedelta(days=random.randint(3, 20), minutes=random.randint(1, 300))
        facts = _of_the_learner(at) if (unit, place) == cast.LEARNER else None
        if facts is None:
            facts = _of(unit, place, at, random)
        stories.append(_write(session, person_id, facts, manager, at))
    return stories


def _write(
    session: Session, person_id: UUID, facts: Iterable[Fact], manager: Viewer, at: datetime
) -> Iterator[datetime]:
    for number, fact in enumerate(facts):
        moment = at + timedelta(minutes=2 * number)
        yield moment
        service.record(session, person_id, fact, by=manager, reason=REASONS[fact.kind], at=moment)


def _of_the_learner(at: datetime) -> list[Fact]:
    """Enough hours, no seminar: the one step that adds ten."""
    today = local_date(at, cast.ZONE)
    unit, place = cast.LEARNER
    return [
        Fact(EntryKind.EDUCATION, education_of(cast.NAMES[unit][place][2])),
        Fact(EntryKind.PERFORMANCE, "baik", year=today.year - 1),
        _training("FUNGSIONAL", today - timedelta(days=1500), "Pelatihan fungsional analis"),
        _training("TEKNIS", today - timedelta(days=130), TECHNICAL[0], 24),
        _official(today.year - 1, 10, 15, 25, 5),
    ]


def _of(unit: str, place: int, at: datetime, random: Random) -> list[Fact]:
    today = local_date(at, cast.ZONE)
    post_type = cast.PLACES[place].post_type
    education = education_of(cast.NAMES[unit][place][2])
    facts = [Fact(EntryKind.EDUCATION, education)]
    if place == 9 and unit != "BPSDM":
        return facts  # the clerks' files are still to be gone through
    predicate = random.choice(("sangat_baik", "baik", "baik", "baik", "butuh_perbaikan"))
    facts.append(Fact(EntryKind.PERFORMANCE, predicate, year=today.year - 1))
    years_ago = today - timedelta(days=random.randint(700, 2600))
    if post_type in LEADERSHIP and random.random() < 0.8:
        kind = "PKP" if random.random() < 0.2 else LEADERSHIP[post_type]
        facts.append(_training(kind, years_ago))
    if post_type.startswith("JF_") and random.random() < 0.7:
        facts.append(_training("FUNGSIONAL", years_ago, "Pelatihan fungsional analis"))
    if random.random() < 0.6:
        day = today - timedelta(days=random.randint(20, 500))
        facts.append(
            _training("TEKNIS", day, random.choice(TECHNICAL), random.choice((12, 20, 30)))
        )
    if random.random() < 0.55:
        day = today - timedelta(days=random.randint(20, 900))
        facts.append(_training("WEBINAR", day, random.choice(SEMINARS), random.choice((2, 4))))
    if (unit, place) == ("UPT-AM", 6):
        facts.append(Fact(EntryKind.SANCTION, "ringan", day=today - timedelta(days=800)))
    if random.random() < 0.7:
        points = {"s2": 20, "s1_d4": 15, "d3": 10, "sma": 5}[education]
        competence = random.choice((15, 25, 30)) if post_type != "PELAKSANA" else "22.5"
        facts.append(_official(today.year - 1, points, competence, 25, 5))
    return facts


def education_of(title_after: str) -> str:
    """The level that the titles behind a name tell; nobody here is said to be a doctor."""
    titles = [title.strip() for title in title_after.split(",")]
    if any(title.startswith(("M.", "MM")) for title in titles):
        return "s2"
    if any(title.startswith("S.") for title in titles):
        return "s1_d4"
    return "d3" if any(title.startswith("A.Md") for title in titles) else "sma"


def _training(kind: str, day: date, title: str = "", jp: int | None = None) -> Fact:
    hours = Decimal(jp) if jp is not None else None
    return Fact(EntryKind.TRAINING, kind, day=day, title=title, jp=hours)


def _official(year: int, *parts: int | str) -> Fact:
    exact = tuple(Decimal(part) for part in parts)
    total = sum(exact, Decimal())
    return Fact(EntryKind.OFFICIAL, year=year, total=total, parts=exact, source="SIASN")
