"""The technical dictionary of the demo's agency, written for CorpU, and the standards that use it.

A version in force, a draft beside it, standards by type and by post, one taken back: everything
that managers can meet is there.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.competency import service as competency
from corpu.database import uuid7
from corpu.demo import cast
from corpu.demo.year import Story
from corpu.people.models import Agency, Unit
from corpu.people.queries import viewer_for
from corpu.standards import drafts, service
from corpu.standards.models import Framework
from corpu.standards.posts import Asked, set_standards, withdraw_standard
from corpu.standards.rules import Entry, Kind, LevelText
from corpu.zones import local_date

CODE, NAME = "AIR", "Kamus Teknis Air Minum"
BASIS = "Keputusan Kepala Dinas PRKPCK 188/41/2025"
Level = tuple[str, str, str, str]  # description and behaviour, each in Indonesian and English


def _entry(code: str, names: tuple[str, str], about: tuple[str, str], *levels: Level) -> Entry:
    texts = tuple(
        LevelText(text, english, (seen,), (read,)) for text, english, seen, read in levels
    )
    return Entry(code, names[0], names[1], about[0], about[1], texts)


ENTRIES = (
    _entry(
        "PMA",
        ("Pengujian Mutu Air", "Water quality testing"),
        (
            "Mengambil contoh air, mengukur mutunya, dan menindaklanjuti hasilnya.",
            "Taking samples of water, measuring their quality and acting on the result.",
        ),
        ("Mengambil contoh air menurut petunjuk.", "Takes samples of water as instructed.",
         "Memberi label titik, tanggal, dan jam pada setiap botol.",
         "Labels every bottle with point, day and hour."),
        ("Mengukur parameter lapangan dengan alat yang sudah dikalibrasi.",
         "Measures field parameters with calibrated instruments.",
         "Mencatat pH, kekeruhan, dan sisa klor di formulir yang benar.",
         "Notes pH, turbidity and residual chlorine on the right form."),
        ("Membaca kecenderungan hasil uji dan mencari penyebabnya.",
         "Reads the trend of results and looks for its cause.",
         "Meminta uji ulang ketika satu hasil menyimpang sendiri.",
         "Asks for a second test where one result stands out."),
        ("Menyusun program pemantauan mutu satu sistem.",
         "Draws up the monitoring programme of a system.",
         "Menetapkan titik dan jadwal uji dari peta risikonya.",
         "Sets points and times of testing from the map of risks."),
        ("Memimpin tanggapan atas cemaran lintas wilayah.",
         "Leads the response to contamination across districts.",
         "Menyepakati ambang peringatan bersama dinas kesehatan.",
         "Agrees on warning thresholds with the health office."),
    ),
    _entry(
        "OPA",
        ("Operasi Pengolahan Air", "Water treatment operation"),
        (
            "Menjalankan instalasi pengolahan sehingga airnya aman terus-menerus.",
            "Running a treatment plant so that its water is safe at all times.",
        ),
        ("Mengenal unit instalasi dan tugas masing-masing.",
         "Knows the units of a plant and what each is for.",
         "Menunjukkan jalan air dari bangunan sadap sampai reservoir.",
         "Shows the way of the water from intake to reservoir."),
        ("Menjalankan satu unit menurut prosedur.", "Runs one unit by its procedure.",
         "Menyesuaikan dosis koagulan setelah uji jar.",
         "Adjusts the dose of coagulant after a jar test."),
        ("Mengatur operasi seluruh instalasi dalam satu giliran.",
         "Keeps the whole plant in order during a shift.",
         "Menukar filter tanpa menurunkan mutu air keluar.",
         "Changes filters without loss of quality."),
        ("Memperbaiki kinerja instalasi dari datanya.",
         "Improves a plant from its own data.",
         "Menurunkan pemakaian bahan kimia per meter kubik.",
         "Brings down the use of chemicals for each cubic metre."),
        ("Mengarahkan pembaruan teknologi pengolahan di provinsi.",
         "Directs the renewal of treatment technology in the province.",
         "Menguji teknologi baru sebelum menganjurkannya ke kabupaten.",
         "Tries new technology before recommending it to districts."),
    ),
    _entry(
        "JPA",
        ("Jaringan Perpipaan Air", "Water distribution networks"),
        (
            "Menjaga aliran, tekanan, dan keutuhan pipa sampai ke pelanggan.",
            "Keeping flow, pressure and pipes in order up to the customer.",
        ),
        ("Membaca gambar jaringan dan menemukan katupnya.",
         "Reads the drawing of a network and finds its valves.",
         "Menutup katup yang tepat saat pipa bocor.",
         "Closes the right valve when a pipe leaks."),
        ("Mengukur tekanan dan mencari kebocoran.", "Measures pressure and looks for leaks.",
         "Mencatat tekanan malam di titik terjauh.",
         "Notes the pressure at night at the farthest point."),
        ("Menyusun neraca air satu zona dan menurunkan kehilangannya.",
         "Draws up the water balance of a zone and brings its losses down.",
         "Memisahkan kehilangan fisik dari kehilangan komersial.",
         "Tells physical from commercial losses."),
        ("Merencanakan pengembangan jaringan dengan model hidrolis.",
         "Plans the growth of a network with a hydraulic model.",
         "Membandingkan tiga rancangan dengan biaya daurnya.",
         "Compares three designs by their whole cost."),
        ("Menyelaraskan jaringan antarkabupaten.", "Brings networks of districts together.",
         "Menengahi pembagian air baku dua kabupaten.",
         "Mediates between two districts about their raw water."),
    ),
    _entry(
        "RPA",
        ("Rencana Pengamanan Air Minum", "Water safety planning"),
        (
            "Menilai bahaya dari sumber sampai keran dan mengendalikannya lebih dahulu.",
            "Assessing hazards from source to tap and controlling them beforehand.",
        ),
        ("Menjelaskan mengapa bahaya dicegah sejak sumber.",
         "Explains why hazards are kept out from the source on.",
         "Menyebut satu bahaya di setiap tahap penyediaan air.",
         "Names a hazard for each step of supply."),
        ("Membantu menilai risiko satu sistem.", "Helps to assess the risks of a system.",
         "Mengisi matriks risiko dari kunjungan lapangan.",
         "Fills in the matrix of risks from a visit."),
        ("Menyusun rencana pengamanan bersama pengelola sistem.",
         "Draws up a safety plan with those who run the system.",
         "Menetapkan titik kendali beserta batas dan tindakannya.",
         "Sets control points with their limits and acts."),
        ("Memastikan rencana dijalankan dan ditinjau berkala.",
         "Makes sure that plans are carried out and reviewed.",
         "Memimpin audit internal dan menutup temuannya.",
         "Leads internal audits and closes their findings."),
        ("Menjadikan pengamanan air kebijakan daerah.",
         "Makes water safety a policy of the region.",
         "Memasukkan anggarannya ke dokumen perencanaan provinsi.",
         "Brings its budget into the plans of the province."),
    ),
)  # fmt: skip


def set_up(session: Session, persons: Mapping[tuple[str, int], UUID], at: datetime) -> None:
    """The first version of the dictionary, published by the manager of the agency."""
    agency = session.scalars(select(Agency)).one()
    who: dict[str, Any] = {"by": viewer_for(session, persons[cast.MANAGER], 0, at), "at": at}
    framework = service.create_framework(
        session, agency.id, code=CODE, name=NAME, kind=Kind.TECHNICAL, **who
    )
    seen = service.replace_entries(session, agency.id, framework.id, ENTRIES, seen=0, **who).edits
    today = local_date(at, agency.timezone)
    service.publish(
        session,
        agency.id,
        framework.id,
        starts_on=today,
        legal_basis=BASIS,
        reason="Kamus pertama untuk pegawai yang mengurus air minum.",
        seen=seen,
        today=today,
        **who,
    )


def story(session: Session, persons: Mapping[tuple[str, int], UUID], as_of: datetime) -> Story:
    """Standards that use the dictionary, one of them taken back, a rating, and the next draft."""
    agency = session.scalars(select(Agency)).one()
    framework_id = session.scalars(select(Framework.id)).one()
    water = session.scalars(select(Unit.id).where(Unit.code == "DPRKPCK")).one()
    by = viewer_for(session, persons[cast.MANAGER], 0, as_of)
    standards = [
        Asked("PENGAWAS", {"PKP": 3}),
        Asked("JF_PT", {"PMA": 2, "RPA": 2, "KOM": 3}, title_in("DPRKPCK", 6), water),
        Asked("JF_MU", {"PMA": 3, "OPA": 2, "RPA": 3}, title_in("DPRKPCK", 5), water),
    ]
    grounds: dict[str, Any] = {
        "legal_basis": "Keputusan Gubernur 188/97/2026 tentang standar kompetensi jabatan",
        "reason": "Menyesuaikan tugas air minum aman dan pengawasan berjenjang.",
        "by": by,
    }
    yield (at := as_of - timedelta(days=200))
    day = local_date(at, agency.timezone)
    set_standards(session, agency.id, standards, starts_on=day, at=at, **grounds)
    yield (at := as_of - timedelta(days=90))
    competency.rate(
        session,
        persons[cast.SUPERVISOR],
        persons[cast.LEARNER],
        "PMA",
        1,
        "Mengambil contoh air di empat sumur menurut petunjuk, labelnya lengkap.",
        at=at,
    )
    yield (at := as_of - timedelta(days=20))
    wrong = set_standards(
        session,
        agency.id,
        [Asked("PELAKSANA", {"INT": 3})],
        starts_on=local_date(at, agency.timezone) + timedelta(days=60),
        at=at,
        **grounds,
    )[0]
    yield (at := as_of - timedelta(days=18))
    withdraw_standard(
        session,
        agency.id,
        wrong.id,
        reason="Level 3 keliru diketik; belum berlaku bagi siapa pun.",
        by=by,
        at=at,
    )
    yield (at := as_of - timedelta(days=6))
    _draft_the_next(session, agency.id, framework_id, by=by, at=at)


def _draft_the_next(session: Session, agency_id: UUID, framework_id: UUID, **who) -> None:
    """The second version is being written: one competency reads otherwise. And standards are being
    thought of, so that their effect can be looked at: one for many people, and a small table."""
    for days, asked in (
        (30, [Asked("JF_PT", {"INT": 3, "KSM": 3, "MPR": 1})]),
        (60, [Asked("PENGAWAS", {"PKP": 4}), Asked("PELAKSANA", {"PPB": 2})]),
    ):
        drafts.save_draft(
            session,
            agency_id,
            uuid7(),
            asked,
            starts_on=who["at"].date() + timedelta(days=days),
            seen=None,
            **who,
        )
    draft = service.start_draft(session, agency_id, framework_id, **who)
    first = ENTRIES[0]
    better = replace(
        first.levels[1],
        observables_id=(
            *first.levels[1].observables_id,
            "Mengalibrasi alat sebelum turun ke lapangan.",
        ),
        observables_en=(
            *first.levels[1].observables_en,
            "Calibrates the instruments before going out.",
        ),
    )
    levels = (first.levels[0], better, *first.levels[2:])
    service.put_entry(
        session,
        agency_id,
        framework_id,
        replace(first, levels=levels),
        replacing=first.code,
        seen=draft.edits,
    )


def title_in(unit: str, place: int) -> str:
    """What a post of a unit is called."""
    name, _above, task = cast.UNITS[unit]
    return cast.PLACES[place].title.format(unit=name, task=task)
