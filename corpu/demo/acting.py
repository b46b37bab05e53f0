"""Deputies, acting posts and reminders of the demo, one in each state."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from corpu.demo import cast
from corpu.identity import Viewer
from corpu.people import service as people
from corpu.people.models import ActingKind
from corpu.people.queries import standing, viewer_for
from corpu.team.models import Subject
from corpu.team.reminders import remind
from corpu.zones import local_date

LEAVE = "Cuti tahunan; persetujuan tidak boleh menunggu."
AWAY = "Dinas luar ke Jakarta, mendampingi pembahasan anggaran."
DECREE = "SPT 800.1.11.1/57/2026"
WORDS = "Sisa tahun tinggal sebentar. Mari kita pilih satu kursus yang dekat dengan tugas Anda."


def set_up(session: Session, persons: Mapping[tuple[str, int], UUID], as_of: datetime) -> None:
    """Who stands in for whom today, later and no longer; who was reminded two days ago."""
    at, today = as_of - timedelta(days=3), local_date(as_of, cast.ZONE)

    def hand_over(unit: str, place: int, deputy: int, start: date, end: date, why: str) -> UUID:
        principal = persons[unit, place]
        found = people.hand_over(
            session,
            principal,
            persons[unit, deputy],
            started_on=start,
            ended_on=end,
            by=_viewer(session, principal, at),
            reason=why,
            at=at,
        )
        return found.id

    first = today - timedelta(days=3)
    hand_over("DINKES", 1, 2, first, today + timedelta(days=18), LEAVE)
    unit, place = cast.SUPERVISOR
    later = today + timedelta(days=20)
    hand_over(unit, place, 5, later, later + timedelta(days=11), LEAVE)
    ended = hand_over("DPMPTSP", 1, 2, first, today + timedelta(days=9), AWAY)
    people.take_back(
        session,
        ended,
        by=_viewer(session, persons["DPMPTSP", 1], at),
        reason="Perjalanan dinasnya batal.",
        at=as_of - timedelta(days=1),
    )
    manager = _viewer(session, persons[cast.MANAGER], at)
    for place, kind, leads in ((5, ActingKind.PLH, 3), (8, ActingKind.PLT, None)):
        person_id = persons["DPMPTSP", place]
        unit_id = standing(session, person_id, at).unit_id
        assert unit_id is not None
        people.set_acting_post(
            session,
            person_id,
            unit_id=unit_id,
            kind=kind,
            title="Kepala Subbidang Layanan Perizinan" if leads else "Bendahara Penerimaan",
            started_on=first,
            ended_on=today + timedelta(days=27),
            line_of=persons["DPMPTSP", leads] if leads else None,
            by=manager,
            reason=DECREE,
            at=at,
        )
    for subject in Subject:
        remind(
            session,
            persons[cast.SUPERVISOR],
            persons[cast.LEARNER],
            subject,
            WORDS,
            at=as_of - timedelta(days=2, hours=4),
        )


def _viewer(session: Session, person_id: UUID, at: datetime) -> Viewer:
    found = viewer_for(session, person_id, 0, at)
    assert found is not None
    return found
